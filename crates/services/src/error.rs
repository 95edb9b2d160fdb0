//! What can go wrong when a service is started, in sentences that say what to do.

use std::io;
use std::path::PathBuf;

/// Why a service is not there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program that the service needs is not on this machine.
    #[error("`{program}` was not found: apt-get install --yes {packages}")]
    Missing {
        /// The program.
        program: String,
        /// Debian's packages that bring it.
        packages: &'static str,
    },
    /// A helper program ended with a failure.
    #[error("`{command}` failed: {output}")]
    Failed {
        /// The program and its arguments.
        command: String,
        /// What it printed, or how it ended if it printed nothing.
        output: String,
    },
    /// The service ended while it should have started.
    #[error("{service} ended instead of answering; the end of its log {log}:\n{tail}")]
    Ended {
        /// Which service.
        service: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The service runs and does not answer.
    #[error("{service} did not answer within {seconds} s; the end of its log {log}:\n{tail}")]
    Silent {
        /// Which service.
        service: String,
        /// How long it had, in seconds.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The given folder holds something else.
    #[error("{folder} was made {was}: use it so, or take another folder")]
    OtherFolder {
        /// The folder.
        folder: PathBuf,
        /// How it was made: `with 3 brokers`.
        was: String,
    },
    /// A request over HTTP was not answered with 200.
    #[error("{url} answered: {answer}")]
    Refused {
        /// What was asked.
        url: String,
        /// The status line and the body.
        answer: String,
    },
    /// All ports of our range are taken.
    #[error("no port from {first} to {last} is free: end some services")]
    NoPort {
        /// First port of the range.
        first: u16,
        /// Last port of the range.
        last: u16,
    },
    /// A file or a process could not be handled by the system.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
}

/// Says of a system's error what was tried.
pub(crate) trait Tried<T> {
    /// The same result, with `what` in front of its error.
    fn tried(self, what: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, what: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::Io { what: what(), source })
    }
}
