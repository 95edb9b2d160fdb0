//! The local journal: one exclusive owner, appends, sync.
//!
//! `DIR/lock` is held as long as the journal is open: the lock is the fence, so a journal that is
//! opened again goes on in the epoch it finds. Files are cut by content, never by time: the same
//! decisions in the same frames give the same bytes in every directory.
//!
//! Law: FILE-1 after a failed write or sync nothing is acknowledged any more. The sync is never
//! tried again: the system may have dropped what it could not write, and would then report
//! success for bytes that are gone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{self, Output};
use crate::error::JournalError;
use crate::frame::{
    BODY_BYTES_MAX, FRAME_BYTES_MAX, HEADER_BYTES, Hash, Header, Intent, Kind, WriterId, frame_hash,
};
use crate::layout;
use crate::recover::{self, Recovered, Recovery};
use crate::rule::Head;

/// How a journal is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The segment whose journal this is. A directory of another segment is refused.
    pub segment: u32,
    /// A file that would grow beyond this many bytes is followed by a new one. A file has at least
    /// one frame of decisions, however long.
    pub file_bytes: u64,
}

impl Default for Options {
    /// Segment 0, files of 64 MiB.
    fn default() -> Options {
        Options { segment: 0, file_bytes: 64 << 20 }
    }
}

/// Where an appended frame stands in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Sequence of its first decision.
    pub first_seq: u64,
    /// Sequence of its last decision; for a fence the one before `first_seq`.
    pub last_seq: u64,
    /// The chain hash after it.
    pub hash: Hash,
}

/// A journal in local files, open for appending.
#[derive(Debug)]
pub struct FileJournal {
    journal_dir: PathBuf,
    /// Held, not used: closing it releases the lock.
    _lock: File,
    file_bytes: u64,
    output: Output,
    file_first_seq: u64,
    head: Head,
    durable: Head,
    recovery: Option<Recovery>,
    /// The first failure, and the answer to all later calls.
    failed: Option<JournalError>,
}

impl FileJournal {
    /// Opens the journal in the data directory `dir`, or begins one there.
    ///
    /// An interrupted append at the end is cut ([`FileJournal::recovery`]). All that was found is
    /// durable on return.
    ///
    /// # Errors
    ///
    /// Another process has it; damage (nothing is changed then); another segment; a newer format;
    /// the system refuses.
    pub fn open(dir: &Path, options: Options) -> Result<FileJournal, JournalError> {
        disk::create_dir(dir)?;
        let lock = lock(dir)?;
        let journal_dir = layout::journal_dir(dir);
        disk::create_dir(&journal_dir)?;
        let Recovered { output, file_first_seq, head, recovery } =
            recover::recover(&journal_dir, options.segment)?;
        Ok(FileJournal {
            journal_dir,
            _lock: lock,
            file_bytes: options.file_bytes,
            output,
            file_first_seq,
            head,
            durable: head,
            recovery,
            failed: None,
        })
    }

    /// What opening had to cut. `None`: the journal ended with a whole frame.
    #[must_use]
    pub fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Where the chain stands, with all that was appended.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Where the chain stands, with all that survives a crash.
    #[must_use]
    pub fn durable(&self) -> &Head {
        &self.durable
    }

    /// Appends a frame of `count` decisions. It is not durable before the next [`sync`].
    ///
    /// [`sync`]: FileJournal::sync
    ///
    /// # Errors
    ///
    /// No decisions or too long a body: nothing was written, the journal goes on. A failed write:
    /// final.
    pub fn append(&mut self, count: u32, body: &[u8]) -> Result<Appended, JournalError> {
        check_body(count, body)?;
        let Head { epoch, writer, .. } = self.head;
        self.write(Intent { kind: Kind::Decisions, epoch, writer, count }, body)
    }

    /// Appends a fence: opens the next epoch, owned by `writer`. Later frames are of that epoch.
    ///
    /// The lock already keeps others out; this is for journals that were or will be carried by a
    /// shared log as well.
    ///
    /// # Errors
    ///
    /// A failed write: final.
    pub fn fence(&mut self, writer: WriterId) -> Result<Appended, JournalError> {
        let epoch = self.head.epoch.checked_add(1).expect("epochs are used up");
        self.write(Intent { kind: Kind::Fence, epoch, writer, count: 0 }, &[])
    }

    /// Makes all appended frames durable.
    ///
    /// # Errors
    ///
    /// Final: it is unknown what is on the disk.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.check_alive()?;
        if self.durable != self.head {
            if let Err(error) = self.output.sync() {
                return Err(self.fail("sync", error));
            }
            self.durable = self.head;
        }
        Ok(())
    }

    fn write(&mut self, intent: Intent, body: &[u8]) -> Result<Appended, JournalError> {
        self.check_alive()?;
        let block_bytes = layout::block_bytes(HEADER_BYTES + body.len()) as u64;
        // A file without decisions would leave its name to the next one.
        let has_decisions = self.head.last_seq >= self.file_first_seq;
        if has_decisions && self.output.bytes() + block_bytes > self.file_bytes {
            self.begin_file()?;
        }
        let header = Header::next(&self.head, intent, body);
        let bytes = header.encode();
        let hash = frame_hash(&bytes, body);
        if let Err(error) =
            self.output.write([&bytes, body, layout::block_end(header.frame_bytes())])
        {
            return Err(self.fail("write", error));
        }
        self.head = self.head.after(&header, hash);
        let (first_seq, last_seq) = (header.first_seq, header.last_seq());
        Ok(Appended { first_seq, last_seq, hash: self.head.hash })
    }

    /// Goes on in a new file. The old one is durable before the new one exists, so that only the
    /// last file can be incomplete.
    fn begin_file(&mut self) -> Result<(), JournalError> {
        self.sync()?;
        match Output::create(&self.journal_dir, &self.head) {
            Ok(output) => {
                #[cfg(test)]
                let output = output.with_faults(self.output.faults.clone());
                self.output = output;
                self.file_first_seq = self.head.next_seq();
                Ok(())
            }
            Err(JournalError::Io { doing, file, source }) => {
                let durable_seq = self.durable.last_seq;
                let error = JournalError::Failed { doing, file, durable_seq, source };
                self.failed = Some(error.clone());
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    fn check_alive(&self) -> Result<(), JournalError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn fail(&mut self, doing: &'static str, source: io::Error) -> JournalError {
        let file = self.output.path().to_owned();
        let (durable_seq, source) = (self.durable.last_seq, Arc::new(source));
        let error = JournalError::Failed { doing, file, durable_seq, source };
        self.failed = Some(error.clone());
        error
    }

    #[cfg(test)]
    pub(crate) fn faults(&mut self) -> &mut disk::Faults {
        &mut self.output.faults
    }
}

/// Whether a body can be a frame of `count` decisions.
pub(crate) fn check_body(count: u32, body: &[u8]) -> Result<(), JournalError> {
    if count == 0 {
        return Err(JournalError::Empty);
    }
    if body.len() > BODY_BYTES_MAX {
        let bytes = HEADER_BYTES + body.len();
        return Err(JournalError::TooLarge { bytes, max: FRAME_BYTES_MAX });
    }
    Ok(())
}

/// Takes the exclusive lock of a data directory.
fn lock(dir: &Path) -> Result<File, JournalError> {
    let path = dir.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(JournalError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Locked { file: path }),
        Err(TryLockError::Error(error)) => Err(JournalError::io("lock", &path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Reader;

    /// Appends to a journal with `space` bytes left until it fails; gives the last sequence that
    /// was synced.
    fn fill(dir: &Path, space: usize) -> u64 {
        let mut journal = FileJournal::open(dir, Options::default()).unwrap();
        journal.faults().space = Some(space);
        let failure = loop {
            if let Err(error) = journal.append(1, &[7; 100]).and_then(|_| journal.sync()) {
                break error;
            }
        };
        assert!(failure.to_string().contains("free space"), "{failure}");
        // Space again: but the journal does not go on.
        journal.faults().space = None;
        assert!(matches!(journal.append(1, b"more"), Err(JournalError::Failed { .. })));
        assert!(matches!(journal.sync(), Err(JournalError::Failed { .. })));
        assert!(matches!(journal.fence(WriterId([1; 16])), Err(JournalError::Failed { .. })));
        journal.durable().last_seq
    }

    #[test]
    fn a_full_disk_stops_the_journal_and_opening_again_cuts_the_rest() {
        for space in 0..450 {
            let dir = tempfile::tempdir().unwrap();
            let durable = fill(dir.path(), space);
            assert_eq!(durable, space as u64 / 200, "blocks of 92 + 100 + 8 bytes");
            let mut journal = FileJournal::open(dir.path(), Options::default()).unwrap();
            let cut = journal.recovery().map_or(0, |recovery| recovery.cut_bytes);
            assert_eq!((journal.head().last_seq, cut), (durable, space as u64 % 200));
            journal.append(1, b"next").unwrap();
            journal.sync().unwrap();
            let mut reader = Reader::open(dir.path(), 1).unwrap();
            assert_eq!(reader.check_to_end().unwrap(), None);
            assert_eq!(reader.head(), Some(journal.durable()));
        }
    }

    #[test]
    fn a_failed_sync_is_never_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = FileJournal::open(dir.path(), Options::default()).unwrap();
        journal.append(1, b"kept").unwrap();
        journal.sync().unwrap();
        journal.append(1, b"in doubt").unwrap();
        journal.faults().fail_next_sync = true;
        let first = journal.sync().unwrap_err().to_string();
        assert_eq!(journal.sync().unwrap_err().to_string(), first);
        assert_eq!(journal.append(1, b"").unwrap_err().to_string(), first);
        assert_eq!(journal.faults().syncs, 2);
        assert_eq!(journal.durable().last_seq, 1);
    }

    #[test]
    fn a_failed_sync_before_a_new_file_stops_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { file_bytes: 1, ..Options::default() };
        let mut journal = FileJournal::open(dir.path(), options).unwrap();
        journal.append(1, b"first").unwrap();
        journal.faults().fail_next_sync = true;
        assert!(matches!(journal.append(1, b"second"), Err(JournalError::Failed { .. })));
        assert_eq!(journal.durable().last_seq, 0);
    }

    #[test]
    fn a_file_that_cannot_be_created_stops_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { file_bytes: 1, ..Options::default() };
        let mut journal = FileJournal::open(dir.path(), options).unwrap();
        journal.append(1, b"first").unwrap();
        std::fs::remove_dir_all(dir.path().join("journal")).unwrap();
        assert!(matches!(journal.append(1, b"second"), Err(JournalError::Failed { .. })));
        assert!(matches!(journal.append(1, b"third"), Err(JournalError::Failed { .. })));
    }

    #[test]
    fn what_cannot_be_a_frame_is_refused_and_the_journal_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = FileJournal::open(dir.path(), Options::default()).unwrap();
        let largest = vec![1; BODY_BYTES_MAX];
        assert!(matches!(journal.append(0, b"nothing"), Err(JournalError::Empty)));
        let larger = vec![1; BODY_BYTES_MAX + 1];
        assert!(matches!(journal.append(1, &larger), Err(JournalError::TooLarge { .. })));
        assert_eq!(journal.append(1, &largest).unwrap().first_seq, 1);
        assert_eq!(journal.append(1, b"").unwrap().first_seq, 2);
        let mut reader = Reader::open(dir.path(), 1).unwrap();
        assert_eq!(reader.poll().unwrap().unwrap().body, largest);
        assert_eq!(reader.poll().unwrap().unwrap().body, b"");
    }
}
