//! The journal: the record of truth of one segment, as a chain of frames in local files.
//!
//! A *frame* is one atomic block of one or many decisions; to this crate the decisions are opaque
//! bytes. Each frame names the hash of the one before it, so the history is a *chain* and any
//! change of it is seen. Every reader judges frames by one *reading rule*; so all readers agree,
//! also when an old writer still writes. This is the only crate that syncs files.
//!
//! The modules stand in reading order:
//!
//! 1. [`frame`]: the layout of a frame, byte by byte, and its hash.
//! 2. [`rule`]: which frames count ([`Follower`]), and where a chain stands ([`Head`]).
//! 3. `layout`: the files of a journal: names, header, how a frame lies in a file.
//! 4. `scan`: one file read from its start, and the line between *incomplete* and *damaged*.
//! 5. [`reader`]: the whole chain, read-only, also while it grows.
//! 6. [`mod@file`]: the local journal: lock, recovery, append, sync.
//! 7. [`writer`]: group commit on a thread of its own.
//! 8. [`shared`]: the same chain in a log that several writers share; [`simulated`]: such a log
//!    with faults, for tests.
//! 9. [`frames`]: accepted frames from either carrier, for those who read a history to its end.
//! 10. [`snapshot`]: states at frame boundaries, so that a restart need not read everything.
//!
//! # The contract of a journal
//!
//! Whatever carries the frames (this crate's files; a message broker; a simulation) keeps these:
//!
//! - **append** takes the next decisions and answers with their sequences. An appended frame is
//!   not yet a promise.
//! - **sync** returns only when all that was appended survives a crash: *durable before visible*.
//! - **read** gives accepted frames only, in order, without gap or repetition, from any sequence
//!   on; at the end it waits for more.
//! - An error of append or sync ends the ownership: it is final, nothing after it is acknowledged.
//!   Open again, read to the end, go on from there.
//!
//! # Example
//!
//! ```
//! use journal::{FileJournal, Options, Reader};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path();
//! let mut journal = FileJournal::open(dir, Options::default())?;
//! journal.append(2, b"two decisions")?;
//! let third = journal.append(1, b"one more")?;
//! journal.sync()?;
//! assert_eq!(third.first_seq, 3);
//!
//! let mut reader = Reader::open(dir, 1)?;
//! while let Some(frame) = reader.poll()? {
//!     println!("{} {:?}", frame.header.first_seq, frame.body);
//! }
//! assert_eq!(reader.head(), Some(journal.durable()));
//! # Ok(())
//! # }
//! ```

pub mod frame;
pub mod rule;

mod layout;
mod scan;

pub mod file;
pub mod frames;
pub mod reader;
pub mod shared;
pub mod simulated;
pub mod snapshot;
pub mod writer;

mod disk;
mod error;
mod recover;

pub use error::{Flaw, JournalError};
pub use file::{Appended, FileJournal, Options};
pub use frame::{
    BODY_BYTES_MAX, FORMAT, FRAME_BYTES_MAX, Frame, HEADER_BYTES, Hash, Header, Intent, Kind,
    WriterId,
};
pub use frames::{Frames, ToEnd};
pub use reader::{Reader, TornTail};
pub use recover::Recovery;
pub use rule::{Alarm, Follower, Head, Verdict};
pub use shared::{Appender, Claim, Contender, Log, Owner, Polled, Seen, Tail};
pub use snapshot::{Loaded, PassedOver, Refusal, SnapshotBody, SnapshotHeader, Snapshots};
pub use writer::{Durable, Writer};
