//! Where the records of the public topics come from: Kafka.

use std::time::Duration;

use kafka::{Connection, Heard, KafkaError, Reader};
use model::public::Topic;

/// A Kafka record of a public topic.
#[derive(Clone, Copy, Debug)]
pub struct TopicRecord<'a> {
    /// The topic.
    pub topic: Topic,
    /// Its offset.
    pub offset: u64,
    /// When it was written, in milliseconds since 1970; `None` if nobody said.
    pub timestamp_ms: Option<i64>,
    /// The message `PublicRecords`.
    pub bytes: &'a [u8],
}

/// Gives the Kafka records of the public topics of one segment, each topic in its order.
pub trait Source {
    /// Begins to read each topic at its offset, in the order of [`Topic::ALL`]. What was read
    /// before does not matter; no topic is paused.
    ///
    /// # Errors
    /// The brokers do not answer; an offset is not in its topic any more.
    fn begin(&mut self, offsets: [u64; Topic::ALL.len()]) -> Result<(), KafkaError>;

    /// Hands on the next record, and waits for it no longer than `patience`. False: none came.
    ///
    /// # Errors
    /// A topic cannot be read any more.
    fn poll(
        &mut self,
        patience: Duration,
        take: &mut dyn FnMut(TopicRecord<'_>),
    ) -> Result<bool, KafkaError>;

    /// Gives no more records of a topic until it is resumed.
    ///
    /// # Errors
    /// When the client refuses.
    fn pause(&mut self, topic: Topic) -> Result<(), KafkaError>;

    /// Goes on with a topic.
    ///
    /// # Errors
    /// When the client refuses.
    fn resume(&mut self, topic: Topic) -> Result<(), KafkaError>;

    /// The offset after a topic's last record. `None`: not known yet. It asks nobody.
    fn end(&self, topic: Topic) -> Option<u64>;

    /// What keeps records from coming, for people who wait. `None`: nothing.
    fn trouble(&self) -> Option<&str>;
}

/// The public topics of a segment in Kafka.
#[derive(Debug)]
pub struct KafkaSource {
    connection: Connection,
    segment: u32,
    /// `None` before the first begin.
    reader: Option<Reader>,
}

impl KafkaSource {
    /// The topics of a segment. Nothing is read before [`Source::begin`].
    #[must_use]
    pub const fn new(connection: Connection, segment: u32) -> Self {
        Self { connection, segment, reader: None }
    }

    fn reader(&self) -> &Reader {
        self.reader.as_ref().expect("a source is begun before it is read")
    }
}

impl Source for KafkaSource {
    fn begin(&mut self, offsets: [u64; Topic::ALL.len()]) -> Result<(), KafkaError> {
        let begin = Topic::ALL.iter().zip(offsets);
        let begin: Vec<_> =
            begin.map(|(topic, offset)| (in_kafka(*topic), kafka::Begin::At(offset))).collect();
        self.reader = None;
        self.reader = Some(Reader::open(&self.connection, self.segment, &begin)?);
        Ok(())
    }

    fn poll(
        &mut self,
        patience: Duration,
        take: &mut dyn FnMut(TopicRecord<'_>),
    ) -> Result<bool, KafkaError> {
        let reader = self.reader.as_mut().expect("a source is begun before it is read");
        let heard = reader.poll(patience, |received| {
            take(TopicRecord {
                topic: of_kafka(received.topic),
                offset: received.offset,
                timestamp_ms: received.timestamp_ms,
                bytes: received.bytes,
            });
        })?;
        Ok(matches!(heard, Heard::Record(())))
    }

    fn pause(&mut self, topic: Topic) -> Result<(), KafkaError> {
        self.reader().pause(in_kafka(topic))
    }

    fn resume(&mut self, topic: Topic) -> Result<(), KafkaError> {
        self.reader().resume(in_kafka(topic))
    }

    fn end(&self, topic: Topic) -> Option<u64> {
        self.reader().end(in_kafka(topic))
    }

    fn trouble(&self) -> Option<&str> {
        self.reader.as_ref().and_then(Reader::trouble)
    }
}

const fn in_kafka(topic: Topic) -> kafka::Topic {
    match topic {
        Topic::TradesStatus => kafka::Topic::TradesStatus,
        Topic::SettlementEvents => kafka::Topic::SettlementEvents,
        Topic::LedgerEvents => kafka::Topic::LedgerEvents,
        Topic::RiskEvents => kafka::Topic::RiskEvents,
        Topic::DeadLetters => kafka::Topic::DeadLetters,
    }
}

fn of_kafka(topic: kafka::Topic) -> Topic {
    let known = Topic::ALL.iter().find(|known| in_kafka(**known) == topic);
    *known.expect("only public topics are read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_one_name() {
        for topic in Topic::ALL {
            assert_eq!(in_kafka(*topic).name(), topic.name());
            assert_eq!(of_kafka(in_kafka(*topic)), *topic);
        }
    }
}
