//! Time on the processor: what a thread took, however busy the machine is.

use std::time::Duration;

/// Counts a thread's time on the processor, over as many stretches as one likes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    total: Duration,
}

impl Clock {
    /// Counts what `work` takes.
    pub fn count<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = now();
        let done = work();
        self.total += now() - begun;
        done
    }

    /// Nanoseconds for each of so many reports.
    pub fn nanos_per(&self, reports: u64) -> f64 {
        self.total.as_secs_f64() * 1e9 / reports.max(1) as f64
    }
}

/// What this thread has taken of the processor so far.
#[cfg(unix)]
fn now() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Where the system does not tell, time on the wall stands for it.
#[cfg(not(unix))]
fn now() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed()
}
