//! The service: it goes on after failures, also from an older read model, and stops at what cannot
//! be mended. Topics in memory stand for the broker; the broker itself has tests of its own.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use basics::Seq;
use kafka::KafkaError;
use model::public::Topic;
use projector::TopicError;
use projector::service::{self, ServiceError, Source, Status, TopicRecord};
use store::{Location, Store, StoreError};

use crate::broker::{Topics, topics};
use crate::everything;
use crate::small_market::week;

/// Topics in memory, read one record of each in turn.
struct InMemory<'t> {
    topics: &'t Topics,
    next: [u64; 5],
    paused: [bool; 5],
    turn: usize,
    /// After so many records the broker is away once; for each of these in turn.
    fails_after: Vec<usize>,
    given: usize,
    begun: Vec<[u64; 5]>,
}

impl<'t> InMemory<'t> {
    fn new(topics: &'t Topics, fails_after: &[usize]) -> Self {
        Self {
            topics,
            next: [0; 5],
            paused: [false; 5],
            turn: 0,
            fails_after: fails_after.to_vec(),
            given: 0,
            begun: Vec::new(),
        }
    }
}

impl Source for InMemory<'_> {
    fn begin(&mut self, offsets: [u64; 5]) -> Result<(), KafkaError> {
        (self.next, self.paused, self.given) = (offsets, [false; 5], 0);
        self.begun.push(offsets);
        Ok(())
    }

    fn poll(
        &mut self,
        _: Duration,
        take: &mut dyn FnMut(TopicRecord<'_>),
    ) -> Result<bool, KafkaError> {
        if self.fails_after.first() == Some(&self.given) {
            self.fails_after.remove(0);
            let (topic, reason) = ("trades.status".to_owned(), "it is away".to_owned());
            return Err(KafkaError::Refused { doing: "read", topic, reason });
        }
        for _ in Topic::ALL {
            self.turn = (self.turn + 1) % 5;
            let (topic, offset) = (Topic::ALL[self.turn], self.next[self.turn]);
            let Some(bytes) = self.topics.of(topic).get(offset as usize) else { continue };
            if self.paused[self.turn] {
                continue;
            }
            self.next[self.turn] += 1;
            self.given += 1;
            take(TopicRecord { topic, offset, timestamp_ms: Some(0), bytes });
            return Ok(true);
        }
        thread::yield_now();
        Ok(false)
    }

    fn pause(&mut self, topic: Topic) -> Result<(), KafkaError> {
        self.paused[usize::from(topic.number())] = true;
        Ok(())
    }

    fn resume(&mut self, topic: Topic) -> Result<(), KafkaError> {
        self.paused[usize::from(topic.number())] = false;
        Ok(())
    }

    fn end(&self, topic: Topic) -> Option<u64> {
        Some(self.topics.of(topic).len() as u64)
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}

/// Runs the service until it shows the whole week.
fn run_to_the_end(
    source: &mut InMemory<'_>,
    open: &(dyn Fn() -> Result<Store, StoreError> + Sync),
) {
    let (status, stop) = (Status::new(0), AtomicBool::new(false));
    let last = Seq(week().len() as u64);
    thread::scope(|scope| {
        let service = scope.spawn(|| service::run(0, source, open, &status, &stop));
        while !service.is_finished() {
            let standing = status.standing();
            if standing.seq == last && standing.is_current {
                stop.store(true, Ordering::Relaxed);
            }
            thread::yield_now();
        }
        service.join().expect("no panic").expect("stopped when asked to");
    });
}

fn whole() -> String {
    let mut projector =
        projector::Projector::open(Store::temporary().expect("a store")).expect("open");
    for decision in week() {
        projector.apply(&decision).expect("applied");
    }
    everything(&projector.close().expect("closed"))
}

fn exports(path: &Path) -> String {
    everything(&Store::open_to_read(&Location::file(path)).expect("there"))
}

#[test]
fn a_broker_and_a_database_that_are_away_for_a_while_change_nothing() {
    let topics = topics(&week(), 2, 1);
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    let opened = AtomicUsize::new(0);
    let open = || match opened.fetch_add(1, Ordering::Relaxed) {
        0 | 2 => Err(StoreError::Connection(std::io::Error::other("it is away"))),
        _ => Store::open(&Location::file(&path)),
    };
    run_to_the_end(&mut InMemory::new(&topics, &[7, 31]), &open);
    assert!(opened.load(Ordering::Relaxed) >= 5);
    assert_eq!(exports(&path), whole());
}

#[test]
fn a_restored_backup_is_caught_up_from_its_own_offsets() {
    let topics = topics(&week(), 2, 1);
    let dir = tempfile::tempdir().expect("a directory");
    let (path, backup) = (dir.path().join("read.db"), dir.path().join("backup.db"));
    let early = Topics(topics.0.clone().map(|log| log[..log.len() / 3].to_vec()));
    let mut projector =
        projector::TopicProjector::open(Store::open(&Location::file(&backup)).expect("a store"), 0)
            .expect("open");
    for topic in Topic::ALL {
        for (offset, bytes) in (0..).zip(early.of(*topic)) {
            projector.take(*topic, offset, bytes).expect("taken");
        }
    }
    projector.flush().expect("flushed");
    let of_backup = projector.written().offsets;
    drop(projector);

    let mut source = InMemory::new(&topics, &[topics.0.iter().map(Vec::len).sum::<usize>()]);
    let opened = AtomicUsize::new(0);
    let open = || {
        if opened.fetch_add(1, Ordering::Relaxed) == 1 {
            fs::copy(&backup, &path).expect("restored");
        }
        Store::open(&Location::file(&path))
    };
    run_to_the_end(&mut source, &open);
    assert_eq!(exports(&path), whole());
    assert_eq!(source.begun[1], of_backup);
}

#[test]
fn a_gap_is_read_again_once_and_stops_it() {
    let mut topics = topics(&week(), 2, 1);
    topics.of_mut(Topic::LedgerEvents).remove(4);
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    let mut source = InMemory::new(&topics, &[]);
    let (status, stop) = (Status::new(0), AtomicBool::new(false));
    let ended =
        service::run(0, &mut source, &|| Store::open(&Location::file(&path)), &status, &stop);
    let gap = matches!(ended, Err(ServiceError::Topic(TopicError::Gap { expected: 5, .. })));
    assert!(gap, "{ended:?}");
    assert_eq!(source.begun.len(), 2);
    assert!(status.standing().trouble.expect("it says so").contains("ledger.events has record 6"));
}
