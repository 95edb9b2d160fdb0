//! The journal's topic as a shared log.

use std::time::Duration;

use journal::{Appender, JournalError, Log, Polled};

use crate::connection::Connection;
use crate::error::KafkaError;
use crate::names::Topic;
use crate::reader::{Begin, Heard, Reader};
use crate::sender::{Record, Sender};

/// Reads the journal's topic of one segment.
#[derive(Debug)]
pub struct TopicLog {
    reader: Reader,
    /// The record given last.
    record: Vec<u8>,
}

impl TopicLog {
    /// Reads from an offset on.
    ///
    /// # Errors
    /// The topic cannot be read; the offset is gone.
    pub fn open(
        connection: &Connection,
        segment: u32,
        position: u64,
    ) -> Result<Self, JournalError> {
        let reader = Reader::open(connection, segment, &[(Topic::Journal, Begin::At(position))])?;
        Ok(Self { reader, record: Vec::new() })
    }

    /// The failure that the client is overcoming at the moment. `None`: there is none.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.reader.trouble()
    }
}

impl Log for TopicLog {
    fn poll(&mut self, patience: Duration) -> Result<Polled<'_>, JournalError> {
        let record = &mut self.record;
        let heard = self.reader.poll(patience, |received| {
            record.clear();
            record.extend_from_slice(received.bytes);
            received.offset
        })?;
        Ok(match heard {
            Heard::Record(position) => Polled::Record { position, bytes: &self.record },
            Heard::End(_) => Polled::End,
            Heard::Quiet => Polled::Quiet,
        })
    }

    fn last(&self) -> &[u8] {
        &self.record
    }
}

/// Appends to the journal's topic of one segment.
#[derive(Debug)]
pub struct TopicAppender {
    sender: Sender,
}

impl TopicAppender {
    /// Gets ready to append.
    ///
    /// # Errors
    /// The client cannot be set up.
    pub fn open(connection: &Connection, segment: u32) -> Result<Self, JournalError> {
        Ok(Self { sender: Sender::open(connection, segment, Duration::ZERO)? })
    }

    /// Fails if a frame was lost: ownership has ended.
    ///
    /// # Errors
    /// What became of the frame.
    pub fn check(&self) -> Result<(), JournalError> {
        Ok(self.sender.check()?)
    }
}

impl Appender for TopicAppender {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        let record = Record { topic: Topic::Journal, bytes: frame, headers: &[] };
        Ok(self.sender.send(&record)?)
    }
}

impl From<KafkaError> for JournalError {
    fn from(error: KafkaError) -> Self {
        match error {
            KafkaError::Truncated { topic: name, begins, wanted } => {
                Self::Truncated { name, begins, wanted }
            }
            KafkaError::Setup { .. }
            | KafkaError::Refused { .. }
            | KafkaError::Shorter { .. }
            | KafkaError::Lost { .. } => {
                let (doing, name) = ("use", "topic".to_owned());
                Self::Log { doing, name, reason: error.to_string() }
            }
        }
    }
}
