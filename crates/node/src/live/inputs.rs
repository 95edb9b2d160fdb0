//! The input topics of a segment, merged: which record has its turn.
//!
//! Records of one topic have their turn in order. Between topics any order is right, because the
//! journal writes down the one that was taken: trades come last, so that an operation that is ready
//! does not wait for a flood of them. What depends on a run waits for its end; trades do not.

use std::time::Duration;

use kafka::reader::Reader;
use kafka::{Heard, KafkaError, Topic};
use wire::inputs::Barrier;

use super::cursors::Cursors;
use super::queue::{Flow, Queue, Waiting};

/// Records taken from the client at one go.
const RECORDS_PER_FILL: usize = 256;

/// The order in which topics have their turn.
const TURNS: [Topic; 5] = [
    Topic::OperationsIn,
    Topic::ReferenceIn,
    Topic::PricesIn,
    Topic::StatementsIn,
    Topic::TradesIn,
];

/// What may have its turn now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Anything.
    Any,
    /// A run is under way: nothing that it depends on.
    DuringRun,
}

/// The input topics of a segment.
#[derive(Debug)]
pub struct Inputs {
    reader: Reader,
    segment: u32,
    queues: [Queue; TURNS.len()],
    /// How far they are decided.
    pub cursors: Cursors,
    /// Topics whose next record waits for records of others.
    held: [bool; TURNS.len()],
}

impl Inputs {
    /// Begins to read where the journal says that they are decided.
    ///
    /// # Errors
    /// The brokers do not answer, or records that were not decided are gone.
    pub fn open(
        connection: &kafka::Connection,
        segment: u32,
        cursors: Cursors,
    ) -> Result<Self, KafkaError> {
        let begin = Topic::INPUTS.map(|topic| (topic, cursors.begin(topic)));
        let reader = Reader::open(connection, segment, &begin)?;
        let queues = std::array::from_fn(|_| Queue::default());
        Ok(Self { reader, segment, queues, cursors, held: [false; TURNS.len()] })
    }

    /// Takes what has come; waits for the first record no longer than `patience`. True if there
    /// was one.
    ///
    /// # Errors
    /// A topic cannot be read any more.
    pub fn fill(&mut self, patience: Duration) -> Result<bool, KafkaError> {
        let mut patience = patience;
        let mut came = false;
        for _ in 0..RECORDS_PER_FILL {
            // Trades never wait for anything but their turn, so these will be gone soon. Pausing
            // them would drop what the client has fetched already, and fetch it again.
            if self.queues[turn(Topic::TradesIn)].is_ample() {
                break;
            }
            let segment = self.segment;
            let heard = self
                .reader
                .poll(patience, |received| (received.topic, Waiting::take(segment, &received)))?;
            match heard {
                Heard::Record((topic, record)) => {
                    self.queues[turn(topic)].push(record);
                    came = true;
                    patience = Duration::ZERO;
                }
                Heard::End(_) => {}
                Heard::Quiet => break,
            }
        }
        self.steer()?;
        Ok(came)
    }

    /// Pauses and resumes topics by what waits here.
    fn steer(&mut self) -> Result<(), KafkaError> {
        for (topic, queue) in TURNS.into_iter().zip(&mut self.queues) {
            match queue.change() {
                Some(Flow::Paused) => self.reader.pause(topic)?,
                Some(Flow::Open) => self.reader.resume(topic)?,
                None => {}
            }
        }
        Ok(())
    }

    /// The next record that may have its turn.
    pub fn next(&mut self, turn: Turn) -> Option<(Topic, Waiting)> {
        for (at, topic) in TURNS.into_iter().enumerate() {
            let waits_for_run = turn == Turn::DuringRun && topic != Topic::TradesIn;
            if self.held[at] || waits_for_run {
                continue;
            }
            if let Some(record) = self.queues[at].pop() {
                return Some((topic, record));
            }
        }
        None
    }

    /// Puts a record back whose next item cannot have its turn yet: it waits for other topics.
    pub fn hold(&mut self, topic: Topic, mut record: Waiting) {
        self.held[turn(topic)] = true;
        let (offset, item) = (record.offset, record.next_item);
        if record.said.replace(item) != Some(item) {
            let topic = topic.name();
            tracing::info!(topic, offset, item, "waits for what must come before it");
        }
        self.put_back(topic, record);
    }

    /// Puts a record back of which items are left.
    pub fn put_back(&mut self, topic: Topic, record: Waiting) {
        self.queues[turn(topic)].put_back(record);
    }

    /// Other topics got on: what waits for them is looked at again.
    pub fn look_again(&mut self) {
        self.held = [false; TURNS.len()];
    }

    /// True while an operation waits for what must come before it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.held.contains(&true)
    }

    /// True if all that must come before an item is decided. A topic that there is not never comes.
    #[must_use]
    pub fn reached(&self, after: &[Barrier<'_>]) -> bool {
        after.iter().all(|barrier| {
            let topic = Topic::INPUTS.into_iter().find(|topic| topic.name() == barrier.topic);
            topic.is_some_and(|topic| self.cursors.next_offset(topic) >= barrier.before_offset)
        })
    }

    /// How many records of each topic wait at the broker or here, as known a second ago. A topic of
    /// which nothing is known yet is left out.
    pub fn lag(&self) -> impl Iterator<Item = (Topic, u64)> {
        Topic::INPUTS.into_iter().filter_map(|topic| {
            let end = self.reader.end(topic)?;
            Some((topic, end.saturating_sub(self.cursors.next_offset(topic))))
        })
    }
}

fn turn(topic: Topic) -> usize {
    let at = TURNS.into_iter().position(|known| known == topic);
    at.expect("only input topics are read here")
}
