//! Crashes, gaps, rebuilds, and answers as of an earlier sequence.

use std::path::Path;

use basics::Seq;
use journal::{FileJournal, Options, Reader};
use projector::{Projector, ProjectorError};
use store::{Store, StoreError};
use wire::Encoder;

use crate::small_market::{two_closed_days, week};
use crate::{everything, places};

/// The week in a journal, three decisions in a frame.
fn write_journal(dir: &Path) -> Seq {
    let mut journal = FileJournal::open(dir, Options::default()).expect("a journal");
    let mut encoder = Encoder::default();
    for decisions in week().chunks(3) {
        for decision in decisions {
            encoder.push(decision);
        }
        let body = encoder.finish();
        journal.append(u32::try_from(decisions.len()).expect("few"), body.bytes).expect("appended");
    }
    journal.sync().expect("synced");
    Seq(journal.durable().last_seq)
}

fn from_start(dir: &Path) -> Reader {
    Reader::open(dir, 1).expect("a reader")
}

#[test]
fn a_crash_between_batches_loses_nothing_and_doubles_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let end = write_journal(dir.path());
    let whole = everything(&projector::as_of(&mut from_start(dir.path()), end).expect("whole"));
    for crash in 1..end.0 {
        for at in places(dir.path()) {
            let mut projector = Projector::open(Store::open(&at).expect("a store")).expect("open");
            projector.catch_up(&mut from_start(dir.path()), Seq(crash)).expect("caught up");
            // Taken and not written: a crash forgets them.
            for decision in week().iter().take(crash as usize + 2) {
                projector.apply(decision).expect("applied");
            }
            drop(projector);

            let store = Store::open(&at).expect("a store");
            assert_eq!(store.progress().expect("progress").seq, Seq(crash));
            let mut projector = Projector::open(store).expect("open");
            projector.follow(&mut from_start(dir.path()), end).expect("followed");
            assert_eq!(everything(projector.store()), whole, "crash after {crash}, {at}");
        }
    }
}

#[test]
fn a_rebuilt_read_model_has_the_same_rows_and_takes_the_old_ones_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let end = write_journal(dir.path());
    for at in places(dir.path()) {
        let mut projector = Projector::open(Store::open(&at).expect("a store")).expect("open");
        projector.follow(&mut from_start(dir.path()), end).expect("followed");
        let before = everything(&projector.close().expect("closed"));

        let store = projector::rebuild(&at, &mut from_start(dir.path()), end).expect("rebuilt");
        assert_eq!(everything(&store), before);
        drop(store);
        let store = Store::open_to_read(&at).expect("there");
        assert_eq!(everything(&store), before);
        assert!(!dir.path().join(format!("{at}.new")).exists());
    }
}

#[test]
fn every_sequence_can_be_asked_for_again() {
    let dir = tempfile::tempdir().expect("a directory");
    write_journal(dir.path());
    let mut projector = Projector::open(Store::temporary().expect("a store")).expect("open");
    for decision in week() {
        projector.apply(&decision).expect("applied");
        projector.flush().expect("flushed");
        let earlier = projector::as_of(&mut from_start(dir.path()), decision.seq).expect("as of");
        assert_eq!(everything(&earlier), everything(projector.store()), "{}", decision.seq);
    }
}

#[test]
fn a_date_that_moves_twice_in_one_batch_ends_where_it_does_in_two() {
    let [mut one, mut many] = std::array::from_fn(|_| {
        Projector::open(Store::temporary().expect("a store")).expect("open")
    });
    for decision in two_closed_days() {
        one.apply(&decision).expect("applied");
        many.apply(&decision).expect("applied");
        many.flush().expect("flushed");
    }
    one.flush().expect("flushed");
    assert_eq!(everything(one.store()), everything(many.store()));
}

#[test]
fn what_was_seen_is_skipped_and_what_is_missing_stops() {
    let week = week();
    let mut projector = Projector::open(Store::temporary().expect("a store")).expect("open");
    for index in [0, 0, 1, 0, 1, 2] {
        projector.apply(&week[index]).expect("applied");
    }
    assert_eq!(projector.seq(), Seq(3));
    let gap = projector.apply(&week[4]);
    assert!(matches!(gap, Err(ProjectorError::Gap { expected: Seq(4), found: Seq(5) })), "{gap:?}");
}

#[test]
fn a_read_model_of_another_journal_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut journal = FileJournal::open(dir.path(), Options::default()).expect("a journal");
    let mut encoder = Encoder::default();
    encoder.push(&week()[0]);
    journal.append(1, encoder.finish().bytes).expect("appended");
    journal.sync().expect("synced");
    let mut projector = Projector::open(Store::temporary().expect("a store")).expect("open");
    for decision in week() {
        projector.apply(&decision).expect("applied");
    }
    let ahead = projector.catch_up(&mut from_start(dir.path()), Seq(u64::MAX));
    assert!(matches!(ahead, Err(ProjectorError::Ahead { journal: Seq(1), .. })), "{ahead:?}");
}

#[test]
fn a_read_model_that_is_not_there_is_not_read() {
    let dir = tempfile::tempdir().expect("a directory");
    for at in places(dir.path()) {
        let nothing = Store::open_to_read(&at);
        assert!(matches!(nothing, Err(StoreError::Sqlite(_) | StoreError::Missing { .. })));
        drop(Store::open(&at).expect("made"));
        assert!(Store::open(&at).is_ok());
    }
}
