//! The contract with analysts: views, and who may read them.

use store::{Export, Store};

use crate::changes::ledger;
use crate::places::{ANALYSTS, Known, client, places, schema};
use crate::{rows, write};

#[test]
fn every_view_for_analysts_can_be_read() {
    let mut named = Vec::new();
    for place in places() {
        write(&mut Store::open(&place.location).expect("a store"), &ledger(), 6);
        let views = place.views();
        for view in &views {
            assert_eq!(place.query(&format!("SELECT count(*) FROM {view}")).len(), 1, "{view}");
        }
        named.push(views);
    }
    assert_eq!(named[0].len(), 17);
    assert_eq!(named[0], named[1], "both databases have the same views");
}

#[test]
fn analysts_see_the_same_postings_as_the_export() {
    for place in places() {
        let mut store = Store::open(&place.location).expect("a store");
        write(&mut store, &ledger(), 6);
        let sql = "entry_id, seq, business_date, class, kind, ledger_account, asset, debit, credit,
            reverses";
        let seen = match &place.known_as {
            Known::File(_) => {
                let sql = format!(
                    "SELECT {sql}, asset_kind FROM v_journal_entries
                    ORDER BY 1, 2, 3, 4, 5, 6, 7, debit <> 0"
                );
                place.query(&sql).into_iter().map(with_cents).collect::<Vec<_>>()
            }
            Known::Schema(..) => {
                let sql = format!(
                    "SELECT {sql} FROM v_journal_entries ORDER BY 1, 2, 3, 4, 5, 6, 7, debit <> 0"
                );
                place.query(&sql)
            }
        };
        let seen: Vec<String> = seen.iter().map(|row| row.join(",")).collect();
        assert_eq!(seen, rows(&store, Export::JournalEntries));
        assert_eq!(seen.len(), 2 + 8 + 8 + 2 + 4 + 1);
    }
}

/// A row of SQLite's view, with its money in units of the currency.
fn with_cents(mut row: Vec<String>) -> Vec<String> {
    if row.pop().as_deref() == Some("1") {
        for cell in &mut row[7..9] {
            let cents: i128 = cell.parse().expect("a number");
            *cell = format!("{}.{:02}", cents / 100, cents % 100);
        }
    }
    row
}

#[test]
fn the_trial_balance_of_analysts_is_that_of_the_export() {
    let place = schema();
    let mut store = Store::open(&place.location).expect("a store");
    let mut batch = ledger();
    let made = views::tally::Booking::Made;
    let delta = views::tally::Delta::Obligations(made, crate::changes::cleared(500));
    batch.push(&views::Change::Add(delta));
    write(&mut store, &batch, 6);
    let seen = place.query("SELECT * FROM v_trial_balance ORDER BY 1, 2, 3");
    let seen: Vec<String> = seen.iter().map(|row| row.join(",")).collect();
    assert_eq!(seen, rows(&store, Export::TrialBalance));
    assert_eq!(seen.len(), 4);
}

#[test]
fn analysts_may_read_the_views_and_nothing_else() {
    let place = schema();
    write(&mut Store::open(&place.location).expect("a store"), &ledger(), 6);
    let fresh = Store::fresh(&place.location).expect("fresh");
    fresh.take_place_of(&place.location).expect("replaced");
    let Known::Schema(url, name) = &place.known_as else { unreachable!("it is a schema") };
    let mut analyst = client(url, name);
    analyst.batch_execute(&format!("SET ROLE {ANALYSTS}")).expect("a role");
    for view in place.views() {
        analyst.query(&format!("SELECT * FROM {view}"), &[]).expect("readable");
    }
    for forbidden in ["SELECT * FROM trades", "SELECT * FROM turnovers", "DELETE FROM prices"] {
        let error = analyst.batch_execute(forbidden).expect_err(forbidden);
        assert_eq!(error.code(), Some(&postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
    }
}
