//! Verify: every recorded input decided again, in its recorded order, and every byte compared.
//!
//! It needs nothing but the journal. What it finds is a finding, not an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use basics::Seq;
use engine::State;
use journal::{Frame, Frames, Reader};
use model::{Cause, Command, DeadLetterReason, Decision, TradeDecision, TradeVerdict, Verdict};
use wire::DecisionRef;

use crate::core::{Core, Received};
use crate::history::{Read, decisions};
use crate::{NodeError, snapshots};

/// What a verification saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Decisions decided again.
    pub decisions: u64,
    /// Frames read and built again.
    pub frames: u64,
    /// What differs, with the frame; the first is where to look.
    pub findings: Vec<String>,
    /// Bytes behind the last frame that were never acknowledged; the next start cuts them.
    pub torn_tail: u64,
    /// The state hash at the end.
    pub state_hash: [u8; 32],
}

/// Verifies a data directory's journal. `progress` is told the sequence reached.
///
/// # Errors
/// [`NodeError`] when there is no journal, or it is of a newer version or out of reach. Damage
/// is a finding.
pub fn verify(directory: &Path, progress: impl FnMut(u64)) -> Result<Verified, NodeError> {
    let mut reader = Reader::open(directory, 1)?;
    let mut verified = verify_frames(&mut reader, progress);
    if !verified.findings.is_empty() {
        return Ok(verified);
    }
    let snapshot = snapshots::newest_seq(directory)?;
    if snapshot > verified.decisions {
        let journal = verified.decisions;
        verified.findings.push(NodeError::Lost { snapshot, journal }.to_string());
        return Ok(verified);
    }
    verified.torn_tail = reader.torn_tail().map_or(0, |tail| tail.bytes);
    Ok(verified)
}

/// Verifies a journal from its first frame on, whatever carries it, up to the first finding.
/// `progress` is told the sequence reached.
pub fn verify_frames(frames: &mut dyn Frames, mut progress: impl FnMut(u64)) -> Verified {
    let mut replica = Replica::default();
    let mut verified = Verified::default();
    loop {
        let frame = match frames.next_frame(u64::MAX) {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(error) => {
                verified.findings.push(error.to_string());
                return verified;
            }
        };
        verified.frames += 1;
        verified.decisions += u64::from(frame.header.count);
        let first = frame.header.first_seq;
        let checked = catch_unwind(AssertUnwindSafe(|| replica.check(&frame)));
        let finding = checked.unwrap_or_else(|_| Err("a law is broken".to_owned()));
        if let Err(difference) = finding {
            verified.findings.push(format!("frame of sequence {first}: {difference}"));
            return verified;
        }
        progress(frame.header.last_seq());
    }
    verified.state_hash = replica.core.state().hash();
    verified
}

/// A second core that decides what was decided.
pub(crate) struct Replica {
    core: Core,
}

impl Default for Replica {
    fn default() -> Self {
        Self { core: Core::new(State::default(), Seq(0)) }
    }
}

impl Replica {
    /// The core, to go on from here.
    pub(crate) fn into_core(self) -> Core {
        self.core
    }

    /// Decides a frame's inputs again and builds its bytes again.
    pub(crate) fn check(&mut self, frame: &Frame<'_>) -> Result<(), String> {
        let redone = decisions::<NodeError>(frame, |decision| {
            self.redecide(&decision);
            Ok(Read::More)
        });
        redone.map_err(|error| error.to_string())?;
        if self.core.end_frame().bytes != frame.body {
            return Err("the same inputs give other bytes".to_owned());
        }
        Ok(())
    }

    fn redecide(&mut self, decision: &DecisionRef<'_>) {
        match decision {
            DecisionRef::Trade(decision) => {
                self.core.take(&received_trade(decision));
            }
            DecisionRef::Other(decision) => match received(decision) {
                Some(input) => {
                    self.core.take(&input);
                }
                None => {
                    self.core.step();
                }
            },
        }
    }
}

/// The input of a recorded decision on a trade report.
fn received_trade<'a>(decision: &TradeDecision<'a>) -> Received<'a> {
    let command = match decision.verdict {
        TradeVerdict::DeadLettered(reason) => Err(reason),
        TradeVerdict::Captured(..)
        | TradeVerdict::Amended(_)
        | TradeVerdict::Cancelled(_)
        | TradeVerdict::Rejected(_) => readable(decision.report.map(Command::Trade)),
    };
    Received {
        place: decision.place,
        publisher: decision.publisher,
        form: decision.form,
        command,
        verbatim: decision.verbatim,
    }
}

/// The input of any recorded decision; `None` of a run's step.
fn received<'a>(decision: &Decision<'a>) -> Option<Received<'a>> {
    let Cause::Input { place, publisher } = decision.cause else { return None };
    let command = match decision.verdict {
        Verdict::DeadLettered(reason) => Err(reason),
        Verdict::Accepted(_) | Verdict::Rejected(_) => readable(decision.input.command),
    };
    Some(Received {
        place,
        publisher,
        form: decision.input.form,
        command,
        verbatim: decision.input.verbatim,
    })
}

/// What was decided was readable; a record that says otherwise differs when it is built again.
fn readable(command: Option<Command<'_>>) -> Result<Command<'_>, DeadLetterReason> {
    command.ok_or(DeadLetterReason::NotDecodable)
}
