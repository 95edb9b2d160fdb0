//! BAD INPUT, whole: a market directory in which something is missing or cannot be read stops
//! before anything is accepted, with exit 5, and names the file. Operations that are refused are
//! reported, the import goes on, and ends with exit 6.

use serde_json::Value;
use tempfile::tempdir;

use crate::golden;
use crate::market::{Market, golden as golden_files};
use crate::product::{
    clearfold, exports, import, import_line, same_tables, same_text, status, verifies,
};

/// A directory that is no market: it stops with exit 5, names the place, and nothing is accepted.
#[track_caller]
fn stops(words: &[&str], change: impl Fn(&Market)) {
    let market = Market::golden();
    change(&market);
    let data = tempdir().unwrap();
    let fresh = data.path().join("fresh");
    clearfold(import_line(market.path(), &fresh, &[])).failed(5, words);
    assert!(!fresh.exists(), "a data directory was made for it: {words:?}");
    // In a data directory that is in use nothing changes either.
    let begun = Market::golden();
    begun.end_with("2013-10-07");
    import(begun.path(), data.path());
    let before = status(data.path());
    clearfold(import_line(market.path(), data.path(), &[])).failed(5, words);
    assert_eq!(status(data.path()), before, "{words:?}");
}

#[test]
fn a_file_that_is_missing() {
    for file in [
        "reference/members.csv",
        "reference/accounts.csv",
        "reference/instruments.csv",
        "reference/calendars.csv",
        "reference/holdings.csv",
        "days/2013-10-18/operations.csv",
        "days/2013-10-08/trades.csv",
        "days/2013-10-14/prices.csv",
    ] {
        stops(&[file, "missing"], |market| market.remove(file));
    }
    stops(&["days", "missing"], |market| market.remove("days"));
    stops(&["reference/calendars.csv", "missing"], |market| market.remove("reference"));
}

#[test]
fn a_file_that_is_empty_or_has_no_header() {
    for file in ["reference/holdings.csv", "days/2013-10-18/trades.csv", "reference/currencies.csv"]
    {
        for content in ["", "\n\r\n\n", "\u{feff}"] {
            stops(&[file, "empty", "header"], |market| market.write(file, content));
        }
        stops(&[file, "line 1", "column"], |market| {
            let text = market.read(file);
            let rows = text.split_once('\n').unwrap().1;
            let row = if rows.is_empty() { "XNAS,1\n" } else { rows };
            market.write(file, row);
        });
    }
}

/// Another header in place of the right one.
type Rewrite = fn(&str) -> String;

#[test]
fn a_header_with_other_columns() {
    let headers: [(&str, &[&str], Rewrite); 8] = [
        ("days/2013-10-07/trades.csv", &["14 columns"], |h| format!("{h},colour")),
        ("reference/members.csv", &["`colour`", "unknown"], |h| format!("{h},colour")),
        ("days/2013-10-07/trades.csv", &["`Venue`", "unknown"], |h| h.replace("venue", "Venue")),
        ("reference/accounts.csv", &["`kind`", "missing"], |h| h.replace(",kind", "")),
        ("reference/holdings.csv", &["`asset`", "twice"], |h| h.replace("quantity", "asset")),
        ("days/2013-10-09/prices.csv", &["`isin`", "twice"], |h| format!("{h},isin")),
        ("days/2013-10-09/operations.csv", &["`draw `", "unknown"], |h| format!("{h} ")),
        ("reference/calendars.csv", &["column"], |h| format!("{h}\"")),
    ];
    for (file, words, change) in headers {
        let words = [&[file, "line 1"], words].concat();
        stops(&words, |market| {
            let text = market.read(file);
            let (header, rows) = text.split_once('\n').unwrap();
            market.write(file, format!("{}\n{rows}", change(header)));
        });
    }
    let file = "reference/members.csv";
    stops(&[file, "line 1"], |market| market.write(file, b"member,lei,\xff\n"));
    stops(&[file, "line 1"], |market| market.write(file, "x".repeat(10_000_000)));
}

#[test]
fn a_folder_of_days_that_is_no_date() {
    for folder in ["notes", "2013-10-7", "2013-02-30", "20131007", "2013-10-07 "] {
        stops(&[&format!("days/{folder}"), "date"], |market| {
            std::fs::create_dir(market.path().join("days").join(folder)).unwrap();
        });
    }
    // A file beside them is not ours.
    let market = Market::golden();
    market.write("days/notes.txt", "buy milk");
    let data = tempdir().unwrap();
    assert_eq!(import(market.path(), data.path())["state_hash"], *golden::state_hash());
}

#[test]
fn an_operation_that_cannot_be_read() {
    let file = "days/2013-10-09/operations.csv";
    for row in [
        "opn_day,2013-10-09,end,",
        "settle,2013-10-32,end,x",
        "settle,2013-10-09,whenever,x",
        "settle,2013-10-09,end",
        "settle,2013-10-09,end,x,y",
        "settle,,end,x",
        ",,,",
    ] {
        stops(&[file, "line 6", "operation"], |market| market.add(file, &format!("{row}\n")));
    }
    stops(&[file, "line 6"], |market| {
        market
            .write(file, [market.read(file).as_bytes(), b"settle,2013-10-09,end,\xff\n"].concat());
    });
}

#[test]
fn no_market_at_all() {
    let data = tempdir().unwrap();
    let nowhere = data.path().join("nowhere");
    clearfold(import_line(&nowhere, data.path(), &[])).failed(3, &["nowhere", "directory"]);
    let file = golden_files().join("state-hash.txt");
    clearfold(import_line(&file, data.path(), &[])).failed(3, &["state-hash.txt", "directory"]);
    let path = data.path().to_str().unwrap();
    clearfold(["status", "--data", path]).failed(3, &["no journal", "import"]);
}

/// Imports a market whose operations are wrong: exit 6, each refusal with its place and code.
#[track_caller]
fn refused(expected: &[(&str, u64, &str)], change: impl Fn(&Market)) -> tempfile::TempDir {
    let market = Market::golden();
    change(&market);
    let data = tempdir().unwrap();
    let words = [format!("{} operations were refused", expected.len())];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let report = clearfold(import_line(market.path(), data.path(), &[])).failed(6, &words).json();
    let got: Vec<(String, u64, String)> = report["refused_operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| {
            let text = |key: &str| notice[key].as_str().unwrap().to_owned();
            (text("file"), notice["line"].as_u64().unwrap(), text("outcome"))
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(day, line, code)| (format!("days/{day}/operations.csv"), *line, (*code).to_owned()))
        .collect();
    assert_eq!(got, expected);
    verifies(data.path());
    data
}

#[test]
fn operations_that_come_twice_change_nothing() {
    let data = refused(
        &[
            ("2013-10-09", 6, "day_already_opened"),
            ("2013-10-10", 6, "trading_already_closed"),
            ("2013-10-11", 6, "already_settled"),
            ("2013-10-15", 6, "day_not_open"),
        ],
        |market| {
            for (day, operation) in [
                ("2013-10-09", "open_day"),
                ("2013-10-10", "close_trading"),
                ("2013-10-11", "settle"),
                ("2013-10-15", "close_day"),
            ] {
                let file = format!("days/{day}/operations.csv");
                let text = market.read(&file);
                let row = text.lines().find(|line| line.starts_with(operation)).unwrap();
                market.add(&file, &format!("{row}\n"));
            }
        },
    );
    assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
}

#[test]
fn a_draw_that_was_not_committed_to_is_refused() {
    let draw = "days/2013-10-18/operations.csv";
    refused(&[("2013-10-18", 4, "wrong_draw"), ("2013-10-18", 5, "not_settled")], |market| {
        market.each_row(draw, |row| {
            if row[0] == "settle" {
                row[3] = "0000000000000000".to_owned();
            }
            true
        });
    });
    refused(
        &[
            ("2013-10-18", 2, "commitment_missing"),
            ("2013-10-18", 3, "day_not_open"),
            ("2013-10-18", 4, "day_not_open"),
            ("2013-10-18", 5, "day_not_open"),
        ],
        |market| {
            market.each_row(draw, |row| {
                if row[0] == "open_day" {
                    row[3].clear();
                }
                true
            });
        },
    );
}

#[test]
fn operations_that_are_missing_stop_the_days_and_rows_that_follow_mend_them() {
    let file = "days/2013-10-17/operations.csv";
    let data = refused(
        &[
            ("2013-10-17", 3, "trading_not_closed"),
            ("2013-10-17", 4, "not_settled"),
            ("2013-10-18", 2, "previous_day_open"),
            ("2013-10-18", 3, "day_not_open"),
            ("2013-10-18", 4, "day_not_open"),
            ("2013-10-18", 5, "day_not_open"),
        ],
        |market| market.each_row(file, |row| row[0] != "close_trading"),
    );
    // What is in stays; further rows bring the days to their end.
    let market = Market::golden();
    let closed = |day: &str| {
        let text = market.read(&format!("days/{day}/operations.csv"));
        let rows = text.lines().skip(1).map(|line| {
            let mut fields: Vec<&str> = line.split(',').collect();
            fields[2] = "end";
            fields.join(",") + "\n"
        });
        rows.collect::<Vec<_>>()
    };
    let mending = closed("2013-10-17")[1..].concat();
    market.each_row(file, |row| row[0] != "close_trading");
    market.add(file, &mending);
    let next = closed("2013-10-18").concat();
    market.add("days/2013-10-18/operations.csv", &next);
    let report = import(market.path(), data.path());
    assert_eq!(report["refused_operations"], Value::Array(Vec::new()));
    assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
    let (ours, golden) = (exports(data.path()), golden::tables());
    for what in ["obligations", "settlements", "money", "holdings", "positions", "trial-balance"] {
        same_text(&ours[what], &golden[what], what);
    }
}

#[test]
fn a_settlement_waits_for_every_price() {
    let ibm = "US4592001014";
    let data = refused(
        &[
            ("2013-10-10", 4, "price_missing"),
            ("2013-10-10", 5, "not_settled"),
            ("2013-10-11", 2, "previous_day_open"),
            ("2013-10-11", 3, "day_not_open"),
            ("2013-10-11", 4, "day_not_open"),
            ("2013-10-11", 5, "day_not_open"),
        ],
        |market| {
            market.end_with("2013-10-11");
            for file in market.daily("prices") {
                market.each_row(&file, |row| row[0] != ibm);
            }
        },
    );
    assert_eq!(status(data.path())["phase"], "trading closed");
}

#[test]
fn days_out_of_order_are_refused() {
    let operation = |name: &str, day: &str| format!("{name},{day},end,\n");
    refused(
        &[
            ("2013-10-18", 6, "day_out_of_order"),
            ("2013-10-18", 7, "not_a_business_day"),
            ("2013-10-18", 8, "day_not_open"),
        ],
        |market| {
            let rows = operation("open_day", "2013-10-16")
                + &operation("open_day", "2013-10-19")
                + &operation("close_day", "2013-10-17");
            market.add("days/2013-10-18/operations.csv", &rows);
        },
    );
}

#[test]
fn a_calendar_without_days_closes_weekends_alone() {
    let market = Market::golden();
    market.write("reference/calendars.csv", "calendar,closed_on,name\n");
    let data = tempdir().unwrap();
    let ran = clearfold(import_line(market.path(), data.path(), &[]));
    // Now 14 October is a settlement day that nobody opened as one.
    let report = ran.failed(6, &["operations were refused"]).json();
    assert_eq!(report["refused_operations"][0]["outcome"], "commitment_missing");
    market.settle_on("2013-10-14", "now there is a draw");
    let data = tempdir().unwrap();
    import(market.path(), data.path());
    let text = exports(data.path())["settlements"].clone();
    assert!(String::from_utf8(text).unwrap().contains("\n2013-10-14,"));
}

#[test]
fn a_market_without_days_or_rows_is_a_market() {
    let market = Market::golden();
    for day in market.days() {
        market.remove(&format!("days/{day}"));
    }
    let data = tempdir().unwrap();
    let report = import(market.path(), data.path());
    assert_eq!(report["reports"], 0);
    assert_eq!(status(data.path())["business_date"], "none");
    // The days come later, and all ends as it would have.
    assert_eq!(import(Market::golden().path(), data.path())["state_hash"], *golden::state_hash());
    same_tables(&exports(data.path()), &golden::tables(), &"days came later");
}
