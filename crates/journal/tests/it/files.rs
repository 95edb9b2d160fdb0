//! The files of a journal: lock, names, and BYTES-1: the same frames give the same bytes.

use std::path::Path;

use journal::{FileJournal, Head, JournalError, Options, Reader, Writer};

use crate::{contents, files, open, read, write_sample};

#[test]
fn a_second_owner_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(matches!(error, JournalError::Locked { .. }));
    assert!(error.to_string().contains("stop that process"), "{error}");
    let writer = Writer::spawn(first, 4).unwrap();
    assert!(open(dir.path()).is_err());
    drop(writer);
    open(dir.path()).unwrap();
}

#[test]
fn a_journal_begins_empty_in_a_directory_made_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/c");
    assert!(matches!(Reader::open(&deep, 1), Err(JournalError::NoJournal { .. })));
    let journal = open(&deep).unwrap();
    assert_eq!(*journal.head(), Head::start(3));
    assert_eq!(journal.recovery(), None);
    assert_eq!(read(&deep).unwrap(), []);
}

#[test]
fn the_same_frames_give_the_same_bytes_whatever_happens_between_them() {
    let (straight, interrupted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_sample(straight.path());
    write_sample(interrupted.path());
    assert_eq!(contents(straight.path()), contents(interrupted.path()));

    // On through one open and one sync, or through many: the same.
    let mut journal = open(straight.path()).unwrap();
    for number in 0..20_u8 {
        journal.append(1, &[number; 150]).unwrap();
    }
    for number in 0..20_u8 {
        let mut journal = open(interrupted.path()).unwrap();
        journal.append(1, &[number; 150]).unwrap();
        journal.sync().unwrap();
    }
    assert_eq!(contents(straight.path()), contents(interrupted.path()));

    // On through the thread: the same.
    let threaded = tempfile::tempdir().unwrap();
    write_sample(threaded.path());
    let mut writer = Writer::spawn(open(threaded.path()).unwrap(), 3).unwrap();
    for number in 0..20_u8 {
        writer.submit(1, vec![number; 150]).unwrap();
    }
    drop(writer.close().unwrap());
    assert_eq!(contents(straight.path()), contents(threaded.path()));
}

#[test]
fn files_are_named_by_their_first_sequence_and_keep_to_their_length() {
    let dir = tempfile::tempdir().unwrap();
    write_sample(dir.path());
    let all = contents(dir.path());
    assert!(all.len() > 2);
    assert_eq!(all[0].0, "00000000000000000001.cfj");
    for (name, bytes) in &all {
        assert!(bytes.len() <= 700);
        let first_seq: u64 = name[..20].parse().unwrap();
        assert_eq!(read_from_file(dir.path(), first_seq), first_seq);
    }
}

/// The first sequence a reader gives that begins with `seq`.
fn read_from_file(dir: &Path, seq: u64) -> u64 {
    crate::read_from(dir, seq).unwrap()[0].0
}

#[test]
fn a_frame_longer_than_a_file_has_one_of_its_own_and_fences_need_none() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { segment: 3, file_bytes: 1 };
    let mut journal = FileJournal::open(dir.path(), options).unwrap();
    journal.fence(journal::WriterId([1; 16])).unwrap();
    journal.fence(journal::WriterId([2; 16])).unwrap();
    journal.append(1, &[1; 500]).unwrap();
    journal.fence(journal::WriterId([3; 16])).unwrap();
    journal.append(1, &[2; 500]).unwrap();
    journal.sync().unwrap();
    assert_eq!(files(dir.path()).len(), 2);
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    assert_eq!(reader.check_to_end().unwrap(), None);
    assert_eq!(reader.head(), Some(journal.head()));
    assert_eq!((journal.head().epoch, journal.head().last_seq), (3, 2));
    let head = *journal.head();
    drop(journal);
    // The next owner finds the epoch and its writer.
    assert_eq!(*open(dir.path()).unwrap().head(), head);
}
