//! Rows into topics: packed into records, at a pace, with a bound on what is under way.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kafka::{Connection, Reader, Record, Sender, Topic};
use model::Command;
use wire::inputs::write_record;

use super::Stop;
use super::known::Known;
use crate::context::Context;

/// Who sends: the header of every record.
const PUBLISHER: &[u8] = b"publish";

/// The header that says which rows a record holds.
pub const ROWS: &str = "clearfold-rows";

/// The header that says what a record is, and its value for a row that cannot be read. No topic
/// holds such records, so it is a dead letter whatever its bytes are.
pub const TYPE: &str = "clearfold-type";
pub const RAW: &[u8] = b"text/csv";

/// Bytes after which a record is full, far below the longest that a node takes.
const FULL: usize = 256 << 10;

/// How long a record may wait for others that are sent with it.
const LINGER: Duration = Duration::from_millis(2);

/// How long a step may last before the interrupt flag is looked at again.
const STEP: Duration = Duration::from_millis(100);

/// Some consecutive rows of a file, from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows<'a> {
    /// The file, relative to the market directory.
    pub channel: &'a str,
    /// The first row.
    pub first: u64,
    /// The last row.
    pub last: u64,
}

impl fmt::Display for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}-{}", self.channel, self.first, self.last)
    }
}

impl<'a> Rows<'a> {
    /// Reads the header. `None`: nobody of us wrote it.
    pub fn read(header: &'a [u8]) -> Option<Self> {
        let (channel, range) = std::str::from_utf8(header).ok()?.rsplit_once('#')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        (0 < first && first <= last).then_some(Self { channel, first, last })
    }
}

/// What was handed over.
#[derive(Clone, Copy, Debug, Default)]
pub struct HandedOver {
    /// Trade reports.
    pub reports: u64,
    /// Rows of all kinds.
    pub rows: u64,
    /// Records.
    pub records: u64,
}

/// How fast trade reports may go.
pub struct Pace {
    /// `None`: as fast as can be.
    per_second: Option<u32>,
    /// When the next one may go.
    due: Instant,
}

impl Pace {
    /// So many trade reports a second at most. `None`: as many as can be.
    pub fn new(per_second: Option<u32>) -> Self {
        Self { per_second, due: Instant::now() }
    }

    /// Rows in a record at most: no record holds more than a hundredth of a second.
    fn per_record(&self, most: NonZeroU32) -> u32 {
        let limit = self.per_second.map_or(u32::MAX, |rate| (rate / 100).max(1));
        most.get().min(limit)
    }

    /// Reports have gone: when the next ones may.
    fn gone(&mut self, reports: u32) {
        let Some(rate) = self.per_second else { return };
        // Time lost by waiting for something else is not made up for.
        let pause = Duration::from_secs(1) * reports / rate;
        self.due = self.due.max(Instant::now()) + pause;
    }
}

/// Rows of one file that go into one record.
struct Batch {
    topic: Topic,
    channel: String,
    first: u64,
    rows: u32,
    bytes: Vec<u8>,
}

impl Batch {
    fn takes(&self, topic: Topic, channel: &str, position: u64) -> bool {
        self.topic == topic
            && self.first + u64::from(self.rows) == position
            && self.channel == channel
    }
}

/// Sends rows.
pub struct Feed<'f> {
    sender: Sender,
    /// Asks how far topics reach.
    ends: Reader,
    batch: Batch,
    per_record: u32,
    pace: Pace,
    handed_over: HandedOver,
    interrupted: &'f AtomicBool,
}

impl<'f> Feed<'f> {
    /// Gets ready to send into the topics of a segment.
    pub fn open(
        connection: &Connection,
        segment: u32,
        per_record: NonZeroU32,
        pace: Pace,
        context: &'f Context,
    ) -> Result<Self, crate::failure::Failure> {
        let batch = Batch {
            topic: Topic::TradesIn,
            channel: String::new(),
            first: 0,
            rows: 0,
            bytes: Vec::new(),
        };
        Ok(Self {
            sender: Sender::open(connection, segment, LINGER)?,
            ends: Reader::open(connection, segment, &[])?,
            batch,
            per_record: pace.per_record(per_record),
            pace,
            handed_over: HandedOver::default(),
            interrupted: &context.interrupted,
        })
    }

    /// What was handed over so far.
    pub fn handed_over(&self) -> HandedOver {
        self.handed_over
    }

    /// Adds a row to the record under way, and sends the record when it is full.
    pub fn add(
        &mut self,
        topic: Topic,
        channel: &str,
        position: u64,
        command: &Command<'_>,
    ) -> Result<(), Stop> {
        if !self.batch.takes(topic, channel, position) {
            self.flush()?;
            let batch = &mut self.batch;
            batch.topic = topic;
            batch.channel.clear();
            batch.channel.push_str(channel);
            batch.first = position;
        }
        write_record([*command], &mut self.batch.bytes);
        self.batch.rows += 1;
        if self.batch.rows >= self.per_record || self.batch.bytes.len() >= FULL {
            self.flush()?;
        }
        Ok(())
    }

    /// Sends the record under way.
    fn flush(&mut self) -> Result<(), Stop> {
        if self.batch.rows == 0 {
            return Ok(());
        }
        let Batch { topic, first, rows, .. } = self.batch;
        let bytes = std::mem::take(&mut self.batch.bytes);
        let channel = std::mem::take(&mut self.batch.channel);
        let of = Rows { channel: &channel, first, last: first + u64::from(rows) - 1 };
        let sent = self.send(topic, &of, &bytes, None);
        self.batch = Batch { topic, first: first + u64::from(rows), rows: 0, bytes, channel };
        self.batch.bytes.clear();
        sent
    }

    /// Sends a row that cannot be read as a record of its own, byte for byte.
    pub fn unreadable(
        &mut self,
        topic: Topic,
        channel: &str,
        position: u64,
        raw: &[u8],
    ) -> Result<(), Stop> {
        self.flush()?;
        let of = Rows { channel, first: position, last: position };
        self.send(topic, &of, raw, Some(RAW))
    }

    /// Sends an operation, waits until it is delivered, and gives its offset.
    pub fn operation(&mut self, rows: &Rows<'_>, record: &[u8]) -> Result<u64, Stop> {
        self.send(Topic::OperationsIn, rows, record, None)?;
        self.drain()?;
        let end = self.sender.end(Topic::OperationsIn);
        Ok(end.expect("an operation was just delivered") - 1)
    }

    /// Hands over a record; waits while too much is under way.
    fn send(
        &mut self,
        topic: Topic,
        rows: &Rows<'_>,
        bytes: &[u8],
        kind: Option<&[u8]>,
    ) -> Result<(), Stop> {
        let count = u32::try_from(rows.last - rows.first + 1).unwrap_or(u32::MAX);
        self.wait_for_turn()?;
        let of = rows.to_string();
        let headers =
            [("publisher", PUBLISHER), (ROWS, of.as_bytes()), (TYPE, kind.unwrap_or_default())];
        let headers = if kind.is_some() { &headers[..] } else { &headers[..2] };
        let record = Record { topic, bytes, headers };
        while !self.sender.try_send(&record)? {
            self.go_on()?;
            std::thread::sleep(Duration::from_millis(1));
        }
        self.handed_over.records += 1;
        self.handed_over.rows += u64::from(count);
        if topic == Topic::TradesIn {
            self.handed_over.reports += u64::from(count);
            self.pace.gone(count);
        }
        Ok(())
    }

    fn wait_for_turn(&self) -> Result<(), Stop> {
        loop {
            let left = self.pace.due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.go_on()?;
            std::thread::sleep(left.min(STEP));
        }
    }

    /// Sends the record under way and waits until all is delivered.
    pub fn drain(&mut self) -> Result<(), Stop> {
        self.flush()?;
        while !self.sender.drain(STEP)? {
            self.go_on()?;
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), Stop> {
        if self.interrupted.load(Ordering::Relaxed) { Err(Stop::Interrupted) } else { Ok(()) }
    }

    /// The offset after the last record of each input topic that an operation waits for: of all
    /// that have any, whoever sent it. Operations are carried out in their own order anyway.
    pub fn ends(&self, known: &Known) -> Result<BTreeMap<Topic, u64>, Stop> {
        let mut ends = BTreeMap::new();
        for topic in known.topics().filter(|topic| *topic != Topic::OperationsIn) {
            let (_, end) = self.ends.bounds(topic)?;
            let end = end.max(self.sender.end(topic).unwrap_or(0));
            if end > 0 {
                ends.insert(topic, end);
            }
        }
        Ok(ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_are_written() {
        let rows = Rows { channel: "days/2013-10-07/trades.csv", first: 65, last: 128 };
        assert_eq!(rows.to_string(), "days/2013-10-07/trades.csv#65-128");
        assert_eq!(Rows::read(rows.to_string().as_bytes()), Some(rows));
        for other in ["", "a", "a#", "a#1", "a#0-1", "a#2-1", "a#x-1", "a#1-"] {
            assert_eq!(Rows::read(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Rows::read(b"\xff#1-1"), None);
    }

    #[test]
    fn a_slow_pace_makes_small_records() {
        let most = NonZeroU32::new(64).expect("it is not zero");
        assert_eq!(Pace::new(None).per_record(most), 64);
        assert_eq!(Pace::new(Some(20_000)).per_record(most), 64);
        assert_eq!(Pace::new(Some(1_000)).per_record(most), 10);
        assert_eq!(Pace::new(Some(1)).per_record(most), 1);
    }

    #[test]
    fn a_pace_does_not_make_up_for_lost_time() {
        let mut pace = Pace::new(Some(1_000));
        pace.due = Instant::now() - Duration::from_secs(60);
        let before = Instant::now();
        pace.gone(500);
        assert!(pace.due >= before + Duration::from_millis(500));
    }
}
