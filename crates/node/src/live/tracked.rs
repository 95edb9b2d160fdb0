//! How far the owner's frames have come back: told by the thread that reads the journal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use journal::{Head, Seen, Tail};
use kafka::TopicLog;

use crate::NodeError;

/// How long the reader waits for a record before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the reader has seen.
#[derive(Debug)]
struct Shared {
    /// Where the chain stands.
    head: Head,
    /// Why the owner must stop. `None`: it goes on.
    lost: Option<NodeError>,
    is_over: bool,
}

/// Reads the journal back while its owner writes it.
#[derive(Debug)]
pub struct Tracked {
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<()>>,
}

impl Tracked {
    /// Begins to read on where a tail stands that has just seen the owner's fence.
    pub fn spawn(tail: Tail<TopicLog>) -> Self {
        let head = *tail.head();
        let shared = Arc::new(Mutex::new(Shared { head, lost: None, is_over: false }));
        let told = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || read(tail, &told)));
        Self { shared, thread }
    }

    /// The last decision that has come back.
    ///
    /// # Errors
    /// Why the owner must stop.
    pub fn durable(&self) -> Result<u64, NodeError> {
        let mut shared = lock(&self.shared);
        match shared.lost.take() {
            Some(lost) => Err(lost),
            None => Ok(shared.head.last_seq),
        }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        lock(&self.shared).is_over = true;
        if let Some(thread) = self.thread.take() {
            // It ends within its patience; a panic there has been reported already.
            let _ = thread.join();
        }
    }
}

fn read(mut tail: Tail<TopicLog>, told: &Mutex<Shared>) {
    let epoch = tail.head().epoch;
    loop {
        let seen = tail.poll(PATIENCE).map(|seen| matches!(seen, Seen::Frame(_) | Seen::Fence));
        let mut shared = lock(told);
        match seen {
            Ok(true) => shared.head = *tail.head(),
            Ok(false) => {}
            Err(error) => shared.lost = Some(error.into()),
        }
        if tail.head().epoch > epoch {
            let epoch = tail.head().epoch;
            shared.lost = Some(journal::JournalError::Fenced { epoch }.into());
        }
        if shared.is_over || shared.lost.is_some() {
            return;
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
