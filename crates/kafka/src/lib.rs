//! The only crate that links a Kafka client: topics carry inputs, journals and public records.
//!
//! Records are bytes here. Which frames of a journal count is said by `journal`'s reading rule;
//! what a record means by `wire`. It rests on no transaction of the broker, and commits no offset:
//! where a reader goes on is said by the journal, or by the reader's own store.
//!
//! 1. [`connection`]: how brokers are reached: addresses, TLS, SCRAM.
//! 2. [`names`]: the topics there are, and their names.
//! 3. [`reader`]: some topics of one segment, from given offsets on, with back-pressure.
//! 4. [`sender`]: records into topics, in order, none twice.
//! 5. [`shared`]: the journal's topic as a shared log.
//! 6. [`topics`]: the topics as code: how each must be, what differs, and who may do what.

pub mod connection;
pub mod names;

pub mod reader;
pub mod sender;
pub mod shared;
pub mod topics;

mod error;

pub use connection::{Connection, Credentials, Security};
pub use error::KafkaError;
pub use names::{Names, Topic};
pub use reader::{Begin, Heard, Reader, Received};
pub use sender::{Record, Sender, Sent};
pub use shared::{TopicAppender, TopicLog};
