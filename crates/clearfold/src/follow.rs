//! The read model beside the journal: kept current while a node runs, brought up to date before
//! it answers, built again on demand.
//!
//! One process writes it at a time. Whoever finds it taken reads it as it is, and says so.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use basics::table::Cell;
use basics::{Decimal, Seq};
use journal::{Durable, FileJournal, JournalError, Options, Reader};
use projector::{Projector, ProjectorError};
use serde_json::json;
use store::{Location, Store};
use views::Export;

use crate::context::Context;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::place::Place;
use crate::read_model;

/// How long the follower waits for news before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(50);

/// The end is not known yet.
const NO_END: u64 = u64::MAX;

/// A thread that keeps the read model current with a running node.
pub struct Follower {
    thread: JoinHandle<Result<(), Failure>>,
    end: Arc<AtomicU64>,
}

impl Follower {
    /// Begins to follow a journal that a node of this process writes.
    ///
    /// # Errors
    /// When another process writes the read model, or it cannot be opened.
    pub fn spawn(data: &DataDir, durable: Durable) -> Result<Self, Failure> {
        let lock = lock(data)?.ok_or_else(|| {
            let message = format!(
                "another process writes the read model of {}; wait for it, or import with \
                 --journal-only",
                data.path().display()
            );
            Failure::new(Exit::Unavailable, message)
        })?;
        let projector = Projector::open(open_or_begin(data)?)?;
        let reader = Reader::open(data.path(), projector.seq().0 + 1)?;
        let end = Arc::new(AtomicU64::new(NO_END));
        let until = Arc::clone(&end);
        let thread = std::thread::spawn(move || {
            let _lock = lock;
            follow(projector, reader, &durable, &until)
        });
        Ok(Self { thread, end })
    }

    /// Waits until the read model is current to the journal's end.
    ///
    /// # Errors
    /// When the read model could not be written. The journal is complete all the same.
    pub fn finish(self, end: u64) -> Result<(), Failure> {
        self.end.store(end, Ordering::Release);
        self.thread.join().unwrap_or_else(|_| {
            let message = "the read model's writer broke an invariant; rebuild it";
            Err(Failure::new(Exit::Internal, message))
        })
    }
}

fn follow(
    mut projector: Projector,
    mut reader: Reader,
    durable: &Durable,
    end: &AtomicU64,
) -> Result<(), Failure> {
    while projector.seq().0 < end.load(Ordering::Acquire) {
        // A node that is done has made everything durable before it says where the end is.
        let reached = match durable.wait_for(projector.seq().0 + 1, PATIENCE) {
            Ok(reached) => reached,
            Err(JournalError::Stopped) => durable.seq(),
            Err(error) => return Err(error.into()),
        };
        projector.follow(&mut reader, Seq(reached))?;
    }
    projector.close()?;
    Ok(())
}

/// The lock of the read model's writer; `None` when another process has it.
fn lock(data: &DataDir) -> Result<Option<File>, Failure> {
    let path = data.path().join("read-model.lock");
    let failed = |error: std::io::Error| Failure::io("lock", &path, &error);
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// The read model, begun anew when there is none or it is of another version.
fn open_or_begin(data: &DataDir) -> Result<Store, Failure> {
    Ok(read_model::open_or_begin(&Location::file(data.read_model()))?)
}

/// The read model for reading, as it is.
///
/// # Errors
/// When there is none.
pub fn open(data: &DataDir) -> Result<Store, Failure> {
    Ok(Store::open_to_read(&Location::file(data.read_model()))?)
}

/// How far the read model is; 0 when there is none that this version can read.
///
/// # Errors
/// When it cannot be read.
pub fn position(place: &Place) -> Result<Seq, Failure> {
    match place {
        Place::Directory(data) if !data.read_model().exists() => Ok(Seq(0)),
        Place::Directory(data) => read_model::position(&Location::file(data.read_model())),
        Place::Installation(at) => read_model::position(&at.location()?),
    }
}

/// The read model, brought up to the journal's end first unless a node is at work. That of an
/// installation is as its projector has made it.
///
/// # Errors
/// When journal or read model cannot be opened.
pub fn up_to_date(place: &Place, context: &Context) -> Result<Store, Failure> {
    let data = match place {
        Place::Directory(data) => data,
        Place::Installation(at) => return Ok(Store::open_to_read(&at.location()?)?),
    };
    let mut journal = match FileJournal::open(data.path(), Options::default()) {
        Ok(journal) => journal,
        Err(JournalError::Locked { .. }) => return as_it_is(data, context),
        Err(error) => return Err(error.into()),
    };
    let Some(_lock) = lock(data)? else { return as_it_is(data, context) };
    journal.sync()?;
    let mut projector = Projector::open(open_or_begin(data)?)?;
    let mut reader = Reader::open(data.path(), projector.seq().0 + 1)?;
    projector.follow(&mut reader, Seq(journal.durable().last_seq))?;
    Ok(projector.close()?)
}

fn as_it_is(data: &DataDir, context: &Context) -> Result<Store, Failure> {
    let store = open(data)?;
    let seq = store.progress()?.seq;
    context.note(&format!("a node is at work here; this is as of sequence {seq}"));
    Ok(store)
}

/// The read model as of an earlier decision, from the journal, in a store that vanishes.
///
/// # Errors
/// When the journal cannot be read.
pub fn as_of(place: &Place, last: Seq, context: &Context) -> Result<Store, Failure> {
    context.note(&format!("reading the journal up to sequence {last}"));
    Ok(projector::as_of(&mut *place.frames()?, last)?)
}

/// Runs `rebuild`.
///
/// # Errors
/// When a node is at work, or journal or read model cannot be opened.
pub fn rebuild(place: &Place, context: &Context) -> Result<(), Failure> {
    let store = match place {
        Place::Directory(data) => rebuild_directory(data)?,
        Place::Installation(at) => {
            let (_, last) = place.current()?;
            read_model::rebuild(&at.location()?, at.connection.clone(), at.segment, last)?
        }
    };
    let seq = store.progress()?.seq;
    let text = format!("the read model is built again, as of sequence {seq}\n");
    context.print(&text, &json!({"sequence": seq.0}));
    Ok(())
}

fn rebuild_directory(data: &DataDir) -> Result<Store, Failure> {
    let mut journal = FileJournal::open(data.path(), Options::default())?;
    let Some(_lock) = lock(data)? else {
        let message = "another process writes the read model; wait for it";
        return Err(Failure::new(Exit::Unavailable, message));
    };
    journal.sync()?;
    let end = Seq(journal.durable().last_seq);
    let mut reader = Reader::open(data.path(), 1)?;
    Ok(projector::rebuild(&Location::file(data.read_model()), &mut reader, end)?)
}

/// Debits and credits of all accounts in US dollars, as the trial balance shows them.
///
/// # Errors
/// When the read model cannot be read.
pub fn trial_balance(store: &Store) -> Result<(String, String), Failure> {
    let mut sums = [Decimal { mantissa: 0, scale: 2 }; 2];
    store.export(Export::TrialBalance, &mut |row| {
        let [_, _, Cell::Text("USD"), Cell::Decimal(debit), Cell::Decimal(credit)] = row else {
            return;
        };
        for (sum, cell) in sums.iter_mut().zip([debit, credit]) {
            sum.mantissa += cell.mantissa;
        }
    })?;
    Ok((sums[0].to_string(), sums[1].to_string()))
}

impl From<ProjectorError> for Failure {
    fn from(error: ProjectorError) -> Self {
        let message = error.to_string();
        match error {
            ProjectorError::Journal(error) => error.into(),
            ProjectorError::Store(error) => error.into(),
            ProjectorError::Decode { .. } => Self::new(Exit::Findings, message),
            ProjectorError::Gap { .. } | ProjectorError::Ahead { .. } => {
                Self::new(Exit::Conflict, message)
            }
        }
    }
}
