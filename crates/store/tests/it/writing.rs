//! Exact sums, one transaction for rows and position, one writer.

use store::{Batch, Export, Progress, Store, StoreError};
use views::Change;
use views::tally::{Booking, Delta};

use crate::changes::{cleared, reference, trade_entry};
use crate::places::places;
use crate::{at, rows, write};

#[test]
fn a_sum_beyond_64_bits_is_exact_and_comes_back() {
    for place in places() {
        let mut store = Store::open(&place.location).expect("a store");
        let mut batch = reference();
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
}

#[test]
fn a_batch_that_fails_leaves_rows_and_position_as_they_were() {
    for place in places() {
        let mut store = Store::open(&place.location).expect("a store");
        let mut batch = reference();
        write(&mut store, &batch, 1);
        batch.clear();
        batch.push(&Change::Add(Delta::Obligations(Booking::Made, cleared(500))));
        // The same number twice breaks the primary key at the second.
        batch.push(&Change::TradeEntry(trade_entry(1, None, 500)));
        batch.push(&Change::TradeEntry(trade_entry(1, None, 500)));
        let failed = store.write(&batch, &at(2)).expect_err("a number twice");
        assert!(matches!(failed, StoreError::Sqlite(_) | StoreError::Postgres(_)), "{failed}");
        assert!(!failed.is_unavailable(), "{failed}");
        drop(store);
        let store = Store::open(&place.location).expect("a store");
        assert_eq!(store.progress().expect("progress"), at(1));
        assert_eq!(rows(&store, Export::Obligations), [""; 0]);
        assert_eq!(rows(&store, Export::JournalEntries), [""; 0]);
    }
}

#[test]
fn of_two_writers_that_start_from_the_same_position_one_counts() {
    for place in places() {
        let mut first = Store::open(&place.location).expect("a store");
        write(&mut first, &reference(), 1);
        let mut second = Store::open(&place.location).expect("a store");
        let mut batch = Batch::default();
        batch.push(&Change::Add(Delta::Obligations(Booking::Made, cleared(500))));
        write(&mut first, &batch, 2);
        let refused = second.write(&batch, &at(2)).expect_err("a second writer");
        let StoreError::Moved { expected, found } = &refused else { panic!("{refused}") };
        assert_eq!((**expected, **found), (at(1), at(2)));
        assert!(!refused.is_unavailable());
        let counted = rows(&first, Export::Obligations);
        assert_eq!(counted[0], "2013-10-07,A,US0268747849,100,-5.00");
        // Opened again, it goes on from where the first left off.
        let mut second = Store::open(&place.location).expect("a store");
        write(&mut second, &batch, 3);
        assert!(matches!(first.write(&batch, &at(3)), Err(StoreError::Moved { .. })));
    }
}

#[test]
fn a_position_may_stay_or_move_in_any_of_its_numbers() {
    for place in places() {
        let mut store = Store::open(&place.location).expect("a store");
        assert_eq!(store.progress().expect("progress"), Progress::default());
        let progress = Progress { offsets: [1, 2, 3, 4, 1 << 60], ..at(7) };
        for _ in 0..2 {
            store.write(&Batch::default(), &progress).expect("written");
            assert_eq!(store.progress().expect("progress"), progress);
        }
    }
}

#[test]
fn what_the_database_cannot_hold_is_shown_by_another_sign() {
    for place in places() {
        let mut store = Store::open(&place.location).expect("a store");
        let mut batch = reference();
        batch.push(&Change::TradeCaptured(crate::changes::trade(1, "a\0b", 1)));
        write(&mut store, &batch, 1);
        let trades = rows(&store, Export::Trades);
        assert!(trades[0].contains("a\0b") || trades[0].contains("a\u{2400}b"), "{trades:?}");
    }
}
