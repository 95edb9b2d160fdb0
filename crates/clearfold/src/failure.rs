//! How a command fails: one sentence with what to do, and an exit code.

use std::fmt;

/// Exit codes, as `--help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// A defect of this program.
    Internal = 1,
    /// Wrong arguments.
    Usage = 2,
    /// What was asked for does not exist.
    NotFound = 3,
    /// It contradicts what is there.
    Conflict = 4,
    /// The input cannot be used.
    InvalidInput = 5,
    /// It ran, and found something.
    Findings = 6,
    /// Something it needs is not there: a disk, a lock, a service.
    Unavailable = 7,
    /// The system does not allow it.
    NotAllowed = 8,
    /// Ctrl-C.
    Interrupted = 130,
}

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// One sentence, with what to do.
    pub message: String,
}

impl Failure {
    /// A failure with its exit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// A failure of reading or writing a file.
    pub fn io(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
        let kind = error.kind();
        let exit = if kind == NotFound {
            Exit::NotFound
        } else if kind == PermissionDenied || kind == ReadOnlyFilesystem {
            Exit::NotAllowed
        } else {
            Exit::Unavailable
        };
        Self::new(exit, format!("cannot {what} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
