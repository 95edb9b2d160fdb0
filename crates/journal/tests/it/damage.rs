//! DAMAGE-1: stored bytes that changed are always seen, never repaired by forgetting.

use std::fs;

use journal::{FileJournal, Flaw, JournalError, Options, Reader};
use proptest::prelude::*;

use crate::{contents, files, open, read, restore, write_sample};

#[test]
fn every_flipped_byte_is_damage_and_opening_cuts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_sample(dir);
    let all = contents(dir);
    let last = all.len() - 1;
    for (file, (name, bytes)) in all.iter().enumerate() {
        let path = dir.join("journal").join(name);
        for at in 0..bytes.len() {
            for mask in [0x01, 0x80, 0xff, bytes[at]] {
                if mask == 0 {
                    continue;
                }
                let mut damaged = bytes.clone();
                damaged[at] ^= mask;
                fs::write(&path, &damaged).unwrap();
                let error = Reader::open(dir, 1).and_then(|mut reader| reader.check_to_end());
                let error = error.expect_err("damage is seen");
                let JournalError::Damage { file: named, offset, .. } = error else {
                    panic!("{name} byte {at}: {error}");
                };
                assert_eq!(named, path);
                assert!(offset <= at as u64, "the frame begins before the flipped byte");
                // Opening reads the last file; of earlier ones, the headers.
                if mask == 0xff && (file == last || at < 88) {
                    assert!(open(dir).is_err(), "{name} byte {at}");
                }
                if mask == 0xff {
                    assert_eq!(fs::metadata(&path).unwrap().len(), bytes.len() as u64);
                }
            }
        }
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(contents(dir), all);
}

#[test]
fn damage_names_file_offset_and_sequence() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut journal = FileJournal::open(dir, Options::default()).unwrap();
    journal.append(4, &[1; 100]).unwrap();
    journal.append(1, &[2; 100]).unwrap();
    drop(journal);
    let path = files(dir).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[88 + 200 + 95] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = read(dir).unwrap_err();
    let JournalError::Damage { file, offset, seq, flaw } = &error else { panic!("{error}") };
    assert_eq!((file, *offset, *seq, *flaw), (&path, 88 + 200, 5, Flaw::BodyChecksum));
    assert!(error.to_string().contains("restore the file from a copy"), "{error}");
}

#[test]
fn missing_swapped_stale_and_strange_files_are_seen() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_sample(dir);
    let all = contents(dir);
    let check = |changed: &[(String, Vec<u8>)], expected: Flaw| {
        restore(dir, changed);
        let error = read(dir).unwrap_err();
        let JournalError::Damage { flaw, .. } = error else { panic!("{error}") };
        assert_eq!(flaw, expected);
    };
    let mut first_missing = all.clone();
    first_missing.remove(0);
    check(&first_missing, Flaw::Missing);
    let mut second_missing = all.clone();
    second_missing.remove(1);
    check(&second_missing, Flaw::Missing);
    let mut renamed = all.clone();
    renamed[1].1 = all[2].1.clone();
    check(&renamed, Flaw::Name);
    // A sound frame at the wrong place: the first frame of the file comes again behind it.
    let mut repeated = all.clone();
    let block = repeated[0].1[88..88 + 200].to_vec();
    repeated[0].1.extend(block);
    check(&repeated, Flaw::Chain);
}

#[test]
fn a_file_of_another_history_with_the_same_sequences_is_seen() {
    let history = |fill: u8| {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = open(dir.path()).unwrap();
        for _ in 0..4 {
            journal.append(1, &[fill; 200]).unwrap();
        }
        drop(journal);
        contents(dir.path())
    };
    let (mut ours, theirs) = (history(1), history(2));
    ours[1] = theirs[1].clone();
    let dir = tempfile::tempdir().unwrap();
    restore(dir.path(), &ours);
    let error = read(dir.path()).unwrap_err();
    assert!(matches!(error, JournalError::Damage { flaw: Flaw::Chain, .. }), "{error}");
}

#[test]
fn a_newer_format_is_told_from_damage() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_sample(dir);
    let path = files(dir).pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..84]);
    bytes[84..88].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let newer = |error| matches!(&error, JournalError::NewerFormat { found: 2, supported: 1, file } if *file == path);
    assert!(newer(open(dir).unwrap_err()));
    assert!(newer(read(dir).unwrap_err()));
}

#[test]
fn another_segment_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write_sample(dir.path());
    let error = FileJournal::open(dir.path(), Options::default()).unwrap_err();
    assert!(matches!(error, JournalError::WrongSegment { found: 3, expected: 0, .. }), "{error}");
}

proptest! {
    /// Whatever stands in the files, reading and opening end with an answer.
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let dir = tempfile::tempdir().unwrap();
        restore(dir.path(), &[(format!("{:020}.cfj", 1), bytes)]);
        let _ = read(dir.path());
        let _ = open(dir.path());
    }

    /// The same behind a sound beginning, where it gets further.
    #[test]
    fn arbitrary_tails_never_panic_and_lose_no_frame(
        tail in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..600),
        len in 0..600_usize,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = open(dir.path()).unwrap();
        journal.append(1, &[1; 50]).unwrap();
        drop(journal);
        let mut sound = contents(dir.path());
        let repeated = sound[0].1[88..].iter().copied().take(len);
        let bytes = [&sound[0].1[..], &repeated.collect::<Vec<_>>(), &tail].concat();
        sound[0].1 = bytes;
        restore(dir.path(), &sound);
        match open(dir.path()) {
            Ok(journal) => prop_assert!(journal.head().last_seq >= 1),
            Err(_) => prop_assert_eq!(contents(dir.path()), sound),
        }
    }
}
