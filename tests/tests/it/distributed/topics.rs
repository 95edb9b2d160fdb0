//! The topics as an integrator sees them, read from their first record to their last.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use kafka::{Begin, Connection, Heard, Reader, Received, Topic};
use rdkafka::Offset;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;

use super::installation::PATIENCE;

/// The record of an input topic and the item in it.
pub type Place = (u64, u32);

/// Shows every record that a topic holds now; gives the offset of the first.
pub fn each_record(
    connection: &Connection,
    topic: Topic,
    mut show: impl FnMut(&Received<'_>),
) -> u64 {
    let mut reader = Reader::open(connection, 0, &[]).expect("a reader");
    let (begins, _) = reader.bounds(topic).expect("an answer");
    reader.restart(&[(topic, Begin::At(begins))]).expect("the topic");
    loop {
        match reader.poll(Duration::from_secs(1), |record| show(&record)).expect("records") {
            Heard::Record(()) | Heard::Quiet => {}
            Heard::End(_) => return begins,
        }
    }
}

/// The offset after a topic's last record.
pub fn end(connection: &Connection, topic: Topic) -> u64 {
    Reader::open(connection, 0, &[]).expect("a reader").bounds(topic).expect("an answer").1
}

/// Deletes the records of topics before an offset each, as retention does.
pub fn delete_before(connection: &Connection, offsets: &[(Topic, u64)]) {
    let mut config = rdkafka::ClientConfig::new();
    config.set("bootstrap.servers", &connection.bootstrap);
    let client: AdminClient<DefaultClientContext> = config.create().expect("a client");
    let mut list = rdkafka::TopicPartitionList::new();
    for (topic, offset) in offsets {
        let offset = Offset::Offset(offset.cast_signed());
        list.add_partition_offset(&connection.names.of(*topic), 0, offset).expect("an offset");
    }
    let begun = Instant::now();
    // A client that has just begun may not have found the leaders.
    while let Err(error) = block_on(client.delete_records(&list, &AdminOptions::new())) {
        assert!(begun.elapsed() < PATIENCE, "{error}");
    }
}

/// A public topic by the rule of `proto/README.md`: what has been seen is skipped, and must be the
/// same; what is more than one above the last is an alarm. Gives the records, each once.
fn consumed(connection: &Connection, topic: Topic) -> Vec<Vec<u8>> {
    let (mut first, mut taken) = (None, Vec::<Vec<u8>>::new());
    let begins = each_record(connection, topic, |received| {
        for record in wire::public::split(received.bytes).expect("public records") {
            let number = wire::public::head(record).expect("an envelope").topic_seq;
            let first = *first.get_or_insert(number);
            let next = first + taken.len() as u64;
            assert!(number <= next, "{topic:?}: {number} came where {next} was expected");
            if number == next {
                taken.push(record.to_vec());
            } else if let Some(before) = number.checked_sub(first) {
                let before = &taken[usize::try_from(before).expect("it is in memory")];
                assert!(before == record, "{topic:?}: {number} came again, and is another one");
            }
        }
    });
    assert!(begins > 0 || first.is_none_or(|first| first == 1), "{topic:?} begins with {first:?}");
    taken
}

/// How many outcomes each trade report has, by its place.
fn outcomes(connection: &Connection) -> BTreeMap<Place, u32> {
    let mut outcomes = BTreeMap::new();
    for record in consumed(connection, Topic::TradesStatus) {
        let record = wire::public::read(&record).expect("a public record");
        if let Some(place) = record.envelope.place {
            *outcomes.entry((place.position, place.item)).or_default() += 1;
        }
    }
    outcomes
}

/// The place of every trade report that `trades.in` holds. A record that `publish` did not write is
/// one, whatever is in it.
fn reports(connection: &Connection) -> (u64, Vec<Place>) {
    let mut reports = Vec::new();
    let begins = each_record(connection, Topic::TradesIn, |received| {
        let items = received.header("clearfold-rows").map_or(1, |header| {
            let rows = String::from_utf8_lossy(header).into_owned();
            let (first, last) = rows.rsplit('#').next().and_then(|r| r.split_once('-')).unwrap();
            1 + last.parse::<u32>().unwrap() - first.parse::<u32>().unwrap()
        });
        reports.extend((0..items).map(|item| (received.offset, item)));
    });
    (begins, reports)
}

/// No public topic has a gap or a record that changed, and every report that was published has
/// exactly one outcome.
pub fn are_whole(connection: &Connection) {
    let (begins, reports) = reports(connection);
    let begun = Instant::now();
    let outcomes = loop {
        // The last repeats of a publisher may be on their way.
        let outcomes = outcomes(connection);
        if reports.last().is_none_or(|last| outcomes.contains_key(last)) {
            break outcomes;
        }
        assert!(begun.elapsed() < PATIENCE, "the last report has no outcome");
        sleep(Duration::from_millis(200));
    };
    let twice = outcomes.iter().find(|(_, times)| **times > 1);
    assert_eq!(twice, None, "a report with several outcomes");
    // Reports before the topic's beginning were deleted after they were decided.
    let left = outcomes.keys().copied().filter(|(offset, _)| *offset >= begins);
    assert!(left.eq(reports), "the reports that have an outcome are those that were published");
    for topic in Topic::PUBLIC {
        consumed(connection, topic);
    }
}
