//! Read models of other versions, and new ones that take their place.

use store::{Export, Progress, Store, StoreError};
use views::View;

use crate::changes::{ledger, reference};
use crate::places::{Known, client, places, schema};
use crate::{at, everything, rows, write};

#[test]
fn what_an_earlier_version_made_is_stale_and_what_a_later_one_made_is_left_alone() {
    for place in places() {
        write(&mut Store::open(&place.location).expect("a store"), &reference(), 5);
        let View { name, version } = views::VIEWS[0];
        for (other, stale) in [(version - 1, true), (version + 1, false)] {
            place.execute(&format!(
                "UPDATE view_versions SET version = {other} WHERE name = '{name}'"
            ));
            for opened in [Store::open(&place.location), Store::open_to_read(&place.location)] {
                match opened {
                    Err(StoreError::Stale { .. }) => assert!(stale),
                    Err(StoreError::FromTheFuture { .. }) => assert!(!stale),
                    other => panic!("{other:?}"),
                }
            }
        }
        let fresh = Store::fresh(&place.location).expect("fresh");
        let fresh = fresh.take_place_of(&place.location).expect("replaced");
        assert_eq!(fresh.progress().expect("progress"), Progress::default());
    }
}

#[test]
fn a_new_read_model_grows_beside_the_old_one_and_takes_its_place() {
    for place in places() {
        let mut old = Store::open(&place.location).expect("a store");
        write(&mut old, &reference(), 1);
        let reader = Store::open_to_read(&place.location).expect("a reader");
        let mut new = Store::fresh(&place.location).expect("fresh");
        write(&mut new, &ledger(), 6);
        assert_eq!(reader.progress().expect("progress"), at(1));
        assert_eq!(rows(&reader, Export::JournalEntries), [""; 0]);
        write(&mut old, &store::Batch::default(), 2);

        let mut new = new.take_place_of(&place.location).expect("replaced");
        let expected = everything(&new);
        reader.progress().expect("still readable");
        drop(reader);
        let reader = Store::open_to_read(&place.location).expect("a reader");
        assert_eq!(everything(&reader), expected);
        write(&mut new, &store::Batch::default(), 7);
        assert_eq!(reader.progress().expect("progress"), at(7));
    }
}

#[test]
fn a_writer_of_the_old_schema_does_not_write_to_the_new_one() {
    let place = schema();
    let mut old = Store::open(&place.location).expect("a store");
    write(&mut old, &reference(), 1);
    let mut new = Store::fresh(&place.location).expect("fresh");
    write(&mut new, &ledger(), 6);
    let new = new.take_place_of(&place.location).expect("replaced");
    let refused = old.write(&reference(), &at(2)).expect_err("another one lies there");
    assert!(matches!(refused, StoreError::Moved { .. }), "{refused}");
    assert_eq!(new.progress().expect("progress"), at(6));
}

#[test]
fn a_query_that_runs_keeps_the_old_schema_until_it_is_done() {
    let place = schema();
    write(&mut Store::open(&place.location).expect("a store"), &ledger(), 6);
    let Known::Schema(url, name) = &place.known_as else { unreachable!("it is a schema") };
    let mut analyst = client(url, name);
    let mut slow = analyst.transaction().expect("begun");
    let count = |slow: &mut postgres::Transaction<'_>, schema: &str| -> i64 {
        slow.query_one(&format!("SELECT count(*) FROM {schema}.v_journal_entries"), &[])
            .expect("counted")
            .get(0)
    };
    assert_eq!(count(&mut slow, name), 25);
    let replace = || Store::fresh(&place.location)?.take_place_of(&place.location);
    let new = replace().expect("replaced while somebody reads");
    assert_eq!(new.progress().expect("progress"), Progress::default());
    assert_eq!(count(&mut slow, &format!("{name}_old")), 25);
    slow.commit().expect("done");
    // The next one to take its place removes what was left.
    replace().expect("replaced");
    let schemas = place.query(&format!(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE '{name}\\_%' ORDER BY 1"
    ));
    assert_eq!(schemas, [[""; 0]; 0]);
}

#[test]
fn where_nothing_lies_nothing_is_read() {
    for place in places() {
        let nothing = Store::open_to_read(&place.location).expect_err("nothing is there");
        assert!(matches!(nothing, StoreError::Sqlite(_) | StoreError::Missing { .. }), "{nothing}");
    }
}
