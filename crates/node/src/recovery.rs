//! From a data directory to a state: the newest valid snapshot, then the events after it.

use std::path::Path;

use basics::Seq;
use engine::State;
use journal::{Head, Reader};

use wire::DecisionRef;

use crate::history::{History, Read, decisions};
use crate::{NodeError, snapshots};

/// How a state was recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The last decision that the snapshot covers; 0 without one.
    pub snapshot_seq: u64,
    /// Decisions folded after it.
    pub folded: u64,
}

/// The state after the decision that `head` names. It folds events and decides nothing.
///
/// # Errors
/// [`NodeError`] when the journal is damaged or holds what this version cannot read.
pub fn recover(directory: &Path, head: &Head) -> Result<(State, Recovered), NodeError> {
    let (mut state, mut reader, snapshot_seq) = match snapshots::newest(directory, head)? {
        Some((header, state)) => {
            let reader = Reader::open_after(directory, &header.head)?;
            (state, reader, header.head.last_seq)
        }
        None => (State::default(), Reader::open(directory, 1)?, 0),
    };
    let mut folded = 0;
    while let Some(frame) = reader.poll_to(head.last_seq)? {
        decisions::<NodeError>(&frame, |decision| {
            apply(&mut state, &decision);
            folded += 1;
            Ok(Read::More)
        })?;
    }
    Ok((state, Recovered { snapshot_seq, folded }))
}

/// The state after the last decision of a history from its first decision on, and which one that
/// is.
///
/// # Errors
/// [`NodeError`] when the journal is damaged or holds what this version cannot read.
pub fn fold(history: &mut History) -> Result<(State, Seq), NodeError> {
    let mut state = State::default();
    let mut reached = Seq(0);
    history.read::<NodeError>(Seq(u64::MAX), |decision| {
        apply(&mut state, &decision);
        reached = decision.seq();
        Ok(Read::More)
    })?;
    Ok((state, reached))
}

/// Applies what a decision recorded.
pub fn apply(state: &mut State, decision: &DecisionRef<'_>) {
    match decision {
        DecisionRef::Trade(decision) => engine::evolve_trade(state, &decision.verdict),
        DecisionRef::Other(decision) => {
            if let model::Verdict::Accepted(events) = &decision.verdict {
                for event in events {
                    engine::evolve(state, event);
                }
            }
        }
    }
}

/// The state of a data directory, read-only, and the last sequence that it holds. It works
/// beside a running node and sees what is on the disk.
///
/// # Errors
/// [`NodeError`] when there is no journal, or it cannot be read.
pub fn current(directory: &Path) -> Result<(State, Seq), NodeError> {
    let everything = Head { last_seq: u64::MAX, ..Head::start(0) };
    let (state, recovered) = recover(directory, &everything)?;
    Ok((state, Seq(recovered.snapshot_seq + recovered.folded)))
}
