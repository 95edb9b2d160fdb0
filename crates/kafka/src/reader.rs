//! Some topics of one segment, read from given offsets on.
//!
//! No offset is committed and none is guessed: who reads says where to begin, and a beginning that
//! is gone is an error. A topic can be paused, so that memory never grows with a slow reader.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError as ClientError, RDKafkaErrorCode as Code};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::statistics::Statistics;
use rdkafka::{Offset, TopicPartitionList};

use crate::connection::Connection;
use crate::error::KafkaError;
use crate::names::Topic;

/// How long a broker may take to say where a topic begins and ends.
const ANSWER: Duration = Duration::from_secs(30);

/// A record, borrowed from the client's memory.
#[derive(Debug)]
pub struct Received<'a> {
    /// The topic.
    pub topic: Topic,
    /// Its offset.
    pub offset: u64,
    /// When it was written, in milliseconds since 1970, as the broker or the publisher says;
    /// `None` if nobody said.
    pub timestamp_ms: Option<i64>,
    /// What it holds; empty if it holds nothing.
    pub bytes: &'a [u8],
    message: &'a BorrowedMessage<'a>,
}

impl<'a> Received<'a> {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        let headers = self.message.headers()?;
        headers.iter().find(|header| header.key == name).map(|header| header.value.unwrap_or(b""))
    }
}

/// Where to begin in a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At this offset.
    At(u64),
    /// At this record again, or right after it if it has been deleted since it was read.
    Again(u64),
}

/// What a poll gave.
#[derive(Debug)]
pub enum Heard<T> {
    /// A record came.
    Record(T),
    /// All that is in the topic now was given.
    End(Topic),
    /// Nothing came in the time given.
    Quiet,
}

/// What the client tells by itself, every second: where topics end.
#[derive(Debug, Default)]
struct Ends {
    partition: i32,
    by_name: Mutex<BTreeMap<String, u64>>,
}

impl ClientContext for Ends {
    fn stats(&self, statistics: Statistics) {
        let mut ends = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, topic) in statistics.topics {
            let known = topic.partitions.get(&self.partition).map(|it| it.hi_offset);
            // Before the first answer it is negative.
            if let Some(end) = known.and_then(|end| u64::try_from(end).ok()) {
                ends.insert(name, end);
            }
        }
    }
}

impl ConsumerContext for Ends {}

/// Reads topics of one segment.
pub struct Reader {
    consumer: BaseConsumer<Ends>,
    connection: Connection,
    partition: i32,
    /// The topics, with their names on the broker.
    topics: Vec<(Topic, String)>,
    /// The last failure that the client tries to overcome by itself; for people who wait.
    trouble: Option<String>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("topics", &self.topics).finish_non_exhaustive()
    }
}

impl Reader {
    /// Begins to read each topic at its offset.
    ///
    /// # Errors
    /// The brokers do not answer; an offset is not in its topic any more.
    pub fn open(
        connection: &Connection,
        segment: u32,
        begin: &[(Topic, Begin)],
    ) -> Result<Self, KafkaError> {
        let partition = i32::try_from(segment).map_err(|_| KafkaError::Setup {
            reason: format!("segment {segment} is no partition"),
        })?;
        let ends = Ends { partition, ..Ends::default() };
        let consumer: BaseConsumer<Ends> = connection
            .config()
            // The library wants a name; nothing is ever committed under it.
            .set("group.id", format!("{}clearfold", connection.names.prefix))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "error")
            .set("enable.partition.eof", "true")
            .set("fetch.wait.max.ms", "50")
            .set("fetch.queue.backoff.ms", "1")
            .set("fetch.error.backoff.ms", "50")
            .set("fetch.message.max.bytes", "8388608")
            .set("queued.min.messages", "1000")
            .set("queued.max.messages.kbytes", "32768")
            .set("check.crcs", "true")
            .set("statistics.interval.ms", "1000")
            .set_log_level(RDKafkaLogLevel::Error)
            .create_with_context(ends)
            .map_err(|error| KafkaError::setup(&error))?;
        let connection = connection.clone();
        let mut reader =
            Self { consumer, connection, partition, topics: Vec::new(), trouble: None };
        reader.restart(begin)?;
        Ok(reader)
    }

    /// Reads these topics from now on, and no other. It is the cheap way to read one after another:
    /// the library takes a tenth of a second to end a client.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn restart(&mut self, begin: &[(Topic, Begin)]) -> Result<(), KafkaError> {
        let name = |topic: Topic| self.connection.names.of(topic);
        self.topics = begin.iter().map(|(topic, _)| (*topic, name(*topic))).collect();
        let mut list = TopicPartitionList::new();
        for (topic, begin) in begin {
            let name = self.connection.names.of(*topic);
            let (begins, ends) = self.bounds(*topic)?;
            let wanted = match *begin {
                Begin::Again(offset) if begins == offset + 1 => begins,
                Begin::At(offset) | Begin::Again(offset) => offset,
            };
            if wanted < begins {
                return Err(KafkaError::Truncated { topic: name, begins, wanted });
            }
            if wanted > ends {
                return Err(KafkaError::Shorter { topic: name, ends, wanted });
            }
            list.add_partition_offset(&name, self.partition, Offset::Offset(wanted.cast_signed()))
                .map_err(KafkaError::refused("read", &name))?;
        }
        self.consumer.assign(&list).map_err(KafkaError::refused("read", "the topics"))
    }

    /// The first offset of a topic, and the one after its last.
    ///
    /// # Errors
    /// The brokers do not answer in half a minute.
    pub fn bounds(&self, topic: Topic) -> Result<(u64, u64), KafkaError> {
        let name = self.connection.names.of(topic);
        let deadline = Instant::now() + ANSWER;
        loop {
            let asked = self.consumer.fetch_watermarks(&name, self.partition, ANSWER / 10);
            match asked {
                Ok((low, high)) => return Ok((low.cast_unsigned(), high.cast_unsigned())),
                // A leader that is being elected is no news.
                Err(error) if Instant::now() > deadline => {
                    return Err(KafkaError::refused("find the ends of", &name)(error));
                }
                Err(error) if is_final(&error) => {
                    return Err(KafkaError::refused("find the ends of", &name)(error));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The offset after a topic's last record, as the client knew it a second ago; it asks nobody.
    /// `None`: it does not know yet.
    #[must_use]
    pub fn end(&self, topic: Topic) -> Option<u64> {
        let ends = self.consumer.context().by_name.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(&self.connection.names.of(topic)).copied()
    }

    /// What comes next; waits for it no longer than `patience`. `take` is given the record.
    ///
    /// # Errors
    /// A topic cannot be read any more. What the client overcomes by itself is no error.
    pub fn poll<T>(
        &mut self,
        patience: Duration,
        take: impl FnOnce(Received<'_>) -> T,
    ) -> Result<Heard<T>, KafkaError> {
        match self.consumer.poll(patience) {
            None => Ok(Heard::Quiet),
            Some(Ok(message)) => {
                self.trouble = None;
                let topic = self.topic(message.topic());
                Ok(Heard::Record(take(Received {
                    topic,
                    offset: message.offset().cast_unsigned(),
                    timestamp_ms: message.timestamp().to_millis(),
                    bytes: message.payload().unwrap_or_default(),
                    message: &message,
                })))
            }
            Some(Err(error)) => self.overcome(error),
        }
    }

    /// Tells an end and a passing failure from a final one.
    fn overcome<T>(&mut self, error: ClientError) -> Result<Heard<T>, KafkaError> {
        // The library does not say which topic has ended: where there are several, nobody asks.
        if matches!(error, ClientError::PartitionEOF(_)) {
            return Ok(Heard::End(self.topics[0].0));
        }
        if is_truncation(&error) {
            return Err(self.truncation(error));
        }
        if is_final(&error) {
            return Err(KafkaError::refused("read", &self.listed())(error));
        }
        self.trouble = Some(error.to_string());
        Ok(Heard::Quiet)
    }

    /// The failure that the client is overcoming at the moment. `None`: there is none.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Says which topic lost the records that come next.
    fn truncation(&self, error: ClientError) -> KafkaError {
        let Ok(positions) = self.consumer.position() else {
            return KafkaError::refused("read", &self.listed())(error);
        };
        for (topic, name) in &self.topics {
            let at = positions.find_partition(name, self.partition);
            let (Some(at), Ok((begins, ends))) = (at, self.bounds(*topic)) else { continue };
            let Offset::Offset(wanted) = at.offset() else { continue };
            let (topic, wanted) = (name.clone(), wanted.cast_unsigned());
            if wanted < begins {
                return KafkaError::Truncated { topic, begins, wanted };
            }
            if wanted > ends {
                return KafkaError::Shorter { topic, ends, wanted };
            }
        }
        KafkaError::refused("read", &self.listed())(error)
    }

    /// Gives no more records of a topic until it is resumed. What the client has already fetched is
    /// dropped and fetched again.
    ///
    /// # Errors
    /// Never for a topic that is read here.
    pub fn pause(&self, topic: Topic) -> Result<(), KafkaError> {
        let list = self.list(topic);
        self.consumer.pause(&list).map_err(KafkaError::refused("pause", topic.name()))
    }

    /// Goes on with a topic.
    ///
    /// # Errors
    /// Never for a topic that is read here.
    pub fn resume(&self, topic: Topic) -> Result<(), KafkaError> {
        let list = self.list(topic);
        self.consumer.resume(&list).map_err(KafkaError::refused("resume", topic.name()))
    }

    fn list(&self, topic: Topic) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.connection.names.of(topic), self.partition);
        list
    }

    fn topic(&self, name: &str) -> Topic {
        let known = self.topics.iter().find(|(_, known)| known == name);
        known.expect("only topics that were asked for are read").0
    }

    fn listed(&self) -> String {
        self.topics.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The position asked for is not in the topic.
fn is_truncation(error: &ClientError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(Code::OffsetOutOfRange | Code::AutoOffsetReset | Code::NoOffset)
    )
}

/// Waiting does not help.
fn is_final(error: &ClientError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::Fatal
                | Code::TopicAuthorizationFailed
                | Code::UnknownTopicOrPartition
                | Code::UnknownPartition
                | Code::UnknownTopic
                | Code::SaslAuthenticationFailed
                | Code::Authentication
                | Code::ClusterAuthorizationFailed
        )
    )
}
