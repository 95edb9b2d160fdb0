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
    /// A topic failed; its own sentence says what to do.
    #[error(transparent)]
    Kafka(#[from] kafka::KafkaError),
    /// A frame did not come back from the journal in time.
    #[error("the journal is silent for {seconds} s: ownership is given up")]
    Silent {
        /// How long it waited.
        seconds: u64,
    },
    /// A standby that decides again came to another result.
    #[error(
        "the frame that begins at sequence {first_seq} differs from what this node decides: \
         {difference}; compare the versions of the segment's nodes, then verify"
    )]
    Differs {
        /// The frame's first sequence.
        first_seq: u64,
        /// What differs.
        difference: String,
    },
    /// The last record of a public topic is not the relay's.
    #[error(
        "the record at offset {offset} of {topic} is no public record: {reason}; only nodes may \
         write this topic"
    )]
    ForeignTail {
        /// The topic.
        topic: String,
        /// The record's offset.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {reason}")]
    Random {
        /// What the system said.
        reason: String,
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

impl NodeError {
    /// Whether another start may mend it: a lost ownership, a broker that is away. What is wrong
    /// with stored bytes stays wrong.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Journal(JournalError::Log { .. } | JournalError::Fenced { .. })
            | Self::Kafka(kafka::KafkaError::Refused { .. } | kafka::KafkaError::Lost { .. })
            | Self::Silent { .. } => true,
            Self::Journal(_)
            | Self::Kafka(_)
            | Self::Unreadable { .. }
            | Self::Lost { .. }
            | Self::Differs { .. }
            | Self::ForeignTail { .. }
            | Self::Random { .. }
            | Self::TooLarge { .. } => false,
        }
    }
}
