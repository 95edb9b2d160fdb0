//! What can be wrong with a market directory as a whole: each stops before anything is accepted.
//!
//! A row that cannot be read is not among them, except an operation: it is a dead letter.

use std::io;
use std::path::PathBuf;

use model::DeadLetterReason;

/// Why a market directory cannot be read. Files are named relative to it.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// There is no such directory.
    #[error("{} is not a directory: name a market directory", directory.display())]
    NoDirectory {
        /// What was named.
        directory: PathBuf,
    },
    /// A file or folder that every market has is not there.
    #[error("{file} is missing: add it, with a header at least")]
    Missing {
        /// The file or folder.
        file: String,
    },
    /// A folder of `days` is not named by a date.
    #[error("days/{folder} is no date: name the folder YYYY-MM-DD, or move it elsewhere")]
    NoDate {
        /// The folder's name.
        folder: String,
    },
    /// The header is not the one that the file must have.
    #[error("{file} line {line}: {problem}; the columns are {columns}")]
    Header {
        /// The file.
        file: String,
        /// The header's line, from 1; the line after the last when there is none.
        line: u64,
        /// What is wrong with it.
        problem: HeaderProblem,
        /// The columns that the file must have, in the usual order.
        columns: String,
    },
    /// An operation that cannot be read.
    #[error("{file} line {line}: this operation cannot be read ({}): correct the row", reason.name())]
    Operation {
        /// The file.
        file: String,
        /// The row's first line, from 1.
        line: u64,
        /// Why.
        reason: DeadLetterReason,
    },
    /// The system refused to read it.
    #[error("{file} cannot be read: {source}; check the file and its permissions")]
    Io {
        /// The file or folder.
        file: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderProblem {
    /// The file has no line that is not empty.
    #[error("the file is empty: add the header")]
    None,
    /// It is too long, has an open quote, or is not UTF-8.
    #[error("the header cannot be read ({}): write it anew", .0.name())]
    Unreadable(DeadLetterReason),
    /// A column that this file does not have.
    #[error("column `{0}` is unknown: remove it")]
    Unknown(String),
    /// A column that this file must have.
    #[error("column `{0}` is missing: add it")]
    Missing(String),
    /// Names beyond the last column.
    #[error("it has {0} columns: remove those that are too many")]
    TooManyColumns(usize),
    /// The same column again.
    #[error("column `{0}` is there twice: remove one")]
    Doubled(String),
}

impl MarketError {
    /// A file or folder that could not be opened.
    pub(super) fn open(file: &str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            Self::Missing { file: file.to_owned() }
        } else {
            Self::io(file, source)
        }
    }

    /// A file or folder that could not be read.
    pub(super) fn io(file: &str, source: io::Error) -> Self {
        Self::Io { file: file.to_owned(), source }
    }
}
