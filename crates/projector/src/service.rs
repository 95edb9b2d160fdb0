//! The projector of one segment as a service: public topics in, one read model out.
//!
//! It reads the topics from where the read model says, writes what has come when nothing more is
//! there or some time has passed, and holds topics back that run ahead. When the database fails it
//! opens it again, after a pause, and goes on from what it finds there: that may be less than
//! before, after a restored backup, which it notices also when nothing comes. Nothing is told to
//! the brokers about how far it is.
//!
//! Time decides when rows are written, never which.

mod lag;
mod source;
mod status;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kafka::KafkaError;
use model::public::Topic;
use store::{Store, StoreError};

use crate::merge::TopicError;
use crate::topics::{FeedError, TopicProjector};

use lag::Lag;
use status::Freshness;

pub use source::{KafkaSource, Source, TopicRecord};
pub use status::{Standing, Status};

/// How long what was taken waits for more of it before it is written.
const LINGER: Duration = Duration::from_millis(2);

/// How long what was taken waits at most, while more keeps coming.
const WRITE_AFTER: Duration = Duration::from_millis(100);

/// How long it waits for a record before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(50);

/// How often it looks, while nothing comes, whether the read model is where it was left.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The pauses between tries begin with this one and double.
const PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between tries.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What ends the service, or one try of it.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The read model cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A topic holds what it should not, or lacks something.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// A topic cannot be read.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
}

impl From<FeedError> for ServiceError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Store(error) => Self::Store(error),
            FeedError::Topic(error) => Self::Topic(error),
        }
    }
}

impl ServiceError {
    /// Whether another try may go better by itself.
    fn passes(&self) -> bool {
        match self {
            Self::Store(error) => is_passing(error),
            Self::Kafka(error) => matches!(error, KafkaError::Refused { .. }),
            // Read again once; the same fault a second time is there to stay.
            Self::Topic(_) => true,
        }
    }
}

/// Runs the projector of a segment until it is asked to stop; then all that is whole is written.
///
/// `open` opens the read model. It is asked again after each failure.
///
/// # Errors
/// What no other try can mend: a read model of another version, a topic that lacks records or
/// holds what is none, records that retention deleted before they were read.
pub fn run(
    segment: u32,
    source: &mut impl Source,
    open: &dyn Fn() -> Result<Store, StoreError>,
    status: &Status,
    stop: &AtomicBool,
) -> Result<(), ServiceError> {
    let mut pause = PAUSE;
    let mut fault: Option<TopicError> = None;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let Err(error) = once(segment, source, open, status, stop) else { break };
        status.failed(&error.to_string());
        let is_known =
            matches!(&error, ServiceError::Topic(found) if fault.as_ref() == Some(found));
        if is_known || !error.passes() {
            return Err(error);
        }
        tracing::warn!(segment, %error, "the projector begins again");
        if let ServiceError::Topic(found) = error {
            fault = Some(found);
        }
        // A try that went well for a while is no reason for patience.
        pause = if begun.elapsed() > PAUSE_MAX { PAUSE } else { pause };
        wait(pause, stop);
        pause = (pause * 2).min(PAUSE_MAX);
    }
    Ok(())
}

/// From opening the read model to a failure or the end.
fn once(
    segment: u32,
    source: &mut impl Source,
    open: &dyn Fn() -> Result<Store, StoreError>,
    status: &Status,
    stop: &AtomicBool,
) -> Result<(), ServiceError> {
    let projector = TopicProjector::open(open()?, segment)?;
    let written = *projector.written();
    tracing::info!(segment, seq = written.seq.0, offsets = ?written.offsets, "reads the topics");
    source.begin(written.offsets)?;
    let paused = [false; Topic::ALL.len()];
    let lag = Lag::new(written.seq, written.offsets);
    let checked = Instant::now();
    let mut feed =
        Feed { projector, source, status, lag, paused, since: None, newest_ms: None, checked };
    feed.run(stop)
}

/// A read model being fed.
struct Feed<'f, S> {
    projector: TopicProjector,
    source: &'f mut S,
    status: &'f Status,
    lag: Lag,
    paused: [bool; Topic::ALL.len()],
    /// When the first record came that may not be written.
    since: Option<Instant>,
    /// When the last record taken was written to its topic.
    newest_ms: Option<i64>,
    /// When it looked last whether the read model is where it was left.
    checked: Instant,
}

impl<S: Source> Feed<'_, S> {
    fn run(&mut self, stop: &AtomicBool) -> Result<(), ServiceError> {
        while !stop.load(Ordering::Relaxed) {
            match self.take()? {
                Some(topic) => {
                    self.hold_back(topic)?;
                    if self.since.is_some_and(|since| since.elapsed() > WRITE_AFTER) {
                        self.write()?;
                    }
                }
                None => {
                    self.write()?;
                    self.check()?;
                    self.status.beat(self.source.trouble());
                }
            }
        }
        self.write()
    }

    /// Takes the next record; its topic. `None`: there is nothing more for now.
    fn take(&mut self) -> Result<Option<Topic>, ServiceError> {
        let patience = if self.since.is_some() { LINGER } else { PATIENCE };
        let Self { projector, source, lag, newest_ms, .. } = self;
        let mut taken = Ok(None);
        source.poll(patience, &mut |record| {
            *newest_ms = record.timestamp_ms;
            lag.take(record.topic, record.offset);
            let result = projector.take(record.topic, record.offset, record.bytes);
            taken = result.map(|()| Some(record.topic));
        })?;
        let topic = taken?;
        if topic.is_some() && self.since.is_none() {
            self.since = Some(Instant::now());
        }
        Ok(topic)
    }

    /// Pauses a topic that is far ahead, and goes on with those that have room again.
    fn hold_back(&mut self, taken: Topic) -> Result<(), ServiceError> {
        if !self.projector.wants(taken) {
            self.source.pause(taken)?;
            self.paused[usize::from(taken.number())] = true;
        }
        for topic in Topic::ALL {
            let paused = &mut self.paused[usize::from(topic.number())];
            if *paused && self.projector.wants(*topic) {
                self.source.resume(*topic)?;
                *paused = false;
            }
        }
        Ok(())
    }

    /// Looks now and then whether the read model is where it was left: a write would find out, but
    /// there may be nothing to write for a night.
    fn check(&mut self) -> Result<(), ServiceError> {
        if self.checked.elapsed() >= CHECK_EVERY {
            self.checked = Instant::now();
            self.projector.check()?;
        }
        Ok(())
    }

    /// Writes what is whole, and says how far that is.
    fn write(&mut self) -> Result<(), ServiceError> {
        self.projector.flush()?;
        self.since = None;
        let (shown, newest) = (self.projector.written().seq, self.projector.newest());
        let left = self.lag.records(|topic| self.source.end(topic));
        let behind = self.lag.decisions(shown, newest, &left.unwrap_or_default());
        let freshness = match (left, self.source.trouble(), self.newest_ms) {
            (Some(_), None, _) if behind == 0 => Freshness::Current,
            (_, None, Some(milliseconds)) => Freshness::WrittenAt(milliseconds),
            (..) => Freshness::Unknown,
        };
        self.status.reached(shown, behind, freshness);
        Ok(())
    }
}

/// Waits, and looks now and then whether it should end.
fn wait(pause: Duration, stop: &AtomicBool) {
    let until = Instant::now() + pause;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        thread::sleep(PAUSE.min(pause));
    }
}

/// Whether a store may answer another time. One that somebody else wrote is opened again as well.
fn is_passing(error: &StoreError) -> bool {
    error.is_unavailable() || matches!(error, StoreError::Moved { .. })
}
