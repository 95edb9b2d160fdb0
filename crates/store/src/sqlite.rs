//! The embedded database: one SQLite file.
//!
//! Written ahead in a log (WAL), synced at checkpoints alone: a power failure may take the last
//! batches, never half of one, and the journal gives them again.

mod codes;
mod export;
mod number;
mod sums;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use views::VIEWS;
use views::basics::{Date, Seq};

use crate::StoreError;
use crate::batch::Batch;

pub use codes::Codes;

/// The tables' version. A file with another one is built anew.
const SCHEMA_VERSION: i64 = 1;

/// Statements kept prepared on a connection: all there are.
const PREPARED_MAX: usize = 96;

/// Up to where rows are current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Progress {
    /// The last decision whose records are in; 0 for none.
    pub seq: Seq,
    /// How many records each public topic had there.
    pub topics: [u64; 5],
    /// Where to read each public topic again: the offset of its first Kafka record that is not
    /// wholly in. 0 of a read model that no topics feed.
    pub offsets: [u64; 5],
}

/// A business day and the decisions at which it got on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Whether it is a settlement day.
    pub settles: bool,
    /// The decision that opened it.
    pub opened: Seq,
    /// The decision after which no trade was accepted; `None` until then.
    pub trading_closed: Option<Seq>,
    /// The decision that ended its settlement; `None` until then.
    pub settled: Option<Seq>,
    /// The decision that ended its close; `None` until then.
    pub closed: Option<Seq>,
}

/// A read model in SQLite.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Its file; empty for one that vanishes with it.
    path: PathBuf,
}

impl Store {
    /// Opens a read model for writing, or makes an empty one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is of another version: [`Store::fresh`] builds it anew.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let store = Self::connect(path)?;
        if store.schema_version()? == 0 {
            store.create()?;
        }
        store.check_versions()?;
        Ok(store)
    }

    /// Opens a read model for reading alone.
    ///
    /// # Errors
    /// When there is none, or it is of another version.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        check_library()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let store = Self { connection, path: path.to_owned() };
        store.check_versions()?;
        Ok(store)
    }

    /// Makes an empty read model beside one, to be filled and to take its place.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn fresh(path: &Path) -> Result<Self, StoreError> {
        let beside = with_suffix(path, ".new");
        remove(&beside)?;
        let store = Self::connect(&beside)?;
        store.create()?;
        Ok(store)
    }

    /// Takes the place of the read model beside which it was made by [`Store::fresh`]. Whoever
    /// still reads the old one goes on reading it.
    ///
    /// # Errors
    /// When files cannot be moved.
    pub fn take_place_of(self, path: &Path) -> Result<Self, StoreError> {
        let Self { connection, path: beside } = self;
        // Closing the last connection leaves one file without a log.
        connection.close().map_err(|(_, error)| error)?;
        remove(path)?;
        std::fs::rename(&beside, path)
            .map_err(|source| StoreError::Replace { path: path.to_owned(), source })?;
        Self::open(path)
    }

    /// A read model that vanishes when it is dropped, for answers as of an earlier sequence.
    /// What does not fit the cache goes to a temporary file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn temporary() -> Result<Self, StoreError> {
        let store = Self::connect(Path::new(""))?;
        store.create()?;
        Ok(store)
    }

    /// Its file; empty for a temporary one.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Up to where rows are current.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn progress(&self) -> Result<Progress, StoreError> {
        let mut progress = Progress::default();
        let mut statement = self.connection.prepare_cached("SELECT name, value FROM progress")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let value = row.get::<_, i64>(1)?.cast_unsigned();
            let number = |prefix| name.strip_prefix(prefix)?.parse::<usize>().ok();
            match (number("topic "), number("offset ")) {
                (Some(topic), _) => progress.topics[topic] = value,
                (None, Some(topic)) => progress.offsets[topic] = value,
                (None, None) => progress.seq = Seq(value),
            }
        }
        Ok(progress)
    }

    /// Writes a batch and the position it leads to, in one transaction.
    ///
    /// # Errors
    /// Then nothing of it is written, and the store must be opened again.
    pub fn write(&mut self, batch: &Batch, progress: &Progress) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        write::rows(&transaction, batch)?;
        sums::write(&transaction, &batch.tally)?;
        write::progress(&transaction, progress)?;
        transaction.commit()?;
        Ok(())
    }

    /// Business days, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn days(&self) -> Result<Vec<Day>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT date, settles, opened, trading_closed, settled, closed FROM days ORDER BY date",
        )?;
        let seq = |value: Option<i64>| value.map(|value| Seq(value.cast_unsigned()));
        let days = statement.query_map([], |row| {
            Ok(Day {
                date: Date(row.get(0)?),
                settles: row.get(1)?,
                opened: Seq(row.get::<_, i64>(2)?.cast_unsigned()),
                trading_closed: seq(row.get(3)?),
                settled: seq(row.get(4)?),
                closed: seq(row.get(5)?),
            })
        })?;
        Ok(days.collect::<Result<_, _>>()?)
    }

    /// The moment after the close of a business day, or the last decision so far on it; `None`
    /// when the day was never opened.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn end_of(&self, date: Date) -> Result<Option<Seq>, StoreError> {
        let days = self.days()?;
        let Some(at) = days.iter().position(|day| day.date == date) else { return Ok(None) };
        if let Some(closed) = days[at].closed {
            return Ok(Some(closed));
        }
        let next = days.get(at + 1).map(|next| Seq(next.opened.0 - 1));
        Ok(Some(next.map_or(self.progress()?.seq, |before| before)))
    }

    fn connect(path: &Path) -> Result<Self, StoreError> {
        check_library()?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // In KiB: what a batch touches stays in memory, and no more.
        connection.pragma_update(None, "cache_size", -16_384)?;
        // In pages: a checkpoint syncs twice, so it comes for many batches at once.
        connection.pragma_update(None, "wal_autocheckpoint", 8_192)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        number::register(&connection)?;
        connection.execute_batch(
            "CREATE TEMP TABLE moves (instrument INTEGER, from_date INTEGER, to_date INTEGER,
             PRIMARY KEY (instrument, from_date)) WITHOUT ROWID",
        )?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Makes the tables, all or none.
    fn create(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        self.connection.execute_batch(include_str!("sqlite/schema.sql"))?;
        self.connection.execute_batch(include_str!("sqlite/views.sql"))?;
        for view in VIEWS {
            let sql = "INSERT INTO view_versions VALUES (?, ?)";
            self.connection.execute(sql, (view.name, view.version))?;
        }
        self.connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    fn schema_version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn check_versions(&self) -> Result<(), StoreError> {
        let stale = || StoreError::Stale { path: self.path.clone() };
        if self.schema_version()? != SCHEMA_VERSION {
            return Err(stale());
        }
        for view in VIEWS {
            let sql = "SELECT version FROM view_versions WHERE name = ?";
            let found: Option<u32> =
                self.connection.query_row(sql, [view.name], |row| row.get(0)).optional()?;
            if found != Some(view.version) {
                return Err(stale());
            }
        }
        Ok(())
    }
}

/// How long a reader or writer waits for another.
const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// The first release without the WAL-reset fault, which could damage a file.
const NEEDED: (i32, &str) = (3_051_003, "3.51.3");

fn check_library() -> Result<(), StoreError> {
    if rusqlite::version_number() < NEEDED.0 {
        let (found, needed) = (rusqlite::version(), NEEDED.1);
        return Err(StoreError::SqliteTooOld { found, needed });
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes a read model and its log, if there is one.
fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(with_suffix(path, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::Replace { path: path.to_owned(), source }),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
