//! Trade reports: one outcome each, in the order of precedence.

use crate::market::{AIG, Market, check, operations, rows};

const DATE: &str = "2013-10-07";

/// A report with these changes (column, text) to an ordinary one.
fn report(reference: &str, changes: &[(usize, &str)]) -> String {
    let mut row = format!("S,{reference},1,new,{AIG},10,5.00,USD,{DATE},{DATE}T14:00:00Z,A,B,X");
    for (column, text) in changes {
        let mut fields: Vec<&str> = row.split(',').collect();
        fields[*column] = text;
        row = fields.join(",");
    }
    row
}

/// Outcome counts of one day with these reports, as `outcome,count`.
fn outcomes(reports: &[String]) -> Vec<String> {
    let market = Market::new("T+3", &["A,USD,1000"]);
    market.raw_day(DATE, reports, &[], &operations(DATE));
    let day = format!("{DATE},");
    rows(&market.audit(), "outcomes").iter().map(|row| row.replacen(&day, "", 1)).collect()
}

/// The outcome of a report after others that are expected to give `before`.
#[track_caller]
fn check_one(before: &[String], changes: &[(usize, &str)], expected: &str) {
    let mut reports = before.to_vec();
    let earlier = outcomes(&reports);
    reports.push(report("1", changes));
    let later = outcomes(&reports);
    let changed: Vec<&String> = later.iter().filter(|row| !earlier.contains(row)).collect();
    assert_eq!(changed.len(), 1, "{later:?}");
    assert_eq!(changed[0].split(',').next(), Some(expected), "{changes:?}");
}

#[test]
fn each_new_report_has_the_first_outcome_that_applies() {
    let huge = "9".repeat(300);
    for (changes, expected) in [
        (&[(5, "12x")][..], "dead_letter"),
        (&[(3, "cancel"), (4, "nonsense")], "unknown_trade"),
        (&[(3, "amend"), (4, "nonsense")], "unknown_trade"),
        (&[(2, "2"), (4, "nonsense")], "version_gap"),
        (&[(4, "US0268747840"), (5, "0")], "invalid_isin"),
        (&[(4, "US5949181045"), (5, "0")], "unknown_instrument"),
        (&[(5, "0"), (6, "0")], "invalid_quantity"),
        (&[(5, "-1")], "invalid_quantity"),
        (&[(5, "1.5")], "invalid_quantity"),
        (&[(5, "9223372036854775808"), (6, "0")], "invalid_quantity"),
        (&[(5, &huge)], "invalid_quantity"),
        (&[(6, "0.0000"), (7, "EUR")], "invalid_price"),
        (&[(6, "1.0000000001")], "invalid_price"),
        (&[(6, &huge), (7, "EUR")], "invalid_price"),
        (&[(5, "1"), (6, "92233720368547758.08")], "invalid_price"),
        (&[(7, "EUR"), (10, "Z")], "currency_mismatch"),
        (&[(10, "Z"), (11, "Z")], "unknown_account"),
        (&[(11, "A"), (8, "2013-10-04")], "same_account"),
        (&[(8, "2013-10-04")], "wrong_trade_date"),
        (&[(8, "2013-10-08")], "wrong_trade_date"),
        (&[(5, "10.00"), (6, "5.000000000000")], "captured"),
        (&[(5, "1"), (6, "92233720368547758.07")], "captured"),
    ] {
        check_one(&[], changes, expected);
    }
}

#[test]
fn each_later_version_has_the_first_outcome_that_applies() {
    let live = [report("1", &[])];
    for (changes, expected) in [
        (&[(6, "5"), (9, "2013-10-07T10:00:00.0-04:00")][..], "duplicate"),
        (&[(6, "5.01")], "conflict"),
        (&[(2, "3")], "conflict"),
        (&[(2, "3"), (3, "amend"), (4, "nonsense")], "version_gap"),
        (&[(2, "2"), (3, "cancel"), (10, "nobody")], "cancelled"),
        (&[(2, "2"), (3, "amend"), (4, "nonsense")], "not_amendable"),
        (&[(2, "2"), (3, "amend"), (7, "EUR"), (5, "0")], "not_amendable"),
        (&[(2, "2"), (3, "amend"), (5, "0")], "invalid_quantity"),
        (&[(2, "2"), (3, "amend"), (10, "C")], "amended"),
    ] {
        check_one(&live, changes, expected);
    }
    let cancelled = [report("1", &[]), report("1", &[(2, "2"), (3, "cancel")])];
    for (changes, expected) in [
        (&[][..], "duplicate"),
        (&[(2, "2"), (3, "cancel"), (5, "?")], "duplicate"),
        (&[(2, "2"), (3, "amend")], "conflict"),
        (&[(2, "9"), (3, "new")], "trade_closed"),
    ] {
        check_one(&cancelled, changes, expected);
    }
}

#[test]
fn refused_report_leaves_its_reference_and_version_free() {
    let refused = report("1", &[(5, "0")]);
    let rows = outcomes(&[refused.clone(), refused, report("1", &[]), report("1", &[])]);
    assert_eq!(rows, ["captured,1", "duplicate,1", "invalid_quantity,2"]);
}

#[test]
fn amendment_and_cancellation_reverse_what_was_booked() {
    let market = Market::new("T+3", &["A,USD,1000"]);
    let trades = [
        report("1", &[]),
        report("1", &[(2, "2"), (3, "amend"), (5, "12"), (10, "C")]),
        report("2", &[]),
        report("2", &[(2, "2"), (3, "cancel")]),
    ];
    market.raw_day(DATE, &trades, &[], &operations(DATE));
    let auditor = market.audit();
    check(
        &auditor,
        "obligations",
        &["2013-10-10,B,US0268747849,-12,60.00", "2013-10-10,C,US0268747849,12,-60.00"],
    );
    check(
        &auditor,
        "trades",
        &[
            "S,2013-10-07,1,2,live,US0268747849,12,5,USD,2013-10-10,C,B,60.00",
            "S,2013-10-07,2,2,cancelled,US0268747849,10,5,USD,2013-10-10,A,B,50.00",
        ],
    );
    let books = rows(&auditor, "trial-balance");
    assert_eq!(books[0], "C,due:B:US0268747849:2013-10-10,US0268747849,12,0");
    assert_eq!(books[1], "C,due:B:US0268747849:2013-10-10,USD,0.00,60.00");
}

/// Trade date 7 October settles on the 7th with T+0; two settlement days later is the 9th.
#[test]
fn references_are_purged_two_settlement_days_after_settlement() {
    let mut market = Market::new("T+0", &["A,USD,1000", &format!("B,{AIG},10")]);
    let cancel = report("1", &[(2, "2"), (3, "cancel")]);
    let late = [report("1", &[]), cancel, report("9", &[(3, "amend")]), report("8", &[])];
    market.raw_day(
        DATE,
        &[report("1", &[])],
        &[format!("{AIG},5,USD,{DATE},mark")],
        &operations(DATE),
    );
    market.day("2013-10-08", &[], &[]);
    market.raw_day("2013-10-09", &late, &[], &operations("2013-10-09"));
    market.raw_day("2013-10-10", &late, &[], &operations("2013-10-10"));
    check(
        &market.audit(),
        "outcomes",
        &[
            "2013-10-07,captured,1",
            "2013-10-09,duplicate,1",
            "2013-10-09,trade_closed,1",
            "2013-10-09,unknown_trade,1",
            "2013-10-09,wrong_trade_date,1",
            "2013-10-10,wrong_trade_date,4",
        ],
    );
}

#[test]
fn reports_after_the_close_of_trading_are_closed_out() {
    let market = Market::new("T+3", &["A,USD,1000"]);
    let mut operations = operations(DATE);
    market.raw_day(DATE, &[report("1", &[])], &[], &operations);
    // The same files again, as if the day had two parts: operations are refused, rows are not.
    operations[1] = operations[1].replace("after_trades", "before_trades");
    let twice = [report("1", &[]), report("1", &[(2, "2"), (3, "cancel")]), report("2", &[])];
    market.raw_day(DATE, &twice, &[], &operations);
    check(
        &market.audit(),
        "outcomes",
        &["2013-10-07,trading_closed,2", "2013-10-07,unknown_trade,1"],
    );
}

#[test]
fn outcomes_before_the_first_day_have_no_date() {
    let market = Market::new("T+3", &["A,USD,1000"]);
    market.raw_day(DATE, &[report("1", &[])], &[], &[]);
    check(&market.audit(), "outcomes", &[",wrong_trade_date,1"]);
}
