//! Snapshots: the state at a frame boundary, so that a restart need not read the whole journal.
//!
//! A snapshot is `DIR/snapshots/SEQ.cfs`, named by the last sequence it contains. It can always be
//! thrown away: the journal is the truth. Whatever is wrong with one, an older one is taken, or the
//! whole journal.
//!
//! | byte | size | field (little-endian) |
//! |---:|---:|---|
//! | 0 | 8 | magic `CFSNAPSH` |
//! | 8 | 4 | format version ([`SNAPSHOT_FORMAT`]) |
//! | 12 | 4 | segment |
//! | 16 | 8 | epoch |
//! | 24 | 16 | owner of the epoch |
//! | 40 | 8 | last sequence contained |
//! | 48 | 32 | chain hash after it |
//! | 80 | 4 | rules version |
//! | 84 | 4 | zero |
//! | 88 | | body, opaque |
//! | end - 32 | 32 | BLAKE3 of all bytes before |
//!
//! Law: SNAPSHOT-1 a file under its final name was written and synced whole; a body is given to
//! its reader only after its checksum was found right.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::disk;
use crate::error::JournalError;
use crate::frame::{Hash, WriterId, field};
use crate::layout::parse_seq;
use crate::rule::Head;

/// The format version this build writes, and the only one it reads.
pub const SNAPSHOT_FORMAT: u32 = 1;

/// How many snapshots are kept: the newest, and one to fall back to.
const KEPT: usize = 2;

const MAGIC: [u8; 8] = *b"CFSNAPSH";
const HEADER_BYTES: usize = 88;
const CHECKSUM_BYTES: usize = 32;
const BUFFER_BYTES: usize = 1 << 20;

/// What a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// Where the journal stood. To read on: [`crate::Reader::open_after`].
    pub head: Head,
    /// Version of the rules that made the state; its meaning is the caller's.
    pub rules_version: u32,
}

/// Why a snapshot was passed over.
#[derive(Debug, Error)]
pub enum Refusal {
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is shorter than the shortest snapshot.
    #[error("it is too short")]
    Short,
    /// It does not begin like a snapshot.
    #[error("it is not a snapshot")]
    Magic,
    /// Another version wrote it.
    #[error("it has format {found}, this program reads {SNAPSHOT_FORMAT}")]
    Format {
        /// The format version found.
        found: u32,
    },
    /// Its bytes are not what was written.
    #[error("its checksum is wrong")]
    Checksum,
    /// It is of another segment.
    #[error("it is of segment {found}")]
    Segment {
        /// The segment found.
        found: u32,
    },
    /// Its name is not its sequence.
    #[error("it is named for another sequence than {found}")]
    Name {
        /// The sequence in its header.
        found: u64,
    },
    /// The caller does not want it, for this reason.
    #[error("{0}")]
    Unwanted(String),
}

/// A snapshot that was not used.
#[derive(Debug)]
pub struct PassedOver {
    /// The file.
    pub file: PathBuf,
    /// Why.
    pub reason: Refusal,
}

/// What [`Snapshots::load_newest`] found.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The newest usable snapshot. `None`: there is none, read the whole journal.
    pub newest: Option<(SnapshotHeader, T)>,
    /// Those tried before it, newest first.
    pub passed_over: Vec<PassedOver>,
}

/// The body of a snapshot whose checksum was right, to be read once.
#[derive(Debug)]
pub struct SnapshotBody {
    body_bytes: u64,
    reader: Take<BufReader<File>>,
}

impl SnapshotBody {
    /// Length of the whole body in bytes.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.body_bytes
    }
}

impl Read for SnapshotBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// The snapshots in a data directory.
#[derive(Clone, Debug)]
pub struct Snapshots {
    dir: PathBuf,
    segment: u32,
}

impl Snapshots {
    /// The snapshots of `segment` in the data directory `dir`. Touches nothing.
    #[must_use]
    pub fn new(dir: &Path, segment: u32) -> Snapshots {
        Snapshots { dir: dir.join("snapshots"), segment }
    }

    /// Writes a snapshot whose body is what `body` writes; durable on return. Then removes all but
    /// the newest two, and what interrupted writes left. Only the holder of the journal may write.
    ///
    /// # Errors
    ///
    /// The system refuses. Earlier snapshots are still there, and the journal is not concerned.
    pub fn write(
        &self,
        header: &SnapshotHeader,
        body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<PathBuf, JournalError> {
        assert_eq!(header.head.segment, self.segment, "a snapshot of another segment");
        disk::create_dir(&self.dir)?;
        let path = self.dir.join(format!("{:020}.cfs", header.head.last_seq));
        let temporary = path.with_extension("tmp");
        if let Err(error) = write_file(&temporary, header, body) {
            // Gives the space back; that it may fail too changes nothing.
            let _ = fs::remove_file(&temporary);
            return Err(JournalError::io("write", &temporary)(error));
        }
        fs::rename(&temporary, &path).map_err(JournalError::io("rename", &temporary))?;
        disk::sync_dir(&self.dir)?;
        self.prune()?;
        Ok(path)
    }

    /// Finds the newest snapshot that is sound and that `load` can use, trying one after the other.
    ///
    /// `load` reads the body and gives what it made of it, or says why it does not want it.
    ///
    /// # Errors
    ///
    /// The directory cannot be read. A snapshot that cannot is only passed over.
    pub fn load_newest<T>(
        &self,
        mut load: impl FnMut(&SnapshotHeader, &mut SnapshotBody) -> Result<T, String>,
    ) -> Result<Loaded<T>, JournalError> {
        let mut passed_over = Vec::new();
        for (seq, file) in self.list()?.into_iter().rev() {
            let loaded = self.open(&file, seq).and_then(|(header, mut body)| {
                load(&header, &mut body).map(|state| (header, state)).map_err(Refusal::Unwanted)
            });
            match loaded {
                Ok(newest) => return Ok(Loaded { newest: Some(newest), passed_over }),
                Err(reason) => passed_over.push(PassedOver { file, reason }),
            }
        }
        Ok(Loaded { newest: None, passed_over })
    }

    /// Opens a snapshot and checks all of it.
    fn open(&self, path: &Path, seq: u64) -> Result<(SnapshotHeader, SnapshotBody), Refusal> {
        let mut file = File::open(path)?;
        let body_bytes = file.metadata()?.len().checked_sub((HEADER_BYTES + CHECKSUM_BYTES) as u64);
        let body_bytes = body_bytes.ok_or(Refusal::Short)?;
        let mut bytes = [0; HEADER_BYTES];
        file.read_exact(&mut bytes)?;
        let header = decode_header(&bytes)?;
        check_sum(&mut file, &bytes, body_bytes)?;
        if header.head.segment != self.segment {
            return Err(Refusal::Segment { found: header.head.segment });
        }
        if header.head.last_seq != seq {
            return Err(Refusal::Name { found: header.head.last_seq });
        }
        file.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
        let reader = BufReader::with_capacity(BUFFER_BYTES, file).take(body_bytes);
        Ok((header, SnapshotBody { body_bytes, reader }))
    }

    /// Removes all but the newest two, and leftovers.
    fn prune(&self) -> Result<(), JournalError> {
        let listed = self.list()?;
        let old = listed.len().saturating_sub(KEPT);
        let mut unwanted: Vec<PathBuf> =
            listed.into_iter().take(old).map(|(_, path)| path).collect();
        unwanted.extend(self.files_named(".tmp")?.into_iter().map(|(_, path)| path));
        for path in unwanted {
            fs::remove_file(&path).map_err(JournalError::io("remove", &path))?;
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<(u64, PathBuf)>, JournalError> {
        self.files_named(".cfs")
    }

    /// Files named by a sequence and `suffix`, by sequence. Others are not ours.
    fn files_named(&self, suffix: &str) -> Result<Vec<(u64, PathBuf)>, JournalError> {
        if !self.dir.is_dir() {
            return Ok(Vec::new());
        }
        let failed = |source| JournalError::io("list", &self.dir)(source);
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let seq = name.to_str().and_then(|name| name.strip_suffix(suffix)).and_then(parse_seq);
            files.extend(seq.map(|seq| (seq, entry.path())));
        }
        files.sort();
        Ok(files)
    }
}

fn write_file(
    path: &Path,
    header: &SnapshotHeader,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let hashing = Hashing { file: File::create(path)?, hasher: blake3::Hasher::new() };
    let mut writer = BufWriter::with_capacity(BUFFER_BYTES, hashing);
    writer.write_all(&encode_header(header))?;
    body(&mut writer)?;
    let Hashing { mut file, hasher } = writer.into_inner().map_err(|error| error.into_error())?;
    file.write_all(hasher.finalize().as_bytes())?;
    file.sync_all()
}

/// A file whose content is hashed on its way.
struct Hashing {
    file: File,
    hasher: blake3::Hasher,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads the body and the checksum behind it, and compares.
fn check_sum(file: &mut File, header: &[u8], body_bytes: u64) -> Result<(), Refusal> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header);
    let mut piece = vec![0; BUFFER_BYTES];
    let mut left = body_bytes;
    while left > 0 {
        let len = usize::try_from(left).map_or(BUFFER_BYTES, |left| left.min(BUFFER_BYTES));
        file.read_exact(&mut piece[..len])?;
        hasher.update(&piece[..len]);
        left -= len as u64;
    }
    let mut checksum = [0; CHECKSUM_BYTES];
    file.read_exact(&mut checksum)?;
    if hasher.finalize() == checksum { Ok(()) } else { Err(Refusal::Checksum) }
}

fn encode_header(header: &SnapshotHeader) -> [u8; HEADER_BYTES] {
    let SnapshotHeader { head, rules_version } = header;
    let mut bytes = [0; HEADER_BYTES];
    bytes[0..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&SNAPSHOT_FORMAT.to_le_bytes());
    bytes[12..16].copy_from_slice(&head.segment.to_le_bytes());
    bytes[16..24].copy_from_slice(&head.epoch.to_le_bytes());
    bytes[24..40].copy_from_slice(&head.writer.0);
    bytes[40..48].copy_from_slice(&head.last_seq.to_le_bytes());
    bytes[48..80].copy_from_slice(&head.hash.0);
    bytes[80..84].copy_from_slice(&rules_version.to_le_bytes());
    bytes
}

/// The checksum tells whether what this gives is true.
fn decode_header(bytes: &[u8; HEADER_BYTES]) -> Result<SnapshotHeader, Refusal> {
    if bytes[0..8] != MAGIC {
        return Err(Refusal::Magic);
    }
    let format = u32::from_le_bytes(field(bytes, 8));
    if format != SNAPSHOT_FORMAT {
        return Err(Refusal::Format { found: format });
    }
    let head = Head {
        segment: u32::from_le_bytes(field(bytes, 12)),
        epoch: u64::from_le_bytes(field(bytes, 16)),
        writer: WriterId(field(bytes, 24)),
        last_seq: u64::from_le_bytes(field(bytes, 40)),
        hash: Hash(field(bytes, 48)),
    };
    Ok(SnapshotHeader { head, rules_version: u32::from_le_bytes(field(bytes, 80)) })
}
