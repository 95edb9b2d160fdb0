//! Public records of the ledger, prices and dead letters.

use basics::{AccountId, Date, EntryNo, InstrumentId, Price, TradeId};
use ledger::{Class, EntryKind, LedgerAccount, MoneyComponents, Side};
use model::DeadLetterReason;
use model::public::{
    AccountRef, AssetRef, ClearedRecord, DeadLetterRecord, EntryRecord, InstrumentRef,
    LedgerAccountRef, PostingRecord, PriceRecord, TradeEntryRecord,
};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, message, message_field, optional_field};

message!(TradeEntryRecord<'a> {
    1 entry: EntryNo,
    2 trade: TradeId,
    3 reverses: Option<EntryNo>,
    4 cleared: ClearedRecord<'a>,
});

message!(EntryRecord<'a> {
    1 entry: EntryNo,
    2 kind: EntryKind,
    3 value_date: Date,
    4 reverses: Option<EntryNo>,
    5 components: Option<MoneyComponents>,
    6 postings: Vec<PostingRecord<'a>>,
});

message!(PostingRecord<'a> {
    1 class: Class,
    2 account: LedgerAccountRef<'a>,
    3 asset: AssetRef<'a>,
    4 side: Side,
    5 amount: i128,
});

message!(PriceRecord<'a> { 1 instrument: InstrumentRef<'a>, 2 price_date: Date, 3 price: Price });

/// The message `LedgerInstrument`.
struct KeyInstrument<'a> {
    id: InstrumentId,
    isin: &'a str,
}
message!(KeyInstrument<'a> { 1 id: InstrumentId, 2 isin: &'a str });
optional_field!(KeyInstrument<'a>, AccountRef<'a>);

/// The number of an account of the chart, and the settlement date in its key.
const fn kind(account: LedgerAccount) -> (u32, Option<Date>) {
    match account {
        LedgerAccount::Due { date, .. } => (1, Some(date)),
        LedgerAccount::Cns { .. } => (2, None),
        LedgerAccount::CnsMoney { .. } => (3, None),
        LedgerAccount::Holding(_) => (4, None),
        LedgerAccount::Cash(_) => (5, None),
        LedgerAccount::Advance(_) => (6, None),
        LedgerAccount::CcpHolding => (7, None),
        LedgerAccount::CcpCash => (8, None),
        LedgerAccount::CcpNovation => (9, None),
        LedgerAccount::CcpDelivery => (10, None),
        LedgerAccount::CcpMoney => (11, None),
        LedgerAccount::RoundingCash => (12, None),
        LedgerAccount::RoundingClaim => (13, None),
        LedgerAccount::CcpAdjustment => (14, None),
        LedgerAccount::DepositoryMirror => (15, None),
        LedgerAccount::BankMirror => (16, None),
    }
}

/// What may stand in the key of an account.
type Key = (Option<AccountId>, Option<InstrumentId>, Option<Date>);

/// The account with this number and key; `None` if they do not belong together.
const fn account(kind: u32, key: Key) -> Option<LedgerAccount> {
    Some(match (kind, key) {
        (1, (Some(account), Some(instrument), Some(date))) => {
            LedgerAccount::Due { account, instrument, date }
        }
        (2, (Some(account), Some(instrument), None)) => LedgerAccount::Cns { account, instrument },
        (3, (Some(account), Some(instrument), None)) => {
            LedgerAccount::CnsMoney { account, instrument }
        }
        (4, (Some(account), None, None)) => LedgerAccount::Holding(account),
        (5, (Some(account), None, None)) => LedgerAccount::Cash(account),
        (6, (Some(account), None, None)) => LedgerAccount::Advance(account),
        (7, (None, None, None)) => LedgerAccount::CcpHolding,
        (8, (None, None, None)) => LedgerAccount::CcpCash,
        (9, (None, None, None)) => LedgerAccount::CcpNovation,
        (10, (None, None, None)) => LedgerAccount::CcpDelivery,
        (11, (None, None, None)) => LedgerAccount::CcpMoney,
        (12, (None, None, None)) => LedgerAccount::RoundingCash,
        (13, (None, None, None)) => LedgerAccount::RoundingClaim,
        (14, (None, None, None)) => LedgerAccount::CcpAdjustment,
        (15, (None, None, None)) => LedgerAccount::DepositoryMirror,
        (16, (None, None, None)) => LedgerAccount::BankMirror,
        _ => return None,
    })
}

/// The message `LedgerAccount`.
impl<'a> Message<'a> for LedgerAccountRef<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        let (kind, date) = kind(self.key);
        kind.write(1, out);
        let owner = self.key.owner().map(|id| AccountRef { id, code: self.owner.unwrap_or("") });
        owner.write(2, out);
        let isin = self.isin.unwrap_or("");
        self.key.instrument().map(|id| KeyInstrument { id, isin }).write(3, out);
        date.write(4, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (kind, owner, instrument, date) = fields!(
            fields;
            1 kind: u32,
            2 owner: Option<AccountRef<'a>>,
            3 instrument: Option<KeyInstrument<'a>>,
            4 date: Option<Date>,
        );
        let ids = (owner.map(|owner| owner.id), instrument.as_ref().map(|key| key.id), date);
        Ok(Self {
            key: account(kind, ids).ok_or_else(|| fields.fault(Flaw::UnknownNumber))?,
            owner: owner.map(|owner| owner.code),
            isin: instrument.map(|key| key.isin),
        })
    }
}
message_field!(LedgerAccountRef<'a>);

/// The message `DeadLetter`.
impl<'a> Message<'a> for DeadLetterRecord<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.reason.write(1, out);
        Some(self.bytes).filter(|bytes| !bytes.is_empty()).write(2, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (reason, bytes) =
            fields!(fields; 1 reason: DeadLetterReason, 2 bytes: Option<&'a [u8]>);
        Ok(Self { reason, bytes: bytes.unwrap_or_default() })
    }
}
message_field!(DeadLetterRecord<'a>);
