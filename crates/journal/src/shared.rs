//! A journal that several writers share: the frames of one segment in a log that anyone may append
//! to, and that gives its records to all readers in one order.
//!
//! [`Log`] and [`Appender`] are the carrier: a topic of a broker, or a simulation. [`Tail`] reads
//! it by the reading rule and is what every reader uses. [`Owner`] writes: it fences, and then
//! appends frames one after the other without waiting for them.
//!
//! Durable is what a [`Tail`] has given back, and nothing else: an acknowledgement says that a
//! record stands in the log, not that it stands before a rival's fence.
//!
//! Laws: SHARED-1 a frame that did not come back is never replaced by another one of the same
//! epoch: its owner stops, reads to the end and fences again. SHARED-2 what is not a frame is
//! ignored by all readers alike.
//!
//! Not decided here: when to contend. That needs a clock, and is the node's matter.

use std::time::Duration;

use crate::error::{Flaw, JournalError};
use crate::file::check_body;
use crate::frame::{Frame, Header, Intent, Kind, WriterId, frame_hash};
use crate::rule::{Follower, Head, Verdict};

/// What a log answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled<'a> {
    /// The next record.
    Record {
        /// Its position in the log: grows, with holes.
        position: u64,
        /// Its bytes.
        bytes: &'a [u8],
    },
    /// The end of what is in the log now. It is said once each time it is reached.
    End,
    /// Nothing came in the time given.
    Quiet,
}

/// The reading side of a shared log.
pub trait Log {
    /// The next record; waits for it no longer than `patience`.
    ///
    /// # Errors
    /// The log cannot be read, or its needed beginning is gone ([`JournalError::Truncated`]).
    fn poll(&mut self, patience: Duration) -> Result<Polled<'_>, JournalError>;

    /// The bytes of the record given last.
    fn last(&self) -> &[u8];
}

/// The writing side of a shared log.
pub trait Appender {
    /// Hands over a record. In the log it stands behind all that this appender handed over before,
    /// or not at all.
    ///
    /// # Errors
    /// It was not taken, or an earlier one has failed: ownership ends.
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalError>;
}

/// What a reader sees next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A frame of decisions counts.
    Frame(Frame<'a>),
    /// A fence counts: the head is in a new epoch.
    Fence,
    /// The owner lives.
    Heartbeat,
    /// A frame that does not count.
    Ignored(Verdict),
    /// A record that is no frame.
    NoFrame(Flaw),
    /// The end of what is in the log now.
    End,
    /// Nothing came in the time given.
    Quiet,
}

/// Reads a shared log by the reading rule.
#[derive(Debug)]
pub struct Tail<L> {
    log: L,
    follower: Follower,
}

impl<L: Log> Tail<L> {
    /// Reads on after `head`, in a log that begins there or before.
    #[must_use]
    pub fn new(log: L, head: Head) -> Self {
        Self { log, follower: Follower::new(head) }
    }

    /// Where the chain stands.
    #[must_use]
    pub fn head(&self) -> &Head {
        self.follower.head()
    }

    /// The carrier's reading side.
    #[must_use]
    pub fn log(&self) -> &L {
        &self.log
    }

    /// What comes next; waits for it no longer than `patience`.
    ///
    /// # Errors
    /// The log fails; a fork or another segment's frame; a frame of a newer format.
    pub fn poll(&mut self, patience: Duration) -> Result<Seen<'_>, JournalError> {
        let bytes = match self.log.poll(patience)? {
            Polled::Record { bytes, .. } => bytes,
            Polled::End => return Ok(Seen::End),
            Polled::Quiet => return Ok(Seen::Quiet),
        };
        let frame = match Frame::decode(bytes) {
            Ok(frame) if frame.header.frame_bytes() == bytes.len() => frame,
            Ok(_) => return Ok(Seen::NoFrame(Flaw::EndMark)),
            // What a newer program wrote may count: whoever cannot read it must not go on.
            Err(Flaw::Newer { found }) => {
                let (file, supported) = ("the journal's log".into(), u32::from(crate::FORMAT));
                return Err(JournalError::NewerFormat { file, found, supported });
            }
            Err(flaw) => return Ok(Seen::NoFrame(flaw)),
        };
        Ok(match (self.follower.follow(&frame.header, frame.hash)?, frame.header.kind) {
            (Verdict::Accept, Kind::Fence) => Seen::Fence,
            (Verdict::Accept, _) => Seen::Frame(frame),
            (Verdict::Heartbeat, _) => Seen::Heartbeat,
            (ignored @ (Verdict::Duplicate | Verdict::Zombie | Verdict::Gap), _) => {
                Seen::Ignored(ignored)
            }
        })
    }
}

/// Writes a shared journal as the owner of one epoch.
#[derive(Debug)]
pub struct Owner<A> {
    appender: A,
    /// The chain with all that was handed over.
    head: Head,
    buffer: Vec<u8>,
}

/// One who asks for the next epoch: its fence is handed over, and has not come back yet.
#[derive(Debug)]
pub struct Contender<A> {
    appender: A,
    epoch: u64,
    writer: WriterId,
}

/// What became of a fence.
#[derive(Debug)]
pub enum Claim<A> {
    /// It has not come back yet.
    Waiting(Contender<A>),
    /// The epoch is ours.
    Won(Owner<A>),
}

impl<A: Appender> Contender<A> {
    /// Appends the fence of the epoch after `head`'s. `writer` is random for each start.
    ///
    /// # Errors
    /// The log does not take it.
    pub fn fence(mut appender: A, head: &Head, writer: WriterId) -> Result<Self, JournalError> {
        let epoch = head.epoch.checked_add(1).expect("epochs are used up");
        let header = Header::next(head, Intent { kind: Kind::Fence, epoch, writer, count: 0 }, &[]);
        appender.append(&header.encode())?;
        Ok(Self { appender, epoch, writer })
    }

    /// What became of it, as a tail sees that stands at `head`.
    ///
    /// # Errors
    /// [`JournalError::Fenced`]: a rival was first.
    pub fn claim(self, head: &Head) -> Result<Claim<A>, JournalError> {
        if head.epoch < self.epoch {
            return Ok(Claim::Waiting(self));
        }
        if head.epoch > self.epoch || head.writer != self.writer {
            return Err(JournalError::Fenced { epoch: head.epoch });
        }
        Ok(Claim::Won(Owner { appender: self.appender, head: *head, buffer: Vec::new() }))
    }
}

impl<A: Appender> Owner<A> {
    /// The chain with all that was handed over, durable or not.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Hands over a frame of `count` decisions; the head is behind it then.
    ///
    /// # Errors
    /// No decisions or too long a body: nothing happened. Otherwise ownership has ended.
    pub fn append(&mut self, count: u32, body: &[u8]) -> Result<&Head, JournalError> {
        check_body(count, body)?;
        let header = Header::next(&self.head, self.intent(Kind::Decisions, count), body);
        let bytes = header.encode();
        let hash = frame_hash(&bytes, body);
        self.buffer.clear();
        self.buffer.extend_from_slice(&bytes);
        self.buffer.extend_from_slice(body);
        self.appender.append(&self.buffer)?;
        self.head = self.head.after(&header, hash);
        Ok(&self.head)
    }

    /// The carrier's writing side.
    pub fn appender(&mut self) -> &mut A {
        &mut self.appender
    }

    /// Says that the owner lives.
    ///
    /// # Errors
    /// Ownership has ended.
    pub fn heartbeat(&mut self) -> Result<(), JournalError> {
        let header = Header::next(&self.head, self.intent(Kind::Heartbeat, 0), &[]);
        self.appender.append(&header.encode())
    }

    fn intent(&self, kind: Kind, count: u32) -> Intent {
        Intent { kind, epoch: self.head.epoch, writer: self.head.writer, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::{SimulatedAppender, SimulatedLog};

    const NOW: Duration = Duration::ZERO;

    /// Fences and owns; gives the owner and a tail that has seen its fence.
    fn own(log: &SimulatedLog, writer: u8) -> Owner<SimulatedAppender> {
        let mut tail = Tail::new(log.reader(0), Head::start(0));
        while tail.poll(NOW).unwrap() != Seen::End {}
        let contender =
            Contender::fence(log.appender(), tail.head(), WriterId([writer; 16])).unwrap();
        assert_eq!(tail.poll(NOW).unwrap(), Seen::Fence);
        match contender.claim(tail.head()).unwrap() {
            Claim::Won(owner) => owner,
            Claim::Waiting(_) => panic!("its fence has come back"),
        }
    }

    /// What a reader sees of a log, one word a record.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others are told by their names")]
    fn seen(log: &SimulatedLog) -> Vec<String> {
        let mut tail = Tail::new(log.reader(0), Head::start(0));
        let mut seen = Vec::new();
        loop {
            seen.push(match tail.poll(NOW).unwrap() {
                Seen::Frame(frame) => String::from_utf8(frame.body.to_vec()).unwrap(),
                Seen::End => return seen,
                other => format!("{other:?}"),
            });
        }
    }

    #[test]
    fn a_frame_that_lands_behind_a_rivals_fence_counts_for_nobody() {
        let log = SimulatedLog::default();
        let mut old = own(&log, 1);
        old.appender().hold();
        old.append(1, b"late").unwrap();
        let mut new = own(&log, 2);
        old.appender().land(1);
        new.append(1, b"new").unwrap();
        assert_eq!(seen(&log), ["Fence", "Fence", "Ignored(Zombie)", "new"]);
    }

    /// SHARED-1: the frames behind a lost one count for nobody, until their owner fences again.
    #[test]
    fn behind_a_frame_that_was_lost_nothing_counts() {
        let log = SimulatedLog::default();
        let mut owner = own(&log, 1);
        owner.appender().hold();
        owner.append(1, b"lost").unwrap();
        owner.appender().lose();
        owner.append(1, b"after").unwrap();
        owner.appender().land(1);
        let mut again = own(&log, 2);
        again.append(1, b"again").unwrap();
        assert_eq!(seen(&log), ["Fence", "Ignored(Gap)", "Fence", "again"]);
    }

    #[test]
    fn who_was_not_first_is_told_so() {
        let log = SimulatedLog::default();
        let head = Head::start(0);
        let first = Contender::fence(log.appender(), &head, WriterId([1; 16])).unwrap();
        let second = Contender::fence(log.appender(), &head, WriterId([2; 16])).unwrap();
        let mut tail = Tail::new(log.reader(0), head);
        assert_eq!(tail.poll(NOW).unwrap(), Seen::Fence);
        let lost = second.claim(tail.head());
        assert!(matches!(lost, Err(JournalError::Fenced { epoch: 1 })), "{lost:?}");
        assert!(matches!(first.claim(tail.head()), Ok(Claim::Won(_))));
    }
}
