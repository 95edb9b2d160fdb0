//! The service against a real broker: it is killed under it, and its topics lose their beginning.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use basics::Seq;
use kafka::topics::{Admin, Plan, Settings};
use kafka::{Connection, KafkaError, Names, Record, Security, Sender};
use model::public::Topic;
use projector::service::{self, KafkaSource, ServiceError, Status};
use services::{Kafka, KafkaOptions, Signal};
use store::{Location, Store};

use crate::broker::Topics;
use crate::everything;
use crate::golden::Golden;

/// How long a broker may take to come back before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

fn connection(kafka: &Kafka) -> Connection {
    Connection {
        bootstrap: kafka.bootstrap(),
        names: Names { prefix: "clearfold.".to_owned() },
        security: Security::Plaintext,
        client: "projector".to_owned(),
    }
}

fn make_topics(connection: &Connection) {
    let settings = Settings { partitions: 1, replication: 1, min_insync: 1, retention_days: 14 };
    let admin = Admin::open(connection).expect("a client");
    admin.apply(&Plan::new(&connection.names, &settings)).expect("made");
}

/// Sends the Kafka records of all topics that lie in these parts of them, in tenths.
fn send(connection: &Connection, topics: &Topics, tenths: std::ops::Range<usize>) {
    let mut sender = Sender::open(connection, 0, Duration::from_millis(1)).expect("a client");
    for (topic, log) in kafka::Topic::PUBLIC.into_iter().zip(&topics.0) {
        for bytes in &log[log.len() * tenths.start / 10..log.len() * tenths.end / 10] {
            sender.send(&Record { topic, bytes, headers: &[] }).expect("taken");
        }
    }
    assert!(sender.drain(PATIENCE).expect("none is lost"), "delivered in time");
}

/// Runs the service and, beside it, `meanwhile`; then waits until it shows `last`.
fn run(connection: &Connection, path: &Path, last: Seq, meanwhile: impl FnOnce()) {
    let (status, stop) = (Status::new(0), AtomicBool::new(false));
    let mut source = KafkaSource::new(connection.clone(), 0);
    let open = || Store::open(&Location::file(path));
    thread::scope(|scope| {
        let service = scope.spawn(|| service::run(0, &mut source, &open, &status, &stop));
        meanwhile();
        let begun = Instant::now();
        while !service.is_finished() && begun.elapsed() < PATIENCE {
            let standing = status.standing();
            if standing.seq == last && standing.is_current {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let standing = status.standing();
        stop.store(true, Ordering::Relaxed);
        service.join().expect("no panic").expect("stopped when asked to");
        assert_eq!((standing.seq, standing.is_current), (last, true), "{standing:?}");
    });
}

#[test]
fn a_read_model_from_a_real_broker_is_the_embedded_one() {
    let golden = Golden::read();
    let topics = golden.topics(&[97, 5, 200], 4_000);
    let kafka = Kafka::start(KafkaOptions::default()).expect("a broker");
    let connection = connection(&kafka);
    make_topics(&connection);
    send(&connection, &topics, 0..3);

    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    run(&connection, &path, golden.last, || {
        send(&connection, &topics, 3..6);
        kafka.signal(1, Signal::Kill).expect("killed");
        kafka.restart(1).expect("back again");
        send(&connection, &topics, 6..10);
        // A relay that was taken over from sends its end once more.
        send(&connection, &topics, 8..10);
    });
    let store = Store::open_to_read(&Location::file(&path)).expect("there");
    assert!(everything(&store) == golden.exports, "the exports differ");

    // Started again, it has nothing to do; a new read model begins at the beginning.
    run(&connection, &path, golden.last, || {});
    let fresh = dir.path().join("fresh.db");
    run(&connection, &fresh, golden.last, || {});
    let store = Store::open_to_read(&Location::file(&fresh)).expect("there");
    assert!(everything(&store) == golden.exports, "the exports differ");

    a_lost_beginning_is_an_error(&kafka, &connection, dir.path());
}

/// Retention deleted what a new read model needs: it says which topic, and from where on it is.
fn a_lost_beginning_is_an_error(kafka: &Kafka, connection: &Connection, dir: &Path) {
    let file = dir.join("delete.json");
    let what = r#"{"partitions":[{"topic":"clearfold.ledger.events","partition":0,"offset":3}],
                   "version":1}"#;
    std::fs::write(&file, what).expect("written");
    let mut tool = kafka.tool("org.apache.kafka.tools.DeleteRecordsCommand");
    tool.arg("--bootstrap-server").arg(kafka.bootstrap()).arg("--offset-json-file").arg(&file);
    let output = tool.output().expect("java starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut source = KafkaSource::new(connection.clone(), 0);
    let (status, stop) = (Status::new(0), AtomicBool::new(false));
    let path = dir.join("late.db");
    let ended =
        service::run(0, &mut source, &|| Store::open(&Location::file(&path)), &status, &stop);
    let Err(ServiceError::Kafka(KafkaError::Truncated { topic, begins: 3, wanted: 0 })) = ended
    else {
        panic!("{ended:?}")
    };
    assert_eq!(topic, format!("clearfold.{}", Topic::LedgerEvents.name()));
}
