//! What of a market the input topics hold already: they are read back, row by row.

use std::collections::BTreeMap;
use std::time::Duration;

use kafka::{Begin, Connection, Heard, KafkaError, Reader, Received, Topic};
use model::Place;
use wire::inputs::{InputTopic, items, slices, write_item};

use super::feed::{RAW, ROWS, Rows, TYPE};
use crate::failure::Failure;
use crate::sent::{Fingerprint, Sent, SentFile, fingerprint};

/// How long a poll may wait.
const STEP: Duration = Duration::from_millis(200);

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its record's offset in `operations.in`.
    pub offset: u64,
    /// When it was written, in milliseconds since 1970; `None` if the broker does not say.
    pub timestamp_ms: Option<i64>,
}

/// What the topics hold.
#[derive(Default)]
pub struct Known {
    rows: Sent,
    /// By file and row: the first record that holds it. A later one is a repeat.
    operations: BTreeMap<(String, u64), Sight>,
    topics: BTreeMap<Topic, Extent>,
}

/// The offset of the first record in `operations.in` that holds a row. `None`: there is none.
pub fn first_sight(
    connection: &Connection,
    segment: u32,
    channel: &str,
    position: u64,
) -> Result<Option<u64>, KafkaError> {
    let mut known = Known::default();
    known.read_topic(&mut Reader::open(connection, segment, &[])?, Topic::OperationsIn)?;
    Ok(known.operation(channel, position).map(|sight| sight.offset))
}

/// What is known of a topic.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    /// Retention deleted its beginning.
    truncated: bool,
    /// It holds rows of ours.
    has_rows: bool,
    /// One of these rows has come up again.
    reached: bool,
}

impl Known {
    /// Reads all input topics of a segment to their ends.
    pub fn read(connection: &Connection, segment: u32) -> Result<Self, Failure> {
        let mut known = Self::default();
        let mut reader = Reader::open(connection, segment, &[])?;
        for topic in Topic::INPUTS {
            known.read_topic(&mut reader, topic)?;
        }
        Ok(known)
    }

    fn read_topic(&mut self, reader: &mut Reader, topic: Topic) -> Result<(), KafkaError> {
        let (begins, ends) = reader.bounds(topic)?;
        self.topics.insert(topic, Extent { truncated: begins > 0, ..Extent::default() });
        // Statements are nobody's rows.
        if begins == ends || topic == Topic::StatementsIn {
            return Ok(());
        }
        reader.restart(&[(topic, Begin::At(begins))])?;
        loop {
            match reader.poll(STEP, |record| self.note(&record))? {
                Heard::Record(()) | Heard::Quiet => {}
                Heard::End(_) => return Ok(()),
            }
        }
    }

    /// Notes the rows of a record, if it holds any.
    fn note(&mut self, record: &Received<'_>) {
        let Some(rows) = record.header(ROWS).and_then(Rows::read) else { return };
        let prints = fingerprints(record);
        for (position, print) in (rows.first..=rows.last).zip(prints) {
            let place = Place { channel: rows.channel, position, item: 0, pass: 0 };
            self.rows.put(&place, print);
            if record.topic == Topic::OperationsIn {
                let Received { offset, timestamp_ms, .. } = *record;
                let sight = Sight { offset, timestamp_ms };
                let row = (rows.channel.to_owned(), position);
                self.operations.entry(row).or_insert(sight);
            }
        }
        self.topics.entry(record.topic).or_default().has_rows = true;
    }

    /// Whether a row is in: `None` if it is not, `Some(None)` if it was in and retention deleted
    /// it. Rows must be asked for in the order in which they are sent: what stands in a topic
    /// before the first row that is left of it was sent as well.
    pub fn row(
        &mut self,
        topic: Topic,
        channel: &str,
        position: u64,
    ) -> Option<Option<Fingerprint>> {
        let extent = self.topics.entry(topic).or_default();
        let print = self.rows.file(channel).and_then(|file| file.row(position));
        if print.is_some() {
            extent.reached = true;
            return Some(print);
        }
        let deleted = extent.truncated && extent.has_rows && !extent.reached;
        deleted.then_some(None)
    }

    /// Where an operation's row stands. `None`: it is not in, or it was deleted.
    pub fn operation(&self, channel: &str, position: u64) -> Option<Sight> {
        self.operations.get(&(channel.to_owned(), position)).copied()
    }

    /// The last row of a file that is in; 0 if none is.
    pub fn rows(&self, channel: &str) -> u64 {
        self.rows.file(channel).map_or(0, SentFile::last)
    }

    /// The input topics.
    pub fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        self.topics.keys().copied()
    }
}

/// The fingerprints of a record's items. An operation's barriers are not part of its row.
fn fingerprints(record: &Received<'_>) -> Vec<Fingerprint> {
    if record.header(TYPE) == Some(RAW) {
        return vec![fingerprint(record.bytes)];
    }
    if record.topic != Topic::OperationsIn {
        let slices = slices(record.bytes).unwrap_or_default();
        return slices.into_iter().map(fingerprint).collect();
    }
    let mut bytes = Vec::new();
    let items = items(InputTopic::Operations, record.bytes, &mut bytes);
    let print = |item: &wire::inputs::Item<'_>| {
        item.command.map_or_else(
            |_| fingerprint(item.bytes),
            |command| {
                bytes.clear();
                write_item(&command, &mut bytes);
                fingerprint(&bytes)
            },
        )
    };
    items.iter().map(print).collect()
}
