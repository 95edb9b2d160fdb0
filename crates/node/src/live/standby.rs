//! The standby: folds the journal as it grows, and notices when its owner is silent.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use basics::Seq;
use engine::State;
use journal::{Frame, Head, Seen, Tail};
use kafka::TopicLog;

use super::cursors::Cursors;
use super::status::{Role, Status};
use super::{Settings, Stop, is_sign};
use crate::NodeError;
use crate::core::Core;
use crate::history::{Read, decisions};
use crate::recovery::apply;
use crate::verify::Replica;

/// How long it waits for a record before it looks at the clock.
const PATIENCE: Duration = Duration::from_millis(20);

/// A node that follows the journal.
pub struct Standby<'s> {
    settings: &'s Settings,
    status: &'s Status,
    pub(super) tail: Tail<TopicLog>,
    fold: Fold,
    pub(super) cursors: Cursors,
    /// When the owner was last heard.
    sign: Instant,
    /// A random part of the lease, so that standbys do not contend at one moment.
    lease: Duration,
    is_at_end: bool,
}

/// How decisions become a state.
enum Fold {
    /// By their events.
    Events(Box<State>),
    /// By deciding their inputs again; the bytes must be the same.
    Again(Box<Replica>),
}

impl<'s> Standby<'s> {
    /// Begins at the journal's start.
    ///
    /// # Errors
    /// The journal cannot be read, or has lost its beginning.
    pub fn open(settings: &'s Settings, status: &'s Status) -> Result<Self, NodeError> {
        let log = TopicLog::open(&settings.connection, settings.segment, 0)?;
        let tail = Tail::new(log, Head::start(settings.segment));
        let fold = match settings.standby_verifies {
            false => Fold::Events(Box::default()),
            true => Fold::Again(Box::default()),
        };
        let spread = f64::from(super::random::<1>()?[0]) / 512.0;
        let lease = settings.lease.mul_f64(1.0 + spread);
        status.role(Role::Starting);
        let (sign, cursors) = (Instant::now(), Cursors::default());
        Ok(Self { settings, status, tail, fold, cursors, sign, lease, is_at_end: false })
    }

    /// Where the chain stands.
    pub fn head(&self) -> &Head {
        self.tail.head()
    }

    /// Follows until the owner is silent for a lease at the end of a readable journal: true. False
    /// when it is asked to stop.
    ///
    /// # Errors
    /// The journal cannot be read; a decision differs from what is decided again.
    pub fn follow(&mut self, stop: &Stop) -> Result<bool, NodeError> {
        while !stop.load(Ordering::Relaxed) {
            self.step()?;
            // A journal that cannot be read does not say that its owner is silent.
            let is_readable = self.is_at_end && self.tail.log().trouble().is_none();
            if is_readable && self.sign.elapsed() > self.lease {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes what comes next.
    ///
    /// # Errors
    /// As [`Self::follow`].
    pub fn step(&mut self) -> Result<(), NodeError> {
        let seen = self.tail.poll(PATIENCE)?;
        let is_sign = is_sign(&seen);
        let is_end = seen == Seen::End;
        match &seen {
            Seen::Frame(frame) => fold(&mut self.fold, &mut self.cursors, frame)?,
            Seen::NoFrame(flaw) => {
                tracing::warn!(segment = self.settings.segment, %flaw, "ignores what is no frame");
            }
            Seen::Ignored(_) | Seen::Fence | Seen::Heartbeat | Seen::End | Seen::Quiet => {}
        }
        if is_sign {
            self.sign = Instant::now();
        }
        if is_end && !self.is_at_end {
            self.is_at_end = true;
            self.status.role(Role::Standby);
            tracing::info!(segment = self.settings.segment, seq = self.head().last_seq, "follows");
        }
        self.status.beat(self.tail.head());
        Ok(())
    }

    /// The core that goes on from here, the cursors, and the reader of the journal.
    pub fn into_parts(self) -> (Core, Cursors, Tail<TopicLog>) {
        let last = Seq(self.tail.head().last_seq);
        let core = match self.fold {
            Fold::Events(state) => Core::new(*state, last),
            Fold::Again(replica) => replica.into_core(),
        };
        (core, self.cursors, self.tail)
    }
}

fn fold(fold: &mut Fold, cursors: &mut Cursors, frame: &Frame<'_>) -> Result<(), NodeError> {
    if let Fold::Again(replica) = fold {
        let first_seq = frame.header.first_seq;
        replica.check(frame).map_err(|difference| NodeError::Differs { first_seq, difference })?;
    }
    decisions::<NodeError>(frame, |decision| {
        cursors.see(&decision);
        if let Fold::Events(state) = fold {
            apply(state, &decision);
        }
        Ok(Read::More)
    })?;
    Ok(())
}
