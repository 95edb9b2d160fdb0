//! The journal from outside: crashes, damage, files, readers, snapshots.

mod damage;
mod files;
mod reading;
mod snapshots;
mod torn;

use std::path::{Path, PathBuf};

use journal::{FileJournal, JournalError, Kind, Options, Reader, WriterId};

/// A frame as a test sees it: first sequence, number of decisions, body.
type Seen = (u64, u32, Vec<u8>);

/// Opens with small files.
fn open(dir: &Path) -> Result<FileJournal, JournalError> {
    FileJournal::open(dir, Options { segment: 3, file_bytes: 700 })
}

/// A journal of nine frames, a fence among them, in several files.
fn write_sample(dir: &Path) {
    let mut journal = open(dir).unwrap();
    for number in 0..8_u8 {
        if number == 5 {
            journal.fence(WriterId([9; 16])).unwrap();
        }
        // Lengths around the alignment of blocks, and bodies that end in zeros.
        let mut body = vec![number; 90 + usize::from(number)];
        body.resize(100 + usize::from(number), 0);
        journal.append(u32::from(number) % 3 + 1, &body).unwrap();
    }
    journal.sync().unwrap();
}

/// Reads all decisions' frames from `from_seq` on.
fn read_from(dir: &Path, from_seq: u64) -> Result<Vec<Seen>, JournalError> {
    let mut reader = Reader::open(dir, from_seq)?;
    let mut seen = Vec::new();
    while let Some(frame) = reader.poll()? {
        if frame.header.kind == Kind::Decisions {
            seen.push((frame.header.first_seq, frame.header.count, frame.body.to_vec()));
        }
    }
    Ok(seen)
}

fn read(dir: &Path) -> Result<Vec<Seen>, JournalError> {
    read_from(dir, 1)
}

/// The journal's files, in order.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir.join("journal")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// All bytes of the journal, with the names of their files.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let content = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read(path).unwrap())
    };
    files(dir).into_iter().map(content).collect()
}

/// Puts `contents` back.
fn restore(dir: &Path, contents: &[(String, Vec<u8>)]) {
    let _ = std::fs::remove_dir_all(dir.join("journal"));
    std::fs::create_dir_all(dir.join("journal")).unwrap();
    for (name, bytes) in contents {
        std::fs::write(dir.join("journal").join(name), bytes).unwrap();
    }
}
