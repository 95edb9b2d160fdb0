//! Snapshots: the newest sound one, or an older one, or none.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use journal::{Hash, Head, Loaded, Refusal, SnapshotHeader, Snapshots};

fn header(seq: u64) -> SnapshotHeader {
    let head = Head { last_seq: seq, epoch: 2, hash: Hash([7; 32]), ..Head::start(3) };
    SnapshotHeader { head, rules_version: 5 }
}

fn write(dir: &Path, seq: u64) -> std::path::PathBuf {
    let body = |out: &mut dyn Write| out.write_all(format!("state {seq}").as_bytes());
    Snapshots::new(dir, 3).write(&header(seq), body).unwrap()
}

fn load(dir: &Path) -> Loaded<String> {
    let read = |_: &SnapshotHeader, body: &mut journal::SnapshotBody| {
        let mut text = String::new();
        body.read_to_string(&mut text).map_err(|error| error.to_string())?;
        assert_eq!(text.len() as u64, body.body_bytes());
        Ok(text)
    };
    Snapshots::new(dir, 3).load_newest(read).unwrap()
}

/// The sequence of the snapshot used, and how many were passed over.
fn found(dir: &Path) -> (Option<u64>, usize) {
    let loaded = load(dir);
    let newest = loaded.newest.map(|(found, body)| {
        assert_eq!(found, header(found.head.last_seq));
        assert_eq!(body, format!("state {}", found.head.last_seq));
        found.head.last_seq
    });
    (newest, loaded.passed_over.len())
}

#[test]
fn the_newest_invalid_one_is_passed_over_for_an_older_one_for_none() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(found(dir.path()), (None, 0));
    let older = write(dir.path(), 5);
    let newer = write(dir.path(), 10);
    assert_eq!(found(dir.path()), (Some(10), 0));
    fs::write(&newer, b"").unwrap();
    assert_eq!(found(dir.path()), (Some(5), 1));
    fs::write(&older, b"").unwrap();
    assert_eq!(found(dir.path()), (None, 2));
}

#[test]
fn every_flipped_byte_and_every_truncation_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), 10);
    let sound = fs::read(&path).unwrap();
    for at in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[at] ^= 0x20;
        fs::write(&path, flipped).unwrap();
        assert_eq!(found(dir.path()), (None, 1), "byte {at}");
        fs::write(&path, &sound[..at]).unwrap();
        assert_eq!(found(dir.path()), (None, 1), "{at} bytes");
    }
    fs::write(&path, [&sound[..], b"more"].concat()).unwrap();
    assert_eq!(found(dir.path()), (None, 1));
}

#[test]
fn each_one_passed_over_has_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), 10);
    let reason = || load(dir.path()).passed_over.remove(0).reason;
    let sound = fs::read(&path).unwrap();

    let mut newer = sound.clone();
    newer[8] = 2;
    fs::write(&path, newer).unwrap();
    assert!(matches!(reason(), Refusal::Format { found: 2 }));

    fs::rename(&path, path.with_file_name(format!("{:020}.cfs", 11))).unwrap();
    fs::write(path.with_file_name(format!("{:020}.cfs", 11)), &sound).unwrap();
    assert!(matches!(reason(), Refusal::Name { found: 10 }));

    let other = Snapshots::new(dir.path(), 4);
    let loaded = other.load_newest(|_, _| Ok(())).unwrap();
    assert!(matches!(loaded.passed_over[0].reason, Refusal::Segment { found: 3 }));

    write(dir.path(), 12);
    let unwanted = |_: &SnapshotHeader, _: &mut journal::SnapshotBody| -> Result<(), String> {
        Err("other rules".to_owned())
    };
    let loaded = Snapshots::new(dir.path(), 3).load_newest(unwanted).unwrap();
    assert!(loaded.newest.is_none());
    assert_eq!(loaded.passed_over[0].reason.to_string(), "other rules");
}

#[test]
fn two_are_kept_and_leftovers_are_ignored_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 1);
    let snapshots = dir.path().join("snapshots");
    fs::write(snapshots.join(format!("{:020}.tmp", 99)), b"interrupted").unwrap();
    fs::write(snapshots.join("notes.txt"), b"somebody's").unwrap();
    assert_eq!(found(dir.path()), (Some(1), 0));
    (2..6).for_each(|seq| drop(write(dir.path(), seq)));
    let mut names: Vec<_> = fs::read_dir(&snapshots)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["00000000000000000004.cfs", "00000000000000000005.cfs", "notes.txt"]);
}

#[test]
fn a_failed_write_leaves_the_older_ones_and_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 1);
    let full = |out: &mut dyn Write| {
        out.write_all(&[1; 3_000_000])?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    };
    let error = Snapshots::new(dir.path(), 3).write(&header(2), full).unwrap_err();
    assert!(error.to_string().starts_with("could not write"), "{error}");
    assert_eq!(found(dir.path()), (Some(1), 0));
    assert_eq!(fs::read_dir(dir.path().join("snapshots")).unwrap().count(), 1);
}

#[test]
fn large_bodies_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let body: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let written = body.clone();
    let snapshots = Snapshots::new(dir.path(), 3);
    snapshots.write(&header(1), move |out| out.write_all(&written)).unwrap();
    let loaded = snapshots.load_newest(|_, found| {
        let mut bytes = Vec::new();
        found.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    });
    assert!(loaded.unwrap().newest.unwrap().1 == body);
}
