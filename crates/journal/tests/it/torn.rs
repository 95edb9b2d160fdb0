//! TORN-1: crashes while appending; what is incomplete is cut, what is complete stays.

use std::fs;

use journal::{JournalError, Reader};

use crate::{contents, files, open, read, restore, write_sample};

/// Opens a journal whose last file was changed: all `kept` frames must be there, a further append
/// must continue the chain, and a reader must have reported the tail before.
fn check_cut(dir: &std::path::Path, kept: usize, cut_bytes: usize) {
    let mut reader = Reader::open(dir, 1).unwrap();
    let torn = reader.check_to_end().unwrap().map_or(0, |torn| torn.bytes);
    assert_eq!(torn, cut_bytes as u64);
    let before = read(dir).unwrap();
    assert_eq!(before.len(), kept);

    let mut journal = open(dir).unwrap();
    assert_eq!(journal.recovery().map_or(0, |cut| cut.cut_bytes), cut_bytes as u64);
    let appended = journal.append(2, b"after the crash").unwrap();
    journal.sync().unwrap();
    let after = read(dir).unwrap();
    assert_eq!(after[..kept], before);
    assert_eq!(after[kept..], [(appended.first_seq, 2, b"after the crash".to_vec())]);
}

#[test]
fn a_file_cut_at_any_byte_gives_all_its_complete_frames() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_sample(dir);
    let all = contents(dir);
    let (last_name, last) = all.last().unwrap();
    let (complete, in_earlier) = (read(dir).unwrap(), all.len() - 1);
    assert!(in_earlier > 1, "the sample has several files");

    // Where blocks begin, and how many frames of decisions stand before each.
    let first_seq: u64 = last_name[..20].parse().unwrap();
    let mut bounds = vec![(88, complete.iter().filter(|frame| frame.0 < first_seq).count())];
    for frame in complete.iter().filter(|frame| frame.0 >= first_seq) {
        let (at, count) = *bounds.last().unwrap();
        bounds.push((at + (92 + frame.2.len()).next_multiple_of(8) + 8, count + 1));
    }
    assert_eq!(bounds.last().unwrap().0, last.len());

    for len in 0..last.len() {
        restore(dir, &all);
        fs::write(dir.join("journal").join(last_name), &last[..len]).unwrap();
        let (at, kept) =
            bounds.iter().rev().find(|(at, _)| *at <= len).copied().unwrap_or((0, bounds[0].1));
        // A file without a whole header is removed, and its bytes are counted as cut.
        if len > 0 {
            check_cut(dir, kept, len - at);
        } else {
            assert_eq!(open(dir).unwrap().recovery().unwrap().cut_bytes, 0);
            assert_eq!(files(dir).len(), all.len() - 1);
        }
    }
}

#[test]
fn the_only_file_without_a_header_is_begun_again() {
    for content in [&[][..], &[0; 50], &[0; 88], &[0; 600], b"CFJO"] {
        let dir = tempfile::tempdir().unwrap();
        let name = format!("{:020}.cfj", 1);
        restore(dir.path(), &[(name, content.to_vec())]);
        assert_eq!(read(dir.path()).unwrap(), []);
        let mut journal = open(dir.path()).unwrap();
        assert_eq!(journal.recovery().unwrap().cut_bytes, content.len() as u64);
        assert_eq!(journal.append(1, b"first").unwrap().first_seq, 1);
        assert_eq!(read(dir.path()).unwrap(), [(1, 1, b"first".to_vec())]);
    }
}

/// After a power cut a file may have its full length, and zeros where sectors were not written.
#[test]
fn sectors_that_were_never_written_are_cut() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut ends = Vec::new();
    {
        let mut journal = journal::FileJournal::open(dir, options()).unwrap();
        for number in 0..4_u8 {
            // A body that is itself zero for more than a sector, at its end.
            journal.append(1, &[&[number + 1; 700][..], &[0; 1400]].concat()).unwrap();
            ends.push(fs::metadata(&files(dir)[0]).unwrap().len() as usize);
        }
    }
    let all = contents(dir);
    let whole = &all[0].1;
    for sector in 0..whole.len().div_ceil(512) {
        let mut bytes = whole.clone();
        bytes[sector * 512..].fill(0);
        restore(dir, &[(all[0].0.clone(), bytes)]);
        let kept = ends.iter().filter(|end| **end <= sector * 512).count();
        let start = if sector == 0 { 0 } else { 88 };
        let cut = whole.len() - ends[..kept].last().unwrap_or(&start);
        assert_eq!(read(dir).unwrap().len(), kept);
        let journal = journal::FileJournal::open(dir, options()).unwrap();
        assert_eq!(journal.head().last_seq, kept as u64, "sector {sector}");
        assert_eq!(journal.recovery().unwrap().cut_bytes, cut as u64, "sector {sector}");
    }
}

/// Zeros behind a damaged complete frame do not make it incomplete.
#[test]
fn zeros_at_the_end_do_not_excuse_damage_before_them() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    {
        let mut journal = journal::FileJournal::open(dir, options()).unwrap();
        journal.append(1, &[1; 300]).unwrap();
        journal.append(1, &[2; 300]).unwrap();
    }
    let all = contents(dir);
    let mut zeros_behind = all.clone();
    zeros_behind[0].1.resize(4096, 0);
    restore(dir, &zeros_behind);
    assert_eq!(journal::FileJournal::open(dir, options()).unwrap().head().last_seq, 2);
    for at in 88..all[0].1.len() {
        let mut damaged = zeros_behind.clone();
        damaged[0].1[at] ^= 0x10;
        restore(dir, &damaged);
        let opened = journal::FileJournal::open(dir, options());
        assert!(matches!(opened, Err(JournalError::Damage { .. })), "byte {at}");
        assert_eq!(contents(dir), damaged, "nothing is changed");
    }
}

/// An earlier file was synced before the next was created: there nothing is ever cut.
#[test]
fn an_earlier_file_is_never_cut() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_sample(dir);
    let all = contents(dir);
    for len in 0..all[1].1.len() {
        let mut damaged = all.clone();
        damaged[1].1.truncate(len);
        restore(dir, &damaged);
        assert!(matches!(read(dir), Err(JournalError::Damage { .. })), "{len} bytes");
        let _ = open(dir);
        assert_eq!(contents(dir), damaged, "nothing is changed");
    }
}

fn options() -> journal::Options {
    journal::Options::default()
}
