//! Reading a journal: from any sequence on, in order, verified, also while it grows.
//!
//! A reader takes no lock and changes nothing. It gives frames that are in the files; a crash may
//! still take those that are not synced yet. Who tells others what it read (*durable before
//! visible*) reads no further than is durable: [`Reader::poll_to`].
//!
//! Memory: one buffer of the longest frame, whatever the journal's length.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Flaw, JournalError};
use crate::frame::Frame;
use crate::layout::{self, FileName};
use crate::rule::Head;
use crate::scan::{Found, Scan, Step};

/// An incomplete frame (or file header) at the end of a journal: an append under way, or one that
/// a crash interrupted. Never acknowledged; the next open for writing cuts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file that ends so.
    pub file: PathBuf,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// The last sequence before it.
    pub after_seq: u64,
}

/// Reads the frames of a journal.
#[derive(Debug)]
pub struct Reader {
    journal_dir: PathBuf,
    /// Frames that end before this sequence are read, but not given.
    from_seq: u64,
    /// The file being read. `None`: there is no file yet.
    scan: Option<Scan>,
    /// The first sequence of the next file, once seen: the one being read does not grow any more.
    next_file: Option<u64>,
    torn: Option<TornTail>,
}

impl Reader {
    /// Reads the journal in the data directory `dir`, from the frame that holds `from_seq` on.
    ///
    /// Files before that frame's are left unread, so their damage goes unseen. Sequences start at
    /// 1. Beyond the end is allowed: the reader then waits for the frame.
    ///
    /// # Errors
    ///
    /// No journal, damage, or a failure to read.
    pub fn open(dir: &Path, from_seq: u64) -> Result<Reader, JournalError> {
        let journal_dir = layout::journal_dir(dir);
        if !journal_dir.is_dir() {
            return Err(JournalError::NoJournal { dir: dir.to_owned() });
        }
        let mut reader = Reader { journal_dir, from_seq, scan: None, next_file: None, torn: None };
        reader.begin()?;
        Ok(reader)
    }

    /// Reads the journal in `dir` from `head` on: the first frame given is the next after it.
    ///
    /// # Errors
    ///
    /// [`JournalError::NotOnChain`] if the journal does not contain `head`: it is another
    /// journal's, or this one has lost its end.
    pub fn open_after(dir: &Path, head: &Head) -> Result<Reader, JournalError> {
        let mut reader = Reader::open(dir, head.last_seq)?;
        loop {
            let reached = reader.head().copied().unwrap_or(Head::start(head.segment));
            if reached == *head {
                reader.from_seq = head.next_seq();
                return Ok(reader);
            }
            if reached.last_seq > head.last_seq || reader.advance(head.last_seq)?.is_none() {
                let reached = reader.head().copied().unwrap_or(reached);
                let (wanted, reached) = (Box::new(*head), Box::new(reached));
                return Err(JournalError::NotOnChain { wanted, reached });
            }
        }
    }

    /// The next frame. `None`: the end for now; ask again later.
    ///
    /// # Errors
    ///
    /// Damage or a failure to read.
    pub fn poll(&mut self) -> Result<Option<Frame<'_>>, JournalError> {
        self.poll_to(u64::MAX)
    }

    /// The next frame, if none of its decisions is beyond `last_seq`.
    ///
    /// # Errors
    ///
    /// Damage or a failure to read.
    pub fn poll_to(&mut self, last_seq: u64) -> Result<Option<Frame<'_>>, JournalError> {
        let Some(found) = self.advance(last_seq)? else { return Ok(None) };
        let scan = self.scan.as_ref().expect("a frame was found in it");
        let body = scan.body(&found);
        Ok(Some(Frame { body, hash: found.hash, header: found.header }))
    }

    /// Reads all that is left, and says what stands at the end. For those who verify.
    ///
    /// # Errors
    ///
    /// The first damage: its file, its offset, the sequence expected there.
    pub fn check_to_end(&mut self) -> Result<Option<TornTail>, JournalError> {
        while self.advance(u64::MAX)?.is_some() {}
        Ok(self.torn.clone())
    }

    /// What stood at the end when `poll` last answered `None`. `None`: nothing incomplete.
    #[must_use]
    pub fn torn_tail(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// Where the chain stands after the last frame read. `None`: there is no file yet.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.scan.as_ref().map(Scan::head)
    }

    /// Reads on to the next frame to give.
    fn advance(&mut self, last_seq: u64) -> Result<Option<Found>, JournalError> {
        self.torn = None;
        if self.scan.is_none() && !self.begin()? {
            return Ok(None);
        }
        while let Some(scan) = &mut self.scan {
            let before = scan.head().next_seq();
            match scan.step(last_seq)? {
                Step::Frame(found) => {
                    // A fence takes no sequence: it is skipped if what follows it would be.
                    let is_wanted =
                        before >= self.from_seq || scan.head().next_seq() > self.from_seq;
                    if is_wanted {
                        return Ok(Some(found));
                    }
                }
                Step::Beyond => return Ok(None),
                Step::End => {
                    if !self.turn_page(0)? {
                        return Ok(None);
                    }
                }
                Step::Torn { bytes } => {
                    if !self.turn_page(bytes)? {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Opens the file to begin with. `false`: there is none yet.
    fn begin(&mut self) -> Result<bool, JournalError> {
        let files = layout::list(&self.journal_dir)?;
        self.scan = locate(&self.journal_dir, &files, self.from_seq.max(1))?;
        if self.scan.is_none() {
            self.torn = files.last().map(|name| torn_header(name, 0)).transpose()?;
        }
        Ok(self.scan.is_some())
    }

    /// At the end of a file that has `torn_bytes` of an incomplete frame there: decides whether to
    /// step again. `false`: there is no more to read.
    fn turn_page(&mut self, torn_bytes: u64) -> Result<bool, JournalError> {
        let Some(scan) = &self.scan else { return Ok(false) };
        let files = layout::list(&self.journal_dir)?;
        let next = files.iter().find(|file| file.first_seq > scan.name().first_seq);
        let Some(next) = next else {
            self.next_file = None;
            self.torn = (torn_bytes > 0).then(|| torn_tail(scan, torn_bytes));
            return Ok(false);
        };
        if self.next_file != Some(next.first_seq) {
            // The file may have grown since its end was seen; now it cannot any more.
            self.next_file = Some(next.first_seq);
            return Ok(true);
        }
        if torn_bytes > 0 {
            return Err(scan.damaged(Flaw::Short));
        }
        if next.first_seq != scan.head().next_seq() {
            let missing = FileName::new(&self.journal_dir, scan.head().next_seq());
            return Err(missing.damaged(0, missing.first_seq, Flaw::Missing));
        }
        let Some(opened) = Scan::open(next)? else {
            if files.last() != Some(next) {
                return Err(next.damaged(0, next.first_seq, Flaw::Short));
            }
            self.torn = Some(torn_header(next, scan.head().last_seq)?);
            return Ok(false);
        };
        if opened.head() != scan.head() {
            return Err(next.damaged(0, next.first_seq, Flaw::Chain));
        }
        self.scan = Some(opened);
        self.next_file = None;
        Ok(true)
    }
}

/// The file that holds `from_seq`, or would. `None`: there is no file with a whole header.
fn locate(
    journal_dir: &Path,
    files: &[FileName],
    from_seq: u64,
) -> Result<Option<Scan>, JournalError> {
    if files.first().is_some_and(|first| first.first_seq != 1) {
        return Err(FileName::new(journal_dir, 1).damaged(0, 1, Flaw::Missing));
    }
    let reached = files.partition_point(|file| file.first_seq <= from_seq);
    for name in files[..reached].iter().rev() {
        let scan = Scan::open(name)?;
        if scan.is_some() {
            return Ok(scan);
        }
        if files.last() != Some(name) {
            return Err(name.damaged(0, name.first_seq, Flaw::Short));
        }
    }
    Ok(None)
}

fn torn_tail(scan: &Scan, bytes: u64) -> TornTail {
    let file = scan.name().path.clone();
    TornTail { file, offset: scan.at(), bytes, after_seq: scan.head().last_seq }
}

fn torn_header(name: &FileName, after_seq: u64) -> Result<TornTail, JournalError> {
    let metadata = fs::metadata(&name.path).map_err(JournalError::io("read", &name.path))?;
    Ok(TornTail { file: name.path.clone(), offset: 0, bytes: metadata.len(), after_seq })
}
