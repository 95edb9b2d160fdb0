//! A shared log in memory, with the faults of a real one: for tests of whatever shares a journal.
//!
//! What an appender hands over lands when the test says so: later, in part, twice, behind a
//! rival's fence, or never. Order within one appender is kept, as a broker's producer keeps it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::JournalError;
use crate::shared::{Appender, Log, Polled};

/// A log that several appenders and readers share.
#[derive(Clone, Debug, Default)]
pub struct SimulatedLog(Arc<Mutex<Records>>);

#[derive(Debug, Default)]
struct Records {
    /// Position of the first record left.
    begins: u64,
    records: VecDeque<Arc<[u8]>>,
}

impl SimulatedLog {
    /// Puts any bytes at the end: a frame written twice, half of one, noise.
    pub fn inject(&self, bytes: &[u8]) {
        self.records().records.push_back(bytes.into());
    }

    /// A record by its position; `None` when it is not there.
    #[must_use]
    pub fn record(&self, position: u64) -> Option<Arc<[u8]>> {
        let records = self.records();
        let at = usize::try_from(position.checked_sub(records.begins)?).ok()?;
        records.records.get(at).cloned()
    }

    /// The position after the last record.
    #[must_use]
    pub fn end(&self) -> u64 {
        let records = self.records();
        records.begins + records.records.len() as u64
    }

    /// Deletes all records before a position, as retention does.
    pub fn retain_from(&self, position: u64) {
        let mut records = self.records();
        while records.begins < position && records.records.pop_front().is_some() {
            records.begins += 1;
        }
    }

    /// Reads from a position on.
    #[must_use]
    pub fn reader(&self, position: u64) -> SimulatedReader {
        SimulatedReader { log: self.clone(), next: position, record: None, at_end: false }
    }

    /// An appender whose records land at once.
    #[must_use]
    pub fn appender(&self) -> SimulatedAppender {
        SimulatedAppender { log: self.clone(), in_flight: VecDeque::new(), held: false }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a simulated log.
#[derive(Debug)]
pub struct SimulatedReader {
    log: SimulatedLog,
    next: u64,
    record: Option<Arc<[u8]>>,
    at_end: bool,
}

impl Log for SimulatedReader {
    fn poll(&mut self, _patience: Duration) -> Result<Polled<'_>, JournalError> {
        let begins = self.log.records().begins;
        if begins > self.next {
            let name = "simulated".to_owned();
            return Err(JournalError::Truncated { name, begins, wanted: self.next });
        }
        let Some(record) = self.log.record(self.next) else {
            let polled = if self.at_end { Polled::Quiet } else { Polled::End };
            self.at_end = true;
            return Ok(polled);
        };
        self.at_end = false;
        let position = self.next;
        self.next += 1;
        Ok(Polled::Record { position, bytes: self.record.insert(record) })
    }

    fn last(&self) -> &[u8] {
        self.record.as_deref().unwrap_or_default()
    }
}

/// Appends to a simulated log.
#[derive(Debug)]
pub struct SimulatedAppender {
    log: SimulatedLog,
    in_flight: VecDeque<Vec<u8>>,
    held: bool,
}

impl SimulatedAppender {
    /// From now on records stay in flight until [`SimulatedAppender::land`].
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// Lets the next records in flight land: at most `most` of them.
    pub fn land(&mut self, most: usize) {
        let landing = self.in_flight.len().min(most);
        for record in self.in_flight.drain(..landing) {
            self.log.inject(&record);
        }
    }

    /// Loses all that is in flight.
    pub fn lose(&mut self) {
        self.in_flight.clear();
    }
}

impl Appender for SimulatedAppender {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        self.in_flight.push_back(frame.to_vec());
        if !self.held {
            self.land(usize::MAX);
        }
        Ok(())
    }
}
