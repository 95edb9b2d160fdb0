//! What can go wrong, each as one sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::rule::{Alarm, Head};

/// What is wrong with stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The bytes end before the frame does.
    #[error("it ends too early")]
    Short,
    /// What stands here does not begin like a frame or a journal file.
    #[error("the magic number is wrong")]
    Magic,
    /// The header's checksum does not fit its bytes.
    #[error("the header's checksum is wrong")]
    HeaderChecksum,
    /// The checksum is right, but no writer could have meant these fields.
    #[error("the header makes no sense")]
    Header,
    /// The body's checksum does not fit its bytes.
    #[error("the body's checksum is wrong")]
    BodyChecksum,
    /// The bytes that end a frame in a file are not there.
    #[error("the end mark is wrong")]
    EndMark,
    /// A newer version of the format.
    #[error("format {found} is newer than this program")]
    Newer {
        /// The format version found.
        found: u32,
    },
    /// Sound in itself, but not what follows what stands before it.
    #[error("it does not continue the chain")]
    Chain,
    /// The file that should stand here is missing.
    #[error("the file is missing")]
    Missing,
    /// The file's name and its content disagree.
    #[error("the name does not fit the content")]
    Name,
}

/// Why the journal cannot go on.
///
/// Cheap to clone: a failed journal gives the same answer to everyone who asks.
#[derive(Clone, Debug, Error)]
pub enum JournalError {
    /// Another process owns the data directory.
    #[error(
        "{} is held by another process: stop that process or choose another data directory",
        file.display()
    )]
    Locked {
        /// The lock file.
        file: PathBuf,
    },
    /// There is no journal to read.
    #[error("there is no journal in {}: check the data directory", dir.display())]
    NoJournal {
        /// The data directory.
        dir: PathBuf,
    },
    /// The operating system refused; nothing was promised yet.
    #[error("could not {doing} {}: {source}", file.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or directory.
        file: PathBuf,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// A write or sync failed. Final: whether the bytes are on the disk cannot be known any more.
    #[error(
        "could not {doing} {}: {source}; the journal stopped and nothing after sequence \
         {durable_seq} was acknowledged: free space or repair the disk, then start again",
        file.display()
    )]
    Failed {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file.
        file: PathBuf,
        /// The last sequence known to be durable.
        durable_seq: u64,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// Stored bytes are not what was written.
    #[error(
        "{} is damaged at byte {offset}, where sequence {seq} was expected: {flaw}; nothing was \
         changed: restore the file from a copy, then verify",
        file.display()
    )]
    Damage {
        /// The damaged file.
        file: PathBuf,
        /// Where in the file the damaged frame or header begins, in bytes.
        offset: u64,
        /// The sequence of the first decision expected there.
        seq: u64,
        /// What is wrong.
        flaw: Flaw,
    },
    /// Written by a newer version of the program.
    #[error(
        "{} has format {found}, this program reads up to {supported}: use a newer program",
        file.display()
    )]
    NewerFormat {
        /// The file.
        file: PathBuf,
        /// The format version found.
        found: u32,
        /// The newest format version this program reads.
        supported: u32,
    },
    /// The journal of another segment.
    #[error(
        "{} belongs to segment {found}, not to segment {expected}: check the data directory",
        file.display()
    )]
    WrongSegment {
        /// The file.
        file: PathBuf,
        /// The segment found.
        found: u32,
        /// The segment asked for.
        expected: u32,
    },
    /// The body does not fit into one frame. Nothing was written.
    #[error("a frame of {bytes} bytes is longer than {max} bytes: cut it into smaller frames")]
    TooLarge {
        /// Length of the frame refused, in bytes.
        bytes: usize,
        /// The longest frame, in bytes.
        max: usize,
    },
    /// A frame without decisions. Nothing was written.
    #[error("a frame needs at least one decision")]
    Empty,
    /// The journal does not contain the place a reader wants to go on from.
    #[error(
        "the journal (at sequence {}, hash {}) does not contain sequence {} with hash {}: do not \
         go on from there, use an older snapshot or restore the journal",
        reached.last_seq, reached.hash, wanted.last_seq, wanted.hash
    )]
    NotOnChain {
        /// The place asked for.
        wanted: Box<Head>,
        /// The place reached instead.
        reached: Box<Head>,
    },
    /// A shared log cannot be reached, or refuses.
    #[error("could not {doing} the journal {name}: {reason}")]
    Log {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The log's name.
        name: String,
        /// What its carrier said, and what to do.
        reason: String,
    },
    /// The beginning of a shared log that a reader needs is gone.
    #[error(
        "the journal {name} begins at offset {begins}, but offset {wanted} is needed: retention \
         deleted frames; start from a snapshot that covers them, or restore the topic, and keep \
         the journal for ever"
    )]
    Truncated {
        /// The log's name.
        name: String,
        /// The first position that is left.
        begins: u64,
        /// The position that was asked for.
        wanted: u64,
    },
    /// Another writer owns the journal now.
    #[error("another node owns the segment since epoch {epoch}: this one stands by")]
    Fenced {
        /// The epoch of the other.
        epoch: u64,
    },
    /// The reading rule raised an alarm.
    #[error(transparent)]
    Alarm(#[from] Alarm),
    /// The writer was closed, or its thread ended without saying why.
    #[error("the journal's writer has stopped: open the journal again")]
    Stopped,
}

impl JournalError {
    /// For `map_err`: an I/O error with what was tried, and on what.
    pub(crate) fn io(doing: &'static str, file: &Path) -> impl FnOnce(io::Error) -> JournalError {
        move |source| JournalError::Io { doing, file: file.to_owned(), source: Arc::new(source) }
    }
}
