//! One journal file, read from its start, frame by frame.
//!
//! Here lies the line between *incomplete* and *damaged*. A crash while appending leaves a prefix
//! of what was written, or a file of full length whose last sectors were never written and read as
//! zeros. So what stands at the end of the last file is incomplete, and nothing else is, if
//!
//! - there are fewer bytes than a frame's header has; or
//! - the header is sound and its block goes beyond the end of the file; or
//! - all bytes up to the end of the file are zero from a sector boundary on, or from the frame's
//!   own start, and this boundary lies within the frame: before the end of its block if the header
//!   is sound, before the end of its header if not.
//!
//! Everything else is damage. A block written whole ends in a mark without zeros, so no flipped
//! byte in it can make it look incomplete, and only what was never acknowledged is ever cut.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::error::{Flaw, JournalError};
use crate::frame::{Frame, HEADER_BYTES, Hash, Header, Kind};
use crate::layout::{self, ALIGNMENT, BLOCK_BYTES_MAX, FILE_HEADER_BYTES, FileName};
use crate::rule::{Follower, Head, Verdict};

/// Disks write sectors of this size, in bytes, or multiples of it.
const SECTOR_BYTES: u64 = 512;

/// A frame just read; its body lies in the scan's buffer.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its header.
    pub header: Header,
    /// Its frame hash.
    pub hash: Hash,
    body: Range<usize>,
    /// Length of its block, in bytes.
    block_bytes: usize,
}

/// What stands at the place reached.
#[derive(Debug)]
pub(crate) enum Step {
    /// A frame that continues the chain; the scan now stands behind it.
    Frame(Found),
    /// A frame beyond the limit asked for.
    Beyond,
    /// The end of the file.
    End,
    /// An incomplete frame of so many bytes, to the end of the file.
    Torn { bytes: u64 },
}

/// A journal file being read.
#[derive(Debug)]
pub(crate) struct Scan {
    name: FileName,
    file: File,
    follower: Follower,
    /// Where in the file the next block begins.
    at: u64,
    /// A piece of the file, from `buffer_at` on.
    buffer: Vec<u8>,
    buffer_at: u64,
}

impl Scan {
    /// Opens a file and reads its header. `None`: the header is incomplete, as a crash while the
    /// file was created leaves it; only the last file may be so.
    pub(crate) fn open(name: &FileName) -> Result<Option<Scan>, JournalError> {
        let mut file = File::open(&name.path).map_err(JournalError::io("open", &name.path))?;
        let mut header = Vec::with_capacity(FILE_HEADER_BYTES);
        let read = (&mut file).take(FILE_HEADER_BYTES as u64).read_to_end(&mut header);
        read.map_err(JournalError::io("read", &name.path))?;
        let head = match header.first_chunk() {
            // No frame is written before the header is durable: without it, there is none.
            None => return Ok(None),
            Some(bytes) => layout::decode_header(bytes),
        };
        let head = match head {
            Err(Flaw::Magic) if zeros_from(&mut file, 0).is_ok_and(|zeros| zeros == 0) => {
                return Ok(None);
            }
            Err(flaw) => return Err(name.damaged(0, name.first_seq, flaw)),
            Ok(head) => head,
        };
        let is_start = head == Head::start(head.segment);
        if head.next_seq() != name.first_seq {
            return Err(name.damaged(0, name.first_seq, Flaw::Name));
        }
        if head.last_seq == 0 && !is_start {
            return Err(name.damaged(0, name.first_seq, Flaw::Chain));
        }
        let follower = Follower::new(head);
        let (name, at) = (name.clone(), FILE_HEADER_BYTES as u64);
        Ok(Some(Scan { name, file, follower, at, buffer: Vec::new(), buffer_at: at }))
    }

    /// The file.
    pub(crate) fn name(&self) -> &FileName {
        &self.name
    }

    /// Where in the file the next block begins, in bytes.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Where the chain stands after the last frame read.
    pub(crate) fn head(&self) -> &Head {
        self.follower.head()
    }

    /// The error that the block at the place reached is not what it should be.
    pub(crate) fn damaged(&self, flaw: Flaw) -> JournalError {
        self.name.damaged(self.at, self.head().next_seq(), flaw)
    }

    /// Reads the next frame, unless one of its decisions is beyond `last_seq`.
    pub(crate) fn step(&mut self, last_seq: u64) -> Result<Step, JournalError> {
        // Verdicts other than "a sound frame" are made on fresh bytes alone: since the buffer was
        // filled, the file may have grown, or been cut and grown again.
        let mut parsed = self.parse(last_seq);
        if parsed.is_err() {
            self.refill().map_err(JournalError::io("read", &self.name.path))?;
            parsed = self.parse(last_seq);
        }
        match parsed {
            Ok(Some(found)) => self.accept(found),
            Ok(None) => Ok(Step::Beyond),
            Err(Flaw::Short) if self.unread().is_empty() => Ok(Step::End),
            // The buffer holds a whole block, so a short one ends with the file.
            Err(Flaw::Short) => Ok(Step::Torn { bytes: self.unread().len() as u64 }),
            Err(flaw) => self.torn_or_damaged(flaw),
        }
    }

    /// The body of a frame just read. Valid until the next step.
    pub(crate) fn body(&self, found: &Found) -> &[u8] {
        &self.buffer[found.body.clone()]
    }

    fn unread(&self) -> &[u8] {
        let skip = usize::try_from(self.at - self.buffer_at).unwrap_or(usize::MAX);
        self.buffer.get(skip..).unwrap_or_default()
    }

    fn refill(&mut self) -> io::Result<()> {
        self.buffer.clear();
        self.buffer_at = self.at;
        self.file.seek(SeekFrom::Start(self.at))?;
        (&mut self.file).take(BLOCK_BYTES_MAX as u64).read_to_end(&mut self.buffer)?;
        Ok(())
    }

    /// The sound frame at the place reached; `None` if it goes beyond `last_seq`.
    fn parse(&self, last_seq: u64) -> Result<Option<Found>, Flaw> {
        let bytes = self.unread();
        let header = Header::decode(bytes)?;
        if header.kind == Kind::Decisions && header.last_seq() > last_seq {
            return Ok(None);
        }
        let frame_bytes = header.frame_bytes();
        let block_bytes = layout::block_bytes(frame_bytes);
        let block = bytes.get(..block_bytes).ok_or(Flaw::Short)?;
        if block[frame_bytes..] != *layout::block_end(frame_bytes) {
            return Err(Flaw::EndMark);
        }
        let Frame { header, hash, .. } = Frame::decode(block)?;
        let start = self.buffer.len() - bytes.len();
        let body = start + HEADER_BYTES..start + frame_bytes;
        Ok(Some(Found { header, hash, body, block_bytes }))
    }

    fn accept(&mut self, found: Found) -> Result<Step, JournalError> {
        // In a file, whose only writer holds the lock, every frame continues the chain.
        match self.follower.follow(&found.header, found.hash) {
            Ok(Verdict::Accept) => {
                self.at += found.block_bytes as u64;
                Ok(Step::Frame(found))
            }
            Ok(Verdict::Duplicate | Verdict::Zombie | Verdict::Gap | Verdict::Heartbeat)
            | Err(_) => Err(self.damaged(Flaw::Chain)),
        }
    }

    /// Decides about a block that is all there, but not sound.
    fn torn_or_damaged(&mut self, flaw: Flaw) -> Result<Step, JournalError> {
        let expected_bytes = match Header::decode(self.unread()) {
            Ok(header) => layout::block_bytes(header.frame_bytes()),
            Err(_) => HEADER_BYTES,
        };
        let failed = |error| JournalError::io("read", &self.name.path)(error);
        let end = self.file.seek(SeekFrom::End(0)).map_err(failed)?;
        let zeros = zeros_from(&mut self.file, self.at).map_err(failed)?;
        let unwritten = if zeros == self.at { zeros } else { zeros.next_multiple_of(SECTOR_BYTES) };
        let is_within = unwritten < self.at + expected_bytes as u64;
        if is_within && unwritten + ALIGNMENT as u64 <= end {
            return Ok(Step::Torn { bytes: end - self.at });
        }
        Err(self.damaged(flaw))
    }
}

/// Where the zeros at the end of a file begin, looking back no further than `start`.
fn zeros_from(file: &mut File, start: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(start))?;
    let mut zeros = start;
    let mut at = start;
    let mut piece = vec![0; 1 << 16];
    loop {
        let len = match file.read(&mut piece) {
            Ok(0) => return Ok(zeros),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if let Some(last) = piece[..len].iter().rposition(|byte| *byte != 0) {
            zeros = at + last as u64 + 1;
        }
        at += len as u64;
    }
}
