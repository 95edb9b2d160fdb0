//! Accepted frames in order, whatever carries them: for those who read a history to its end.

use std::time::Duration;

use crate::error::JournalError;
use crate::frame::{Frame, Kind};
use crate::reader::Reader;
use crate::rule::Head;
use crate::shared::{Log, Seen, Tail};

/// How long a shared log may keep silent before its end is told. It tells its end by itself, so
/// this only bounds the wait for a carrier that is away.
const SILENCE: Duration = Duration::from_secs(30);

/// Accepted frames, one after the other.
pub trait Frames {
    /// The next frame, if none of its decisions is beyond `last_seq`; fences may be among them.
    /// `None`: the end, for now.
    ///
    /// # Errors
    /// Damage, a fork, or a carrier that cannot be read.
    fn next_frame(&mut self, last_seq: u64) -> Result<Option<Frame<'_>>, JournalError>;

    /// Where the chain stands after the last frame given; `None` before the first.
    fn reached(&self) -> Option<Head>;
}

impl Frames for Reader {
    fn next_frame(&mut self, last_seq: u64) -> Result<Option<Frame<'_>>, JournalError> {
        self.poll_to(last_seq)
    }

    fn reached(&self) -> Option<Head> {
        self.head().copied()
    }
}

/// A shared log up to its present end.
#[derive(Debug)]
pub struct ToEnd<L> {
    tail: Tail<L>,
    name: String,
    /// A frame was read that goes beyond what was asked for: it comes next.
    is_waiting: bool,
    /// The chain after the last frame given.
    reached: Option<Head>,
}

impl<L: Log> ToEnd<L> {
    /// Reads a tail on. `name` is for messages.
    #[must_use]
    pub fn new(tail: Tail<L>, name: String) -> Self {
        Self { tail, name, is_waiting: false, reached: None }
    }

    /// Reads on to the next frame of decisions. False at the end.
    fn advance(&mut self) -> Result<bool, JournalError> {
        loop {
            match self.tail.poll(SILENCE)? {
                Seen::Frame(_) => return Ok(true),
                Seen::End => return Ok(false),
                Seen::Fence | Seen::Heartbeat | Seen::Ignored(_) | Seen::NoFrame(_) => {}
                Seen::Quiet => {
                    let (doing, name) = ("read", self.name.clone());
                    let reason = "it keeps silent; check that the brokers run".to_owned();
                    return Err(JournalError::Log { doing, name, reason });
                }
            }
        }
    }
}

impl<L: Log> Frames for ToEnd<L> {
    fn next_frame(&mut self, last_seq: u64) -> Result<Option<Frame<'_>>, JournalError> {
        if !self.is_waiting && !self.advance()? {
            return Ok(None);
        }
        self.is_waiting = self.tail.head().last_seq > last_seq;
        if self.is_waiting {
            return Ok(None);
        }
        self.reached = Some(*self.tail.head());
        let frame = Frame::decode(self.tail.log().last()).expect("it was decoded a moment ago");
        debug_assert_eq!(frame.header.kind, Kind::Decisions);
        Ok(Some(frame))
    }

    fn reached(&self) -> Option<Head> {
        self.reached
    }
}
