//! BAD INPUT, row by row: what cannot be read is a dead letter with file and line, what is wrong
//! has its coded outcome, and neither disturbs anything else.

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::golden;
use crate::market::Market;
use crate::product::{Tables, exports, import, same_tables, same_text, status, verifies};
use crate::random::Random;

/// The trades file in which most tests write.
const TRADES: &str = "days/2013-10-08/trades.csv";

/// A report that would be captured on 8 October.
const ROW: [&str; 13] = [
    "XNAS",
    "TEST",
    "1",
    "new",
    "US0268747849",
    "100",
    "48.50",
    "USD",
    "2013-10-08",
    "2013-10-08T15:00:00.000Z",
    "M001-H",
    "M002-H",
    "XNAS",
];

/// The report with other texts in some columns.
fn row(changes: &[(usize, &str)]) -> String {
    let mut fields = ROW;
    for (at, text) in changes {
        fields[*at] = text;
    }
    fields.join(",")
}

/// Imports the golden market with these rows at the end of 8 October's trades.
#[track_caller]
fn with_rows(rows: &[Vec<u8>]) -> (TempDir, Value) {
    let market = Market::golden();
    let mut bytes = market.read(TRADES).into_bytes();
    for row in rows {
        bytes.extend_from_slice(row);
        bytes.push(b'\n');
    }
    market.write(TRADES, bytes);
    let data = tempdir().unwrap();
    let report = import(market.path(), data.path());
    (data, report)
}

/// All that clearing and settlement gave is as it was without the rows.
#[track_caller]
fn undisturbed(tables: &Tables, why: &str) {
    let golden = golden::tables();
    for what in ["obligations", "settlements", "money", "holdings", "positions", "trial-balance"] {
        same_text(&tables[what], &golden[what], &format!("{what}, {why}"));
    }
}

#[test]
fn a_row_that_cannot_be_read_is_a_dead_letter_with_its_place() {
    let long = |length: usize| row(&[(12, &"X".repeat(length))]).into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty_field", row(&[(0, "")]).into()),
        ("empty_field", row(&[(1, "")]).into()),
        ("bad_version", row(&[(2, "0")]).into()),
        ("bad_version", row(&[(2, "01")]).into()),
        ("bad_version", row(&[(2, "1000000000")]).into()),
        ("bad_version", row(&[(2, "one")]).into()),
        ("unknown_action", row(&[(3, "NEW")]).into()),
        ("unknown_action", row(&[(3, "")]).into()),
        ("bad_numeral", row(&[(5, "12x")]).into()),
        ("bad_numeral", row(&[(5, "")]).into()),
        ("bad_numeral", row(&[(5, "1e3")]).into()),
        ("bad_numeral", row(&[(5, "+1")]).into()),
        ("bad_numeral", row(&[(6, ".5")]).into()),
        ("bad_numeral", row(&[(6, "5.")]).into()),
        ("bad_date", row(&[(8, "2013-02-29")]).into()),
        ("bad_date", row(&[(8, "2013-10-8")]).into()),
        ("bad_date", row(&[(3, "cancel"), (8, "2013-13-01")]).into()),
        ("bad_instant", row(&[(9, "2013-10-08T24:00:00Z")]).into()),
        ("bad_instant", row(&[(9, "2013-10-08T15:00:00")]).into()),
        ("bad_instant", row(&[(9, "2013-02-29T15:00:00Z")]).into()),
        ("column_count", b"XNAS,TEST".to_vec()),
        ("column_count", (row(&[]) + ",").into()),
        ("not_utf8", [row(&[]).as_bytes(), b"\xff"].concat()),
        ("too_long", long(10_000_000)),
        ("too_long", vec![b'"'; 10_000_001]),
        ("column_count", b"\"XNAS,an open quote".to_vec()),
    ];
    let rows: Vec<Vec<u8>> = cases.iter().map(|(_, row)| row.clone()).collect();
    let first = Market::golden().read(TRADES).lines().count() as u64 + 1;
    let (data, report) = with_rows(&rows);
    let letters = report["dead_letters"].as_array().unwrap();
    let of_file =
        |notice: &&Value| notice["file"] == TRADES && notice["line"].as_u64() >= Some(first);
    let ours: Vec<_> = letters.iter().filter(of_file).collect();
    for ((line, (reason, text)), notice) in (first..).zip(&cases).zip(&ours) {
        let shown = String::from_utf8_lossy(&text[..text.len().min(80)]);
        assert_eq!(
            (notice["line"].as_u64(), notice["outcome"].as_str()),
            (Some(line), Some(*reason)),
            "{shown}"
        );
    }
    assert_eq!(ours.len(), cases.len());
    assert_eq!(report["state_hash"], *golden::state_hash(), "a dead letter leaves no trace");
    undisturbed(&exports(data.path()), "dead letters");
    verifies(data.path());
}

#[test]
fn a_row_that_is_wrong_is_refused_with_its_code() {
    let huge = "9".repeat(50);
    let cases: Vec<(&str, Vec<(usize, &str)>)> = vec![
        ("unknown_trade", vec![(3, "amend"), (2, "2")]),
        ("unknown_trade", vec![(3, "cancel"), (2, "2"), (5, "anything"), (9, "at all")]),
        ("version_gap", vec![(2, "2")]),
        ("invalid_isin", vec![(4, "")]),
        ("invalid_isin", vec![(4, "us0268747849")]),
        ("invalid_isin", vec![(4, "US0268747840")]),
        ("invalid_isin", vec![(4, "US026874784A")]),
        ("unknown_instrument", vec![(4, "US5949181045")]),
        ("invalid_quantity", vec![(5, "0")]),
        ("invalid_quantity", vec![(5, "-0.0")]),
        ("invalid_quantity", vec![(5, "-100")]),
        ("invalid_quantity", vec![(5, "100.5")]),
        ("invalid_quantity", vec![(5, "0.000000000001")]),
        ("invalid_quantity", vec![(5, "9223372036854775808")]),
        ("invalid_quantity", vec![(5, &huge)]),
        ("invalid_price", vec![(6, "0.00")]),
        ("invalid_price", vec![(6, "-1")]),
        ("invalid_price", vec![(6, "48.1234567891")]),
        ("invalid_price", vec![(6, "48.123456789012")]),
        ("invalid_price", vec![(6, &huge)]),
        // A consideration of 2^63 cents.
        ("invalid_price", vec![(6, "922337203685477.5808")]),
        ("currency_mismatch", vec![(7, "EUR")]),
        ("currency_mismatch", vec![(7, "usd")]),
        ("currency_mismatch", vec![(7, "")]),
        ("unknown_account", vec![(10, "M999-H")]),
        ("unknown_account", vec![(11, "")]),
        ("unknown_account", vec![(11, "CCP")]),
        ("same_account", vec![(11, "M001-H")]),
        ("wrong_trade_date", vec![(8, "2013-10-09")]),
        ("wrong_trade_date", vec![(8, "2013-10-12")]),
        ("wrong_trade_date", vec![(8, "1999-12-31")]),
        ("wrong_trade_date", vec![(8, "2013-10-04")]),
        // Two things wrong: the first in the order of the checks is the one that is told.
        (
            "invalid_isin",
            vec![(4, "X"), (5, "0"), (6, "0"), (7, "EUR"), (10, "Y"), (8, "2013-10-04")],
        ),
        ("invalid_quantity", vec![(5, "0"), (6, "0"), (7, "EUR"), (10, "Y"), (11, "Y")]),
        ("invalid_price", vec![(6, "0"), (7, "EUR"), (10, "Y"), (11, "Y")]),
        ("currency_mismatch", vec![(7, "EUR"), (10, "Y"), (11, "Y"), (8, "2013-10-09")]),
        ("unknown_account", vec![(10, "Y"), (11, "Y"), (8, "2013-10-09")]),
        ("same_account", vec![(10, "M002-H"), (8, "2013-10-09")]),
    ];
    let rows: Vec<Vec<u8>> = cases
        .iter()
        .enumerate()
        .map(|(n, (_, changes))| {
            let reference = format!("TEST{n}");
            row(&[&[(1, &*reference)], &changes[..]].concat()).into_bytes()
        })
        .collect();
    let (data, report) = with_rows(&rows);
    let tables = exports(data.path());
    let rejections = String::from_utf8(tables["rejections"].clone()).unwrap();
    for (n, (outcome, changes)) in cases.iter().enumerate() {
        let reference = format!(",TEST{n},");
        let found: Vec<&str> =
            rejections.lines().filter(|line| line.contains(&reference)).collect();
        let [line] = found[..] else { panic!("{reference} {changes:?}: {found:?}") };
        assert_eq!(line.split(',').nth(5), Some(*outcome), "{changes:?}: {line}");
    }
    assert_eq!(report["state_hash"], *golden::state_hash(), "a refusal leaves no trace");
    undisturbed(&tables, "refusals");
}

#[test]
fn versions_and_their_order_have_their_outcomes() {
    let amended = row(&[(2, "2"), (3, "amend"), (5, "200")]);
    let cancel = |version: &str| row(&[(2, version), (3, "cancel"), (4, ""), (5, "")]);
    let cases = [
        (row(&[(5, "0")]), "invalid_quantity"),
        // A refused report takes neither reference nor version.
        (row(&[]), "captured"),
        (row(&[(5, "0100.0"), (6, "48.5"), (9, "2013-10-08T11:00:00-04:00")]), "duplicate"),
        (row(&[(5, "101")]), "conflict"),
        (row(&[(12, "XNYS")]), "conflict"),
        (row(&[(2, "2")]), "conflict"),
        (row(&[(2, "3"), (3, "amend")]), "version_gap"),
        (row(&[(2, "2"), (3, "amend"), (4, "US78462F1030")]), "not_amendable"),
        (row(&[(2, "2"), (3, "amend"), (7, "EUR")]), "not_amendable"),
        (amended.clone(), "amended"),
        (amended, "duplicate"),
        (row(&[]), "duplicate"),
        (row(&[(3, "amend")]), "conflict"),
        (cancel("4"), "version_gap"),
        (cancel("3"), "cancelled"),
        (cancel("3"), "duplicate"),
        (row(&[(2, "3"), (3, "amend")]), "conflict"),
        (cancel("4"), "trade_closed"),
        (row(&[(2, "4")]), "trade_closed"),
        (row(&[]), "duplicate"),
        // The same reference of another source and of another date is another trade.
        (row(&[(0, "XNYS")]), "captured"),
        (row(&[(8, "2013-10-07"), (3, "cancel"), (2, "2")]), "unknown_trade"),
    ];
    let mut expected: Vec<(&str, u64)> = Vec::new();
    for (_, outcome) in &cases {
        match expected.iter_mut().find(|(name, _)| name == outcome) {
            Some((_, count)) => *count += 1,
            None => expected.push((outcome, 1)),
        }
    }
    let (_clean, before) = with_rows(&[]);
    // One by one, so that each report's own outcome is seen.
    let market = Market::golden();
    market.end_with("2013-10-08");
    market.each_row("days/2013-10-08/operations.csv", |row| row[0] == "open_day");
    let data = tempdir().unwrap();
    import(market.path(), data.path());
    for (number, (line, outcome)) in cases.iter().enumerate() {
        market.add(TRADES, &format!("{line}\n"));
        let report = import(market.path(), data.path());
        assert_eq!(report["outcomes"], serde_json::json!({ *outcome: 1 }), "{number}: {line}");
    }
    // And all at once.
    let rows: Vec<Vec<u8>> = cases.iter().map(|(line, _)| line.clone().into_bytes()).collect();
    let (_data, after) = with_rows(&rows);
    for (outcome, count) in expected {
        let of = |report: &Value| report["outcomes"][outcome].as_u64().unwrap_or(0);
        assert_eq!(of(&after) - of(&before), count, "{outcome}");
    }
}

#[test]
fn after_the_close_of_trading_reports_are_too_late() {
    let market = Market::golden();
    let late = "days/2013-10-09/trades.csv";
    let known = row(&[]);
    market.add(TRADES, &format!("{known}\n"));
    let day = |at: usize, text: &'static str| (at, text);
    market.add(
        late,
        &[
            row(&[]),
            row(&[day(2, "2"), day(3, "amend"), day(5, "7")]),
            row(&[day(2, "2"), day(3, "cancel")]),
            row(&[day(1, "LATE")]),
        ]
        .map(|line| line + "\n")
        .concat(),
    );
    // Of the open day itself, but after its close_trading.
    market.write(
        "days/2013-10-18/operations.csv",
        market.read("days/2013-10-18/operations.csv").replace("after_trades", "before_trades"),
    );
    market.add("days/2013-10-18/trades.csv", &format!("{}\n", row(&[(8, "2013-10-18")])));
    // References are kept until two settlement days after the settlement date, 11 October.
    market.add("days/2013-10-16/trades.csv", &format!("{known}\n"));
    market.add("days/2013-10-17/trades.csv", &format!("{known}\n"));
    let data = tempdir().unwrap();
    import(market.path(), data.path());
    let text = String::from_utf8(exports(data.path())["rejections"].clone()).unwrap();
    let of = |reference: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains(reference));
        lines.map(|line| line.split(',').nth(5).unwrap().to_owned()).collect()
    };
    assert_eq!(
        of(",TEST,"),
        [
            "duplicate",
            "trade_closed",
            "trade_closed",
            "duplicate",
            "wrong_trade_date",
            "trading_closed"
        ]
    );
    assert_eq!(of(",LATE,"), ["wrong_trade_date"]);
}

#[test]
fn line_ends_marks_quotes_empty_lines_and_columns_in_any_order_change_nothing() {
    let market = Market::golden();
    let mut random = Random::new(9);
    let reference = ["currencies", "members", "accounts", "instruments", "calendars", "holdings"]
        .map(|name| format!("reference/{name}.csv"));
    let daily = ["operations", "trades", "prices"].map(|name| market.daily(name)).concat();
    for file in reference.into_iter().chain(daily) {
        let text = market.read(&file);
        let columns = text.lines().next().unwrap().split(',').count();
        let mut order: Vec<usize> = (0..columns).collect();
        for at in (1..columns).rev() {
            order.swap(at, random.below(at + 1));
        }
        let mut out = if random.one_in(2) { "\u{feff}".to_owned() } else { String::new() };
        let end = if random.one_in(2) { "\r\n" } else { "\n" };
        for line in text.lines() {
            let fields: Vec<&str> = line.split(',').collect();
            let quote = |text: &str| {
                if random.one_in(3) { format!("\"{text}\"") } else { text.to_owned() }
            };
            let fields: Vec<String> = order.iter().map(|at| fields[*at]).map(quote).collect();
            out.push_str(&fields.join(","));
            out.push_str(end);
            if random.one_in(5) {
                out.push_str(end);
            }
        }
        // The last line may end with the file.
        market.write(&file, out.trim_end());
    }
    let data = tempdir().unwrap();
    assert_eq!(import(market.path(), data.path())["state_hash"], *golden::state_hash());
    same_tables(&exports(data.path()), &golden::tables(), &"written otherwise");
    verifies(data.path());
    // Its rows are in as they are written: the same rows again are no change.
    assert_eq!(import(market.path(), data.path())["decisions"], 0);
}

#[test]
fn rows_of_reference_data_and_prices_that_are_wrong_are_told_and_left_out() {
    let market = Market::golden();
    let cases = [
        ("reference/members.csv", "M900,54930000000000000100,Bad check digits", "invalid_lei"),
        ("reference/accounts.csv", "M777-H,M777,house", "unknown_member"),
        ("reference/accounts.csv", "CCP,M001,house", "reserved_code"),
        ("reference/accounts.csv", "M001-X,M001,proprietary", "unknown_word"),
        (
            "reference/instruments.csv",
            "US0268747840,X,X,equity,USD,0,XNYS,XNYS,DTC,T+3",
            "invalid_isin",
        ),
        ("reference/calendars.csv", "DTC,2013-02-30,No such day", "bad_date"),
        ("reference/holdings.csv", "M001-H,USD,-1", "invalid_quantity"),
        ("reference/holdings.csv", "M001-H,USD,9223372036854775808", "invalid_quantity"),
        ("reference/holdings.csv", "M001-H,USD,1", "conflict"),
        ("reference/holdings.csv", "M001-H,US5949181045,1", "unknown_instrument"),
        ("days/2013-10-10/prices.csv", "US5949181045,1,USD,2013-10-10,mark", "unknown_instrument"),
        ("days/2013-10-10/prices.csv", "US0268747849,1,EUR,2013-10-10,mark", "currency_mismatch"),
        ("days/2013-10-10/prices.csv", "US0268747849,0,USD,2013-10-10,mark", "invalid_price"),
        ("days/2013-10-10/prices.csv", "US0268747849,-1,USD,2013-10-10,mark", "invalid_price"),
        ("days/2013-10-10/prices.csv", "US0268747849,1x,USD,2013-10-10,mark", "bad_numeral"),
        ("days/2013-10-10/prices.csv", "US0268747849,1,USD,2013-10-32,mark", "bad_date"),
        ("days/2013-10-10/prices.csv", "US0268747849,1,USD", "column_count"),
    ];
    let mut expected = Vec::new();
    for (file, row, outcome) in cases {
        market.add(file, &format!("{row}\n"));
        expected.push((
            file.to_owned(),
            market.read(file).lines().count() as u64,
            outcome.to_owned(),
        ));
    }
    let data = tempdir().unwrap();
    let report = import(market.path(), data.path());
    let notices =
        ["refused_rows", "dead_letters"].map(|kind| report[kind].as_array().unwrap().clone());
    let mut got: Vec<(String, u64, String)> = notices
        .concat()
        .iter()
        .filter(|notice| !notice["file"].as_str().unwrap().ends_with("trades.csv"))
        .map(|notice| {
            let text = |key: &str| notice[key].as_str().unwrap().to_owned();
            (text("file"), notice["line"].as_u64().unwrap(), text("outcome"))
        })
        .collect();
    got.sort();
    expected.sort();
    assert_eq!(got, expected);
    assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
    undisturbed(&exports(data.path()), "refused rows");
}
