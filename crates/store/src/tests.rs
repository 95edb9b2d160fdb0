//! Examples: exact sums, transactions, versions, and the contract with analysts.

use rusqlite::types::ValueRef;
use views::basics::table::Cell;
use views::basics::{
    AccountId, CurrencyId, Date, EntryNo, InstrumentId, Minor, Seq, TradeId, Units,
};
use views::change::{EntryRow, TradeEntryRow};
use views::ledger::postings::{self, Cleared};
use views::ledger::{Asset, Class, EntryKind, LedgerAccount, Posting, Side};
use views::model::reference::{AccountChange, CurrencyChange, InstrumentChange};
use views::model::{AccountKind, Status};
use views::tally::{Booking, Delta};
use views::{Change, Export, View};

use super::number::read;
use super::{Progress, Store};
use crate::{Batch, StoreError};

const DAY: Date = Date(15_985);

fn reference(batch: &mut Batch) {
    let currency = CurrencyChange { code: "USD", minor_decimals: 2, calendar: "", from: Date::MIN };
    batch.push(&Change::Currency(CurrencyId(0), currency));
    for (id, account) in [(0, "A"), (1, "B")] {
        let (kind, status) = (AccountKind::House, Status::Active);
        let change = AccountChange { account, member: "M", kind, status, from: Date::MIN };
        batch.push(&Change::Account(AccountId(id), change));
    }
    let instrument = InstrumentChange {
        isin: "US0268747849",
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
        from: Date::MIN,
    };
    batch.push(&Change::Instrument(InstrumentId(0), instrument));
}

fn cleared(consideration: i64) -> Cleared {
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

fn write(store: &mut Store, batch: &Batch, seq: u64) {
    store.write(batch, &Progress { seq: Seq(seq), topics: [0; 5] }).expect("written");
}

fn rows(store: &Store, what: Export) -> Vec<String> {
    let mut rows = Vec::new();
    let cell = |cell: &Cell<'_>| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Decimal(decimal) => decimal.to_string(),
    };
    let mut sink = |row: &[Cell<'_>]| rows.push(row.iter().map(cell).collect::<Vec<_>>().join(","));
    store.export(what, &mut sink).expect("exported");
    rows
}

#[test]
fn a_sum_beyond_64_bits_is_exact_and_comes_back() {
    let mut store = Store::temporary().expect("a store");
    let mut batch = Batch::default();
    reference(&mut batch);
    let big = Delta::Obligations(Booking::Made, cleared(i64::MAX));
    batch.push(&Change::Add(big));
    write(&mut store, &batch, 1);
    batch.clear();
    for _ in 0..2 {
        batch.push(&Change::Add(big));
    }
    write(&mut store, &batch, 2);
    let three = 3 * i128::from(i64::MAX);
    let text = format!("{}.{:02}", three / 100, three % 100);
    assert_eq!(
        rows(&store, Export::Obligations),
        [
            format!("2013-10-07,A,US0268747849,300,-{text}"),
            format!("2013-10-07,B,US0268747849,-300,{text}"),
        ]
    );
    batch.clear();
    for _ in 0..3 {
        batch.push(&Change::Add(Delta::Obligations(Booking::Undone, cleared(i64::MAX))));
    }
    write(&mut store, &batch, 3);
    assert_eq!(rows(&store, Export::Obligations), [""; 0]);
}

#[test]
fn a_batch_that_fails_leaves_rows_and_position_as_they_were() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    let mut store = Store::open(&path).expect("a store");
    let mut batch = Batch::default();
    reference(&mut batch);
    write(&mut store, &batch, 1);
    let entry = TradeEntryRow {
        entry: EntryNo(1),
        seq: Seq(2),
        business_date: None,
        trade: TradeId(1),
        reverses: None,
        cleared: cleared(500),
    };
    batch.clear();
    batch.push(&Change::Add(Delta::Obligations(Booking::Made, cleared(500))));
    // The same number twice breaks the primary key at the second.
    batch.push(&Change::TradeEntry(entry));
    batch.push(&Change::TradeEntry(entry));
    let failed = store.write(&batch, &Progress { seq: Seq(2), topics: [1; 5] });
    assert!(matches!(failed, Err(StoreError::Sqlite(_))), "{failed:?}");
    drop(store);
    let store = Store::open(&path).expect("a store");
    assert_eq!(store.progress().expect("progress"), Progress { seq: Seq(1), topics: [0; 5] });
    assert_eq!(rows(&store, Export::Obligations), [""; 0]);
    assert_eq!(rows(&store, Export::JournalEntries), [""; 0]);
}

/// Trades' entries, one of them undone and one for nothing, between other entries.
fn ledger() -> Batch {
    let mut batch = Batch::default();
    reference(&mut batch);
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
        batch.push(&Change::TradeEntry(TradeEntryRow {
            entry: EntryNo(number),
            seq: Seq(number),
            business_date: Some(DAY),
            trade: TradeId(number),
            reverses: reverses.map(EntryNo),
            cleared: cleared(consideration),
        }));
    }
    other(&mut batch, 4, postings::money(account, instrument, CurrencyId(0), i128::MAX));
    let asset = Asset::Instrument(instrument);
    let account = LedgerAccount::Due { account, instrument, date: DAY };
    let (class, side, amount) = (Class::Contract, Side::Debit, 7);
    other(&mut batch, 6, vec![Posting { class, account, asset, side, amount }]);
    batch
}

#[test]
fn analysts_see_the_same_postings_as_the_export() {
    let mut store = Store::temporary().expect("a store");
    write(&mut store, &ledger(), 6);
    let mut statement = store
        .connection
        .prepare(
            "SELECT entry_id, seq, business_date, class, kind, ledger_account, asset, debit,
                credit, reverses, asset_kind
            FROM v_journal_entries ORDER BY 1, 2, 3, 4, 5, 6, 7, debit <> 0",
        )
        .expect("prepared");
    let mut seen = Vec::new();
    let mut found = statement.query([]).expect("queried");
    while let Some(row) = found.next().expect("a row") {
        let kind: i64 = row.get(10).expect("a kind");
        let cell = |column: usize| {
            let value = row.get_ref(column).expect("a column");
            match (value, (7..9).contains(&column) && kind == 1) {
                (ValueRef::Null, _) => String::new(),
                (ValueRef::Integer(_) | ValueRef::Text(_), true) => {
                    let cents = read(value).expect("a number");
                    format!("{}.{:02}", cents / 100, cents % 100)
                }
                (ValueRef::Integer(number), false) => number.to_string(),
                (ValueRef::Text(_), false) => value.as_str().expect("text").to_owned(),
                (ValueRef::Real(_) | ValueRef::Blob(_), _) => panic!("never stored: {value:?}"),
            }
        };
        seen.push((0..10).map(cell).collect::<Vec<_>>().join(","));
    }
    assert_eq!(seen, rows(&store, Export::JournalEntries));
    assert_eq!(seen.len(), 2 + 8 + 8 + 2 + 4 + 1);
}

#[test]
fn every_view_for_analysts_can_be_read() {
    let mut store = Store::temporary().expect("a store");
    write(&mut store, &ledger(), 6);
    let connection = &store.connection;
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name";
    let mut statement = connection.prepare(sql).expect("prepared");
    let names = statement.query_map([], |row| row.get::<_, String>(0)).expect("queried");
    let names: Vec<String> = names.collect::<Result<_, _>>().expect("names");
    assert_eq!(names.len(), 16);
    for name in names {
        let count = connection
            .query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get::<_, i64>(0));
        assert!(count.is_ok(), "{name}: {count:?}");
    }
}

#[test]
fn a_read_model_of_another_version_is_stale() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    let store = Store::open(&path).expect("a store");
    let View { name, version } = views::VIEWS[0];
    let sql = "UPDATE view_versions SET version = ? WHERE name = ?";
    store.connection.execute(sql, (version + 1, name)).expect("updated");
    drop(store);
    for opened in [Store::open(&path), Store::open_to_read(&path)] {
        assert!(matches!(opened, Err(StoreError::Stale { .. })), "{opened:?}");
    }
    let fresh = Store::fresh(&path).expect("fresh").take_place_of(&path).expect("replaced");
    assert_eq!(fresh.progress().expect("progress"), Progress::default());
}
