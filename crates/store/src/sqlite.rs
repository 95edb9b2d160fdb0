//! The embedded database: one SQLite file.
//!
//! Written ahead in a log (WAL), synced at checkpoints alone: a power failure may take the last
//! batches, never half of one, and the journal gives them again.

pub(crate) mod number;
mod sums;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use crate::batch::Batch;
use crate::progress::PROGRESS;
use crate::row::Row;
use crate::store::{Each, check_version, versions};
use crate::{Location, Progress, StoreError};

/// Marks a file as a read model whose versions are in its own table.
const MARK: i64 = 2;

/// Statements kept prepared on a connection: all there are.
const PREPARED_MAX: usize = 96;

/// A read model in SQLite.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Connection,
    /// Its file; empty for one that vanishes with it.
    path: PathBuf,
}

impl Sqlite {
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
    pub fn take_place_of(self, path: &Path) -> Result<(), StoreError> {
        let Self { connection, path: beside } = self;
        // Closing the last connection leaves one file without a log.
        connection.close().map_err(|(_, error)| error)?;
        remove(path)?;
        std::fs::rename(&beside, path)
            .map_err(|source| StoreError::Replace { path: path.to_owned(), source })
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

    /// Writes a batch and the position it leads to, in one transaction that begins where the
    /// writer left it.
    pub fn write(
        &mut self,
        batch: &Batch,
        from: &Progress,
        to: &Progress,
    ) -> Result<(), StoreError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        check_position(&transaction, from)?;
        write::rows(&transaction, batch)?;
        sums::write(&transaction, &batch.tally)?;
        write::progress(&transaction, to)?;
        transaction.commit()?;
        Ok(())
    }

    /// Runs a query and hands each row on.
    pub fn each(&self, sql: &str, row: Each<'_>) -> Result<(), StoreError> {
        each(&self.connection, sql, row)
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
        for view in versions() {
            let sql = "INSERT INTO view_versions VALUES (?, ?)";
            self.connection.execute(sql, (view.name, view.version))?;
        }
        self.connection.pragma_update(None, "user_version", MARK)?;
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    fn schema_version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn check_versions(&self) -> Result<(), StoreError> {
        let at = || Location::file(&self.path);
        if self.schema_version()? != MARK {
            return Err(StoreError::Stale { at: at() });
        }
        for view in versions() {
            let sql = "SELECT version FROM view_versions WHERE name = ?";
            let found: Option<u32> =
                self.connection.query_row(sql, [view.name], |row| row.get(0)).optional()?;
            check_version(view, found, at)?;
        }
        Ok(())
    }
}

fn each(connection: &Connection, sql: &str, row: Each<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(next) = rows.next()? {
        row(Row::Sqlite(next))?;
    }
    Ok(())
}

fn check_position(transaction: &Transaction<'_>, expected: &Progress) -> Result<(), StoreError> {
    let mut found = Progress::default();
    each(transaction, PROGRESS, &mut |row| found.take_row(row))?;
    found.check(expected)
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
