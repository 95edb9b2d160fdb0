//! The journal: the same bytes written and synced, raw and through the journal.
//!
//! The two take turns, frame by frame, on the same disk: their ratio is what counts, because a
//! disk is never the same twice. Then all frames through the writer's thread, which syncs once for
//! all that waits.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use journal::{FileJournal, Options, Writer};

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Unit};
use crate::frames::Frames;

/// Frames that may wait for the writer, as in the node.
const QUEUE: usize = 8;

/// At least so many appends are measured, the frames over and over if there are fewer.
const APPENDS: usize = 32;

/// Measures the journal.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let frames = Frames::of(market)?;
    let (mut raw, mut through, mut ratio, mut grouped) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..setting.runs {
        let turns = in_turns(&frames, setting)?;
        raw.push(turns.raw);
        through.push(turns.through);
        ratio.push(turns.through / turns.raw);
        grouped.push(together(&frames, setting)?);
    }
    Ok(vec![
        Figure::new("journal", "raw append and sync", Unit::MicrosPerSync, raw),
        Figure::new("journal", "append and sync", Unit::MicrosPerSync, through),
        Figure::new("journal", "append and sync, to raw", Unit::Ratio, ratio),
        Figure::new("journal", "durable through the writer", Unit::ReportsPerSecond, grouped),
    ])
}

/// Microseconds for a frame, in the mean.
struct Turns {
    raw: f64,
    through: f64,
}

fn in_turns(frames: &Frames, setting: &Setting) -> Outcome<Turns> {
    let scratch = setting.scratch()?;
    let mut file = File::create(scratch.path().join("raw"))?;
    let mut journal = FileJournal::open(&scratch.path().join("data"), Options::default())?;
    let appends = APPENDS.max(frames.frames.len());
    let (mut raw, mut through) = (Duration::ZERO, Duration::ZERO);
    for frame in frames.frames.iter().cycle().take(appends) {
        let begun = Instant::now();
        file.write_all(&frame.body)?;
        file.sync_data()?;
        raw += begun.elapsed();

        let begun = Instant::now();
        journal.append(frame.count, &frame.body)?;
        journal.sync()?;
        through += begun.elapsed();
    }
    let mean = |time: Duration| time.as_secs_f64() * 1e6 / appends as f64;
    Ok(Turns { raw: mean(raw), through: mean(through) })
}

/// Reports a second, from the first frame handed over to the last one durable.
fn together(frames: &Frames, setting: &Setting) -> Outcome<f64> {
    let scratch = setting.scratch()?;
    let journal = FileJournal::open(scratch.path(), Options::default())?;
    let mut writer = Writer::spawn(journal, QUEUE)?;
    let begun = Instant::now();
    let mut last = 0;
    for frame in &frames.frames {
        let mut body = writer.buffer();
        body.extend_from_slice(&frame.body);
        last = writer.submit(frame.count, body)?;
    }
    writer.durable().wait(last)?;
    let seconds = begun.elapsed().as_secs_f64();
    writer.close()?;
    Ok(frames.reports as f64 / seconds)
}
