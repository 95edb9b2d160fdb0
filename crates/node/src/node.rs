//! A node over the local journal: takes inputs, cuts frames by content, and tells how far all is
//! durable.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use basics::Seq;
use engine::State;
use journal::{BODY_BYTES_MAX, Durable, FileJournal, Options, Recovery, Writer};

use crate::core::{Core, Received, RunFigures, Taken};
use crate::recovery::{self, Recovered};
use crate::{NodeError, snapshots};

/// A frame is cut when it has grown to this many bytes: by content, never by time, so that the
/// same inputs give the same frames.
const FRAME_BYTES: usize = 512 * 1024;

/// Frames that may wait for the disk before the core waits too.
const QUEUE: usize = 8;

/// Decisions after which closing a node is worth a snapshot.
const SNAPSHOT_AFTER: u64 = 200_000;

/// The clearing node of one segment over local files.
pub struct Node {
    core: Core,
    writer: Writer,
    recovered: Recovered,
    cut: Option<Recovery>,
    directory: std::path::PathBuf,
}

impl Node {
    /// Opens a data directory, made if need be, and folds its journal into a state.
    ///
    /// # Errors
    /// [`NodeError`]: locked, damaged, unreadable, or from a newer version.
    pub fn open(directory: &Path) -> Result<Self, NodeError> {
        let journal = FileJournal::open(directory, Options::default())?;
        let cut = journal.recovery().cloned();
        let (state, recovered) = recovery::recover(directory, journal.head())?;
        let core = Core::new(state, Seq(journal.head().last_seq));
        tracing::info!(
            last_seq = journal.head().last_seq,
            snapshot_seq = recovered.snapshot_seq,
            folded = recovered.folded,
            cut_bytes = cut.as_ref().map_or(0, |cut| cut.cut_bytes),
            "journal opened"
        );
        let writer = Writer::spawn(journal, QUEUE)?;
        Ok(Self { core, writer, recovered, cut, directory: directory.to_owned() })
    }

    /// The state after all that was decided, durable or not.
    #[must_use]
    pub fn state(&self) -> &State {
        self.core.state()
    }

    /// What settlement did on the day last opened.
    #[must_use]
    pub const fn last_run(&self) -> &RunFigures {
        self.core.last_run()
    }

    /// The sequence of the last decision; 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> Seq {
        self.core.last_seq()
    }

    /// How far the journal is durable; shared with whoever reads it.
    #[must_use]
    pub fn durable(&self) -> &Durable {
        self.writer.durable()
    }

    /// How the node came to its state.
    #[must_use]
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// What was cut from the journal's end when it was opened: an incomplete last frame, never
    /// acknowledged. `None` if it was complete.
    #[must_use]
    pub fn cut(&self) -> Option<&Recovery> {
        self.cut.as_ref()
    }

    /// Takes an input. Of an operation that begins a run, the run is gone through to its end.
    ///
    /// # Errors
    /// [`NodeError`] when the journal has failed; the input may then be lost, and is not
    /// acknowledged.
    #[inline]
    pub fn take(&mut self, input: &Received<'_>) -> Result<Taken, NodeError> {
        let mut taken = self.core.take(input);
        if self.core.frame_bytes() >= FRAME_BYTES {
            self.flush()?;
        }
        if self.core.state().next_step().is_some() {
            taken.events += self.finish_run()?;
        }
        Ok(taken)
    }

    /// Goes through the run under way to its end; how many events it had. A node that died in
    /// a run finds it in its state and goes on where it stopped.
    ///
    /// # Errors
    /// [`NodeError`] when the journal has failed.
    pub fn finish_run(&mut self) -> Result<u64, NodeError> {
        let mut events = 0;
        while let Some(step) = self.core.step() {
            events += step;
            if self.core.frame_bytes() >= FRAME_BYTES {
                self.flush()?;
            }
        }
        Ok(events)
    }

    /// Hands the frame being filled to the journal's writer.
    ///
    /// # Errors
    /// [`NodeError`] when the journal has failed.
    pub fn flush(&mut self) -> Result<(), NodeError> {
        if self.core.frame_bytes() == 0 {
            return Ok(());
        }
        let mut bytes = self.writer.buffer();
        let body = self.core.end_frame();
        if body.bytes.len() > BODY_BYTES_MAX {
            let last = Seq(body.first_seq.0 + u64::from(body.count) - 1);
            return Err(NodeError::TooLarge { seq: last, bytes: body.bytes.len() });
        }
        bytes.extend_from_slice(body.bytes);
        let count = body.count;
        let last_seq = self.writer.submit(count, bytes)?;
        tracing::debug!(last_seq, count, "frame cut");
        Ok(())
    }

    /// Ends the node: everything durable, and a snapshot if it saves the next start work.
    ///
    /// # Errors
    /// [`NodeError`] when the journal has failed.
    pub fn close(self) -> Result<State, NodeError> {
        self.close_with(|_| ()).map(|(state, ())| state)
    }

    /// Ends the node, and looks at its last state while the disk is at work.
    ///
    /// # Errors
    /// [`NodeError`] when the journal has failed.
    pub fn close_with<T>(
        mut self,
        look: impl FnOnce(&State) -> T,
    ) -> Result<(State, T), NodeError> {
        self.flush()?;
        let Self { core, writer, recovered, directory, .. } = self;
        let (last, state) = (core.last_seq(), core.state());
        let worth_it = last.0 - recovered.snapshot_seq >= SNAPSHOT_AFTER;
        let (saved, seen) = thread::scope(|scope| {
            let saving = scope.spawn(|| -> Result<(), NodeError> {
                writer.durable().wait(last.0)?;
                let journal = writer.close()?;
                if worth_it {
                    snapshots::write(&directory, journal.durable(), state)?;
                    tracing::info!(seq = last.0, "snapshot written");
                }
                Ok(())
            });
            let seen = look(state);
            (saving.join(), seen)
        });
        saved.unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok((core.into_state(), seen))
    }
}
