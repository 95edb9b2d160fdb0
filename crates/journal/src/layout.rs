//! The files of a journal: their names, their header, and how a frame lies in them.
//!
//! A journal is `DIR/journal/SEQ.cfj`, one file after the other, each named by the sequence of its
//! first decision in 20 digits. A file begins with a header of [`FILE_HEADER_BYTES`], which holds
//! the head of the chain before the file: with it, reading can begin at any file. These bytes keep
//! their place in every later format, so that a newer file is told from a damaged one.
//!
//! | byte | size | field (little-endian) |
//! |---:|---:|---|
//! | 0 | 8 | magic `CFJOURNL` |
//! | 8 | 4 | format version |
//! | 12 | 4 | segment |
//! | 16 | 8 | epoch |
//! | 24 | 16 | owner of the epoch |
//! | 40 | 8 | sequence of the first decision in the file |
//! | 48 | 32 | chain hash before the file |
//! | 80 | 4 | zero |
//! | 84 | 4 | CRC32C of bytes 0 to 83 |
//!
//! Then follow *blocks*: a frame, zero to seven zero bytes up to a multiple of eight, and an end
//! mark of eight bytes, none of them zero. The mark is there for the power cut that leaves a file
//! at its full length with its last sectors unwritten, which then read as zeros: a block that was
//! written whole never ends in zeros, whatever its body, and the mark never lies across sectors.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Flaw, JournalError};
use crate::frame::{FORMAT, FRAME_BYTES_MAX, Hash, WriterId, field};
use crate::rule::Head;

/// Length of the header of a file, in bytes.
pub(crate) const FILE_HEADER_BYTES: usize = 88;

/// The longest block, in bytes.
pub(crate) const BLOCK_BYTES_MAX: usize = block_bytes(FRAME_BYTES_MAX);

/// Blocks begin and end at multiples of this, in bytes. A sector is a multiple of it.
pub(crate) const ALIGNMENT: usize = 8;

const MAGIC: [u8; 8] = *b"CFJOURNL";

/// Seven bytes of padding, of which the last zero to seven are used, and the end mark.
const PADDING_AND_MARK: [u8; 15] = *b"\0\0\0\0\0\0\0CF-END\r\n";

/// Length of the block around a frame of `frame_bytes`.
pub(crate) const fn block_bytes(frame_bytes: usize) -> usize {
    frame_bytes.next_multiple_of(ALIGNMENT) + ALIGNMENT
}

/// What follows a frame of `frame_bytes` in its block: padding and end mark.
pub(crate) fn block_end(frame_bytes: usize) -> &'static [u8] {
    let padding = block_bytes(frame_bytes) - ALIGNMENT - frame_bytes;
    &PADDING_AND_MARK[ALIGNMENT - 1 - padding..]
}

/// The header of the file that goes on from `head`.
pub(crate) fn encode_header(head: &Head) -> [u8; FILE_HEADER_BYTES] {
    let mut bytes = [0; FILE_HEADER_BYTES];
    bytes[0..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&u32::from(FORMAT).to_le_bytes());
    bytes[12..16].copy_from_slice(&head.segment.to_le_bytes());
    bytes[16..24].copy_from_slice(&head.epoch.to_le_bytes());
    bytes[24..40].copy_from_slice(&head.writer.0);
    bytes[40..48].copy_from_slice(&head.next_seq().to_le_bytes());
    bytes[48..80].copy_from_slice(&head.hash.0);
    let crc = crc32c::crc32c(&bytes[..84]);
    bytes[84..88].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// The head of the chain before the file that begins with `bytes`.
pub(crate) fn decode_header(bytes: &[u8; FILE_HEADER_BYTES]) -> Result<Head, Flaw> {
    if bytes[0..8] != MAGIC {
        return Err(Flaw::Magic);
    }
    if crc32c::crc32c(&bytes[..84]) != u32::from_le_bytes(field(bytes, 84)) {
        return Err(Flaw::HeaderChecksum);
    }
    let format = u32::from_le_bytes(field(bytes, 8));
    if format > u32::from(FORMAT) {
        return Err(Flaw::Newer { found: format });
    }
    let first_seq = u64::from_le_bytes(field(bytes, 40));
    if format == 0 || first_seq == 0 || bytes[80..84] != [0; 4] {
        return Err(Flaw::Header);
    }
    Ok(Head {
        segment: u32::from_le_bytes(field(bytes, 12)),
        epoch: u64::from_le_bytes(field(bytes, 16)),
        writer: WriterId(field(bytes, 24)),
        last_seq: first_seq - 1,
        hash: Hash(field(bytes, 48)),
    })
}

/// Where the files are, under a data directory.
pub(crate) fn journal_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("journal")
}

/// One file of a journal, known by its name alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileName {
    /// Sequence of the first decision in the file, by its name.
    pub first_seq: u64,
    /// The file.
    pub path: PathBuf,
}

impl FileName {
    /// The file in `journal_dir` that begins with `first_seq`.
    pub(crate) fn new(journal_dir: &Path, first_seq: u64) -> FileName {
        FileName { first_seq, path: journal_dir.join(format!("{first_seq:020}.cfj")) }
    }

    /// The error that this file, from `offset` on, is not what it should be.
    pub(crate) fn damaged(&self, offset: u64, seq: u64, flaw: Flaw) -> JournalError {
        let file = self.path.clone();
        if let Flaw::Newer { found } = flaw {
            return JournalError::NewerFormat { file, found, supported: u32::from(FORMAT) };
        }
        JournalError::Damage { file, offset, seq, flaw }
    }
}

/// The files in `journal_dir`, by sequence. Files with other names are not ours and are left out.
pub(crate) fn list(journal_dir: &Path) -> Result<Vec<FileName>, JournalError> {
    let failed = |source| JournalError::io("list", journal_dir)(source);
    let mut files = Vec::new();
    for entry in fs::read_dir(journal_dir).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let seq = name.to_str().and_then(|name| name.strip_suffix(".cfj")).and_then(parse_seq);
        files.extend(seq.map(|first_seq| FileName::new(journal_dir, first_seq)));
    }
    files.sort();
    Ok(files)
}

/// A sequence of exactly 20 digits.
pub(crate) fn parse_seq(text: &str) -> Option<u64> {
    let is_seq = text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_seq { text.parse().ok() } else { None }
}
