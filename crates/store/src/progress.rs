//! Positions: up to where rows are current, and where a reader of topics goes on.

use views::basics::Seq;

use crate::StoreError;
use crate::row::Row;

/// Reads all numbers, as [`Progress::take_row`] takes them.
pub(crate) const PROGRESS: &str = "SELECT name, value FROM progress";

/// Up to where rows are current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Progress {
    /// The last decision whose records are in; 0 for none.
    pub seq: Seq,
    /// How many records each public topic had there.
    pub topics: [u64; 5],
    /// For each public topic, the offset of the first Kafka record that must be read again; 0
    /// where no topics are read.
    pub offsets: [u64; 5],
}

impl Progress {
    /// All numbers by name, as they are kept.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, u64)> {
        let topics = (0..).zip(self.topics).map(|(at, value)| (topic(at), value));
        let offsets = (0..).zip(self.offsets).map(|(at, value)| (offset(at), value));
        std::iter::once(("seq".to_owned(), self.seq.0)).chain(topics).chain(offsets)
    }

    /// Takes a number that was kept. One that is missing stays 0.
    pub(crate) fn take_row(&mut self, row: Row<'_>) -> Result<(), StoreError> {
        let (name, value) = (row.text(0)?, row.int::<i64>(1)?.cast_unsigned());
        if name == "seq" {
            self.seq = Seq(value);
        }
        for at in 0..5 {
            if name == topic(at) {
                self.topics[at] = value;
            } else if name == offset(at) {
                self.offsets[at] = value;
            }
        }
        Ok(())
    }

    /// Refuses to go on from anywhere but where a writer left the read model.
    pub(crate) fn check(&self, expected: &Self) -> Result<(), StoreError> {
        if self == expected {
            return Ok(());
        }
        Err(StoreError::Moved { expected: Box::new(*expected), found: Box::new(*self) })
    }
}

fn topic(at: usize) -> String {
    format!("topic {at}")
}

fn offset(at: usize) -> String {
    format!("offset {at}")
}
