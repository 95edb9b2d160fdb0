//! The public topics of one segment, put back into the order of the journal.
//!
//! Topics are read side by side, each in its own order. A decision is handed on whole, once every
//! topic is known to be complete up to it: by a watermark, or by a record of a later decision.
//! Decisions come in the order of `seq`; of one decision, the records come topic by topic in the
//! order of [`Topic::ALL`], and within a topic by `topic_seq`. The relay sends them in the order of
//! events instead. Views cannot tell: of one decision, no two topics change the same row or sum
//! (a trade's status and a moved settlement date both change trades, and are never of one decision).
//!
//! Laws: each record is handed on once, however often it comes; what is missing or cannot be read
//! stops it; memory is bounded. A topic is held back ([`Merge::wants`]) from where 16 MiB of it
//! wait for other topics until half of them do; one Kafka record may come on top. The topic that
//! all others wait for is never held back: of it nothing can wait but the records of one decision,
//! which fits a frame of the journal. Not decided here: what is done with records, and where they
//! come from.

mod error;
mod lane;

use basics::Seq;
use model::public::{PublicRecord, Topic};
use store::Progress;

pub use error::TopicError;
use lane::Lane;

/// Puts the records of all public topics into one order.
#[derive(Clone, Debug)]
pub struct Merge {
    segment: u32,
    lanes: [Lane; Topic::ALL.len()],
    /// All decisions up to this one are handed on.
    seq: Seq,
    unknown: u64,
}

impl Merge {
    /// Goes on at a position. Each topic is to be read from its offset in it.
    #[must_use]
    pub fn resume(segment: u32, progress: &Progress) -> Self {
        let lanes = std::array::from_fn(|index| Lane::resume(Topic::ALL[index], progress));
        Self { segment, lanes, seq: progress.seq, unknown: 0 }
    }

    /// Takes a Kafka record: the message `PublicRecords` at an offset of a topic. What was taken
    /// before is skipped.
    ///
    /// # Errors
    /// [`TopicError`]. Records before the faulty one are taken then; go on from a position.
    pub fn take(&mut self, topic: Topic, offset: u64, bytes: &[u8]) -> Result<(), TopicError> {
        self.lanes[usize::from(topic.number())].take(self.segment, offset, bytes)
    }

    /// False while a topic is so far ahead of the others that it must wait for them.
    #[must_use]
    pub fn wants(&self, topic: Topic) -> bool {
        let lane = &self.lanes[usize::from(topic.number())];
        !lane.is_full() || lane.complete() == self.complete()
    }

    /// Hands on the records of the next decision; false when there is none that is whole.
    ///
    /// # Errors
    /// [`TopicError`] when a record cannot be read or is misplaced. Some records of its decision
    /// are handed on then; go on from a position.
    pub fn hand_on(
        &mut self,
        emit: &mut impl FnMut(&PublicRecord<'_>),
    ) -> Result<bool, TopicError> {
        let complete = self.complete();
        let next = self.lanes.iter().filter_map(Lane::next_seq).min();
        let Some(seq) = next.filter(|seq| *seq <= complete) else {
            self.seq = complete;
            return Ok(false);
        };
        for lane in &mut self.lanes {
            self.unknown += lane.hand_on(seq, emit)?;
        }
        self.seq = seq;
        Ok(true)
    }

    /// The last decision handed on, and from where each topic must be read to go on behind it.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            seq: self.seq,
            topics: self.lanes.each_ref().map(Lane::done),
            offsets: self.lanes.each_ref().map(Lane::offset),
        }
    }

    /// Bytes that wait, with their places.
    #[must_use]
    pub fn held(&self) -> usize {
        self.lanes.iter().map(Lane::held).sum()
    }

    /// The newest decision that any topic spoke of.
    #[must_use]
    pub fn newest(&self) -> Seq {
        self.lanes.iter().map(Lane::complete).max().unwrap_or_default()
    }

    /// Records with a body that only a newer release knows: they counted, and nothing else.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// The decision up to which all topics are complete.
    fn complete(&self) -> Seq {
        self.lanes.iter().map(Lane::complete).min().unwrap_or_default()
    }
}
