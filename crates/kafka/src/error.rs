//! What can go wrong with a broker, each as one sentence that says what to do.

use thiserror::Error;

/// Why a topic cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KafkaError {
    /// The client cannot be set up.
    #[error("the Kafka client cannot be set up: {reason}; check the section [kafka]")]
    Setup {
        /// What the client library said.
        reason: String,
    },
    /// The broker cannot be reached, or refuses.
    #[error("could not {doing} {topic}: {reason}; check that the brokers run and let us in")]
    Refused {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The topic, as the broker knows it.
        topic: String,
        /// What the client library said.
        reason: String,
    },
    /// Records that are needed were deleted.
    #[error(
        "{topic} begins at offset {begins}, but offset {wanted} is needed: retention deleted \
         records before they were read; restore the topic, or lengthen its retention"
    )]
    Truncated {
        /// The topic.
        topic: String,
        /// The first offset that is left.
        begins: u64,
        /// The offset asked for.
        wanted: u64,
    },
    /// Records that were read before are not there any more: another topic of the same name, or a
    /// broker that lost its disk.
    #[error(
        "{topic} ends at offset {ends}, but was read up to {wanted} before: it was made anew or \
         lost its end; restore it, or begin with another prefix"
    )]
    Shorter {
        /// The topic.
        topic: String,
        /// The offset after the last record.
        ends: u64,
        /// The offset asked for.
        wanted: u64,
    },
    /// A record was not written, and whatever follows it must not be written either.
    #[error("{topic} did not take a record: {reason}")]
    Lost {
        /// The topic.
        topic: String,
        /// What the client library said.
        reason: String,
    },
}

impl KafkaError {
    /// For `map_err`: what was tried, on what.
    pub(crate) fn refused(
        doing: &'static str,
        topic: &str,
    ) -> impl FnOnce(rdkafka::error::KafkaError) -> Self {
        let topic = topic.to_owned();
        move |error| Self::Refused { doing, topic, reason: error.to_string() }
    }

    pub(crate) fn setup(error: &rdkafka::error::KafkaError) -> Self {
        Self::Setup { reason: error.to_string() }
    }
}
