//! How a process feels: what its roles report, and what the probes make of it.
//!
//! Three questions, three answers. *Live*: every loop turned lately. *Started*: everything that is
//! replayed at a start has been. *Ready*: started, and every check holds. What is deliberately not
//! here: HTTP ([`http`](super::http)), and when a role feels well, which the role decides.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// How long a loop may take for one turn before the process counts as stuck.
pub const STUCK_AFTER: Duration = Duration::from_secs(30);

/// What a process knows about its well-being. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    /// Beats are told in milliseconds since this moment.
    born: Instant,
    stuck_after: Duration,
    beats: RwLock<BTreeMap<String, AtomicU64>>,
    starts: Mutex<BTreeMap<String, Start>>,
    checks: Mutex<BTreeMap<String, Result<(), String>>>,
}

/// How far a start has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// So much of so much is replayed.
    Replaying { done: u64, of: u64 },
    /// It is through.
    Through,
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was looked at.
    pub name: String,
    /// Why it is not well. None: it is.
    pub why: Option<String>,
}

impl Line {
    fn new(name: impl Into<String>, why: Option<String>) -> Self {
        Self { name: name.into(), why }
    }
}

impl Health {
    /// A process of which nothing is known yet.
    pub fn new(stuck_after: Duration) -> Self {
        Self(Arc::new(Inner {
            born: Instant::now(),
            stuck_after,
            beats: RwLock::default(),
            starts: Mutex::default(),
            checks: Mutex::default(),
        }))
    }

    /// A loop has turned. The first beat registers it; from then on it has to go on.
    pub fn beat(&self, name: &str) {
        self.turned(name, Instant::now());
    }

    /// A loop has turned at a moment that it noted itself.
    pub fn turned(&self, name: &str, at: Instant) {
        let since = at.saturating_duration_since(self.0.born).as_millis();
        let now = u64::try_from(since).unwrap_or(u64::MAX);
        let beats = self.0.beats.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = beats.get(name) {
            last.store(now, Ordering::Relaxed);
            return;
        }
        drop(beats);
        let mut beats = self.0.beats.write().unwrap_or_else(PoisonError::into_inner);
        beats.insert(name.to_owned(), AtomicU64::new(now));
    }

    /// A check holds, or why it does not. It stays so until it is said otherwise.
    pub fn check(&self, name: &str, holds: Result<(), String>) {
        let mut checks = locked(&self.0.checks);
        match checks.get_mut(name) {
            Some(known) => *known = holds,
            None => drop(checks.insert(name.to_owned(), holds)),
        }
    }

    /// A start is under way: `done` of `of` are replayed, in frames, events or records.
    pub fn starting(&self, name: &str, done: u64, of: u64) {
        locked(&self.0.starts).insert(name.to_owned(), Start::Replaying { done, of });
    }

    /// A start is through.
    pub fn started(&self, name: &str) {
        locked(&self.0.starts).insert(name.to_owned(), Start::Through);
    }

    /// Whether the loops turn.
    pub fn live(&self) -> Vec<Line> {
        let now = self.millis();
        let beats = self.0.beats.read().unwrap_or_else(PoisonError::into_inner);
        let line = |(name, last): (&String, &AtomicU64)| {
            let still = Duration::from_millis(now.saturating_sub(last.load(Ordering::Relaxed)));
            let stuck = still > self.0.stuck_after;
            let why = || format!("has not turned for {} s", still.as_secs());
            Line::new(name, stuck.then(why))
        };
        beats.iter().map(line).collect()
    }

    /// Whether all starts are through.
    pub fn through(&self) -> Vec<Line> {
        let starts = locked(&self.0.starts);
        if starts.is_empty() {
            return vec![Line::new("process", Some("has not reported yet".to_owned()))];
        }
        let line = |(name, start): (&String, &Start)| match *start {
            Start::Through => Line::new(name, None),
            Start::Replaying { done, of } => {
                let percent = u128::from(done.min(of)) * 100 / u128::from(of.max(1));
                Line::new(name, Some(format!("replayed {done} of {of} ({percent} %)")))
            }
        };
        starts.iter().map(line).collect()
    }

    /// Whether work is done: starts that are not through, and every check.
    pub fn ready(&self) -> Vec<Line> {
        let mut lines = self.through();
        lines.retain(|line| line.why.is_some());
        let checks = locked(&self.0.checks);
        lines.extend(checks.iter().map(|(name, holds)| Line::new(name, holds.clone().err())));
        lines
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.0.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A thread that died with the lock has left a whole value: each is written in one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: Duration = Duration::from_secs(86_400);

    fn whys(lines: &[Line]) -> Vec<(&str, Option<&str>)> {
        lines.iter().map(|line| (line.name.as_str(), line.why.as_deref())).collect()
    }

    #[test]
    fn a_loop_that_stands_still_too_long_is_not_live() {
        let health = Health::new(NEVER);
        assert!(health.live().is_empty());
        health.beat("node 0");
        health.beat("node 0");
        assert_eq!(whys(&health.live()), [("node 0", None)]);

        // Without patience, any loop is stuck as soon as the clock has moved on.
        let health = Health::new(Duration::ZERO);
        health.beat("node 0");
        let since = health.millis();
        while health.millis() <= since {
            std::thread::yield_now();
        }
        assert_eq!(whys(&health.live()), [("node 0", Some("has not turned for 0 s"))]);
    }

    #[test]
    fn a_process_is_started_when_every_start_is_through() {
        let health = Health::new(NEVER);
        assert_eq!(whys(&health.through()), [("process", Some("has not reported yet"))]);
        health.starting("node 0", 1, 3);
        health.started("node 1");
        let said = health.through();
        assert_eq!(whys(&said), [("node 0", Some("replayed 1 of 3 (33 %)")), ("node 1", None)]);
        health.starting("node 0", 0, 0);
        assert_eq!(health.through()[0].why.as_deref(), Some("replayed 0 of 0 (0 %)"));
        health.started("node 0");
        assert!(health.through().iter().all(|line| line.why.is_none()));
    }

    #[test]
    fn a_process_is_ready_when_it_is_started_and_every_check_holds() {
        let health = Health::new(NEVER);
        assert_eq!(whys(&health.ready()), [("process", Some("has not reported yet"))]);
        health.starting("node 0", 2, 4);
        health.check("store", Ok(()));
        assert_eq!(
            whys(&health.ready()),
            [("node 0", Some("replayed 2 of 4 (50 %)")), ("store", None)]
        );
        health.started("node 0");
        assert_eq!(whys(&health.ready()), [("store", None)]);
        health.check("store", Err("no answer".to_owned()));
        assert_eq!(whys(&health.clone().ready()), [("store", Some("no answer"))]);
    }
}
