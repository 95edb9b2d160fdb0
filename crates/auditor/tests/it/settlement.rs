//! Settlement: delivery, allocation, ageing, marking, payments, rounding.

use crate::market::{AIG, Market, check, rows};

const CASH: [&str; 4] = ["A,USD,9000", "B,USD,9000", "C,USD,9000", "D,USD,9000"];

fn mark(price: &str) -> String {
    format!("{AIG},{price}")
}

fn market(units: &[&str]) -> Market {
    Market::new("T+0", &[&CASH[..], units].concat())
}

/// The worked example of the books, seen from both sides: 100 are owed, 40 move; a day later the
/// seller buys 100 back from somebody who has none, so nothing moves and its side changes.
#[test]
fn worked_example_marks_what_stays_open() {
    let mut market = market(&[&format!("B,{AIG},40")]);
    market.day("2013-10-07", &[("A", "B", "100", "10.00")], &[&mark("11.00")]);
    market.day("2013-10-08", &[("B", "C", "100", "12.00")], &[&mark("12.00")]);
    let auditor = market.audit();
    check(
        &auditor,
        "settlements",
        &[
            "2013-10-07,A,US0268747849,100,40,60,1",
            "2013-10-07,B,US0268747849,-100,-40,-60,1",
            "2013-10-08,A,US0268747849,60,0,60,2",
            "2013-10-08,B,US0268747849,40,0,40,1",
            "2013-10-08,C,US0268747849,-100,0,-100,1",
        ],
    );
    check(
        &auditor,
        "money",
        &[
            "2013-10-07,A,USD,-340.00",
            "2013-10-07,B,USD,340.00",
            "2013-10-08,A,USD,60.00",
            "2013-10-08,B,USD,-60.00",
        ],
    );
    check(
        &auditor,
        "positions",
        &[
            "A,US0268747849,60,2,-720.00,12",
            "B,US0268747849,40,1,-480.00,12",
            "C,US0268747849,-100,1,1200.00,12",
        ],
    );
    check(
        &auditor,
        "trial-balance",
        &[
            "C,cns-money:A:US0268747849,USD,720.00,0.00",
            "C,cns-money:B:US0268747849,USD,480.00,0.00",
            "C,cns-money:C:US0268747849,USD,0.00,1200.00",
            "C,cns:A:US0268747849,US0268747849,0,60",
            "C,cns:B:US0268747849,US0268747849,0,40",
            "C,cns:C:US0268747849,US0268747849,100,0",
            "S,bank-mirror,USD,36000.00,0.00",
            "S,cash:A,USD,0.00,8720.00",
            "S,cash:B,USD,0.00,9280.00",
            "S,cash:C,USD,0.00,9000.00",
            "S,cash:D,USD,0.00,9000.00",
            "S,depository-mirror,US0268747849,40,0",
            "S,holding:A,US0268747849,0,40",
        ],
    );
}

#[test]
fn fail_ages_over_days_and_is_cured_by_a_receipt() {
    let mut market = market(&[&format!("C,{AIG},100")]);
    market.day("2013-10-07", &[("A", "B", "10", "5")], &[&mark("5")]);
    market.day("2013-10-08", &[], &[&mark("6")]);
    // B receives 4 of its own on balance, which leaves it short of 6; then all of it.
    market.day("2013-10-09", &[("B", "C", "4", "6")], &[&mark("6")]);
    market.day("2013-10-10", &[("B", "C", "6", "7")], &[&mark("7")]);
    let auditor = market.audit();
    check(
        &auditor,
        "settlements",
        &[
            "2013-10-07,A,US0268747849,10,0,10,1",
            "2013-10-07,B,US0268747849,-10,0,-10,1",
            "2013-10-08,A,US0268747849,10,0,10,2",
            "2013-10-08,B,US0268747849,-10,0,-10,2",
            "2013-10-09,A,US0268747849,10,4,6,3",
            "2013-10-09,B,US0268747849,-6,0,-6,3",
            "2013-10-09,C,US0268747849,-4,-4,0,0",
            "2013-10-10,A,US0268747849,6,6,0,0",
            "2013-10-10,C,US0268747849,-6,-6,0,0",
        ],
    );
    check(&auditor, "positions", &[]);
    // A has paid 50, B has received 50 and paid 24 and 42: marks cancel out in the end.
    let holdings = rows(&auditor, "holdings");
    assert_eq!(holdings[..3], ["A,US0268747849,10", "A,USD,8950.00", "B,USD,8984.00"]);
    assert_eq!(holdings[3..], ["C,US0268747849,90", "C,USD,9066.00", "D,USD,9000.00"]);
}

#[test]
fn oldest_long_position_receives_first_then_the_draw_decides() {
    let mut market = market(&[&format!("D,{AIG},15")]);
    market.day("2013-10-07", &[("C", "B", "5", "1")], &[&mark("1")]);
    market.day("2013-10-08", &[("A", "D", "10", "1"), ("C", "D", "5", "1")], &[&mark("1")]);
    let auditor = market.audit();
    let settlements = rows(&auditor, "settlements");
    // C carried a long position, so all of its 10 come first, the 5 new ones included.
    assert_eq!(settlements[2], "2013-10-08,A,US0268747849,10,5,5,1");
    assert_eq!(settlements[4], "2013-10-08,C,US0268747849,10,10,0,0");
}

#[test]
fn equal_ages_are_ordered_by_the_hash_of_the_draw() {
    let mut market = market(&[&format!("D,{AIG},5")]);
    let trades = [("A", "D", "5", "1"), ("B", "D", "5", "1"), ("C", "D", "5", "1")];
    market.day("2013-10-07", &trades, &[&mark("1")]);
    let settlements = rows(&market.audit(), "settlements");
    // SHA-256 of x/US0268747849/ and A, B, C begins with cc, 60 and df.
    assert_eq!(settlements[0], "2013-10-07,A,US0268747849,5,0,5,1");
    assert_eq!(settlements[1], "2013-10-07,B,US0268747849,5,5,0,0");
    assert_eq!(settlements[2], "2013-10-07,C,US0268747849,5,0,5,1");
}

#[test]
fn failed_payment_is_advanced_and_retried_before_the_runs_own_payments() {
    let units = format!("B,{AIG},100");
    let mut market = Market::new("T+0", &["A,USD,50", "B,USD,0", &units]);
    market.day("2013-10-07", &[("A", "B", "10", "10")], &[&mark("10")]);
    // A receives 60 today, but the retry comes first: 50 do not cover 100.
    market.day("2013-10-08", &[("B", "A", "6", "10")], &[&mark("10")]);
    // Now 110 do, and what is left covers the run's own 10.
    market.day("2013-10-09", &[("A", "B", "1", "10")], &[&mark("10")]);
    let auditor = market.audit();
    check(
        &auditor,
        "money",
        &[
            "2013-10-07,B,USD,100.00",
            "2013-10-07,CCP,USD,-100.00",
            "2013-10-08,A,USD,60.00",
            "2013-10-08,B,USD,-60.00",
            "2013-10-09,A,USD,-110.00",
            "2013-10-09,B,USD,10.00",
            "2013-10-09,CCP,USD,100.00",
        ],
    );
    check(&auditor, "holdings", &["A,US0268747849,5", "B,US0268747849,95", "B,USD,50.00"]);
}

#[test]
fn failed_payments_are_retried_one_by_one() {
    let units = format!("B,{AIG},100");
    let mut market = Market::new("T+0", &["A,USD,50", &units]);
    market.day("2013-10-07", &[("A", "B", "10", "10")], &[&mark("10")]);
    market.day("2013-10-08", &[("A", "B", "6", "10")], &[&mark("10")]);
    market.day("2013-10-09", &[("B", "A", "1", "10")], &[&mark("10")]);
    market.day("2013-10-10", &[], &[&mark("10")]);
    let auditor = market.audit();
    // 60 cover the second failed payment, not the first: it goes ahead of the older one.
    let money = rows(&auditor, "money");
    assert_eq!(money[4], "2013-10-09,A,USD,10.00");
    assert_eq!(money[6..], ["2013-10-10,A,USD,-60.00", "2013-10-10,CCP,USD,60.00"]);
    let books = rows(&auditor, "trial-balance");
    assert!(books.contains(&"S,advance:A,USD,100.00,0.00".to_string()), "{books:?}");
}

#[test]
fn half_cents_round_away_from_zero_and_the_rest_is_the_clearing_houses() {
    let mut market = market(&[]);
    market.day(
        "2013-10-07",
        &[("A", "B", "1", "0.005"), ("C", "B", "1", "0.005")],
        &[&mark("0.005")],
    );
    market.day("2013-10-08", &[("B", "A", "1", "1"), ("B", "C", "1", "1")], &[&mark("2")]);
    let auditor = market.audit();
    // Each consideration is 0.01. Marked, A and C are worth 0.01 each, B minus 0.01.
    check(
        &auditor,
        "obligations",
        &[
            "2013-10-07,A,US0268747849,1,-0.01",
            "2013-10-07,B,US0268747849,-2,0.02",
            "2013-10-07,C,US0268747849,1,-0.01",
            "2013-10-08,A,US0268747849,-1,1.00",
            "2013-10-08,B,US0268747849,2,-2.00",
            "2013-10-08,C,US0268747849,-1,1.00",
        ],
    );
    // Once all are flat, the clearing house has its cent back.
    check(
        &auditor,
        "money",
        &[
            "2013-10-07,B,USD,0.01",
            "2013-10-07,CCP,USD,-0.01",
            "2013-10-08,A,USD,0.99",
            "2013-10-08,B,USD,-1.99",
            "2013-10-08,C,USD,0.99",
            "2013-10-08,CCP,USD,0.01",
        ],
    );
    check(&auditor, "positions", &[]);
}

#[test]
fn trades_net_to_nothing_but_money_need_no_price() {
    let mut market = market(&[]);
    market.day("2013-10-07", &[("A", "B", "5", "10"), ("B", "A", "5", "12")], &[]);
    let auditor = market.audit();
    check(&auditor, "settlements", &[]);
    check(&auditor, "money", &["2013-10-07,A,USD,10.00", "2013-10-07,B,USD,-10.00"]);
}

#[test]
fn instrument_whose_depository_is_closed_is_left_alone() {
    let mut market = market(&[]);
    let other = "US0605051046,BAC,Bank,equity,USD,0,XNYS,XNYS,OTHER,T+0";
    let aig = format!("{AIG},AIG,American,equity,USD,0,XNYS,XNYS,DTC,T+0");
    market.instruments(&[&aig, other]);
    market.write("reference/calendars.csv", "calendar,closed_on,name", &["DTC,2013-10-14,Closed"]);
    market.day("2013-10-11", &[("A", "B", "5", "10")], &[&mark("10")]);
    market.day("2013-10-14", &[("A", "B", "5", "10")], &[&mark("11")]);
    market.day("2013-10-15", &[], &[]);
    let auditor = market.audit();
    check(
        &auditor,
        "settlements",
        &[
            "2013-10-11,A,US0268747849,5,0,5,1",
            "2013-10-11,B,US0268747849,-5,0,-5,1",
            "2013-10-15,A,US0268747849,10,0,10,2",
            "2013-10-15,B,US0268747849,-10,0,-10,2",
        ],
    );
}

#[test]
fn fractions_of_units_are_counted_and_written_plain() {
    let mut market = Market::new("T+0", &["A,USD,1000", &format!("B,{AIG},2.50")]);
    let aig = format!("{AIG},AIG,American,equity,USD,3,XNYS,XNYS,DTC,T+0");
    market.instruments(&[&aig]);
    market.day("2013-10-07", &[("A", "B", "1.250", "3.333")], &[&mark("3.333")]);
    let auditor = market.audit();
    check(
        &auditor,
        "obligations",
        &["2013-10-07,A,US0268747849,1.25,-4.17", "2013-10-07,B,US0268747849,-1.25,4.17"],
    );
    let holdings = rows(&auditor, "holdings");
    assert_eq!(holdings[0], "A,US0268747849,1.25");
}

#[test]
fn the_first_opening_holding_of_an_account_and_an_asset_stands() {
    let mut market =
        Market::new("T+0", &["A,USD,1000.00", "A,USD,1000", "A,USD,7.00", &format!("A,{AIG},3")]);
    market.day("2013-10-07", &[], &[]);
    let auditor = market.audit();
    check(&auditor, "holdings", &["A,US0268747849,3", "A,USD,1000.00"]);
    // M3 of the market has no LEI.
    let refused: Vec<_> =
        auditor.refused().iter().filter(|line| line.contains("holdings")).collect();
    assert_eq!(
        refused,
        [
            "reference/holdings.csv:3: already in",
            "reference/holdings.csv:4: another quantity is in"
        ]
    );
}
