//! Group commit: a thread that writes what waits, syncs once, and says what is durable.
//!
//! The producer hands over whole bodies and goes on; hashing, checksums, writing and syncing are
//! done on the thread. The queue is bounded: a producer that is faster than the disk waits. What
//! waits is written together and synced once, so a slow disk makes batches larger, not latency
//! longer without end. How frames are grouped leaves no trace in the files.
//!
//! Law: WRITER-1 what [`Durable`] announced survives any crash; after a failure it announces
//! nothing more, and everyone who asks gets that failure.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::JournalError;
use crate::file::{FileJournal, check_body};
use crate::rule::Head;

/// At most this many frames are written before a sync, so that acknowledgements keep coming
/// however fast the producer is.
const FRAMES_PER_SYNC_MAX: usize = 64;

/// How many durable frame boundaries are remembered for [`Durable::head_at`].
const REMEMBERED_HEADS: usize = 4096;

/// A frame on its way to the thread.
#[derive(Debug)]
struct Job {
    count: u32,
    body: Vec<u8>,
}

/// The producer's end of a journal whose frames are written on another thread.
///
/// Dropping it writes and syncs what still waits; [`Writer::close`] says whether that went well.
#[derive(Debug)]
pub struct Writer {
    /// `None`: closing.
    jobs: Option<SyncSender<Job>>,
    recycled: Receiver<Vec<u8>>,
    durable: Durable,
    thread: Option<JoinHandle<FileJournal>>,
    /// Sequence of the last decision handed over.
    last_seq: u64,
}

impl Writer {
    /// Starts the thread. At most `queue_frames` frames wait for it.
    ///
    /// # Errors
    ///
    /// The journal has appends that are not synced and cannot be; or there is no thread to have.
    pub fn spawn(mut journal: FileJournal, queue_frames: usize) -> Result<Writer, JournalError> {
        journal.sync()?;
        let durable = Durable::new(*journal.durable());
        let last_seq = journal.head().last_seq;
        let (jobs, waiting) = mpsc::sync_channel(queue_frames);
        let (recycle, recycled) = mpsc::sync_channel(queue_frames + FRAMES_PER_SYNC_MAX);
        let announce = Announcer(durable.clone());
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || run(journal, &waiting, &recycle, announce))
            .map_err(JournalError::io("start the thread for", "the journal".as_ref()))?;
        Ok(Writer { jobs: Some(jobs), recycled, durable, thread: Some(thread), last_seq })
    }

    /// An empty buffer for the next body, one already used if there is one.
    #[must_use]
    pub fn buffer(&mut self) -> Vec<u8> {
        self.recycled.try_recv().unwrap_or_default()
    }

    /// Hands over a frame of `count` decisions; gives the sequence of its last one. Waits while
    /// the queue is full.
    ///
    /// # Errors
    ///
    /// No decisions or too long a body: the frame is dropped and the writer goes on. Otherwise the
    /// failure that stopped the thread.
    pub fn submit(&mut self, count: u32, body: Vec<u8>) -> Result<u64, JournalError> {
        check_body(count, &body)?;
        self.durable.check_alive()?;
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { count, body }).is_ok());
        if !sent {
            self.durable.check_alive()?;
            return Err(JournalError::Stopped);
        }
        self.last_seq += u64::from(count);
        Ok(self.last_seq)
    }

    /// Sequence of the last decision handed over, durable or not.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// What is durable: to be asked from any thread.
    #[must_use]
    pub fn durable(&self) -> &Durable {
        &self.durable
    }

    /// Writes and syncs what waits, ends the thread, and gives the journal back.
    ///
    /// # Errors
    ///
    /// The failure that stopped the thread.
    pub fn close(mut self) -> Result<FileJournal, JournalError> {
        let journal = self.join().ok_or(JournalError::Stopped)?;
        match self.durable.failure() {
            Some(JournalError::Stopped) | None => Ok(journal),
            Some(error) => Err(error),
        }
    }

    /// `None`: the thread panicked, and the journal with it.
    fn join(&mut self) -> Option<FileJournal> {
        self.jobs = None;
        self.thread.take().and_then(|thread| thread.join().ok())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Waits, so that the lock is free once the writer is gone.
        self.join();
    }
}

/// The thread: ends when the producer closes, or at the first failure.
fn run(
    mut journal: FileJournal,
    waiting: &Receiver<Job>,
    recycle: &SyncSender<Vec<u8>>,
    announce: Announcer,
) -> FileJournal {
    let mut heads = Vec::with_capacity(FRAMES_PER_SYNC_MAX);
    while let Ok(first) = waiting.recv() {
        let batch = std::iter::once(first).chain(waiting.try_iter()).take(FRAMES_PER_SYNC_MAX);
        if let Err(error) = commit(&mut journal, batch, recycle, &mut heads) {
            announce.failed(error);
            return journal;
        }
        announce.durable(&heads);
        heads.clear();
    }
    journal
}

/// Writes a batch and syncs once; collects the head after each frame in `heads`.
fn commit(
    journal: &mut FileJournal,
    batch: impl Iterator<Item = Job>,
    recycle: &SyncSender<Vec<u8>>,
    heads: &mut Vec<Head>,
) -> Result<(), JournalError> {
    for Job { count, mut body } in batch {
        journal.append(count, &body)?;
        heads.push(*journal.head());
        body.clear();
        // A producer that is gone, or has buffers of its own, does not take it: then it is freed.
        let _ = recycle.try_send(body);
    }
    journal.sync()
}

/// Says what is durable; clones ask the same journal.
#[derive(Clone, Debug)]
pub struct Durable(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Durable frame boundaries, oldest first. Never empty.
    heads: VecDeque<Head>,
    /// Why there will be no more. `None`: the thread runs.
    end: Option<JournalError>,
}

impl State {
    fn newest(&self) -> &Head {
        self.heads.back().expect("heads are never empty")
    }
}

impl Durable {
    fn new(head: Head) -> Durable {
        let state = Mutex::new(State { heads: VecDeque::from([head]), end: None });
        Durable(Arc::new(Shared { state, changed: Condvar::new() }))
    }

    /// The last durable sequence. Zero: none yet.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.state().newest().last_seq
    }

    /// Where the durable chain stands.
    #[must_use]
    pub fn head(&self) -> Head {
        *self.state().newest()
    }

    /// The head of the chain at a durable frame boundary. `None`: `last_seq` is no boundary, not
    /// durable, or not among the newest 4096.
    #[must_use]
    pub fn head_at(&self, last_seq: u64) -> Option<Head> {
        let state = self.state();
        let index = state.heads.partition_point(|head| head.last_seq < last_seq);
        state.heads.get(index).filter(|head| head.last_seq == last_seq).copied()
    }

    /// Waits until `seq` is durable.
    ///
    /// # Errors
    ///
    /// It will never be: the failure that stopped the writer, or it was closed before.
    pub fn wait(&self, seq: u64) -> Result<(), JournalError> {
        let mut state = self.state();
        while state.newest().last_seq < seq {
            if let Some(end) = &state.end {
                return Err(end.clone());
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Waits until `seq` is durable, but no longer than `patience`; gives the last durable
    /// sequence, which may be smaller.
    ///
    /// # Errors
    ///
    /// As [`Durable::wait`].
    pub fn wait_for(&self, seq: u64, patience: Duration) -> Result<u64, JournalError> {
        let start = Instant::now();
        let mut state = self.state();
        loop {
            let reached = state.newest().last_seq;
            let left = patience.saturating_sub(start.elapsed());
            if reached >= seq {
                return Ok(reached);
            }
            if let Some(end) = &state.end {
                return Err(end.clone());
            }
            if left.is_zero() {
                return Ok(reached);
            }
            let waited = self.0.changed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Why nothing more will become durable. `None`: the writer runs.
    #[must_use]
    pub fn failure(&self) -> Option<JournalError> {
        self.state().end.clone()
    }

    fn check_alive(&self) -> Result<(), JournalError> {
        self.failure().map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements that change it, so a panic elsewhere does
        // not spoil it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's side of [`Durable`]. However the thread ends, nobody waits for ever.
struct Announcer(Durable);

impl Announcer {
    fn durable(&self, heads: &[Head]) {
        let mut state = self.0.state();
        state.heads.extend(heads);
        let old = state.heads.len().saturating_sub(REMEMBERED_HEADS);
        state.heads.drain(..old);
        self.0.0.changed.notify_all();
    }

    fn failed(&self, error: JournalError) {
        self.0.state().end = Some(error);
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.0.state().end.get_or_insert(JournalError::Stopped);
        self.0.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Options;

    fn journal() -> (tempfile::TempDir, FileJournal) {
        let dir = tempfile::tempdir().unwrap();
        let journal = FileJournal::open(dir.path(), Options::default()).unwrap();
        (dir, journal)
    }

    #[test]
    fn a_failed_sync_reaches_everyone_and_nothing_is_acknowledged() {
        let (_dir, mut journal) = journal();
        journal.faults().fail_next_sync = true;
        let mut writer = Writer::spawn(journal, 4).unwrap();
        let waiting = writer.durable().clone();
        let waiter = thread::spawn(move || waiting.wait(1));
        writer.submit(1, b"lost".to_vec()).unwrap();
        assert!(matches!(waiter.join().unwrap(), Err(JournalError::Failed { .. })));
        assert!(matches!(writer.submit(1, b"later".to_vec()), Err(JournalError::Failed { .. })));
        assert!(matches!(writer.durable().wait(1), Err(JournalError::Failed { .. })));
        assert_eq!(writer.durable().seq(), 0);
        assert!(matches!(writer.close(), Err(JournalError::Failed { .. })));
    }

    #[test]
    fn a_full_disk_frees_a_producer_that_waits_for_the_queue() {
        let (_dir, mut journal) = journal();
        journal.faults().space = Some(1000);
        let mut writer = Writer::spawn(journal, 1).unwrap();
        let failure = loop {
            if let Err(error) = writer.submit(1, vec![1; 100]) {
                break error;
            }
        };
        assert!(matches!(failure, JournalError::Failed { doing: "write", .. }), "{failure}");
        assert!(writer.durable().seq() < 10);
    }

    #[test]
    fn what_waits_is_synced_together() {
        let (_dir, journal) = journal();
        let mut writer = Writer::spawn(journal, 1000).unwrap();
        for _ in 0..1000 {
            let mut body = writer.buffer();
            body.push(1);
            writer.submit(3, body).unwrap();
        }
        writer.durable().wait(3000).unwrap();
        let head = writer.durable().head();
        assert_eq!(writer.durable().head_at(3000), Some(head));
        assert_eq!(writer.durable().head_at(2999), None);
        assert_eq!(writer.durable().head_at(3).map(|head| head.last_seq), Some(3));
        let mut journal = writer.close().unwrap();
        assert_eq!((*journal.head(), *journal.durable()), (head, head));
        let syncs = journal.faults().syncs;
        assert!((1000 / 64..1000).contains(&syncs), "{syncs} syncs for 1000 frames");
    }

    #[test]
    fn waiting_has_an_end() {
        let (_dir, journal) = journal();
        let mut writer = Writer::spawn(journal, 4).unwrap();
        let durable = writer.durable().clone();
        assert_eq!(durable.wait_for(1, Duration::from_millis(5)).unwrap(), 0);
        writer.submit(1, Vec::new()).unwrap();
        assert_eq!(durable.wait_for(1, Duration::from_secs(60)).unwrap(), 1);
        drop(writer);
        assert!(matches!(durable.wait(2), Err(JournalError::Stopped)));
        assert!(durable.wait(1).is_ok());
    }
}
