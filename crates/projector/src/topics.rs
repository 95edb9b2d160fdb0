//! A read model fed by the public topics, as any other service would be.
//!
//! Rows, the last decision, what was counted of each topic and where to read it again are written
//! in one transaction, and only ever for whole decisions.

use std::time::{Duration, Instant};

use basics::Seq;
use model::public::{PublicRecord, Topic};
use store::{Batch, Progress, Store, StoreError};

use crate::merge::{Merge, TopicError};
use crate::{is_full, project};

/// Why a read model cannot be fed on.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The store cannot be read or written. It must be opened again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A topic cannot be read on.
    #[error(transparent)]
    Topic(#[from] TopicError),
}

/// Keeps a read model current from the public topics of one segment.
///
/// After an error it stands again where the store stood last, and the topics are to be read from
/// the offsets that [`TopicProjector::written`] tells.
#[derive(Debug)]
pub struct TopicProjector {
    store: Store,
    segment: u32,
    merge: Merge,
    batch: Batch,
    /// Decisions in the batch.
    waiting: usize,
    written: Progress,
    /// Public records in the batch.
    records: u64,
    /// Unknown bodies of merges before the last error.
    unknown: u64,
}

impl TopicProjector {
    /// Goes on where a store stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: Store, segment: u32) -> Result<Self, StoreError> {
        let written = store.progress()?;
        let merge = Merge::resume(segment, &written);
        let batch = Batch::default();
        Ok(Self { store, segment, merge, batch, waiting: 0, written, records: 0, unknown: 0 })
    }

    /// What the store shows: the last decision, and the offset from which each topic must be read
    /// to go on behind it.
    #[must_use]
    pub fn written(&self) -> &Progress {
        &self.written
    }

    /// The newest decision that any topic spoke of so far.
    #[must_use]
    pub fn newest(&self) -> Seq {
        self.merge.newest()
    }

    /// Public records skipped because only a newer release knows their bodies.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.unknown + self.merge.unknown()
    }

    /// Bytes that wait for other topics.
    #[must_use]
    pub fn held(&self) -> usize {
        self.merge.held()
    }

    /// False while a topic must wait for the others: whoever reads it should pause.
    #[must_use]
    pub fn wants(&self, topic: Topic) -> bool {
        self.merge.wants(topic)
    }

    /// The store. It shows what is flushed.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes a Kafka record, and writes batches that are full.
    ///
    /// # Errors
    /// [`FeedError`]: see there what to do.
    pub fn take(&mut self, topic: Topic, offset: u64, bytes: &[u8]) -> Result<(), FeedError> {
        let taken = self.take_all(topic, offset, bytes);
        taken.inspect_err(|_| self.forget())
    }

    /// Writes all decisions that are whole. Called when there is nothing more to take.
    ///
    /// # Errors
    /// When the store cannot be written. Nothing of the batch is in it then, or all of it.
    pub fn flush(&mut self) -> Result<(), FeedError> {
        let progress = self.merge.progress();
        if progress.seq == self.written.seq {
            return Ok(());
        }
        let begun = Instant::now();
        let written = self.store.write(&self.batch, &progress);
        written.inspect_err(|_| self.forget())?;
        self.count(begun.elapsed());
        self.batch.clear();
        self.waiting = 0;
        self.written = progress;
        Ok(())
    }

    /// Looks whether the store still is where it was left. It is not if somebody else wrote it, or
    /// put an older copy in its place.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if it is not, others when it cannot be read. It must be opened again.
    pub fn check(&self) -> Result<(), FeedError> {
        Ok(self.store.check()?)
    }

    /// Writes what is whole and gives the store back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn close(mut self) -> Result<Store, FeedError> {
        self.flush()?;
        Ok(self.store)
    }

    fn take_all(&mut self, topic: Topic, offset: u64, bytes: &[u8]) -> Result<(), FeedError> {
        self.merge.take(topic, offset, bytes)?;
        loop {
            let Self { merge, batch, records, .. } = self;
            let more = merge.hand_on(&mut |record: &PublicRecord<'_>| {
                *records += 1;
                project(record, batch);
            })?;
            if !more {
                return Ok(());
            }
            self.waiting += 1;
            if is_full(&self.batch, self.waiting) {
                self.flush()?;
            }
        }
    }

    /// Counts a batch that is written.
    fn count(&mut self, took: Duration) {
        let label = || self.segment.to_string();
        metrics::histogram!("clearfold_projection_write_seconds", "segment" => label())
            .record(took);
        metrics::counter!("clearfold_projection_events_total", "segment" => label())
            .increment(self.records);
        self.records = 0;
    }

    /// Drops all that is not written.
    fn forget(&mut self) {
        self.unknown += self.merge.unknown();
        self.merge = Merge::resume(self.segment, &self.written);
        self.batch.clear();
        (self.waiting, self.records) = (0, 0);
    }
}
