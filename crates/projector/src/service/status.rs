//! What a projector says about itself, to be asked from any thread, and its metrics.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use basics::Seq;

/// Where a projector stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The last decision that the read model shows.
    pub seq: Seq,
    /// About how many decisions it is behind the topics.
    pub behind: u64,
    /// Whether everything that the topics had was written when it last looked.
    pub is_current: bool,
    /// When its loop turned last.
    pub beat: Instant,
    /// What is wrong. `None`: nothing.
    pub trouble: Option<String>,
}

/// How fresh what the read model shows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// The topics have nothing more.
    Current,
    /// What was taken last was written to its topic then, in milliseconds since 1970.
    WrittenAt(i64),
    /// Nobody knows; it was current before.
    Unknown,
}

/// The standing of one segment's projector.
#[derive(Debug)]
pub struct Status {
    label: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    standing: Standing,
    /// When everything that the topics had was written; at first when it started.
    current_at: Instant,
}

impl Status {
    /// A projector of a segment that is about to start.
    #[must_use]
    pub fn new(segment: u32) -> Self {
        let now = Instant::now();
        let standing =
            Standing { seq: Seq(0), behind: 0, is_current: false, beat: now, trouble: None };
        let state = Mutex::new(State { standing, current_at: now });
        Self { label: segment.to_string(), state }
    }

    /// Where it stands now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.lock().standing.clone()
    }

    /// The loop turned.
    pub(super) fn beat(&self, trouble: Option<&str>) {
        let standing = &mut self.lock().standing;
        standing.beat = Instant::now();
        if trouble != standing.trouble.as_deref() {
            standing.trouble = trouble.map(str::to_owned);
        }
    }

    /// The read model shows `seq` and is about so many decisions behind.
    pub(super) fn reached(&self, seq: Seq, behind: u64, freshness: Freshness) {
        let mut state = self.lock();
        state.standing.seq = seq;
        state.standing.behind = behind;
        state.standing.is_current = freshness == Freshness::Current;
        if state.standing.is_current {
            state.current_at = Instant::now();
        }
        let lag = match freshness {
            Freshness::Current => 0.0,
            Freshness::WrittenAt(milliseconds) => age_of(milliseconds),
            Freshness::Unknown => state.current_at.elapsed().as_secs_f64(),
        };
        drop(state);
        let label = || self.label.clone();
        metrics::gauge!("clearfold_projection_seq", "segment" => label()).set(seq.0 as f64);
        metrics::gauge!("clearfold_projection_lag_events", "segment" => label()).set(behind as f64);
        self.gauge_lag(lag);
    }

    /// It failed; it may go on. How long the read model lags is not known then: no longer than since
    /// it was current.
    pub(super) fn failed(&self, trouble: &str) {
        let label = self.label.clone();
        metrics::counter!("clearfold_projection_failures_total", "segment" => label).increment(1);
        let mut state = self.lock();
        state.standing.beat = Instant::now();
        state.standing.is_current = false;
        state.standing.trouble = Some(trouble.to_owned());
        let lag = state.current_at.elapsed().as_secs_f64();
        drop(state);
        self.gauge_lag(lag);
    }

    fn gauge_lag(&self, seconds: f64) {
        let label = self.label.clone();
        metrics::gauge!("clearfold_projection_lag_seconds", "segment" => label).set(seconds);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds since a moment in milliseconds since 1970; 0 for one that is still to come.
fn age_of(written_ms: i64) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let written = u64::try_from(written_ms).unwrap_or_default();
    now.as_secs_f64() - (written as f64 / 1e3).min(now.as_secs_f64())
}
