//! Public records: what they speak of, trades, days, runs and payments.

use basics::{AccountId, ContractId, CurrencyId, Date, EntryNo, Instant, InstrumentId};
use basics::{Minor, Price, Seq, TradeId, Units};
use ledger::MoneyComponents;
use model::event::{AdjustmentReason, PaymentStatus, RunKind};
use model::public::{
    AccountNet, AccountRef, AssetRef, BooksProvedRecord, ClearedRecord, CurrencyRef,
    DateMovedRecord, DayOpenedRecord, Envelope, EquationRecord, FellDueRecord, InstrumentRef,
    NovatedRecord, PaymentRecord, PositionAdjustedRecord, PositionSettledRecord, ReportRef,
    RevisedRecord, RoundedRecord, RunCompletedRecord, RunStartedRecord, TradeOutcome, TradeRecord,
    TradeStatus,
};
use model::{Attributes, DeadLetterReason, Place, Rejection, TradeKey};

use crate::cursor::{Cursor, Value};
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, message, message_field, once, optional_field};
use crate::writer::put_message;

message!(Envelope<'a> {
    1 segment: u32,
    2 seq: Seq,
    3 topic_seq: u64,
    4 place: Option<Place<'a>>,
    5 business_date: Option<Date>,
    6 rules_version: u32,
    7 actor: &'a str,
});

message!(Place<'a> { 1 channel: &'a str, 2 position: u64, 3 item: u32, 4 pass: u32 });
optional_field!(Place<'a>);

message!(AccountRef<'a> { 1 id: AccountId, 2 code: &'a str });

message!(InstrumentRef<'a> { 1 id: InstrumentId, 2 isin: &'a str, 3 decimals: u8 });

message!(CurrencyRef<'a> { 1 id: CurrencyId, 2 code: &'a str, 3 decimals: u8 });
optional_field!(InstrumentRef<'a>, CurrencyRef<'a>, MoneyComponents);

impl<'a> Message<'a> for AssetRef<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::Instrument(instrument) => instrument.write(1, out),
            Self::Currency(currency) => currency.write(2, out),
        }
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let (number, body) = fields.only_message()?;
        match number {
            1 => InstrumentRef::read_fields(body).map(Self::Instrument),
            2 => CurrencyRef::read_fields(body).map(Self::Currency),
            other => Err(body.fault(Flaw::UnknownField(other))),
        }
    }
}
message_field!(AssetRef<'a>);

message!(ClearedRecord<'a> {
    1 instrument: InstrumentRef<'a>,
    2 currency: CurrencyRef<'a>,
    3 buyer: AccountRef<'a>,
    4 seller: AccountRef<'a>,
    5 quantity: Units,
    6 consideration: Minor,
    7 settlement_date: Date,
});
optional_field!(ClearedRecord<'a>);

/// The key's fields stand in the message itself.
impl<'a> Message<'a> for ReportRef<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.key.write_fields(out);
        self.version.write(4, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (source, trade_date, reference, version) = fields!(
            fields;
            1 source: &'a str,
            2 trade_date: Date,
            3 reference: &'a str,
            4 version: u32,
        );
        Ok(Self { key: TradeKey { source, trade_date, reference }, version })
    }
}
message_field!(ReportRef<'a>);
optional_field!(ReportRef<'a>);

message!(TradeRecord<'a> {
    1 trade: TradeId,
    2 cleared: ClearedRecord<'a>,
    3 price: Price,
    4 contractual_date: Date,
    5 executed_at: Instant,
    6 venue: &'a str,
    7 attributes: Attributes<'a>,
});

impl<'a> Message<'a> for TradeStatus<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.report.write(1, out);
        match &self.outcome {
            TradeOutcome::Captured(trade) => trade.write(2, out),
            TradeOutcome::Amended(trade) => trade.write(3, out),
            TradeOutcome::Cancelled { trade, previous } => put_message(out, 4, |out| {
                trade.write(1, out);
                previous.write(2, out);
            }),
            TradeOutcome::Rejected(rejection) => rejection.write(5, out),
            TradeOutcome::DeadLettered(reason) => reason.write(6, out),
        }
    }

    fn read_fields(mut cursor: Cursor<'a>) -> Result<Self, Fault> {
        let (mut report, mut outcome) = (None, None);
        while let Some((number, value)) = cursor.field()? {
            match number {
                1 => ReportRef::merge(&mut report, value)?,
                _ => once(&mut outcome, trade_outcome(number, value)?, value)?,
            }
        }
        let outcome = outcome.ok_or_else(|| cursor.fault(Flaw::MissingField))?;
        Ok(Self { report, outcome })
    }
}
message_field!(TradeStatus<'a>);

fn trade_outcome<'a>(number: u32, value: Value<'a>) -> Result<TradeOutcome<'a>, Fault> {
    let fields = || value.bytes().map(Cursor::new);
    let unknown = || value.fault(Flaw::UnknownNumber);
    Ok(match number {
        2 => TradeOutcome::Captured(TradeRecord::read_fields(fields()?)?),
        3 => TradeOutcome::Amended(TradeRecord::read_fields(fields()?)?),
        4 => {
            let (trade, previous) =
                fields!(fields()?; 1 trade: TradeId, 2 previous: ClearedRecord<'a>);
            TradeOutcome::Cancelled { trade, previous }
        }
        5 => {
            let rejection = Rejection::from_number(value.number()?);
            TradeOutcome::Rejected(rejection.ok_or_else(unknown)?)
        }
        6 => {
            let reason = DeadLetterReason::from_number(value.number()?);
            TradeOutcome::DeadLettered(reason.ok_or_else(unknown)?)
        }
        other => return Err(value.fault(Flaw::UnknownField(other))),
    })
}

message!(DayOpenedRecord { 1 date: Date, 2 commitment: Option<[u8; 32]>, 3 purged_before: Date });

message!(NovatedRecord<'a> {
    1 trade: TradeId,
    2 buyer_contract: ContractId,
    3 seller_contract: ContractId,
    4 guaranteed_from: Seq,
    5 cleared: ClearedRecord<'a>,
});

message!(RevisedRecord<'a> {
    1 trade: TradeId,
    2 previous: ClearedRecord<'a>,
    3 now: Option<ClearedRecord<'a>>,
});

message!(AccountNet<'a> { 1 account: AccountRef<'a>, 2 units: i128, 3 money: i128 });

message!(DateMovedRecord<'a> {
    1 instrument: InstrumentRef<'a>,
    2 currency: Option<CurrencyRef<'a>>,
    3 from: Date,
    4 to: Date,
    5 moved: Vec<AccountNet<'a>>,
});

message!(RunStartedRecord<'a> { 1 run: Seq, 2 kind: RunKind, 3 date: Date, 4 draw: &'a str });

message!(FellDueRecord<'a> {
    1 instrument: InstrumentRef<'a>,
    2 currency: CurrencyRef<'a>,
    3 net: AccountNet<'a>,
    4 settlement_date: Date,
});

message!(PositionSettledRecord<'a> {
    1 run: Seq,
    2 date: Date,
    3 account: AccountRef<'a>,
    4 sub_account: u32,
    5 instrument: InstrumentRef<'a>,
    6 currency: CurrencyRef<'a>,
    7 location: u32,
    8 open_before: i128,
    9 moved: i128,
    10 open_after: i128,
    11 age: u32,
    12 price: Option<Price>,
    13 money: MoneyComponents,
    14 money_after: i128,
});

message!(PositionAdjustedRecord<'a> {
    1 change: AccountNet<'a>,
    2 sub_account: u32,
    3 instrument: InstrumentRef<'a>,
    4 currency: CurrencyRef<'a>,
    5 reason: AdjustmentReason,
    6 link: Option<Seq>,
    7 date: Date,
});

message!(PaymentRecord<'a> {
    1 run: Seq,
    2 date: Date,
    3 due: Date,
    4 account: AccountRef<'a>,
    5 currency: CurrencyRef<'a>,
    6 amount: i128,
    7 components: Option<MoneyComponents>,
    8 status: PaymentStatus,
});

message!(RoundedRecord<'a> { 1 run: Seq, 2 date: Date, 3 currency: CurrencyRef<'a>, 4 amount: i128 });

message!(BooksProvedRecord<'a> { 1 run: Seq, 2 date: Date, 3 equations: Vec<EquationRecord<'a>> });

message!(EquationRecord<'a> {
    1 kind: model::event::EquationKind,
    2 class: ledger::Class,
    3 asset: AssetRef<'a>,
    4 left: i128,
    5 right: i128,
});

message!(RunCompletedRecord {
    1 run: Seq,
    2 kind: RunKind,
    3 date: Date,
    4 steps: u32,
    5 last_entry: EntryNo,
});
