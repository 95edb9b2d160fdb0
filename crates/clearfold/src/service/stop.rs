//! How a process is asked to stop, and how long it may take.
//!
//! The first signal sets a flag that every loop looks at; the second ends the process at once.
//! What is deliberately not here: what a role does when it stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long roles may take to stop before the process ends without them.
pub const BOUND: Duration = Duration::from_secs(10);

/// A request to stop. Cheap to clone; every clone is the same.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Apart from the lock, so that a hot loop can look without one.
    flag: Arc<AtomicBool>,
    lock: Mutex<()>,
    told: Condvar,
}

/// Whether a request was the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// It was: loops end in good order.
    First,
    /// It was not: whoever asks does not want to wait.
    Again,
}

impl Stop {
    /// Asks everybody to stop.
    pub fn request(&self) -> Request {
        // Under the lock, so that nobody falls asleep between looking and waiting.
        let _lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.0.flag.swap(true, Ordering::SeqCst);
        self.0.told.notify_all();
        if before { Request::Again } else { Request::First }
    }

    /// Whether somebody asked.
    pub fn requested(&self) -> bool {
        self.0.flag.load(Ordering::Relaxed)
    }

    /// Sleeps until somebody asks, but no longer than this. True if somebody did.
    pub fn wait(&self, longest: Duration) -> bool {
        let lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let asleep = self.0.told.wait_timeout_while(lock, longest, |()| !self.requested());
        drop(asleep);
        self.requested()
    }

    /// The flag itself, for those who know flags alone.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_request_is_known_as_one() {
        let stop = Stop::default();
        let flag = stop.flag();
        assert!(!stop.requested() && !flag.load(Ordering::Relaxed));
        assert!(!stop.wait(Duration::ZERO));
        assert_eq!(stop.request(), Request::First);
        assert!(stop.requested() && flag.load(Ordering::Relaxed));
        assert_eq!(stop.clone().request(), Request::Again);
    }

    #[test]
    fn a_request_wakes_those_who_sleep() {
        let stop = Stop::default();
        let asleep = stop.clone();
        let sleeper = std::thread::spawn(move || asleep.wait(Duration::from_secs(86_400)));
        stop.request();
        assert!(sleeper.join().unwrap());
    }
}
