//! What can happen to a served database alone: it goes away, comes back, and comes back older.

use services::{Postgres, PostgresOptions, Signal};
use store::{Batch, Export, Location, Store, StoreError};
use views::Change;
use views::tally::{Booking, Delta};

use crate::changes::{cleared, reference};
use crate::{at, rows, write};

const PASSWORD: &str = "correct horse";

#[test]
fn a_server_that_is_lost_and_restored_older_is_written_on_from_where_it_is() {
    let options = PostgresOptions { password: Some(PASSWORD.to_owned()), ..Default::default() };
    let server = Postgres::start(options).expect("a server");
    let location = Location::of_segment(&server.url(), 0).expect("a URL").with_password(PASSWORD);
    let mut batch = Batch::default();
    batch.push(&Change::Add(Delta::Obligations(Booking::Made, cleared(500))));
    let mut store = Store::open(&location).expect("a store");
    write(&mut store, &reference(), 1);
    write(&mut store, &batch, 2);
    drop(store);
    server.stop().expect("stopped");
    let backups = tempfile::tempdir().expect("a directory");
    let backup = backups.path().join("backup");
    server.back_up(&backup).expect("backed up");
    server.restart().expect("started");

    let mut store = Store::open(&location).expect("a store");
    write(&mut store, &batch, 3);
    server.signal(Signal::Kill).expect("killed");
    let lost = store.write(&batch, &at(4)).expect_err("nobody answers");
    assert!(lost.is_unavailable(), "{lost:?}");
    let lost = Store::open(&location).expect_err("nobody answers");
    assert!(lost.is_unavailable(), "{lost:?}");

    server.restore(&backup).expect("restored");
    server.restart().expect("started");
    let mut store = Store::open(&location).expect("a store");
    assert_eq!(store.progress().expect("progress"), at(2));
    for seq in 3..=5 {
        write(&mut store, &batch, seq);
    }
    let expected = "2013-10-07,A,US0268747849,400,-20.00";
    assert_eq!(rows(&store, Export::Obligations)[0], expected);
}

#[test]
fn who_may_not_come_in_is_told_so_and_does_not_wait() {
    let options = PostgresOptions { password: Some(PASSWORD.to_owned()), ..Default::default() };
    let server = Postgres::start(options).expect("a server");
    let location = Location::of_segment(&server.url(), 0).expect("a URL");
    for location in [location.clone(), location.with_password("wrong")] {
        let refused = Store::open(&location).expect_err("not the password");
        assert!(matches!(refused, StoreError::Postgres(_)) && !refused.is_unavailable());
        assert!(refused.to_string().contains("password"), "{refused}");
    }
}
