//! What people see of the small market, table by table.

use projector::Projector;
use store::{Export, Store};

use crate::small_market::{FUND, MONDAY, fund, published, week};
use crate::{csv, everything, places};

fn project(decisions: &[model::Decision<'_>]) -> Store {
    project_into(Store::temporary().expect("a store"), decisions)
}

fn project_into(store: Store, decisions: &[model::Decision<'_>]) -> Store {
    let mut projector = Projector::open(store).expect("open");
    for decision in decisions {
        projector.apply(decision).expect("applied");
    }
    projector.close().expect("closed")
}

#[track_caller]
fn check(what: Export, rows: &str) {
    let dir = tempfile::tempdir().expect("a directory");
    for at in places(dir.path()) {
        let store = project_into(Store::open(&at).expect("a store"), &week());
        let found = csv(&store, what);
        let (_, found) = found.split_once('\n').expect("a header");
        assert_eq!(found, rows.trim_start(), "{at}");
    }
}

#[test]
fn both_databases_give_the_same_tables() {
    let dir = tempfile::tempdir().expect("a directory");
    let expected = everything(&project(&week()));
    for at in places(dir.path()) {
        let store = project_into(Store::open(&at).expect("a store"), &week());
        assert_eq!(everything(&store), expected, "{at}");
    }
}

#[test]
fn outcomes_count_trade_reports_alone() {
    check(
        Export::Outcomes,
        "
2013-10-07,amended,1
2013-10-07,cancelled,1
2013-10-07,captured,3
2013-10-07,dead_letter,1
2013-10-07,duplicate,1
",
    );
}

#[test]
fn obligations_stand_on_the_date_they_moved_to() {
    check(
        Export::Obligations,
        "\n2013-10-09,A,US0268747849,-4,55.00\n2013-10-09,B,US0268747849,4,-55.00\n",
    );
}

#[test]
fn settlements_show_what_moved_and_what_aged() {
    check(
        Export::Settlements,
        "
2013-10-09,A,US0268747849,-4,-3,-1,1
2013-10-09,B,US0268747849,4,3,1,1
2013-10-10,A,US0268747849,-1,0,-1,2
2013-10-10,B,US0268747849,1,0,1,2
",
    );
}

#[test]
fn money_is_what_was_paid_and_the_ccp_has_the_rest() {
    check(
        Export::Money,
        "
2013-10-09,A,USD,40.00
2013-10-09,CCP,USD,-40.00
2013-10-10,A,USD,-20.00
2013-10-10,B,USD,20.00
2013-10-11,B,USD,-40.00
2013-10-11,CCP,USD,40.00
",
    );
}

#[test]
fn holdings_are_settled_units_and_cash() {
    check(Export::Holdings, "\nA,USD,20.00\nB,US0268747849,3\nB,USD,10.00\n");
}

#[test]
fn positions_carry_age_money_and_mark() {
    check(Export::Positions, "\nA,US0268747849,-1,2,35.00,35\nB,US0268747849,1,2,-35.00,35\n");
}

#[test]
fn trades_stand_as_last_reported_on_the_date_they_moved_to() {
    check(
        Export::Trades,
        "
XNYS,2013-10-07,1,1,live,US0268747849,2.5,10,USD,2013-10-09,B,A,25.00,9
XNYS,2013-10-07,2,2,live,US0268747849,1.5,20,USD,2013-10-09,B,A,30.00,11
XNYS,2013-10-07,3,2,cancelled,US0268747849,7,1,USD,2013-10-08,B,A,7.00,13
",
    );
}

#[test]
fn rejections_say_what_was_wrong_and_where() {
    check(
        Export::Rejections,
        "
14,XNYS,2013-10-07,3,2,duplicate,this is in already, with the same content
15,,,,,dead_letter,a number is not a decimal numeral (days/2013-10-07/trades.csv, row 15)
",
    );
}

#[test]
fn a_reversal_names_the_entry_it_undoes() {
    let found = csv(&project(&week()), Export::JournalEntries);
    let reversal: Vec<&str> = found.lines().filter(|line| line.contains(",reversal,")).collect();
    assert_eq!(
        reversal[..8],
        [
            "5,11,2013-10-07,C,reversal,ccp-novation,US0268747849,0,1,4",
            "5,11,2013-10-07,C,reversal,ccp-novation,US0268747849,1,0,4",
            "5,11,2013-10-07,C,reversal,ccp-novation,USD,0.00,20.00,4",
            "5,11,2013-10-07,C,reversal,ccp-novation,USD,20.00,0.00,4",
            "5,11,2013-10-07,C,reversal,due:A:US0268747849:2013-10-08,US0268747849,0,1,4",
            "5,11,2013-10-07,C,reversal,due:A:US0268747849:2013-10-08,USD,20.00,0.00,4",
            "5,11,2013-10-07,C,reversal,due:B:US0268747849:2013-10-08,US0268747849,1,0,4",
            "5,11,2013-10-07,C,reversal,due:B:US0268747849:2013-10-08,USD,0.00,20.00,4",
        ]
    );
    assert!(found.contains("1,6,,S,opening,depository-mirror,US0268747849,3,0,\n"), "{found}");
}

#[test]
fn journal_entries_are_gapless_and_sum_to_the_trial_balance() {
    let store = project(&week());
    let mut entries = Vec::new();
    let mut sums = std::collections::BTreeMap::<_, i64>::new();
    let cents = |text: &str| -> i64 {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{part:0<3}").parse().expect("a number")
    };
    let journal = csv(&store, Export::JournalEntries);
    for line in journal.lines().skip(1) {
        let row: Vec<&str> = line.split(',').collect();
        entries.push(row[0].parse::<u64>().expect("a number"));
        let key = format!("{},{},{}", row[3], row[5], row[6]);
        *sums.entry(key).or_default() += cents(row[8]) - cents(row[7]);
    }
    entries.dedup();
    assert!(entries.iter().copied().eq(1..=entries.len() as u64), "{entries:?}");
    let mut balances = std::collections::BTreeMap::new();
    for line in csv(&store, Export::TrialBalance).lines().skip(1) {
        let row: Vec<&str> = line.split(',').collect();
        let key = format!("{},{},{}", row[0], row[1], row[2]);
        balances.insert(key, cents(row[4]) - cents(row[3]));
    }
    sums.retain(|_, sum| *sum != 0);
    assert_eq!(sums, balances);
}

#[test]
fn the_trial_balance_shows_each_account_on_its_side() {
    check(
        Export::TrialBalance,
        "
C,cns-money:A:US0268747849,USD,0.00,35.00
C,cns-money:B:US0268747849,USD,35.00,0.00
C,cns:A:US0268747849,US0268747849,1,0
C,cns:B:US0268747849,US0268747849,0,1
S,bank-mirror,USD,30.00,0.00
S,cash:A,USD,0.00,20.00
S,cash:B,USD,0.00,10.00
S,depository-mirror,US0268747849,3,0
S,holding:B,US0268747849,0,3
",
    );
}

#[test]
fn a_day_ends_at_its_close_or_before_the_next() {
    let store = project(&week());
    let days = store.days().expect("days");
    let end = |date| store.end_of(date).expect("read").map(|seq| seq.0);
    // Wednesday was closed; Monday, Thursday were not; Friday is the last so far.
    assert_eq!(end(days[1].date), days[1].closed.map(|seq| seq.0));
    assert_eq!(end(days[0].date), Some(days[1].opened.0 - 1));
    assert_eq!(end(days[3].date), Some(week().len() as u64));
    assert_eq!(end(basics::Date(MONDAY.0 + 1)), None);
}

#[test]
fn a_new_isin_shows_from_its_day_on_also_after_a_restart() {
    let new = "US0378331005";
    let mut journal = published();
    journal.open(MONDAY);
    let wednesday = basics::Date(MONDAY.0 + 2);
    journal.accept(vec![fund(new, "US0268747849", wednesday)]);
    journal.open(basics::Date(MONDAY.0 + 1));
    let before = journal.decisions.len();
    journal.open(wednesday);
    let price = basics::Price(1);
    let published = model::Event::PricePublished { instrument: FUND, price_date: MONDAY, price };
    journal.accept(vec![published]);

    let dir = tempfile::tempdir().expect("a directory");
    for at in places(dir.path()) {
        let store = Store::open(&at).expect("a store");
        let store = project_into(store, &journal.decisions[..before]);
        assert!(csv(&store, Export::Holdings).contains("A,US0268747849,3"));
        let store = project_into(store, &journal.decisions[before..]);
        assert!(csv(&store, Export::Holdings).contains(&format!("A,{new},3")));
        assert_eq!(everything(&store), everything(&project(&journal.decisions)));
    }
}
