//! What can go wrong with a store.

use std::error::Error as _;
use std::path::PathBuf;

use postgres::error::SqlState;
use rusqlite::ErrorCode;

use crate::{Location, Progress};

/// A store that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the read model cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The served database said no, or nothing.
    #[error("the read model's database cannot be used: {}", said(.0))]
    Postgres(#[from] postgres::Error),
    /// The connection to the served database broke.
    #[error("the connection to the read model's database broke: {0}")]
    Connection(#[source] std::io::Error),
    /// A database whose texts are not UTF-8.
    #[error("the database has the encoding {found}; make one with the encoding UTF8")]
    Encoding {
        /// What it has.
        found: String,
    },
    /// There is no read model where one should be read.
    #[error("there is no read model {at}: a projector makes it")]
    Missing {
        /// Where it should be.
        at: Location,
    },
    /// A value is too large for its column.
    #[error("a value does not fit {column}: {source}")]
    DoesNotFit {
        /// Table and column.
        column: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database library has known faults.
    #[error("SQLite {found} is linked; {needed} or later is needed")]
    SqliteTooOld {
        /// What is linked.
        found: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// The read model is of another version of the views, or of the tables.
    #[error("the read model {at} is of another version: rebuild it")]
    Stale {
        /// Where it lies.
        at: Location,
    },
    /// The read model was made by a later program.
    #[error("the read model {at} was made by a later version: use that version or a later one")]
    FromTheFuture {
        /// Where it lies.
        at: Location,
    },
    /// Another writer wrote since this one opened the read model.
    #[error(
        "the read model is at sequence {} where this writer left it at {}: two write it; stop one \
         and open it again", found.seq, expected.seq
    )]
    Moved {
        /// Where this writer left it.
        expected: Box<Progress>,
        /// Where it is.
        found: Box<Progress>,
    },
    /// The URL of a store is none.
    #[error("the URL of the store is not usable: {why}")]
    Url {
        /// What is wrong with it; never the URL itself.
        why: String,
    },
    /// A file could not be moved into place.
    #[error("the read model {path} cannot be replaced")]
    Replace {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A cell holds what was never written there.
    #[error("the read model holds {what} where {expected} should be: rebuild it")]
    Damaged {
        /// What was found.
        what: String,
        /// What belongs there.
        expected: &'static str,
    },
}

impl StoreError {
    /// True when the database did not answer: what was written before is there, and going on from
    /// [`crate::Store::progress`] after opening it again may work later. All other errors stay
    /// until somebody does something.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull)
            ),
            Self::Postgres(error) => no_answer(error),
            Self::Connection(_) => true,
            Self::Encoding { .. }
            | Self::Missing { .. }
            | Self::DoesNotFit { .. }
            | Self::SqliteTooOld { .. }
            | Self::Stale { .. }
            | Self::FromTheFuture { .. }
            | Self::Moved { .. }
            | Self::Url { .. }
            | Self::Replace { .. }
            | Self::Damaged { .. } => false,
        }
    }
}

/// What a server said, or why it said nothing, in words.
pub(crate) fn said(error: &postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => said.message().to_owned(),
        (None, Some(why)) => format!("{error}: {why}"),
        (None, None) => error.to_string(),
    }
}

/// True when trying again later may help: no connection, a server that goes down or comes up, no
/// room, a conflict with somebody else's transaction.
fn no_answer(error: &postgres::Error) -> bool {
    let Some(said) = error.as_db_error() else {
        let io = error.source().is_some_and(|source| source.is::<std::io::Error>());
        return io || error.is_closed();
    };
    let code = said.code();
    let class = code.code().get(..2).unwrap_or_default();
    // Connections; transactions undone; resources; the operator's doing.
    ["08", "40", "53", "57"].contains(&class)
        || [SqlState::LOCK_NOT_AVAILABLE, SqlState::READ_ONLY_SQL_TRANSACTION].contains(code)
}
