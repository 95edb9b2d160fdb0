//! TIME-1 from outside: the same inputs give the same bytes, the read model is a function of the
//! journal, and what a day looked like can be asked for ever.

use tempfile::tempdir;

use crate::golden;
use crate::market::Market;
use crate::product::{
    clearfold, export, exports, exports_with, import, import_with, journal, same_tables, status,
};

#[test]
fn two_runs_in_two_directories_give_the_same_bytes() {
    let (market, other) = (Market::golden(), Market::golden());
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let first = import(market.path(), one.path());
    let second = import(other.path(), &two.path().join("in/a/folder/that/is/made"));
    assert_eq!(first["state_hash"], second["state_hash"]);
    let files = journal(&two.path().join("in/a/folder/that/is/made"));
    assert!(journal(one.path()) == files, "the journals differ");
}

#[test]
fn the_read_model_can_come_later_and_can_come_again() {
    let market = Market::golden();
    let data = tempdir().unwrap();
    import_with(market.path(), data.path(), &["--journal-only"]);
    let before = status(data.path());
    assert_eq!(
        (&before["read_model_sequence"], &before["read_model_lag"]),
        (&0.into(), &before["sequence"])
    );
    same_tables(&exports(data.path()), &golden::tables(), &"caught up");
    assert_eq!(status(data.path())["read_model_lag"], 0);
    let folder = data.path().to_str().unwrap();
    clearfold(["rebuild", "--data", folder]).done();
    same_tables(&exports(data.path()), &golden::tables(), &"built again");
    // Even when it is gone, or was never one.
    for file in ["read-model.sqlite", "read-model.sqlite-wal", "read-model.sqlite-shm"] {
        let _ = std::fs::remove_file(data.path().join(file));
    }
    same_tables(&exports(data.path()), &golden::tables(), &"built from nothing");
}

#[test]
fn an_earlier_day_is_as_it_was_then() {
    let data = tempdir().unwrap();
    import(Market::golden().path(), data.path());
    for day in ["2013-10-07", "2013-10-10", "2013-10-14", "2013-10-16"] {
        let market = Market::golden();
        market.end_with(day);
        let then = tempdir().unwrap();
        import(market.path(), then.path());
        let now = exports_with(data.path(), &["--as-of", day]);
        same_tables(&now, &exports(then.path()), &("as of", day));
    }
    same_tables(
        &exports_with(data.path(), &["--as-of", "2013-10-18"]),
        &golden::tables(),
        &"the end",
    );
}

#[test]
fn an_earlier_sequence_is_as_it_was_then() {
    let data = tempdir().unwrap();
    import(Market::golden().path(), data.path());
    for (day, rows) in [("2013-10-07", 100), ("2013-10-10", 1), ("2013-10-11", 250)] {
        let market = Market::golden();
        market.end_with(day);
        let trades = format!("days/{day}/trades.csv");
        let mut row = 0;
        market.each_row(&trades, |_| {
            row += 1;
            row <= rows
        });
        market.each_row(&format!("days/{day}/operations.csv"), |row| row[0] == "open_day");
        market.each_row(&format!("days/{day}/prices.csv"), |_| false);
        let then = tempdir().unwrap();
        let sequence = import(market.path(), then.path())["sequence"].to_string();
        let now = exports_with(data.path(), &["--as-of-seq", &sequence]);
        same_tables(&now, &exports(then.path()), &("as of sequence", &sequence));
        // The day is not over there: its date is the last decision so far on it.
        let by_date = export("trades", then.path(), &["--as-of", day]);
        assert!(by_date == now["trades"]);
    }
    let last = status(data.path())["sequence"].to_string();
    same_tables(&exports_with(data.path(), &["--as-of-seq", &last]), &golden::tables(), &"the end");
}
