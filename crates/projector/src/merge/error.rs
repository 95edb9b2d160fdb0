//! What can be wrong with a topic. Nothing here is mended by going on.

use basics::Seq;
use model::public::Topic;

/// Why a topic cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// Records are missing.
    #[error(
        "{} has record {found} at offset {offset} where record {expected} was expected: \
         read it again from the last record kept; if it is missing there too, send the topic \
         again from the journal",
        .topic.name()
    )]
    Gap {
        /// The topic.
        topic: Topic,
        /// The number of the record that should have come.
        expected: u64,
        /// The number of the one that came.
        found: u64,
        /// The offset of the Kafka record that it stands in.
        offset: u64,
    },
    /// A record cannot be read.
    #[error(
        "{} has bytes at offset {offset} that are no record of this release: \
         if the relay is newer, update the projector; else send the topic again from the journal",
        .topic.name()
    )]
    Unreadable {
        /// The topic.
        topic: Topic,
        /// The offset of the Kafka record.
        offset: u64,
        /// What is wrong, and where in the public record.
        #[source]
        source: wire::DecodeError,
    },
    /// A record stands in a topic that it does not belong to.
    #[error(
        "{} has record {topic_seq} at offset {offset}, which belongs to {}: \
         look for whoever else writes to it, and send both again from the journal",
        .topic.name(), .belongs_to.name()
    )]
    Misplaced {
        /// The topic that it stands in.
        topic: Topic,
        /// The topic that it belongs to.
        belongs_to: Topic,
        /// Its number.
        topic_seq: u64,
        /// The offset of the Kafka record.
        offset: u64,
    },
    /// A record of another segment.
    #[error(
        "{} has a record of segment {found} at offset {offset} of partition {expected}: \
         partition i is segment i, so correct the configuration of whoever sent it",
        .topic.name()
    )]
    OtherSegment {
        /// The topic.
        topic: Topic,
        /// The segment that is read.
        expected: u32,
        /// The segment that the record names.
        found: u32,
        /// The offset of the Kafka record.
        offset: u64,
    },
    /// A new record of a decision that the topic was complete up to.
    #[error(
        "{} has record {topic_seq} of decision {seq} at offset {offset}, but all up to decision \
         {complete} were taken: the read model was not made from these topics, so build it again",
        .topic.name()
    )]
    Disorder {
        /// The topic.
        topic: Topic,
        /// The record's number.
        topic_seq: u64,
        /// Its decision.
        seq: Seq,
        /// The decision up to which the topic was complete.
        complete: Seq,
        /// The offset of the Kafka record.
        offset: u64,
    },
}
