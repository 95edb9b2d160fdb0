//! Records into topics: in order, none twice, none lost without a word.
//!
//! The producer is idempotent and waits for all replicas in sync. It never gives up by itself:
//! whoever sends decides when it has waited too long. One record that fails ends the sender,
//! because what follows it must not stand without it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError as ClientError, RDKafkaErrorCode as Code};
use rdkafka::message::{DeliveryResult, Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};

use crate::connection::Connection;
use crate::error::KafkaError;
use crate::names::Topic;

/// What a record carries besides its bytes: name and value.
pub type HeaderPair<'a> = (&'a str, &'a [u8]);

/// A record to send.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Into which topic.
    pub topic: Topic,
    /// What it holds.
    pub bytes: &'a [u8],
    /// What else it says; each costs as much as some hundred bytes.
    pub headers: &'a [HeaderPair<'a>],
}

/// How far a sender has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Records handed over.
    pub handed_over: u64,
    /// Records that all replicas in sync have.
    pub delivered: u64,
}

/// Sends records of one segment.
pub struct Sender {
    producer: ThreadedProducer<Deliveries>,
    shared: Arc<Shared>,
    connection: Connection,
    partition: i32,
    handed_over: u64,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("sent", &self.sent()).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Shared {
    delivered: AtomicU64,
    failure: Mutex<Option<KafkaError>>,
    /// The offset after the last record delivered, by topic.
    ends: Mutex<Vec<(String, u64)>>,
}

impl Shared {
    fn fail(&self, topic: &str, reason: String) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(KafkaError::Lost { topic: topic.to_owned(), reason });
    }

    fn delivered(&self, topic: &str, offset: i64) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let end = offset.cast_unsigned() + 1;
        match ends.iter_mut().find(|(known, _)| known == topic) {
            Some((_, known)) => *known = end.max(*known),
            None => ends.push((topic.to_owned(), end)),
        }
        drop(ends);
        self.delivered.fetch_add(1, Ordering::Release);
    }
}

/// The client's thread tells here what became of each record.
struct Deliveries(Arc<Shared>);

impl ClientContext for Deliveries {
    fn error(&self, error: ClientError, reason: &str) {
        // A fatal error says that order or number of records cannot be kept any more.
        if error.rdkafka_error_code() == Some(Code::Fatal) {
            self.0.fail("the producer", reason.to_owned());
        }
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(message) => self.0.delivered(message.topic(), message.offset()),
            Err((error, message)) => self.0.fail(message.topic(), error.to_string()),
        }
    }
}

impl Sender {
    /// Gets ready to send into the topics of a segment. `linger` is how long a record may wait for
    /// others that are sent with it.
    ///
    /// # Errors
    /// The client cannot be set up. The brokers are not asked yet.
    pub fn open(
        connection: &Connection,
        segment: u32,
        linger: Duration,
    ) -> Result<Self, KafkaError> {
        let shared = Arc::new(Shared::default());
        let mut config = connection.config();
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", "0")
            .set("message.max.bytes", "8388608")
            .set("queue.buffering.max.kbytes", "65536")
            .set("queue.buffering.max.messages", "100000")
            .set("batch.size", "1048576")
            .set("linger.ms", format!("{}", linger.as_secs_f64() * 1000.0))
            .set_log_level(RDKafkaLogLevel::Error);
        let producer = config
            .create_with_context(Deliveries(Arc::clone(&shared)))
            .map_err(|error| KafkaError::setup(&error))?;
        let partition = i32::try_from(segment).map_err(|_| KafkaError::Setup {
            reason: format!("segment {segment} is no partition"),
        })?;
        let connection = connection.clone();
        Ok(Self { producer, shared, connection, partition, handed_over: 0 })
    }

    /// Hands over a record; waits while the client's memory is full.
    ///
    /// # Errors
    /// [`KafkaError::Lost`]: this record, or one before it, is not written. The sender has ended.
    pub fn send(&mut self, record: &Record<'_>) -> Result<(), KafkaError> {
        while !self.try_send(record)? {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Hands over a record. `false`: the client's memory is full, and it was not taken.
    ///
    /// # Errors
    /// [`KafkaError::Lost`]: this record, or one before it, is not written. The sender has ended.
    pub fn try_send(&mut self, record: &Record<'_>) -> Result<bool, KafkaError> {
        self.check()?;
        let name = self.connection.names.of(record.topic);
        let mut headers = None;
        for (key, value) in record.headers {
            let known = headers.take().unwrap_or_else(OwnedHeaders::new);
            headers = Some(known.insert(Header { key, value: Some(*value) }));
        }
        let mut message =
            BaseRecord::<(), [u8]>::to(&name).partition(self.partition).payload(record.bytes);
        if let Some(headers) = headers {
            message = message.headers(headers);
        }
        match self.producer.send(message) {
            Ok(()) => {
                self.handed_over += 1;
                Ok(true)
            }
            Err((ClientError::MessageProduction(Code::QueueFull), _)) => Ok(false),
            Err((error, _)) => {
                self.shared.fail(&name, error.to_string());
                self.check()?;
                Ok(false)
            }
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn sent(&self) -> Sent {
        let delivered = self.shared.delivered.load(Ordering::Acquire);
        Sent { handed_over: self.handed_over, delivered }
    }

    /// The offset after the last record that was delivered into a topic. `None`: none was.
    #[must_use]
    pub fn end(&self, topic: Topic) -> Option<u64> {
        let name = self.connection.names.of(topic);
        let ends = self.shared.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.iter().find(|(known, _)| *known == name).map(|(_, end)| *end)
    }

    /// Fails if a record was lost.
    ///
    /// # Errors
    /// [`KafkaError::Lost`].
    pub fn check(&self) -> Result<(), KafkaError> {
        let failure = self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.clone().map_or(Ok(()), Err)
    }

    /// Waits until all that was handed over is delivered. `false`: it is not, after `patience`.
    ///
    /// # Errors
    /// [`KafkaError::Lost`].
    pub fn drain(&self, patience: Duration) -> Result<bool, KafkaError> {
        let deadline = Instant::now() + patience;
        loop {
            self.check()?;
            let Sent { handed_over, delivered } = self.sent();
            if delivered == handed_over {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // What is still waiting here must never arrive after its owner is gone.
        self.producer.purge(rdkafka::producer::PurgeConfig::default().queue().inflight());
    }
}
