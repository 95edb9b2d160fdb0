//! DAMAGE from outside: a byte that changes anywhere in the journal is found and its place named;
//! a torn end is cut and gone on from. Nothing else is ever cut.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

use crate::golden;
use crate::market::Market;
use crate::product::{
    Ran, clearfold, exports, import, import_line, import_with, journal, same_tables,
};
use crate::random::{Random, wanted};

/// Length of the header of a journal file, and of a frame, as the page of the crate has them.
const FILE_HEADER: usize = 88;
const FRAME_HEADER: usize = 92;

/// A frame's place in its file.
#[derive(Clone, Copy, Debug)]
struct Frame {
    start: usize,
    end: usize,
    first_seq: u64,
}

/// The golden market imported day by day, so that there are frames before and behind.
fn several_frames() -> (TempDir, PathBuf, Vec<Frame>) {
    let data = tempdir().unwrap();
    for day in Market::golden().days() {
        let market = Market::golden();
        market.end_with(&day);
        import_with(market.path(), data.path(), &["--journal-only"]);
    }
    let files = journal(data.path());
    let (name, bytes) = files.iter().next().expect("a journal file");
    assert_eq!(files.len(), 1);
    let frames = frames(bytes);
    assert!(frames.len() >= 10);
    let path = data.path().join("journal").join(name);
    (data, path, frames)
}

/// The frames of a journal file, read by the page of the crate.
fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut start = FILE_HEADER;
    while start < bytes.len() {
        let number = |at: usize, size: usize| {
            bytes[start + at..][..size]
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let length = FRAME_HEADER + usize::try_from(number(80, 4)).unwrap();
        let end = start + length.next_multiple_of(8) + 8;
        frames.push(Frame { start, end, first_seq: number(40, 8) });
        start = end;
    }
    assert_eq!(start, bytes.len());
    frames
}

fn verify(data: &Path) -> Ran {
    clearfold(["verify", "-q", "--data", data.to_str().unwrap()])
}

#[test]
fn a_flipped_byte_anywhere_is_found_and_its_frame_named() {
    let (data, file, frames) = several_frames();
    verify(data.path()).done();
    let sound = fs::read(&file).unwrap();
    let last = frames.last().unwrap();
    let mut random = Random::new(wanted("CLEARFOLD_SEED", 5) as u64);
    // Every byte of the file's header, of a frame's header, and of the end; others as drawn.
    let mut offsets: Vec<usize> = (0..FILE_HEADER + FRAME_HEADER).collect();
    offsets.extend(last.start..last.start + FRAME_HEADER);
    offsets.extend(sound.len() - 24..sound.len());
    for frame in &frames {
        offsets.extend(frame.end - 16..frame.end);
    }
    offsets.extend((0..wanted("CLEARFOLD_FLIPS", 150)).map(|_| random.below(sound.len())));
    for offset in offsets {
        let mut bytes = sound.clone();
        // As drawn, or to zero as a lost sector would be.
        let flipped = bytes[offset] ^ u8::try_from(1 + random.below(255)).unwrap();
        bytes[offset] = if random.one_in(3) && bytes[offset] != 0 { 0 } else { flipped };
        fs::write(&file, &bytes).unwrap();
        let frame = frames.iter().find(|frame| offset < frame.end).unwrap();
        let place = format!("sequence {}", frame.first_seq);
        let why = format!("byte {offset} of {frame:?}, {} to {}", sound[offset], bytes[offset]);
        let ran = verify(data.path());
        assert_eq!(ran.code, Some(6), "{why}: {}{}", ran.text(), ran.err);
        assert!(ran.err.contains(&place), "{why}: {ran:?}");
        // A damaged journal is not gone on with, and not touched.
        if random.one_in(12) {
            let ran = clearfold(import_line(Market::golden().path(), data.path(), &[]));
            ran.failed(6, &["damaged", &place]);
            assert!(fs::read(&file).unwrap() == bytes, "{why}: import changed the journal");
        }
    }
    fs::write(&file, &sound).unwrap();
    verify(data.path()).done();
}

#[test]
fn a_torn_end_is_cut_and_gone_on_from() {
    let (data, file, frames) = several_frames();
    let sound = fs::read(&file).unwrap();
    let last = frames.last().unwrap();
    let mut random = Random::new(6);
    let mut ends: Vec<usize> =
        (0..12).map(|_| last.start + random.below(last.end - last.start)).collect();
    ends.extend([
        last.start,
        last.start + 1,
        last.end - 1,
        frames[4].start + 50,
        FILE_HEADER,
        20,
        0,
    ]);
    for end in ends {
        // Half of them as a power cut leaves them: the length is there, the bytes are not.
        let mut bytes = sound[..end].to_vec();
        if end > last.start && random.one_in(2) {
            bytes.resize(sound.len(), 0);
        }
        fs::write(&file, &bytes).unwrap();
        let torn = bytes.len()
            - frames
                .iter()
                .map(|f| f.end)
                .filter(|at| *at <= end)
                .max()
                .unwrap_or(if end >= FILE_HEADER { FILE_HEADER } else { 0 });
        let line = ["verify", "--output", "json", "--data", data.path().to_str().unwrap()];
        let ran = clearfold(line).done();
        assert_eq!(ran.json()["differences"], 0, "cut at {end}");
        assert_eq!(ran.json()["torn_tail_bytes"], torn, "cut at {end}");
        assert_eq!(ran.err.contains("never acknowledged"), torn > 0, "{}", ran.err);
        let report = import_with(Market::golden().path(), data.path(), &["--journal-only"]);
        assert_eq!(report["state_hash"], *golden::state_hash(), "cut at {end}");
        verify(data.path()).done();
    }
    same_tables(&exports(data.path()), &golden::tables(), &"after all cuts");
}

#[test]
fn a_journal_file_that_is_missing_or_misnamed_is_found() {
    let (data, file, _) = several_frames();
    let other = file.with_file_name("00000000000000000002.cfj");
    fs::rename(&file, &other).unwrap();
    let ran = verify(data.path());
    assert_eq!(ran.code, Some(6), "{}", ran.err);
    assert!(ran.err.contains("sequence 1"), "{}", ran.err);
    clearfold(import_line(Market::golden().path(), data.path(), &[])).ended(6);
}

#[test]
fn a_read_model_that_is_damaged_is_built_again() {
    let data = tempdir().unwrap();
    import(Market::golden().path(), data.path());
    let file = data.path().join("read-model.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    bytes.iter_mut().skip(100).step_by(7).for_each(|byte| *byte ^= 0x5A);
    fs::write(&file, bytes).unwrap();
    let folder = data.path().to_str().unwrap();
    let ran = clearfold(["export", "holdings", "-q", "--data", folder]);
    if ran.code != Some(0) {
        ran.failed(7, &["rebuild"]);
    }
    clearfold(["rebuild", "--data", folder]).done();
    same_tables(&exports(data.path()), &golden::tables(), &"built again");
}
