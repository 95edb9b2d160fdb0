//! Facts of runs: what fell due, settled, was paid, and was proved.

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, Price, Seq};
use ledger::postings::NetObligation;
use ledger::{Asset, Class, MoneyComponents};
use model::event::{
    AdjustmentReason, AdvanceTried, BooksProved, DayOpened, Equation, EquationKind, HoldingOpened,
    ObligationFellDue, PaymentDecided, PaymentStatus, PositionAdjusted, PositionSettled,
    RunAdvanced, RunCompleted, RunKind, RunRounded, RunStage, RunStarted, SettlementDateMoved,
};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Message, message, message_field};
use crate::writer::{WireType, put_key, put_number};

/// The message `AssetId`.
impl<'a> Message<'a> for Asset {
    fn write_fields(&self, out: &mut Vec<u8>) {
        let (field, id) = match self {
            Self::Instrument(id) => (1, id.0),
            Self::Currency(id) => (2, id.0),
        };
        put_key(out, field, WireType::Number);
        put_number(out, u64::from(id));
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let Some((number, value)) = fields.field()? else {
            return Err(fields.fault(Flaw::MissingField));
        };
        let id = u32::try_from(value.number()?).map_err(|_| value.fault(Flaw::OutOfRange))?;
        match number {
            _ if !fields.is_empty() => Err(fields.fault(Flaw::RepeatedField(number))),
            1 => Ok(Self::Instrument(InstrumentId(id))),
            2 => Ok(Self::Currency(CurrencyId(id))),
            other => Err(value.fault(Flaw::UnknownField(other))),
        }
    }
}
message_field!(Asset);

message!(HoldingOpened { 1 account: AccountId, 2 asset: Asset, 3 quantity: i128, 4 entry: EntryNo });

message!(NetObligation {
    1 account: AccountId,
    2 instrument: InstrumentId,
    3 currency: CurrencyId,
    4 units: i128,
    5 money: i128,
});

message!(SettlementDateMoved {
    1 instrument: InstrumentId,
    2 from: Date,
    3 to: Date,
    4 moved: Vec<NetObligation>,
    5 entry: EntryNo,
});

message!(DayOpened { 1 date: Date, 2 commitment: Option<[u8; 32]>, 3 purged_before: Date });

message!(RunStarted<'a> { 1 run: Seq, 2 kind: RunKind, 3 date: Date, 4 draw: &'a str });

message!(RunAdvanced { 1 run: Seq, 2 step: u32, 3 stage: RunStage, 4 next: u32 });

message!(ObligationFellDue { 1 net: NetObligation, 2 settlement_date: Date, 3 entry: EntryNo });

message!(MoneyComponents { 1 mark: i128, 2 delivery: i128 });

message!(PositionSettled {
    1 run: Seq,
    2 date: Date,
    3 account: AccountId,
    4 sub_account: u32,
    5 instrument: InstrumentId,
    6 currency: CurrencyId,
    7 location: u32,
    8 open_before: i128,
    9 moved: i128,
    10 open_after: i128,
    11 age: u32,
    12 price: Option<Price>,
    13 money: MoneyComponents,
    14 money_after: i128,
    15 entry: EntryNo,
});

message!(PositionAdjusted {
    1 change: NetObligation,
    2 sub_account: u32,
    3 reason: AdjustmentReason,
    4 link: Option<Seq>,
    5 date: Date,
    6 entry: EntryNo,
});

message!(PaymentDecided {
    1 run: Seq,
    2 date: Date,
    3 account: AccountId,
    4 currency: CurrencyId,
    5 amount: i128,
    6 components: MoneyComponents,
    7 status: PaymentStatus,
    8 entry: EntryNo,
});

message!(AdvanceTried {
    1 run: Seq,
    2 date: Date,
    3 account: AccountId,
    4 currency: CurrencyId,
    5 due: Date,
    6 amount: i128,
    7 status: PaymentStatus,
    8 entry: EntryNo,
});

message!(RunRounded {
    1 run: Seq,
    2 date: Date,
    3 currency: CurrencyId,
    4 amount: i128,
    5 entry: EntryNo,
});

message!(BooksProved { 1 run: Seq, 2 date: Date, 3 equations: Vec<Equation> });

message!(Equation {
    1 kind: EquationKind,
    2 class: Class,
    3 asset: Asset,
    4 left: i128,
    5 right: i128,
});

message!(RunCompleted {
    1 run: Seq,
    2 kind: RunKind,
    3 date: Date,
    4 steps: u32,
    5 last_entry: EntryNo,
});
