//! A consumer of all public topics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use kafka::{Begin, Connection, Heard, KafkaError, Reader, Topic};

use crate::Outcome;

use super::SEGMENT;

/// How long it waits for a record before it looks whether it should end.
const WAIT: Duration = Duration::from_millis(5);

/// Nothing more comes when this long nothing came.
const QUIET: Duration = Duration::from_millis(500);

/// Reads on a thread of its own, and notes when the last record came.
pub struct Consumer {
    shared: Arc<Shared>,
    thread: JoinHandle<Result<(), KafkaError>>,
}

struct Shared {
    begun: Instant,
    /// Nanoseconds from then to the last record.
    last: AtomicU64,
    is_over: AtomicBool,
}

impl Shared {
    fn last(&self) -> Instant {
        self.begun + Duration::from_nanos(self.last.load(Ordering::Relaxed))
    }
}

impl Consumer {
    /// Begins at the beginning.
    pub fn spawn(connection: &Connection) -> Outcome<Self> {
        let begin = Topic::PUBLIC.map(|topic| (topic, Begin::At(0)));
        let reader = Reader::open(connection, SEGMENT, &begin)?;
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            last: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let told = Arc::clone(&shared);
        Ok(Self { shared, thread: spawn(move || consume(reader, &told)) })
    }

    /// Waits until nothing more comes, and gives the seconds from `begun` to the last record.
    pub fn seconds_since(self, begun: Instant) -> Outcome<f64> {
        while self.shared.last().max(begun).elapsed() < QUIET {
            sleep(WAIT);
        }
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("the consumer does not panic")?;
        Ok(self.shared.last().saturating_duration_since(begun).as_secs_f64())
    }
}

fn consume(mut reader: Reader, told: &Shared) -> Result<(), KafkaError> {
    while !told.is_over.load(Ordering::Relaxed) {
        if let Heard::Record(()) = reader.poll(WAIT, |_| ())? {
            let since = told.begun.elapsed().as_nanos();
            told.last.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
    Ok(())
}
