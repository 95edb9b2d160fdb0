//! Records of one input topic that wait for their turn.

use std::collections::VecDeque;

use kafka::{Received, Topic};
use model::DeadLetterReason;

/// The longest record that is read, in bytes. A longer one is a dead letter, with its bytes.
pub const RECORD_BYTES_MAX: usize = 1_000_000;

/// Bytes that may wait before the topic is paused.
const WAITING_BYTES: usize = 8 << 20;

/// Below this it is resumed.
const RESUME_BYTES: usize = WAITING_BYTES / 2;

/// A record that waits.
#[derive(Debug)]
pub struct Waiting {
    /// Its offset.
    pub offset: u64,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Who says that it sent it; empty if nobody does.
    pub publisher: String,
    /// Why it is not even looked into. `None`: it is.
    pub refused: Option<DeadLetterReason>,
    /// The first item that is not decided yet.
    pub next_item: u32,
    /// The item of which it was said that it waits for others. `None`: of none.
    pub said: Option<u32>,
}

impl Waiting {
    /// Takes a record over from the client, and judges what stands around its bytes.
    pub fn take(segment: u32, received: &Received<'_>) -> Self {
        let publisher = received.header("publisher").unwrap_or_default();
        Self {
            offset: received.offset,
            bytes: received.bytes.to_vec(),
            publisher: String::from_utf8_lossy(publisher).into_owned(),
            refused: refused(segment, received),
            next_item: 0,
            said: None,
        }
    }
}

fn refused(segment: u32, received: &Received<'_>) -> Option<DeadLetterReason> {
    if received.topic == Topic::StatementsIn {
        return Some(DeadLetterReason::NotSupported);
    }
    if received.bytes.len() > RECORD_BYTES_MAX {
        return Some(DeadLetterReason::TooLong);
    }
    let meant = received.header("clearfold-segment");
    if meant.is_some_and(|meant| meant != segment.to_string().as_bytes()) {
        return Some(DeadLetterReason::WrongSegment);
    }
    let message = received.header("clearfold-type");
    if message.is_some_and(|message| message != received.topic.message().as_bytes()) {
        return Some(DeadLetterReason::NotDecodable);
    }
    None
}

/// Whether a topic's records should come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They come.
    Open,
    /// They wait at the broker.
    Paused,
}

/// The records of one topic that wait.
#[derive(Debug)]
pub struct Queue {
    records: VecDeque<Waiting>,
    bytes: usize,
    flow: Flow,
}

impl Default for Queue {
    fn default() -> Self {
        Self { records: VecDeque::new(), bytes: 0, flow: Flow::Open }
    }
}

impl Queue {
    /// A record comes.
    pub fn push(&mut self, record: Waiting) {
        self.bytes += record.bytes.len();
        self.records.push_back(record);
    }

    /// A record that could not be finished goes back to its place.
    pub fn put_back(&mut self, record: Waiting) {
        self.bytes += record.bytes.len();
        self.records.push_front(record);
    }

    /// The next record.
    pub fn pop(&mut self) -> Option<Waiting> {
        let record = self.records.pop_front()?;
        self.bytes -= record.bytes.len();
        Some(record)
    }

    /// True while more waits here than a few frames can take.
    pub fn is_ample(&self) -> bool {
        self.bytes >= RESUME_BYTES
    }

    /// What should change about the topic's flow; `None`: nothing. It is taken as done.
    pub fn change(&mut self) -> Option<Flow> {
        let flow = match self.flow {
            Flow::Open if self.bytes > WAITING_BYTES => Flow::Paused,
            Flow::Paused if self.bytes < RESUME_BYTES => Flow::Open,
            Flow::Open | Flow::Paused => return None,
        };
        self.flow = flow;
        Some(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(bytes: usize) -> Waiting {
        Waiting {
            offset: 0,
            bytes: vec![0; bytes],
            publisher: String::new(),
            refused: None,
            next_item: 0,
            said: None,
        }
    }

    #[test]
    fn a_topic_that_fills_its_queue_is_paused_until_half_of_it_is_gone() {
        let mut queue = Queue::default();
        for _ in 0..8 {
            queue.push(record(1 << 20));
        }
        assert_eq!(queue.change(), None);
        queue.push(record(1));
        assert_eq!(queue.change(), Some(Flow::Paused));
        assert_eq!(queue.change(), None);
        for _ in 0..4 {
            queue.pop();
            assert_eq!(queue.change(), None);
        }
        queue.pop();
        assert_eq!(queue.change(), Some(Flow::Open));
    }
}
