//! The live node of one segment: inputs from topics, decisions into the journal's topic.
//!
//! ```text
//! standby: journal ─► fold                        (and decide again, if it is asked to)
//! active:  inputs ─► decide ─► frame ─► journal ─► read back ─► durable
//!                                          └─────► relay ─► public topics
//! ```
//!
//! Several nodes may run for a segment. One owns the journal, the others follow it. A node that
//! stops hearing the owner asks for the next epoch with a fence; whoever's fence stands first in
//! the journal owns it. An owner whose frame fails, or does not come back in time, or who reads a
//! rival's fence, drops all it has not read back, folds the journal again and stands by.
//!
//! Laws: durable before visible: nothing is relayed that was not read back from the journal. Every
//! record of an input topic is decided once: where to go on is said by the journal alone.
//!
//! Time decides only who contends and when frames are cut; never what is decided.

mod cursors;
mod inputs;
mod lead;
mod publisher;
mod queue;
mod standby;
mod status;
mod tracked;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use journal::{Claim, Contender, JournalError, Seen, WriterId};
use kafka::{Connection, TopicAppender};

use crate::NodeError;

pub use cursors::Cursors;
pub use status::{Role, Standing, Status};

use lead::Lead;
use standby::Standby;

/// How a live node is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The brokers and the names of topics.
    pub connection: Connection,
    /// The segment.
    pub segment: u32,
    /// How long an owner may be silent before another node asks for its place.
    pub lease: Duration,
    /// How long a frame may take to come back before its owner gives up.
    pub patience: Duration,
    /// Whether a standby decides every input again and compares the bytes.
    pub standby_verifies: bool,
}

/// Asks a node to end.
pub type Stop = Arc<AtomicBool>;

/// Runs the node of a segment until it is asked to stop.
///
/// # Errors
/// What no other start can mend: a fork, a newer format, an input or a part of the journal that
/// retention deleted, a difference found by a verifying standby.
pub fn run(settings: &Settings, status: &Status, stop: &Stop) -> Result<(), NodeError> {
    while !stop.load(Ordering::Relaxed) {
        match once(settings, status, stop) {
            Ok(()) => {}
            Err(error) if error.passes() => {
                let lost = u64::from(status.standing().role == Role::Active);
                metrics::counter!("clearfold_ownership_lost_total", "segment" => status.label())
                    .increment(lost);
                tracing::warn!(segment = settings.segment, %error, "stands by again");
                status.trouble(&error);
                pause(stop);
            }
            Err(error) => {
                status.ended(&error);
                return Err(error);
            }
        }
    }
    status.stopped();
    Ok(())
}

/// From a fold of the journal to the end of an ownership.
fn once(settings: &Settings, status: &Status, stop: &Stop) -> Result<(), NodeError> {
    let mut standby = Standby::open(settings, status)?;
    if !standby.follow(stop)? {
        return Ok(());
    }
    let Some(lead) = contend(settings, status, standby, stop)? else { return Ok(()) };
    lead.run(stop)
}

/// Asks for the next epoch. `None`: it was asked to stop, or a rival was first.
fn contend<'s>(
    settings: &'s Settings,
    status: &'s Status,
    mut standby: Standby<'s>,
    stop: &Stop,
) -> Result<Option<Lead<'s>>, NodeError> {
    let appender = TopicAppender::open(&settings.connection, settings.segment)?;
    let writer = WriterId(random()?);
    metrics::counter!("clearfold_fences_total", "segment" => status.label()).increment(1);
    tracing::info!(segment = settings.segment, epoch = standby.head().epoch + 1, "contends");
    status.role(Role::Contending);
    let mut contender = Contender::fence(appender, standby.head(), writer)?;
    let begun = std::time::Instant::now();
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if begun.elapsed() > settings.patience {
            return Err(NodeError::Silent { seconds: settings.patience.as_secs() });
        }
        standby.step()?;
        contender = match contender.claim(standby.head()) {
            Ok(Claim::Waiting(contender)) => contender,
            Ok(Claim::Won(owner)) => {
                return Ok(Some(Lead::begin(settings, status, standby, owner)?));
            }
            Err(JournalError::Fenced { epoch }) => {
                tracing::info!(segment = settings.segment, epoch, "a rival was first");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
    }
}

/// Waits before the next try, a different time for each node.
fn pause(stop: &Stop) {
    let spread = random::<1>().map_or(0, |[byte]| u64::from(byte));
    let mut left = 20 + spread * 2;
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let part = left.min(20);
        thread::sleep(Duration::from_millis(part));
        left -= part;
    }
}

/// Random bytes: names of starts and spreads of waits; never anything that is decided.
fn random<const N: usize>() -> Result<[u8; N], NodeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| NodeError::Random { reason: error.to_string() })?;
    Ok(bytes)
}

/// Whether a reader has seen a sign of the owner's life.
fn is_sign(seen: &Seen<'_>) -> bool {
    matches!(seen, Seen::Frame(_) | Seen::Fence | Seen::Heartbeat)
}
