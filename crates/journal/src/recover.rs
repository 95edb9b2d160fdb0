//! What opening a journal for writing finds, cuts and refuses.
//!
//! The last file is read whole; of earlier ones the header, the rest when someone reads them. Cut
//! is only what `scan` calls incomplete, at the end of the last file; or the last file itself, if a
//! crash while it was created left no whole header. A file that is not the last was synced before
//! the next was created, so whatever is wrong there is damage.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use crate::disk::{self, Output};
use crate::error::{Flaw, JournalError};
use crate::layout::{self, FileName};
use crate::rule::Head;
use crate::scan::{Scan, Step};

/// What recovery cut: an append that a crash interrupted. It was never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The file that was cut, or removed if not even its header was whole.
    pub file: PathBuf,
    /// How many bytes were cut.
    pub cut_bytes: u64,
}

/// A journal ready to be appended to.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// The last file.
    pub output: Output,
    /// Sequence of the first decision in that file.
    pub file_first_seq: u64,
    /// Where the chain stands. All up to here is durable.
    pub head: Head,
    /// What was cut. `None`: nothing.
    pub recovery: Option<Recovery>,
}

/// Brings the files in `journal_dir` into the state from which appends go on.
pub(crate) fn recover(journal_dir: &Path, segment: u32) -> Result<Recovered, JournalError> {
    let mut files = layout::list(journal_dir)?;
    check_headers(journal_dir, &files, segment)?;
    let mut recovery = None;
    if let Some(name) = files.last()
        && Scan::open(name)?.is_none()
    {
        recovery = Some(remove(journal_dir, name)?);
        files.pop();
    }
    let recovered = match files.last() {
        Some(name) => go_on(name, recovery)?,
        None => {
            let head = Head::start(segment);
            let output = Output::create(journal_dir, &head)?;
            Recovered { output, file_first_seq: head.next_seq(), head, recovery }
        }
    };
    // A crash may have come between the creation of the file and the sync of its name.
    disk::sync_dir(journal_dir)?;
    Ok(recovered)
}

/// Every file but a last one without a whole header begins as its name says, in this segment.
fn check_headers(journal_dir: &Path, files: &[FileName], segment: u32) -> Result<(), JournalError> {
    if files.first().is_some_and(|first| first.first_seq != 1) {
        return Err(FileName::new(journal_dir, 1).damaged(0, 1, Flaw::Missing));
    }
    for name in files {
        let Some(scan) = Scan::open(name)? else {
            if files.last() == Some(name) {
                continue;
            }
            return Err(name.damaged(0, name.first_seq, Flaw::Short));
        };
        let found = scan.head().segment;
        if found != segment {
            let file = name.path.clone();
            return Err(JournalError::WrongSegment { file, found, expected: segment });
        }
    }
    Ok(())
}

fn remove(journal_dir: &Path, name: &FileName) -> Result<Recovery, JournalError> {
    let metadata = fs::metadata(&name.path).map_err(JournalError::io("read", &name.path))?;
    fs::remove_file(&name.path).map_err(JournalError::io("remove", &name.path))?;
    disk::sync_dir(journal_dir)?;
    Ok(Recovery { file: name.path.clone(), cut_bytes: metadata.len() })
}

/// Reads the last file to its end, cuts what is incomplete there, and makes the rest durable.
/// `removed`: a later file that is gone now.
fn go_on(name: &FileName, removed: Option<Recovery>) -> Result<Recovered, JournalError> {
    let Some(mut scan) = Scan::open(name)? else {
        return Err(name.damaged(0, name.first_seq, Flaw::Short));
    };
    let mut recovery = removed;
    loop {
        match scan.step(u64::MAX)? {
            Step::Frame(_) => {}
            Step::End | Step::Beyond => break,
            Step::Torn { .. } if recovery.is_some() => return Err(scan.damaged(Flaw::Short)),
            Step::Torn { bytes } => {
                cut(&name.path, scan.at())?;
                recovery = Some(Recovery { file: name.path.clone(), cut_bytes: bytes });
                break;
            }
        }
    }
    let mut output = Output::open(&name.path, scan.at())?;
    // Frames of a process that crashed before its sync may still be in the system's memory alone.
    output.sync().map_err(JournalError::io("sync", &name.path))?;
    Ok(Recovered { output, file_first_seq: name.first_seq, head: *scan.head(), recovery })
}

fn cut(path: &Path, bytes: u64) -> Result<(), JournalError> {
    let file = OpenOptions::new().write(true).open(path);
    let file = file.map_err(JournalError::io("open", path))?;
    file.set_len(bytes).map_err(JournalError::io("cut", path))?;
    file.sync_all().map_err(JournalError::io("sync", path))
}
