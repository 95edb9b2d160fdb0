//! Stories of a small market: two instruments, three accounts, five days.
//!
//! B holds what it sells and C does not: it delivers 10 of 40 and fails with the rest. The price
//! moves against C, whose cash does not cover it, until it moves back.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::Output;
use crate::context::{Context, OnSignal};
use crate::data_dir::DataDir;
use crate::failure::Exit;
use crate::import::{Plan, import};
use crate::place::Place;

use super::explain;

const REFERENCE: &[(&str, &str)] = &[
    ("currencies.csv", "currency,minor_units,calendar\nUSD,2,FED\n"),
    ("calendars.csv", "calendar,closed_on,name\nDTC,2013-10-14,Columbus Day\n"),
    (
        "members.csv",
        "member,lei,name\nM001,54930000000000000196,One\nM002,54930000000000000293,Two\n\
         M003,54930000000000000390,Three\n",
    ),
    ("accounts.csv", "account,member,kind\nA-H,M001,house\nB-H,M002,house\nC-H,M003,house\n"),
    (
        "instruments.csv",
        "isin,symbol,name,kind,currency,quantity_decimals,listed_on,trading_calendar,\
         settlement_calendar,settlement_cycle\n\
         US0268747849,AIG,AIG,equity,USD,0,XNYS,XNYS,DTC,T+1\n\
         US0605051046,BAC,BAC,equity,USD,0,XNYS,XNYS,DTC,T+1\n",
    ),
    (
        "holdings.csv",
        "account,asset,quantity\nA-H,USD,100000.00\nB-H,US0268747849,100\n\
         C-H,US0605051046,10\n",
    ),
];

/// Date, draw, its SHA-256, and the price of BAC.
const DAYS: [[&str; 4]; 5] = [
    [
        "2013-10-07",
        "draw-07",
        "6a83642931f368f8a407832038b7e55fc30fde90cd88073dffd9a23682644561",
        "14",
    ],
    [
        "2013-10-08",
        "draw-08",
        "74626f0ca136c8dd5afec5644f6385a0737a310f37b9c2c19bd6072b9dd4b44d",
        "15",
    ],
    [
        "2013-10-09",
        "draw-09",
        "57a52e8342672dd677c58a1be402339230969a87bcc29e972968651df900d91c",
        "20",
    ],
    [
        "2013-10-10",
        "draw-10",
        "c51bb810e48bc1bc2389657e87f042a26c649ebddcd240170a6fa70a5e78b723",
        "10",
    ],
    [
        "2013-10-11",
        "draw-11",
        "1f964519517e9460fd77a934bfee8db30ec8b0673617189615edc087a52de3c2",
        "10",
    ],
];

const TRADES_HEADER: &str = "source,trade_ref,version,action,isin,quantity,price,currency,\
     trade_date,executed_at,buyer_account,seller_account,venue\n";

const TRADES: &str = "\
VEN,SETTLES,1,new,US0268747849,100,50.0,USD,2013-10-07,2013-10-07T14:00:00Z,A-H,B-H,XNYS
VEN,CHANGES,1,new,US0268747849,10,50.00,USD,2013-10-07,2013-10-07T14:00:01Z,A-H,B-H,XNYS
VEN,CHANGES,2,amend,US0268747849,20,50.00,USD,2013-10-07,2013-10-07T14:00:01Z,A-H,B-H,XNYS
VEN,CHANGES,3,cancel,,,,,2013-10-07,,,,
VEN,FAILS,1,new,US0605051046,40,14.00,USD,2013-10-07,2013-10-07T14:00:02Z,A-H,C-H,XNYS
VEN,REFUSED,1,new,US0605051046,40,14.00,USD,2013-10-07,2013-10-07T14:00:03.000Z,A-H,X-H,XNYS
VEN,SETTLES,1,new,US0268747849,100,50.00,USD,2013-10-07,2013-10-07T14:00:00Z,A-H,B-H,XNYS
OTHER,SETTLES,1,new,US0268747849,1,50.00,USD,2013-10-07,2013-10-07T14:00:09Z,A-H,X-H,XNYS
";

/// An imported market.
struct Imported {
    _directory: tempfile::TempDir,
    place: Place,
}

fn put(path: PathBuf, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("a disk");
    std::fs::write(path, text).expect("a disk");
}

fn write_market(market: &Path) {
    for (name, text) in REFERENCE {
        put(market.join("reference").join(name), text);
    }
    for [date, draw, commitment, price] in DAYS {
        let day = market.join("days").join(date);
        let trades = if date == DAYS[0][0] { TRADES } else { "" };
        put(day.join("trades.csv"), &format!("{TRADES_HEADER}{trades}"));
        let prices = format!(
            "isin,price,currency,price_date,kind\nUS0268747849,51,USD,{date},mark\n\
             US0605051046,{price},USD,{date},mark\n"
        );
        put(day.join("prices.csv"), &prices);
        let operations = format!(
            "operation,business_date,phase,draw\nopen_day,{date},before_trades,{commitment}\n\
             close_trading,{date},after_trades,\nsettle,{date},after_prices,{draw}\n\
             close_day,{date},end,\n"
        );
        put(day.join("operations.csv"), &operations);
    }
}

impl Imported {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a disk");
        let market = directory.path().join("market");
        write_market(&market);
        let data = DataDir::new(&directory.path().join("data"));
        let plan = Plan { market: &market, data: &data, journal_only: true, resend: false };
        let quiet = Context::new(Output::Text, true, OnSignal::End);
        let mut watch = |_: &node::Node, _: &model::Operation<'_>, _: &node::Taken| {
            std::ops::ControlFlow::Continue(())
        };
        let report = import(&plan, &quiet, &mut watch).expect("the market is whole");
        assert_eq!(report.refused_operations.len(), 0, "{}", report.text());
        Self { _directory: directory, place: Place::Directory(data) }
    }

    /// The story as text, with runs of spaces as one.
    fn text(&self, reference: &str) -> String {
        let text = explain(reference, &self.place).expect(reference).text();
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    fn json(&self, reference: &str) -> Value {
        explain(reference, &self.place).expect(reference).json()
    }

    #[track_caller]
    fn tells(&self, reference: &str, lines: &[&str]) {
        let text = self.text(reference);
        for line in lines {
            assert!(text.contains(line), "{line}\nis not in\n{text}");
        }
    }

    #[track_caller]
    fn refuses(&self, reference: &str, exit: Exit, words: &str) {
        let failure = explain(reference, &self.place).expect_err(reference);
        assert_eq!(failure.exit, exit, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
    }
}

#[test]
fn a_trade_that_settles_is_told_from_its_bytes_to_its_postings() {
    Imported::new().tells(
        "VEN/SETTLES",
        &[
            "trade VEN/2013-10-07/SETTLES",
            "A-H buys 100 US0268747849 from B-H at 50 for 5000.00 USD.",
            "As seller, B-H: settled in full on 2013-10-08, final since sequence 42.",
            "15 2013-10-07 new 1 1000 captured days/2013-10-07/trades.csv 1 import",
            "received: VEN,SETTLES,1,new,US0268747849,100,50.0,USD,2013-10-07,",
            "21 2013-10-07 new 1 1103 duplicate days/2013-10-07/trades.csv 7 import",
            "guaranteed from sequence 15",
            "buyer A-H US0268747849 2013-10-08 1 100 0 100 -5000.00 USD",
            "seller B-H US0268747849 2013-10-08 1 0 100 -100 5000.00 USD",
            "2013-10-08 A-H 100 100 0 0 51 100.00 -5100.00 -5000.00 0.00 42",
            "novation C due:A-H:US0268747849:2013-10-08 US0268747849 100",
            "novation C ccp-novation USD 5000.00",
            "delivery S holding:B-H US0268747849 100",
        ],
    );
}

#[test]
fn a_trade_amended_and_cancelled_shows_each_reversal_and_no_settlement() {
    let market = Imported::new();
    market.tells(
        "2013-10-07/CHANGES",
        &[
            "Cancelled with version 3 at sequence 18; nothing of it is settled.",
            "amend 2 1001 amended",
            "18 2013-10-07 cancel 3 1002 cancelled",
            "amended A-H buys 20 US0268747849 from B-H at 50 for 1000.00 USD",
            "17 2013-10-07 6 reversal C ccp-novation US0268747849 10 5",
            "18 2013-10-07 8 reversal C due:A-H:US0268747849:2013-10-08 USD 1000.00 7",
        ],
    );
    assert!(!market.text("CHANGES").contains("open before"));
}

#[test]
fn a_fail_is_followed_day_by_day_with_its_payments() {
    Imported::new().tells(
        "VEN/2013-10-07/FAILS",
        &[
            "As seller, C-H: still open after the run of 2013-10-11, with 30 to deliver: a fail \
             of age 4, value 300.00 USD, final since sequence",
            "As buyer, A-H: still open after the run of 2013-10-11, with 30 to receive",
            "2013-10-08 C-H -40 -10 -30 1 15 -40.00 150.00 110.00 -450.00",
            "2013-10-09 C-H -30 0 -30 2 20 -150.00 0.00 -150.00 -600.00",
            "2013-10-09 C-H 2013-10-09 USD -150.00 -150.00 0.00",
            "failed: not covered by its cash, advanced by the CCP",
            "2013-10-10 C-H 2013-10-09 USD -150.00 failed again: the advance stays",
            "2013-10-11 C-H 2013-10-09 USD -150.00",
            "advance repaid",
            "advance S advance:C-H USD 150.00",
        ],
    );
}

#[test]
fn a_trade_that_was_only_refused_is_explained_with_what_to_do() {
    let market = Imported::new();
    market.tells(
        "REFUSED",
        &[
            "Never captured: 1 report about it, and none was accepted; the last one's outcome is \
             unknown_account.",
            "new 1 1113 unknown_account days/2013-10-07/trades.csv 6 import",
            "have the account published first",
        ],
    );
    let json = market.json("REFUSED");
    let report = &json["stories"][0]["sections"]["reports"]["rows"][0];
    assert_eq!(report["outcome"], "unknown_account");
    assert_eq!(report["code"], 1113);
    assert_eq!(report["kept"], "rebuilt");
}

#[test]
fn every_trade_with_the_reference_is_told() {
    let json = Imported::new().json("SETTLES");
    let stories = json["stories"].as_array().expect("stories");
    let names: Vec<&Value> = stories.iter().map(|story| &story["name"]).collect();
    assert_eq!(names, ["VEN/2013-10-07/SETTLES", "OTHER/2013-10-07/SETTLES"]);
    let captured = &stories[0]["sections"]["events"]["rows"][0];
    assert_eq!(captured["consideration"], "5000.00");
    assert_eq!(captured["price"], "50");
}

#[test]
fn what_does_not_exist_is_not_found_and_the_sentence_helps() {
    let market = Imported::new();
    market.refuses("NOTHING", Exit::NotFound, "SOURCE/DATE/REFERENCE");
    market.refuses("entry:999999", Exit::NotFound, "the last one is");
    market.refuses("account:X-H", Exit::NotFound, "no account X-H");
    let nothing_due = "obligation:A-H/US0268747849/2013-10-09";
    market.refuses(nothing_due, Exit::NotFound, "settles on 2013-10-09");
    market.refuses("obligation:A-H", Exit::Usage, "obligation:ACCOUNT/ISIN/SETTLEMENT-DATE");
}

#[test]
fn an_entry_is_told_with_its_decision_and_cause() {
    let market = Imported::new();
    market.tells(
        "entry:5",
        &[
            "trade VEN/2013-10-07/CHANGES is novated",
            "It is reversed by entry 6 at sequence 17.",
            "16 2013-10-07 an input days/2013-10-07/trades.csv 2 import",
        ],
    );
    let due = market.json("VEN/SETTLES");
    let due = &due["stories"][0]["sections"]["shared_postings"]["rows"][0]["entry"];
    market.tells(
        &format!("entry:{due}"),
        &[
            "the net obligation of A-H for 2013-10-08 fell due: it is to receive 100 \
             US0268747849, is to pay 5000.00 USD",
            "the run began: settlement of 2013-10-08 days/2013-10-08/operations.csv 3 import",
            "received: settle,2013-10-08,after_prices,draw-08",
        ],
    );
}

#[test]
fn an_account_and_an_obligation_are_told_by_sequence() {
    let market = Imported::new();
    market.tells(
        "account:C-H",
        &[
            "1 open position after the run of 2013-10-11.",
            "US0605051046 10 3",
            "US0605051046 2013-10-08 -40 560.00 USD",
            "2013-10-11 US0605051046 -30 0 -30 4 10 0.00 0.00 0.00 -300.00",
            "advance repaid",
        ],
    );
    market.tells(
        "obligation:B-H/US0268747849/2013-10-08",
        &[
            "B-H: settled in full on 2013-10-08",
            "15 VEN/2013-10-07/SETTLES sells A-H -100 5000.00",
            "delivers B-H US0268747849 2013-10-08 1 0 100 -100 5000.00 USD",
        ],
    );
}
