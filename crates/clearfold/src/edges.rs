//! Errors of the edges as failures of a command: which exit code each one is.

use interchange::market::MarketError;
use journal::JournalError;
use kafka::KafkaError;
use kafka::topics::TopicsError;
use node::NodeError;
use projector::service::ServiceError;
use projector::topics::FeedError;

use crate::failure::{Exit, Failure};

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        let message = error.to_string();
        match error {
            NodeError::Journal(error) => error.into(),
            NodeError::Kafka(error) => error.into(),
            NodeError::Unreadable { .. } | NodeError::Lost { .. } | NodeError::Differs { .. } => {
                Self::new(Exit::Findings, message)
            }
            NodeError::ForeignTail { .. } => Self::new(Exit::Conflict, message),
            NodeError::Silent { .. } => Self::new(Exit::Unavailable, message),
            NodeError::Random { .. } => Self::new(Exit::Internal, message),
            NodeError::TooLarge { .. } => Self::new(Exit::InvalidInput, message),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let exit = match &error {
            JournalError::NoJournal { .. } => Exit::NotFound,
            JournalError::Damage { .. }
            | JournalError::Alarm { .. }
            | JournalError::NotOnChain { .. } => Exit::Findings,
            JournalError::NewerFormat { .. }
            | JournalError::WrongSegment { .. }
            | JournalError::Truncated { .. } => Exit::Conflict,
            JournalError::Locked { .. }
            | JournalError::Io { .. }
            | JournalError::Failed { .. }
            | JournalError::Log { .. }
            | JournalError::Fenced { .. }
            | JournalError::Stopped => Exit::Unavailable,
            JournalError::TooLarge { .. } | JournalError::Empty => Exit::Internal,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<MarketError> for Failure {
    fn from(error: MarketError) -> Self {
        let exit = match &error {
            MarketError::NoDirectory { .. } => Exit::NotFound,
            MarketError::Missing { .. }
            | MarketError::NoDate { .. }
            | MarketError::Header { .. }
            | MarketError::Operation { .. } => Exit::InvalidInput,
            MarketError::Io { .. } => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<KafkaError> for Failure {
    fn from(error: KafkaError) -> Self {
        let exit = match &error {
            KafkaError::Setup { .. } => Exit::Usage,
            KafkaError::Truncated { .. } | KafkaError::Shorter { .. } => Exit::Conflict,
            KafkaError::Refused { .. } | KafkaError::Lost { .. } => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<TopicsError> for Failure {
    fn from(error: TopicsError) -> Self {
        match error {
            TopicsError::Kafka(error) => error.into(),
            TopicsError::Differ(_) => Self::new(Exit::Findings, error.to_string()),
        }
    }
}

impl From<FeedError> for Failure {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Store(error) => error.into(),
            FeedError::Topic(_) => Self::new(Exit::Findings, error.to_string()),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::Kafka(error) => error.into(),
            ServiceError::Topic(_) => Self::new(Exit::Findings, error.to_string()),
        }
    }
}
