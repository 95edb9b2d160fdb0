//! What topics hold, in memory.

use std::time::Duration;

use kafka::{Begin, Connection, Heard, Reader, Record, Topic};

use crate::Outcome;

use super::SEGMENT;

/// The headers that our publisher writes.
const HEADERS: [&str; 3] = ["publisher", "clearfold-rows", "clearfold-type"];

/// How long to wait for the next record of a topic that has more.
const WAIT: Duration = Duration::from_millis(100);

/// A record as it was written.
pub struct Kept {
    topic: Topic,
    bytes: Vec<u8>,
    headers: Vec<(&'static str, Vec<u8>)>,
}

impl Kept {
    /// Hands the record to whoever sends it.
    pub fn with<T>(&self, send: impl FnOnce(&Record<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        send(&Record { topic: self.topic, bytes: &self.bytes, headers: &headers })
    }

    /// Bytes of its value.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// All records of a topic, in order.
pub fn of(connection: &Connection, topic: Topic) -> Outcome<Vec<Kept>> {
    let mut reader = Reader::open(connection, SEGMENT, &[])?;
    let (begin, end) = reader.bounds(topic)?;
    reader.restart(&[(topic, Begin::At(begin))])?;
    let (mut all, mut next) = (Vec::new(), begin);
    while next < end {
        let heard = reader.poll(WAIT, |received| {
            let header = |name: &'static str| Some((name, received.header(name)?.to_vec()));
            let headers = HEADERS.into_iter().filter_map(header).collect();
            (received.offset, Kept { topic, bytes: received.bytes.to_vec(), headers })
        })?;
        if let Heard::Record((offset, kept)) = heard {
            next = offset + 1;
            all.push(kept);
        }
    }
    Ok(all)
}
