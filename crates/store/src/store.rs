//! The read model, whichever database holds it.

use views::basics::{Date, Seq};
use views::{VIEWS, View};

use crate::postgres::Postgres;
use crate::progress::PROGRESS;
use crate::row::Row;
use crate::sqlite::Sqlite;
use crate::{Batch, Location, Progress, StoreError};

/// The tables' version. A read model with an earlier one is built anew.
const TABLES: View = View { name: "tables", version: 2 };

/// Everything whose version must be this program's.
pub(crate) fn versions() -> impl Iterator<Item = View> {
    std::iter::once(TABLES).chain(VIEWS.iter().copied())
}

/// Compares the version of something in a read model with this program's.
pub(crate) fn check_version(
    needed: View,
    found: Option<u32>,
    at: impl FnOnce() -> Location,
) -> Result<(), StoreError> {
    match found {
        Some(found) if found == needed.version => Ok(()),
        Some(found) if found > needed.version => Err(StoreError::FromTheFuture { at: at() }),
        _ => Err(StoreError::Stale { at: at() }),
    }
}

/// A read model.
#[derive(Debug)]
pub struct Store {
    backend: Backend,
    /// Where this writer opened it or left it.
    position: Progress,
}

#[derive(Debug)]
enum Backend {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Store {
    /// Opens a read model for writing, or makes an empty one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is of another version: [`Store::fresh`] builds it anew.
    pub fn open(at: &Location) -> Result<Self, StoreError> {
        Self::at_its_position(match at {
            Location::File(path) => Backend::Sqlite(Sqlite::open(path)?),
            Location::Served(served) => Backend::Postgres(Box::new(Postgres::open(served)?)),
        })
    }

    /// Opens a read model for reading alone.
    ///
    /// # Errors
    /// When there is none, or it is of another version.
    pub fn open_to_read(at: &Location) -> Result<Self, StoreError> {
        Self::at_its_position(match at {
            Location::File(path) => Backend::Sqlite(Sqlite::open_to_read(path)?),
            Location::Served(served) => {
                Backend::Postgres(Box::new(Postgres::open_to_read(served)?))
            }
        })
    }

    /// Makes an empty read model beside one, to be filled and to take its place.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn fresh(at: &Location) -> Result<Self, StoreError> {
        Self::at_its_position(match at {
            Location::File(path) => Backend::Sqlite(Sqlite::fresh(path)?),
            Location::Served(served) => Backend::Postgres(Box::new(Postgres::fresh(served)?)),
        })
    }

    /// Takes the place of the read model beside which it was made by [`Store::fresh`]. Whoever
    /// still reads the old one goes on reading it.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn take_place_of(self, at: &Location) -> Result<Self, StoreError> {
        match (self.backend, at) {
            (Backend::Sqlite(sqlite), Location::File(path)) => sqlite.take_place_of(path)?,
            (Backend::Postgres(postgres), Location::Served(served)) => {
                postgres.take_place_of(served)?;
            }
            (Backend::Sqlite(_), Location::Served(_))
            | (Backend::Postgres(_), Location::File(_)) => {
                unreachable!("it was made beside the read model of this location")
            }
        }
        Self::open(at)
    }

    /// A read model that vanishes when it is dropped, for answers as of an earlier sequence.
    /// What does not fit the memory meant for it goes to a temporary file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn temporary() -> Result<Self, StoreError> {
        Self::at_its_position(Backend::Sqlite(Sqlite::temporary()?))
    }

    /// Up to where rows are current, as the database says now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn progress(&self) -> Result<Progress, StoreError> {
        let mut progress = Progress::default();
        self.each(PROGRESS, &mut |row| progress.take_row(row))?;
        Ok(progress)
    }

    /// Looks whether the read model still is where this writer opened it or left it.
    ///
    /// # Errors
    /// [`StoreError::Moved`] when it is not; others when it cannot be read.
    pub fn check(&self) -> Result<(), StoreError> {
        self.progress()?.check(&self.position)
    }

    /// Writes a batch and the position it leads to, in one transaction.
    ///
    /// # Errors
    /// Then nothing of it is written, and the store must be opened again. [`StoreError::Moved`]
    /// when the read model is no longer where this writer opened it or left it.
    pub fn write(&mut self, batch: &Batch, progress: &Progress) -> Result<(), StoreError> {
        match &mut self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(batch, &self.position, progress)?,
            Backend::Postgres(postgres) => postgres.write(batch, &self.position, progress)?,
        }
        self.position = *progress;
        Ok(())
    }

    /// Business days, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn days(&self) -> Result<Vec<Day>, StoreError> {
        let mut days = Vec::new();
        let sql =
            "SELECT date, settles, opened, trading_closed, settled, closed FROM days ORDER BY date";
        self.each(sql, &mut |row| {
            let seq = |column| -> Result<Option<Seq>, StoreError> {
                Ok(row.maybe_int::<i64>(column)?.map(|value| Seq(value.cast_unsigned())))
            };
            days.push(Day {
                date: Date(row.int(0)?),
                settles: row.int::<i64>(1)? != 0,
                opened: Seq(row.int::<i64>(2)?.cast_unsigned()),
                trading_closed: seq(3)?,
                settled: seq(4)?,
                closed: seq(5)?,
            });
            Ok(())
        })?;
        Ok(days)
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

    /// Runs a query that both databases understand and hands each row on.
    pub(crate) fn each(&self, sql: &str, row: Each<'_>) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.each(sql, row),
            Backend::Postgres(postgres) => postgres.each(sql, row),
        }
    }

    fn at_its_position(backend: Backend) -> Result<Self, StoreError> {
        let mut store = Self { backend, position: Progress::default() };
        store.position = store.progress()?;
        Ok(store)
    }
}

/// What is done with each row of a query.
pub(crate) type Each<'e> = &'e mut dyn FnMut(Row<'_>) -> Result<(), StoreError>;

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
