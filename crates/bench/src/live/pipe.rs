//! The raw pipe: the bytes of a measured installation through the same topics, with the same
//! client, broker and settings, and no work in between.
//!
//! ```text
//! publisher ─► inputs ─► copier ─► journal ─► copier ─► public topics ─► consumer
//! ```
//!
//! A copier has the records that it writes in memory. It writes as large a part of them as the
//! part of its own input that it has read.

use std::thread;
use std::time::{Duration, Instant};

use kafka::{Begin, Connection, Heard, KafkaError, Reader, Sender, Topic};

use crate::Outcome;

use super::consumer::Consumer;
use super::contents::{self, Kept};
use super::{PATIENCE, SEGMENT};

/// How long a record may wait for others that are sent with it: as `publish`, as the journal's
/// owner and as the relay let it.
const LINGER: [Duration; 3] = [Duration::from_millis(2), Duration::ZERO, Duration::from_millis(1)];

/// How long a reader waits before it looks again.
const WAIT: Duration = Duration::from_millis(5);

/// What a run left in the topics.
pub struct Load {
    inputs: Vec<Kept>,
    journal: Vec<Kept>,
    public: Vec<Vec<Kept>>,
}

impl Load {
    /// Reads it back.
    pub fn of(connection: &Connection) -> Outcome<Self> {
        let read = |topic: &Topic| contents::of(connection, *topic);
        let inputs: Vec<_> = Topic::INPUTS.iter().map(read).collect::<Outcome<_>>()?;
        Ok(Self {
            inputs: inputs.into_iter().flatten().collect(),
            journal: contents::of(connection, Topic::Journal)?,
            public: Topic::PUBLIC.iter().map(read).collect::<Outcome<_>>()?,
        })
    }

    /// Bytes of everything.
    pub fn bytes(&self) -> u64 {
        let public = self.public.iter().flatten();
        bytes(self.inputs.iter().chain(&self.journal).chain(public))
    }
}

fn bytes<'k>(records: impl IntoIterator<Item = &'k Kept>) -> u64 {
    records.into_iter().map(Kept::len).sum()
}

/// Sends everything through and gives the seconds until the consumer has the last record.
pub fn seconds(connection: &Connection, load: &Load) -> Outcome<f64> {
    let consumer = Consumer::spawn(connection)?;
    let begun = Instant::now();
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(connection, &load.inputs));
        let first = scope
            .spawn(|| copy(connection, &Topic::INPUTS, &load.inputs, &[load.journal.as_slice()]));
        let public: Vec<_> = load.public.iter().map(Vec::as_slice).collect();
        let second =
            scope.spawn(move || copy(connection, &[Topic::Journal], &load.journal, &public));
        [publisher, first, second]
            .into_iter()
            .try_for_each(|thread| thread.join().expect("a thread of the pipe does not panic"))
    })?;
    consumer.seconds_since(begun)
}

fn publish(connection: &Connection, records: &[Kept]) -> Result<(), KafkaError> {
    let mut sender = Sender::open(connection, SEGMENT, LINGER[0])?;
    for record in records {
        record.with(|record| sender.send(record))?;
    }
    sender.drain(PATIENCE).map(drop)
}

/// Writes records while it reads others from topics.
fn copy(
    connection: &Connection,
    from: &[Topic],
    read: &[Kept],
    write: &[&[Kept]],
) -> Result<(), KafkaError> {
    let total = bytes(read);
    let begin: Vec<_> = from.iter().map(|topic| (*topic, Begin::At(0))).collect();
    let mut reader = Reader::open(connection, SEGMENT, &begin)?;
    let linger = if from == [Topic::Journal] { LINGER[2] } else { LINGER[1] };
    let mut sender = Sender::open(connection, SEGMENT, linger)?;
    let mut parts: Vec<Part<'_>> = write.iter().map(|records| Part::new(records)).collect();
    let mut seen = 0;
    while seen < total {
        let Heard::Record(bytes) = reader.poll(WAIT, |received| received.bytes.len())? else {
            continue;
        };
        seen += bytes as u64;
        for part in &mut parts {
            part.send(seen, total, &mut sender)?;
        }
    }
    sender.drain(PATIENCE).map(drop)
}

/// Records under way into one topic.
struct Part<'k> {
    left: std::slice::Iter<'k, Kept>,
    bytes: u64,
    sent: u64,
}

impl<'k> Part<'k> {
    fn new(records: &'k [Kept]) -> Self {
        Self { left: records.iter(), bytes: bytes(records), sent: 0 }
    }

    /// Sends as large a part of the records as `seen` is of `total`.
    fn send(&mut self, seen: u64, total: u64, sender: &mut Sender) -> Result<(), KafkaError> {
        while u128::from(self.sent) * u128::from(total) < u128::from(self.bytes) * u128::from(seen)
        {
            let Some(record) = self.left.next() else { break };
            record.with(|record| sender.send(record))?;
            self.sent += record.len();
        }
        Ok(())
    }
}
