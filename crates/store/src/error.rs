//! What can go wrong with a store.

use std::path::PathBuf;

/// A store that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the read model cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The database library has known faults.
    #[error("SQLite {found} is linked; {needed} or later is needed")]
    SqliteTooOld {
        /// What is linked.
        found: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// The read model is of another version of the views, or of the tables.
    #[error("the read model {path} is of another version: rebuild it")]
    Stale {
        /// Its file.
        path: PathBuf,
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
