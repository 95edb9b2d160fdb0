//! Readers: from anywhere, beside a writer, never further than asked.

use std::thread;

use journal::{FileJournal, Head, JournalError, Kind, Options, Reader, Writer};

use crate::{open, read, read_from, write_sample};

#[test]
fn reading_can_begin_at_any_sequence() {
    let dir = tempfile::tempdir().unwrap();
    write_sample(dir.path());
    let all = read(dir.path()).unwrap();
    let last_seq: u64 = all.iter().map(|frame| u64::from(frame.1)).sum();
    for seq in 0..=last_seq + 3 {
        // A frame that holds the sequence comes whole.
        let wanted = all.iter().filter(|frame| frame.0 + u64::from(frame.1) > seq);
        assert_eq!(read_from(dir.path(), seq).unwrap(), wanted.cloned().collect::<Vec<_>>());
    }
}

#[test]
fn reading_goes_on_from_every_head_and_from_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = open(dir.path()).unwrap();
    let mut heads = vec![*journal.head()];
    drop(journal);
    write_sample(dir.path());
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    while reader.poll().unwrap().is_some() {
        heads.push(*reader.head().unwrap());
    }
    for (index, head) in heads.iter().enumerate() {
        let mut reader = Reader::open_after(dir.path(), head).unwrap();
        assert_eq!(reader.head(), Some(head));
        for next in &heads[index + 1..] {
            assert!(reader.poll().unwrap().is_some());
            assert_eq!(reader.head(), Some(next));
        }
        assert!(reader.poll().unwrap().is_none());

        let other = Head { hash: journal::Hash([1; 32]), ..*head };
        let error = Reader::open_after(dir.path(), &other).unwrap_err();
        assert!(matches!(error, JournalError::NotOnChain { .. }), "{error}");
    }
    let end = heads.last().unwrap();
    let beyond = Head { last_seq: end.last_seq + 1, ..*end };
    let error = Reader::open_after(dir.path(), &beyond).unwrap_err();
    assert!(error.to_string().contains("older snapshot"), "{error}");
    journal = open(dir.path()).unwrap();
    assert_eq!(journal.head(), end);
}

#[test]
fn a_reader_goes_no_further_than_asked() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = open(dir.path()).unwrap();
    for _ in 0..5 {
        journal.append(2, b"two").unwrap();
    }
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    assert!(reader.poll_to(1).unwrap().is_none());
    assert_eq!(reader.poll_to(2).unwrap().unwrap().header.first_seq, 1);
    assert!(reader.poll_to(3).unwrap().is_none());
    assert_eq!(reader.poll_to(10).unwrap().unwrap().header.first_seq, 3);
    assert_eq!(reader.poll().unwrap().unwrap().header.first_seq, 5);
}

#[test]
fn a_reader_may_be_there_before_the_first_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("journal")).unwrap();
    let mut reader = Reader::open(dir.path(), 2).unwrap();
    assert!(reader.poll().unwrap().is_none());
    assert_eq!(reader.head(), None);
    let mut journal = open(dir.path()).unwrap();
    journal.append(1, b"skipped").unwrap();
    journal.append(1, b"given").unwrap();
    assert_eq!(reader.poll().unwrap().unwrap().body, b"given");
}

/// A reader holds on to the file while its writer crashes, comes back, cuts, and goes on.
#[test]
fn a_tail_cut_and_written_anew_does_not_confuse_a_reader() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::open(dir.path(), Options::default()).unwrap();
    journal.append(1, b"first").unwrap();
    let mut reader = Reader::open(dir.path(), 1).unwrap();
    assert!(reader.poll().unwrap().is_some());
    drop(journal);
    let path = crate::files(dir.path()).remove(0);
    let bytes = std::fs::read(&path).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&bytes[88..150]).unwrap();
    assert!(reader.poll().unwrap().is_none());
    assert_eq!(reader.torn_tail().map(|torn| (torn.bytes, torn.after_seq)), Some((62, 1)));
    let mut journal = FileJournal::open(dir.path(), Options::default()).unwrap();
    journal.append(1, b"second").unwrap();
    assert_eq!(reader.poll().unwrap().unwrap().body, b"second");
    assert!(reader.poll().unwrap().is_none());
    assert_eq!(reader.torn_tail(), None);
}

#[test]
fn a_reader_follows_a_live_writer_through_its_files() {
    const FRAMES: u64 = 3_000;
    let dir = tempfile::tempdir().unwrap();
    let options = Options { segment: 3, file_bytes: 100_000 };
    let journal = FileJournal::open(dir.path(), options).unwrap();
    let mut writer = Writer::spawn(journal, 8).unwrap();
    let durable = writer.durable().clone();
    let path = dir.path().to_owned();
    let tail = thread::spawn(move || {
        let mut reader = Reader::open(&path, 1).unwrap();
        let mut next = 1;
        while next <= FRAMES {
            durable.wait(next).unwrap();
            while let Some(frame) = reader.poll_to(durable.seq()).unwrap() {
                assert_eq!((frame.header.first_seq, frame.header.kind), (next, Kind::Decisions));
                assert_eq!(frame.body[..8], next.to_le_bytes());
                next += 1;
            }
        }
        *reader.head().unwrap()
    });
    let path = dir.path().to_owned();
    let ahead = thread::spawn(move || {
        // Not held back: reads what may not be durable yet, and incomplete frames under way.
        let mut reader = Reader::open(&path, 1).unwrap();
        while reader.head().unwrap().last_seq < FRAMES {
            reader.check_to_end().unwrap();
        }
    });
    for seq in 1..=FRAMES {
        let mut body = writer.buffer();
        body.extend_from_slice(&seq.to_le_bytes());
        body.resize(8 + (seq % 700) as usize, 7);
        assert_eq!(writer.submit(1, body).unwrap(), seq);
    }
    let head = tail.join().unwrap();
    ahead.join().unwrap();
    assert_eq!(*writer.close().unwrap().durable(), head);
    assert!(crate::files(dir.path()).len() > 5);
}
