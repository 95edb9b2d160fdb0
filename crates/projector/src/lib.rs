//! Process role: decisions through the relay and the views into the store.
//!
//! A [`Projector`] takes decisions in the order of the journal. Their changes wait in a batch,
//! and the batch is written in one transaction with the position it leads to. What it has seen
//! it skips; what is missing stops it.
//!
//! Laws: each decision counts once, whatever crashes; it never shows more than it says it is
//! current to; a rebuilt read model has the same rows.
//!
//! It tells nobody of a frame that is not durable: whoever calls it says how far the journal is
//! ([`Projector::follow`]).

mod error;
pub mod merge;
pub mod service;
pub mod topics;

use basics::Seq;
use journal::{Frame, Frames, Kind};
use model::public::PublicRecord;
use model::{Decision, TradeDecision};
use relay::{Directory, InstrumentCode, Origin, Relay, TopicCounts};
use store::{Batch, Location, Progress, Store};
use wire::{DecisionRef, Decoder};

pub use error::ProjectorError;
pub use merge::{Merge, TopicError};
pub use topics::{FeedError, TopicProjector};

/// Decisions in a batch, when they come to few sums: large enough to make a transaction cheap,
/// small enough for the memory.
const BATCH_DECISIONS: usize = 16_384;

/// Decisions in a batch at most. One that comes to many sums waits for more of the same.
const BATCH_DECISIONS_MAX: usize = 65_536;

/// Decisions for each sum, so that writing sums costs less than writing rows.
const DECISIONS_PER_SUM: usize = 4;

/// Bytes of text in a batch at most; one frame more may come on top.
const BATCH_TEXT_BYTES: usize = 64 << 20;

/// Keeps a read model current.
#[derive(Debug)]
pub struct Projector {
    store: Store,
    relay: Relay,
    batch: Batch,
    /// Decisions in the batch.
    waiting: usize,
    /// The last decision taken.
    seq: Seq,
}

impl Projector {
    /// Goes on where a store stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: Store) -> Result<Self, ProjectorError> {
        let progress = store.progress()?;
        let counts = TopicCounts(progress.topics);
        let relay = Relay::resume(Origin::default(), directory(&store)?, counts);
        Ok(Self { store, relay, batch: Batch::default(), waiting: 0, seq: progress.seq })
    }

    /// The last decision taken; its rows may still wait for [`Projector::flush`].
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The store. It shows what is flushed.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes a decision. One that was taken before is skipped.
    ///
    /// # Errors
    /// [`ProjectorError::Gap`] when one is missing before it; others when a batch cannot be
    /// written.
    pub fn apply(&mut self, decision: &Decision<'_>) -> Result<(), ProjectorError> {
        if self.is_next(decision.seq)? {
            let Self { relay, batch, .. } = self;
            relay.records(decision, &mut |record: &PublicRecord<'_>| project(record, batch));
            self.taken()?;
        }
        Ok(())
    }

    /// Takes a decision on a trade report, allocating nothing for it.
    ///
    /// # Errors
    /// As [`Projector::apply`].
    pub fn apply_trade(&mut self, decision: &TradeDecision<'_>) -> Result<(), ProjectorError> {
        if self.is_next(decision.seq)? {
            let Self { relay, batch, .. } = self;
            relay.records_of_trade(decision, &mut |record: &PublicRecord<'_>| {
                project(record, batch);
            });
            self.taken()?;
        }
        Ok(())
    }

    /// Takes the decisions of a frame, no further than `last`.
    ///
    /// # Errors
    /// As [`Projector::apply`], and when the frame cannot be decoded.
    pub fn apply_frame(&mut self, frame: &Frame<'_>, last: Seq) -> Result<(), ProjectorError> {
        if frame.header.kind == Kind::Fence {
            return Ok(());
        }
        let first_seq = Seq(frame.header.first_seq);
        let unreadable = |source| ProjectorError::Decode { first_seq, source };
        let mut decoder = Decoder::new(first_seq, frame.body).map_err(unreadable)?;
        while let Some(decision) = decoder.next() {
            let decision = decision.map_err(unreadable)?;
            if decision.seq() > last {
                break;
            }
            match &decision {
                DecisionRef::Trade(trade) => self.apply_trade(trade)?,
                DecisionRef::Other(other) => self.apply(other)?,
            }
        }
        Ok(())
    }

    /// Takes all frames that end at `durable` or before, and flushes. Called again with the same
    /// reader, it goes on behind them.
    ///
    /// # Errors
    /// As [`Projector::apply_frame`], and when the journal is damaged or another one.
    pub fn follow(&mut self, reader: &mut dyn Frames, durable: Seq) -> Result<(), ProjectorError> {
        if self.seq > durable {
            return Err(ProjectorError::Ahead { read_model: self.seq, journal: durable });
        }
        while let Some(frame) = reader.next_frame(durable.0)? {
            self.apply_frame(&frame, durable)?;
        }
        self.flush()
    }

    /// Takes all that is in the journal, up to the decision `last` in the middle of a frame if
    /// need be, and flushes. For answers as of an earlier sequence, and for commands while no
    /// node runs.
    ///
    /// # Errors
    /// As [`Projector::follow`].
    pub fn catch_up(&mut self, reader: &mut dyn Frames, last: Seq) -> Result<(), ProjectorError> {
        while let Some(frame) = reader.next_frame(u64::MAX)? {
            let frame_end = Seq(frame.header.last_seq());
            self.apply_frame(&frame, last)?;
            if frame_end >= last {
                break;
            }
        }
        let journal = Seq(reader.reached().map_or(0, |head| head.last_seq));
        if self.seq > journal {
            return Err(ProjectorError::Ahead { read_model: self.seq, journal });
        }
        self.flush()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When the store cannot be written. Nothing of the batch is in it then.
    pub fn flush(&mut self) -> Result<(), ProjectorError> {
        if self.waiting > 0 {
            let topics = self.relay.counts().0;
            let progress = Progress { seq: self.seq, topics, ..Progress::default() };
            self.store.write(&self.batch, &progress)?;
            self.batch.clear();
            self.waiting = 0;
        }
        Ok(())
    }

    /// Writes what waits and gives the store back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn close(mut self) -> Result<Store, ProjectorError> {
        self.flush()?;
        Ok(self.store)
    }

    /// True for the next decision, false for one that was taken before.
    fn is_next(&self, seq: Seq) -> Result<bool, ProjectorError> {
        let expected = Seq(self.seq.0 + 1);
        match seq.cmp(&expected) {
            core::cmp::Ordering::Less => Ok(false),
            core::cmp::Ordering::Equal => Ok(true),
            core::cmp::Ordering::Greater => Err(ProjectorError::Gap { expected, found: seq }),
        }
    }

    /// Counts a decision, and writes a batch that is full.
    fn taken(&mut self) -> Result<(), ProjectorError> {
        self.seq.0 += 1;
        self.waiting += 1;
        if is_full(&self.batch, self.waiting) {
            self.flush()?;
        }
        Ok(())
    }
}

/// True when a batch of so many decisions is to be written.
fn is_full(batch: &Batch, decisions: usize) -> bool {
    let wanted = (batch.sums() * DECISIONS_PER_SUM).max(BATCH_DECISIONS);
    decisions >= wanted.min(BATCH_DECISIONS_MAX) || batch.arena_bytes() >= BATCH_TEXT_BYTES
}

/// Builds the read model at a location anew from a journal's first decision up to `durable`, beside
/// the old one, which answers until the new one takes its place.
///
/// # Errors
/// When the journal cannot be read or the store cannot be written. The old one stays then.
pub fn rebuild(
    at: &Location,
    reader: &mut dyn Frames,
    durable: Seq,
) -> Result<Store, ProjectorError> {
    let mut projector = Projector::open(Store::fresh(at)?)?;
    projector.follow(reader, durable)?;
    Ok(projector.close()?.take_place_of(at)?)
}

/// The read model as of an earlier decision, in a store that vanishes when it is dropped.
///
/// # Errors
/// When the journal cannot be read.
pub fn as_of(reader: &mut dyn Frames, last: Seq) -> Result<Store, ProjectorError> {
    let mut projector = Projector::open(Store::temporary()?)?;
    projector.catch_up(reader, last)?;
    projector.close()
}

#[inline]
fn project(record: &PublicRecord<'_>, batch: &mut Batch) {
    views::project(record, &mut |change| batch.push(&change));
}

/// The relay's directory as it was when the store was written.
fn directory(store: &Store) -> Result<Directory, ProjectorError> {
    let codes = store.codes()?;
    let mut directory = Directory::default();
    for (id, code) in &codes.accounts {
        directory.learn_account(*id, code);
    }
    for (id, code, decimals) in &codes.currencies {
        directory.learn_currency(*id, code, *decimals);
    }
    for (id, isin, decimals, from) in &codes.instruments {
        let code = InstrumentCode { isin, decimals: *decimals, from: *from };
        directory.learn_instrument(*id, code);
    }
    if let Some(today) = codes.today {
        directory.open_day(today);
    }
    Ok(directory)
}
