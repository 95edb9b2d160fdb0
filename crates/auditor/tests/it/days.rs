//! Business days: guards of the operations, calendars, prices, reference data.

use auditor::Auditor;

use crate::market::{AIG, Market, check, operations, rows};

/// Reasons for which operations of these days were refused.
fn refused(days: &[(&str, Vec<String>)]) -> Vec<String> {
    let market = Market::new("T+1", &["A,USD,1000"]);
    for (date, operations) in days {
        market.raw_day(date, &[], &[], operations);
    }
    let auditor = market.audit();
    // The third member has no LEI: its row is always refused.
    assert!(auditor.refused()[0].ends_with("members.csv:4: bad LEI"));
    let reason = |line: &String| line.rsplit(": ").next().unwrap().to_string();
    auditor.refused()[1..].iter().map(reason).collect()
}

#[test]
fn ordinary_days_are_not_refused() {
    let (first, second) = ("2013-10-07", "2013-10-08");
    assert!(refused(&[(first, operations(first)), (second, operations(second))]).is_empty());
}

#[test]
fn days_open_once_in_order_and_on_an_open_day() {
    let monday = operations("2013-10-07");
    let sunday = operations("2013-10-06");
    let closed = "closed on every calendar";
    let not_open = "this day is not open";
    assert_eq!(refused(&[("2013-10-06", sunday)]), [closed, not_open, not_open, not_open]);
    let again = vec![monday[0].clone(), monday[0].replace("07", "08")];
    let in_order = "a day opens once and in order";
    assert_eq!(refused(&[("2013-10-07", monday.clone()), ("2013-10-08", again)]), [in_order]);
    let two = vec![monday[0].clone(), monday[0].replace("07", "08")];
    assert_eq!(refused(&[("2013-10-07", two)]), ["another day is open"]);
}

#[test]
fn settlement_needs_its_draw_and_its_turn() {
    let date = "2013-10-07";
    let mut day = operations(date);
    day[0] = format!("open_day,{date},before_trades,abc");
    assert_eq!(refused(&[(date, day)])[0], "a settlement day carries the SHA-256 of its draw");
    let mut day = operations(date);
    day[2] = day[2].replace(",x", ",y");
    assert_eq!(
        refused(&[(date, day)]),
        [
            "not the draw that the day was opened with",
            "a settlement day closes after its settlement"
        ]
    );
    let mut day = operations(date);
    day.insert(1, format!("settle,{date},before_trades,x"));
    day.push(format!("settle,{date},after_prices,x"));
    day.push(format!("close_trading,{date},end,"));
    assert_eq!(
        refused(&[(date, day)]),
        ["trading is not closed", "already settled", "this day is not open"]
    );
}

#[test]
fn holiday_of_the_depository_has_no_settlement() {
    let date = "2013-10-14";
    assert_eq!(refused(&[(date, operations(date))]), ["not a settlement day"]);
    let without = operations(date).into_iter().filter(|row| !row.starts_with("settle")).collect();
    assert!(refused(&[(date, without)]).is_empty());
}

#[test]
fn settlement_waits_for_the_price_of_every_open_position() {
    let date = "2013-10-07";
    let mut market = Market::new("T+0", &["A,USD,1000"]);
    market.day(date, &[("A", "B", "1", "1")], &[]);
    let auditor = market.audit();
    assert!(auditor.refused()[1].ends_with("no price is known for US0268747849"));
    assert!(auditor.operation_was_refused());
    check(&auditor, "settlements", &[]);
}

#[test]
fn latest_price_date_counts_and_the_last_price_accepted_for_it() {
    let date = "2013-10-07";
    let mut market = Market::new("T+0", &["A,USD,1000"]);
    market.day(date, &[("A", "B", "10", "1")], &[]);
    let prices = [
        "1,USD,2013-10-04,mark",
        "2,USD,2013-10-07,mark",
        "3.50,USD,2013-10-07,mark",
        "9,USD,2013-10-08,mark",
        "8,USD,2013-10-04,mark",
        "7,EUR,2013-10-07,mark",
        "0,USD,2013-10-07,mark",
        "-1,USD,2013-10-07,mark",
        "1.0000000001,USD,2013-10-07,mark",
        "x,USD,2013-10-07,mark",
        "1,USD,2013-10-32,mark",
    ];
    let rows = prices.map(|price| format!("{AIG},{price}"));
    market.write(&format!("days/{date}/prices.csv"), "isin,price,currency,price_date,kind", &rows);
    let auditor = market.audit();
    assert_eq!(auditor.refused().len(), 1 + 6);
    check(
        &auditor,
        "positions",
        &["A,US0268747849,10,1,-35.00,3.5", "B,US0268747849,-10,1,35.00,3.5"],
    );
}

/// Without currencies the minor units are those of ISO 4217 and weekends alone are closed.
#[test]
fn currencies_may_be_absent() {
    let mut market = Market::new("T+0", &["A,JPY,1000"]);
    std::fs::remove_file(market.path().join("reference/currencies.csv")).unwrap();
    market.instruments(&[&format!("{AIG},AIG,American,equity,JPY,0,XNYS,XNYS,DTC,T+0")]);
    let date = "2013-10-07";
    market.day(date, &[], &[]);
    let trade = format!("S,1,1,new,{AIG},3,1.5,JPY,{date},{date}T00:00:00Z,A,B,X");
    let price = format!("{AIG},2,JPY,{date},mark");
    market.raw_day(date, &[trade], &[price], &operations(date));
    let auditor = market.audit();
    // A pays 5 for what is worth 6; B owes the difference and has no cash.
    check(&auditor, "money", &["2013-10-07,A,JPY,1", "2013-10-07,CCP,JPY,-1"]);
    let books = rows(&auditor, "trial-balance");
    assert!(books.contains(&"S,advance:B,JPY,1,0".to_string()), "{books:?}");
}

#[test]
fn missing_files_and_unreadable_operations_stop_the_audit() {
    let date = "2013-10-07";
    let market = Market::new("T+0", &["A,USD,1000"]);
    market.raw_day(date, &[], &[], &["settle,yesterday,end,".to_string()]);
    assert!(Auditor::audit(market.path()).is_err());
    market.raw_day(date, &[], &[], &operations(date));
    assert!(Auditor::audit(market.path()).is_ok());
    std::fs::remove_file(market.path().join("reference/members.csv")).unwrap();
    assert!(Auditor::audit(market.path()).is_err());
}

#[test]
fn every_export_is_written_and_the_same_twice() {
    let mut market = Market::new("T+0", &["A,USD,1000"]);
    market.day("2013-10-07", &[("A", "B", "10", "1")], &[&format!("{AIG},1")]);
    let (first, second) = (market.path().join("out/1"), market.path().join("out/2"));
    market.audit().write(&first).unwrap();
    market.audit().write(&second).unwrap();
    for what in auditor::EXPORTS {
        let read = |dir: &std::path::Path| std::fs::read(dir.join(format!("{what}.csv"))).unwrap();
        assert_eq!(read(&first), read(&second));
        assert!(!read(&first).is_empty());
    }
}
