//! What can go wrong at the node's edges. A rejection is no error, and a broken invariant stops
//! the process.

use basics::Seq;
use journal::JournalError;

/// Why the node cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The journal failed; its own sentence says what to do.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A frame is on the chain, but what it holds cannot be read.
    #[error(
        "the frame that begins at sequence {first_seq} cannot be read: {source}; restore the \
         data directory from a copy"
    )]
    Unreadable {
        /// The frame's first sequence.
        first_seq: u64,
        /// Where in it.
        source: wire::DecodeError,
    },
    /// A snapshot proves that the journal was longer: decisions that were acknowledged are gone.
    #[error(
        "the journal ends at sequence {journal}, but a snapshot covers sequence {snapshot}: \
         acknowledged decisions are missing; restore the journal from a copy"
    )]
    Lost {
        /// The last sequence that the snapshot covers.
        snapshot: u64,
        /// The last sequence of the journal.
        journal: u64,
    },
    /// One decision is larger than a frame may be.
    #[error("decision {seq} takes {bytes} bytes, more than a frame holds; split its input")]
    TooLarge {
        /// The decision.
        seq: Seq,
        /// Its size.
        bytes: usize,
    },
}
