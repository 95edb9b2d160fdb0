//! One topic: its records that wait for the other topics, and the rule by which they are taken.
//!
//! Records wait as bytes, one behind the other in one buffer, and are read when their turn comes.

use std::collections::VecDeque;

use basics::Seq;
use model::public::{Body, PublicRecord, Topic};
use store::Progress;
use wire::DecodeError;
use wire::public::{self, Head, Kind};

use super::TopicError;

/// Bytes that wait for other topics before a topic is held back, places included: more than a
/// client fetches of a topic at once.
const HELD_BYTES_MAX: usize = 16 << 20;

/// It is held back until no more than this waits: what a client has fetched when it is told to
/// pause, it fetches again.
const HELD_BYTES_LOW: usize = HELD_BYTES_MAX / 2;

/// A record that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    seq: Seq,
    /// The offset of the Kafka record that it stands in.
    offset: u64,
    /// Where its bytes begin, counted from the first byte ever taken.
    at: u64,
    /// How many they are; 0 of what need not be read again.
    len: u32,
    kind: Kind,
}

/// What waits of a topic.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    topic: Topic,
    waiting: VecDeque<Waiting>,
    bytes: Vec<u8>,
    /// Bytes taken before the first in `bytes`.
    dropped: u64,
    /// The number of the last record taken.
    taken: u64,
    /// No record of this decision or an earlier one is to come.
    complete: Seq,
    /// The offset behind the last Kafka record taken.
    next_offset: u64,
    /// So much waits that no more should come.
    is_full: bool,
}

impl Lane {
    /// A topic that is read on from a position.
    pub fn resume(topic: Topic, progress: &Progress) -> Self {
        let index = usize::from(topic.number());
        Self {
            topic,
            waiting: VecDeque::new(),
            bytes: Vec::new(),
            dropped: 0,
            taken: progress.topics[index],
            complete: progress.seq,
            next_offset: progress.offsets[index],
            is_full: false,
        }
    }

    /// The decision up to which nothing more is to come.
    pub fn complete(&self) -> Seq {
        self.complete
    }

    /// The decision of the first record that waits.
    #[inline]
    pub fn next_seq(&self) -> Option<Seq> {
        self.waiting.front().map(|waiting| waiting.seq)
    }

    /// Bytes that wait, places included.
    pub fn held(&self) -> usize {
        let behind = self.waiting.front().map_or(self.bytes.len(), |first| self.place(first));
        self.bytes.len() - behind + self.waiting.len() * size_of::<Waiting>()
    }

    /// True from where it holds too much until it holds half of that.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// The number of the last record handed on: what waits follows it without a gap.
    pub fn done(&self) -> u64 {
        self.taken - self.waiting.len() as u64
    }

    /// The offset of the first Kafka record with a record that is not handed on.
    pub fn offset(&self) -> u64 {
        self.waiting.front().map_or(self.next_offset, |waiting| waiting.offset)
    }

    /// Takes a Kafka record.
    pub fn take(&mut self, segment: u32, offset: u64, bytes: &[u8]) -> Result<(), TopicError> {
        let topic = self.topic;
        let unreadable = |source| TopicError::Unreadable { topic, offset, source };
        self.make_room();
        for record in public::records(bytes) {
            let record = record.map_err(unreadable)?;
            let head = public::head(record).map_err(unreadable)?;
            if !self.is_new(segment, offset, &head)? {
                continue;
            }
            let kept: &[u8] = match head.kind {
                Kind::Fact => record,
                Kind::Watermark => {
                    self.check_watermark(offset, record)?;
                    &[]
                }
                Kind::Unknown => &[],
            };
            self.keep(offset, &head, kept);
        }
        self.next_offset = offset + 1;
        self.is_full |= self.held() >= HELD_BYTES_MAX;
        Ok(())
    }

    /// Hands on the records of a decision, and returns how many bodies were unknown.
    pub fn hand_on(
        &mut self,
        seq: Seq,
        emit: &mut impl FnMut(&PublicRecord<'_>),
    ) -> Result<u64, TopicError> {
        let mut unknown = 0;
        while let Some(waiting) = self.waiting.front().filter(|waiting| waiting.seq == seq) {
            match waiting.kind {
                Kind::Fact => {
                    let record = public::read(self.bytes_of(waiting));
                    let record =
                        record.map_err(|source| self.unreadable(waiting.offset, source))?;
                    self.check_topic(waiting.offset, &record)?;
                    emit(&record);
                }
                Kind::Watermark => {}
                Kind::Unknown => unknown += 1,
            }
            self.waiting.pop_front();
        }
        if self.is_full && self.held() <= HELD_BYTES_LOW {
            self.is_full = false;
        }
        Ok(unknown)
    }

    /// True for the next record, false for one that was taken before.
    fn is_new(&self, segment: u32, offset: u64, head: &Head) -> Result<bool, TopicError> {
        let (topic, topic_seq, seq) = (self.topic, head.topic_seq, head.seq);
        if head.segment != segment {
            let (expected, found) = (segment, head.segment);
            return Err(TopicError::OtherSegment { topic, expected, found, offset });
        }
        if topic_seq <= self.taken {
            return Ok(false);
        }
        let expected = self.taken + 1;
        if topic_seq > expected {
            return Err(TopicError::Gap { topic, expected, found: topic_seq, offset });
        }
        // A watermark may say again what is known already.
        let is_late = match head.kind {
            Kind::Watermark => seq < self.complete,
            Kind::Fact | Kind::Unknown => seq <= self.complete,
        };
        if is_late {
            let complete = self.complete;
            return Err(TopicError::Disorder { topic, topic_seq, seq, complete, offset });
        }
        Ok(true)
    }

    fn keep(&mut self, offset: u64, head: &Head, bytes: &[u8]) {
        let at = self.dropped + self.bytes.len() as u64;
        let len = u32::try_from(bytes.len()).expect("a Kafka record is far below 4 GiB");
        self.bytes.extend_from_slice(bytes);
        self.waiting.push_back(Waiting { seq: head.seq, offset, at, len, kind: head.kind });
        self.taken = head.topic_seq;
        self.complete = match head.kind {
            Kind::Watermark => head.seq,
            // More of the same decision may follow.
            Kind::Fact | Kind::Unknown => Seq(head.seq.0 - 1),
        };
    }

    /// Drops bytes that were handed on, once they are the larger part.
    fn make_room(&mut self) {
        let Some(first) = self.waiting.front() else {
            self.dropped += self.bytes.len() as u64;
            self.bytes.clear();
            self.bytes.shrink_to(HELD_BYTES_MAX);
            return;
        };
        let behind = self.place(first);
        if behind > self.bytes.len() / 2 {
            self.bytes.drain(..behind);
            self.dropped += behind as u64;
        }
    }

    fn bytes_of(&self, waiting: &Waiting) -> &[u8] {
        &self.bytes[self.place(waiting)..][..waiting.len as usize]
    }

    /// Where its bytes begin in the buffer.
    fn place(&self, waiting: &Waiting) -> usize {
        usize::try_from(waiting.at - self.dropped).expect("it is in the buffer")
    }

    fn check_watermark(&self, offset: u64, bytes: &[u8]) -> Result<(), TopicError> {
        let record = public::read(bytes).map_err(|source| self.unreadable(offset, source))?;
        debug_assert!(matches!(record.body, Body::Watermark(_)), "the head says so");
        self.check_topic(offset, &record)
    }

    fn check_topic(&self, offset: u64, record: &PublicRecord<'_>) -> Result<(), TopicError> {
        let (topic, belongs_to) = (self.topic, record.body.topic());
        if topic == belongs_to {
            return Ok(());
        }
        let topic_seq = record.envelope.topic_seq;
        Err(TopicError::Misplaced { topic, belongs_to, topic_seq, offset })
    }

    fn unreadable(&self, offset: u64, source: DecodeError) -> TopicError {
        TopicError::Unreadable { topic: self.topic, offset, source }
    }
}
