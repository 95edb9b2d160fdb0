//! AGAIN: what is in is in once. A second import adds nothing, a changed row is refused, an added
//! row goes in, and sending everything again changes no obligation, no movement and no balance.

use serde_json::Value;
use tempfile::tempdir;

use crate::golden;
use crate::market::Market;
use crate::product::{
    clearfold, exports, import, import_line, import_with, journal, same_tables, same_text, status,
    verifies,
};

/// Data rows of all files of a market.
fn rows(market: &Market) -> usize {
    let reference = ["currencies", "members", "accounts", "instruments", "calendars", "holdings"]
        .map(|name| format!("reference/{name}.csv"));
    let days = ["operations", "trades", "prices"].map(|name| market.daily(name)).concat();
    reference.iter().chain(&days).map(|file| market.read(file).lines().count() - 1).sum()
}

#[test]
fn a_second_import_adds_nothing() {
    let market = Market::golden();
    let data = tempdir().unwrap();
    let first = import(market.path(), data.path());
    let before = journal(data.path());
    for more in [&[][..], &["--journal-only"]] {
        let second = import_with(market.path(), data.path(), more);
        assert_eq!(second["already_in"], rows(&market));
        assert_eq!((&second["decisions"], &second["reports"]), (&0.into(), &0.into()));
        assert_eq!(second["state_hash"], first["state_hash"]);
        assert_eq!(second["sequence"], first["sequence"]);
        assert!(journal(data.path()) == before, "the journal has changed");
    }
    same_tables(&exports(data.path()), &golden::tables(), &"after a second import");
}

#[test]
fn a_row_that_has_changed_is_refused_and_named() {
    let golden = Market::golden();
    let data = tempdir().unwrap();
    import(golden.path(), data.path());
    let before = (journal(data.path()), status(data.path()));
    for (file, row, from, to) in [
        ("days/2013-10-08/trades.csv", 17, ",new,", ",amend,"),
        ("days/2013-10-17/prices.csv", 2, "USD", "EUR"),
        ("days/2013-10-07/operations.csv", 3, "settle", "close_day"),
        ("reference/holdings.csv", 1, ",", ",1"),
        ("reference/calendars.csv", 13, "Christmas", "Boxing Day"),
    ] {
        let market = Market::golden();
        let text = market.read(file);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[row] = lines[row].replacen(from, to, 1);
        market.write(file, lines.join("\n") + "\n");
        let (line, row) = (format!("{file}:{}", row + 1), format!("row {row} "));
        let ran = clearfold(import_line(market.path(), data.path(), &[]));
        ran.failed(4, &[&line, &row, "changed"]);
        assert!((journal(data.path()), status(data.path())) == before, "{file}");
    }
    // With the row restored all is as if nothing had been.
    let again = import(golden.path(), data.path());
    assert_eq!(again["already_in"], rows(&golden));
}

#[test]
fn rows_that_were_added_go_in() {
    let market = Market::golden();
    let data = tempdir().unwrap();
    import(market.path(), data.path());
    let late = "XNAS,LATE,1,new,US0268747849,1,1,USD,2013-10-08,2013-10-08T15:00:00Z,M001-H,M002-H,XNAS\n\
                XNAS,NEVER,2,cancel,,,,,2013-10-18,,,,\n";
    market.add("days/2013-10-08/trades.csv", late);
    market.add_day("2013-10-21", "2013-10-18", "the draw of a further day");
    let in_before = rows(&Market::golden());
    let report = import(market.path(), data.path());
    assert_eq!(report["already_in"], in_before);
    assert_eq!(report["business_days"], serde_json::json!(["2013-10-21"]));
    assert_eq!(report["outcomes"], serde_json::json!({"wrong_trade_date": 1, "unknown_trade": 1}));
    assert_eq!(status(data.path())["business_date"], "2013-10-21");
    verifies(data.path());
}

#[test]
fn growing_by_a_day_at_a_time_ends_where_one_import_ends() {
    let data = tempdir().unwrap();
    let days = Market::golden().days();
    for day in &days {
        let market = Market::golden();
        market.end_with(day);
        let report = import(market.path(), data.path());
        assert_eq!(report["business_days"], serde_json::json!([day]));
    }
    assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
    same_tables(&exports(data.path()), &golden::tables(), &"day by day");
    verifies(data.path());
}

#[test]
fn sending_everything_again_moves_nothing() {
    let market = Market::golden();
    let data = tempdir().unwrap();
    let first = import(market.path(), data.path());
    let before = exports(data.path());
    for pass in 1..=2 {
        let again = import_with(market.path(), data.path(), &["--resend"]);
        assert_eq!((&again["already_in"], &again["reports"]), (&0.into(), &first["reports"]));
        assert_eq!(again["state_hash"], first["state_hash"]);
        let after = exports(data.path());
        for what in ["obligations", "settlements", "money", "holdings", "positions", "trades"] {
            same_text(&after[what], &before[what], what);
        }
        for what in ["journal-entries", "trial-balance"] {
            same_text(&after[what], &before[what], what);
        }
        // Every report has an outcome of its own, now and then.
        let counted = |report: &Value| -> u64 {
            report["outcomes"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum()
        };
        assert_eq!(counted(&again), again["reports"].as_u64().unwrap());
        let (all, reports) = (count(&after["outcomes"]), first["reports"].as_u64().unwrap());
        assert_eq!(all, reports * (pass + 1));
        assert!(again["outcomes"].get("captured").is_none(), "{again}");
    }
    // The rows are in, as often as they were sent: importing again is as quiet as ever.
    assert_eq!(import(market.path(), data.path())["already_in"], rows(&market));
    verifies(data.path());
}

/// The counts of an `outcomes` table added up.
fn count(outcomes: &[u8]) -> u64 {
    let text = std::str::from_utf8(outcomes).unwrap();
    let counts = text.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1);
    counts.map(|count| count.parse::<u64>().unwrap()).sum()
}
