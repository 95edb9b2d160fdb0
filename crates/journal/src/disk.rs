//! Files as the journal writes them: whole or failed, and durable when it says so.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::layout::{self, FileName};
use crate::rule::Head;

/// Creates a directory and what is missing above it; each new name is durable on return.
pub(crate) fn create_dir(dir: &Path) -> Result<(), JournalError> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    create_dir(parent)?;
    match fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(JournalError::io("create", dir)(error));
        }
        Ok(()) | Err(_) => {}
    }
    sync_dir(parent)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    // Elsewhere a directory cannot be opened as a file, and names are the file system's business.
    if cfg!(unix) {
        let synced = File::open(dir).and_then(|dir| dir.sync_all());
        synced.map_err(JournalError::io("sync", dir))?;
    }
    Ok(())
}

/// A journal file that is appended to.
#[derive(Debug)]
pub(crate) struct Output {
    file: File,
    path: PathBuf,
    /// Length in bytes.
    bytes: u64,
    #[cfg(test)]
    pub faults: Faults,
}

impl Output {
    /// Opens an existing file to go on at `bytes`, its length.
    pub(crate) fn open(path: &Path, bytes: u64) -> Result<Output, JournalError> {
        let file = OpenOptions::new().append(true).open(path);
        let file = file.map_err(JournalError::io("open", path))?;
        Ok(Output::new(file, path.to_owned(), bytes))
    }

    /// Creates the file that goes on from `head`; file, header and name are durable on return.
    pub(crate) fn create(journal_dir: &Path, head: &Head) -> Result<Output, JournalError> {
        let path = FileName::new(journal_dir, head.next_seq()).path;
        let file = OpenOptions::new().append(true).create_new(true).open(&path);
        let mut file = file.map_err(JournalError::io("create", &path))?;
        let header = layout::encode_header(head);
        file.write_all(&header).map_err(JournalError::io("write", &path))?;
        file.sync_all().map_err(JournalError::io("sync", &path))?;
        sync_dir(journal_dir)?;
        Ok(Output::new(file, path, header.len() as u64))
    }

    fn new(file: File, path: PathBuf, bytes: u64) -> Output {
        Output {
            file,
            path,
            bytes,
            #[cfg(test)]
            faults: Faults::default(),
        }
    }

    /// The same file on a disk with these faults.
    #[cfg(test)]
    pub(crate) fn with_faults(self, faults: Faults) -> Output {
        Output { faults, ..self }
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file's length in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends `parts`, one after the other, in one call where the system takes them so.
    pub(crate) fn write(&mut self, parts: [&[u8]; 3]) -> io::Result<()> {
        let mut slices = parts.map(IoSlice::new);
        let mut slices = &mut slices[..];
        // Parts may be empty; without this the loop would take "nothing to write" for a full disk.
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            match self.write_some(slices) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.bytes += written as u64;
                    IoSlice::advance_slices(&mut slices, written);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn write_some(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        #[cfg(test)]
        if let Some(limited) = self.faults.limit(slices)? {
            return self.file.write(&limited);
        }
        self.file.write_vectored(slices)
    }

    /// Makes all that was written durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        #[cfg(test)]
        self.faults.before_sync()?;
        self.file.sync_data()
    }
}

/// Faults of a simulated disk.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// Space left in bytes; `None` means without limit.
    pub space: Option<usize>,
    /// The next sync fails, later ones succeed: as real disks do it, and why nobody may retry.
    pub fail_next_sync: bool,
    /// How many syncs were tried.
    pub syncs: u32,
}

#[cfg(test)]
impl Faults {
    /// What of `slices` still fits; `None` means no limit is set.
    fn limit(&mut self, slices: &[IoSlice<'_>]) -> io::Result<Option<Vec<u8>>> {
        let Some(space) = self.space else { return Ok(None) };
        if space == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        let fitting = bytes[..space.min(bytes.len())].to_vec();
        self.space = Some(space - fitting.len());
        Ok(Some(fitting))
    }

    fn before_sync(&mut self) -> io::Result<()> {
        self.syncs += 1;
        if std::mem::take(&mut self.fail_next_sync) {
            return Err(io::Error::other("simulated: the disk lost a write"));
        }
        Ok(())
    }
}
