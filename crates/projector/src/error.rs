//! What can stop a projector. It is opened again after any of these.

use basics::Seq;

/// Why a projector stopped.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] journal::JournalError),
    /// A frame's decisions cannot be read.
    #[error("a decision in the frame from sequence {first_seq} on cannot be read")]
    Decode {
        /// The frame's first sequence.
        first_seq: Seq,
        /// Why.
        #[source]
        source: wire::DecodeError,
    },
    /// Decisions are missing: the read model and the journal do not belong together.
    #[error("decision {found} came where {expected} was expected: rebuild the read model")]
    Gap {
        /// What should have come.
        expected: Seq,
        /// What came.
        found: Seq,
    },
    /// The read model is ahead of the journal: it was made from another one.
    #[error("the read model is at {read_model}, the journal ends at {journal}: rebuild it")]
    Ahead {
        /// How far the read model is.
        read_model: Seq,
        /// Where the journal ends.
        journal: Seq,
    },
}
