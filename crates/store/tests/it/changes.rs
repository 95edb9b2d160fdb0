//! Changes to write: a currency, two accounts, an instrument, and what happens to them.

use store::Batch;
use views::Change;
use views::basics::{
    AccountId, CurrencyId, Date, EntryNo, InstrumentId, Minor, Price, Seq, TradeId, Units,
};
use views::change::{EntryRow, PositionRow, TradeEntryRow, TradeRow};
use views::ledger::postings::{self, Cleared};
use views::ledger::{Asset, Class, EntryKind, LedgerAccount, Posting, Side};
use views::model::reference::{AccountChange, CurrencyChange, InstrumentChange};
use views::model::{AccountKind, Status, TradeKey};

pub const DAY: Date = Date(15_985);

/// What all rows refer to.
pub fn reference() -> Batch {
    let mut batch = Batch::default();
    let currency = CurrencyChange { code: "USD", minor_decimals: 2, calendar: "", from: Date::MIN };
    batch.push(&Change::Currency(CurrencyId(0), currency));
    for (id, account) in [(0, "A"), (1, "B")] {
        let (kind, status) = (AccountKind::House, Status::Active);
        let change = AccountChange { account, member: "M", kind, status, from: Date::MIN };
        batch.push(&Change::Account(AccountId(id), change));
    }
    batch.push(&Change::Instrument(InstrumentId(0), instrument("US0268747849", Date::MIN)));
    batch
}

/// The instrument under an ISIN, from a date on.
pub fn instrument(isin: &str, from: Date) -> InstrumentChange<'_> {
    InstrumentChange {
        isin,
        replaces: "",
        symbol: "",
        name: "",
        kind: "equity",
        currency: "USD",
        quantity_decimals: 0,
        listed_on: "",
        trading_calendar: "",
        settlement_calendar: "",
        cycle: 3,
        status: Status::Active,
        from,
    }
}

pub fn cleared(consideration: i64) -> Cleared {
    Cleared {
        instrument: InstrumentId(0),
        currency: CurrencyId(0),
        buyer: AccountId(0),
        seller: AccountId(1),
        quantity: Units(100),
        consideration: Minor(consideration),
        settlement_date: DAY,
    }
}

/// A trade as it stands.
pub fn trade(trade: u64, reference: &str, version: u32) -> TradeRow<'_> {
    TradeRow {
        trade: TradeId(trade),
        key: TradeKey { source: "XNYS", trade_date: DAY, reference },
        version,
        cleared: cleared(500),
        price: Price(50_000_000),
        seq: Seq(trade * 10 + u64::from(version)),
    }
}

/// A position of account A.
pub fn carried(quantity: i128, age: u32) -> PositionRow {
    PositionRow {
        account: AccountId(0),
        instrument: InstrumentId(0),
        currency: CurrencyId(0),
        quantity,
        age,
        money: -quantity,
        mark: Some(Price(1)),
    }
}

pub fn trade_entry(entry: u64, reverses: Option<u64>, consideration: i64) -> TradeEntryRow {
    TradeEntryRow {
        entry: EntryNo(entry),
        seq: Seq(entry),
        business_date: Some(DAY),
        trade: TradeId(entry),
        reverses: reverses.map(EntryNo),
        cleared: cleared(consideration),
    }
}

/// Trades' entries, one of them undone and one for nothing, between other entries.
pub fn ledger() -> Batch {
    let mut batch = reference();
    let other = |batch: &mut Batch, number, postings: Vec<Posting>| {
        batch.push(&Change::Entry(EntryRow {
            entry: EntryNo(number),
            seq: Seq(number),
            business_date: Some(DAY),
            kind: EntryKind::Money,
            value_date: DAY,
            reverses: None,
            components: None,
        }));
        for (line, posting) in (0..).zip(postings) {
            batch.push(&Change::Posting { entry: EntryNo(number), line, posting });
        }
    };
    let (account, instrument) = (AccountId(0), InstrumentId(0));
    other(&mut batch, 1, postings::opening_units(account, instrument, 100));
    for (number, reverses, consideration) in [(2, None, 500), (3, Some(2), 500), (5, None, 0)] {
        batch.push(&Change::TradeEntry(trade_entry(number, reverses, consideration)));
    }
    other(&mut batch, 4, postings::money(account, instrument, CurrencyId(0), i128::MAX));
    let asset = Asset::Instrument(instrument);
    let account = LedgerAccount::Due { account, instrument, date: DAY };
    let (class, side, amount) = (Class::Contract, Side::Debit, 7);
    other(&mut batch, 6, vec![Posting { class, account, asset, side, amount }]);
    batch
}
