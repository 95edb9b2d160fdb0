//! A frame: a fixed header and an opaque body, atomic, hashed as written.
//!
//! All numbers are little-endian. The header is [`HEADER_BYTES`] long:
//!
//! | byte | size | field |
//! |---:|---:|---|
//! | 0 | 4 | magic `CFFR` |
//! | 4 | 2 | format version ([`FORMAT`]) |
//! | 6 | 1 | kind: 1 decisions, 2 fence, 3 heartbeat |
//! | 7 | 1 | zero |
//! | 8 | 4 | segment |
//! | 12 | 4 | number of decisions; never zero for decisions, zero otherwise |
//! | 16 | 8 | epoch |
//! | 24 | 16 | writer id; all zero: whoever holds the lock of the files |
//! | 40 | 8 | sequence of the first decision; the first of all is 1 |
//! | 48 | 32 | hash of the chain before this frame; all zero at its start |
//! | 80 | 4 | body length in bytes |
//! | 84 | 4 | CRC32C of the body |
//! | 88 | 4 | CRC32C of bytes 0 to 87 |
//! | 92 | | body |
//!
//! **Frame hash**: BLAKE3 over the frame's bytes as written, all of them: header with both
//! checksums, then body. **Chain hash** after a frame of decisions is its frame hash: it names the
//! hash before it, so it covers all history. A fence may stand elsewhere than its author believed;
//! the hash it names proves nothing, so the chain hash after it is BLAKE3 over the chain hash
//! before it followed by the fence's frame hash.
//!
//! Not decided here: which frames count (see [`crate::rule`]), and what a body means.

use std::fmt;

use crate::error::Flaw;
use crate::rule::Head;

/// The format version this build writes, and the newest it reads.
pub const FORMAT: u16 = 1;

/// Length of a frame's header, in bytes.
pub const HEADER_BYTES: usize = 92;

/// The longest frame, header and body, in bytes (4 MiB).
pub const FRAME_BYTES_MAX: usize = 4 << 20;

/// The longest body of a frame, in bytes.
pub const BODY_BYTES_MAX: usize = FRAME_BYTES_MAX - HEADER_BYTES;

const MAGIC: [u8; 4] = *b"CFFR";

/// A BLAKE3 hash: of one frame, or of a chain up to a frame.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first frame of a chain names as the hash before it.
    pub const START: Hash = Hash([0; 32]);

    /// The chain hash after a fence: covers the history before it and the fence itself.
    #[must_use]
    pub fn after_fence(self, fence: Hash) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(&fence.0);
        Hash(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// Who wrote a frame: random per start where writers contend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WriterId(pub [u8; 16]);

impl WriterId {
    /// Whoever holds the exclusive lock of the files. Constant, so that the same decisions give
    /// the same bytes in every directory.
    pub const LOCK: WriterId = WriterId([0; 16]);
}

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Carries decisions.
    Decisions,
    /// Opens the next epoch and names its owner. Carries no decisions and takes no sequence.
    Fence,
    /// Says that the owner of the epoch lives. It counts for nothing else, and is not on the chain.
    Heartbeat,
}

/// What a frame shall be, apart from its place in the chain and its body.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    /// What it is for.
    pub kind: Kind,
    /// The epoch it is written in.
    pub epoch: u64,
    /// Who writes it.
    pub writer: WriterId,
    /// Number of decisions; zero unless it is for decisions.
    pub count: u32,
}

/// The header of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the frame is for.
    pub kind: Kind,
    /// The segment whose journal this is.
    pub segment: u32,
    /// Ownership number: grows by one with each fence, starts at zero.
    pub epoch: u64,
    /// Who wrote the frame.
    pub writer: WriterId,
    /// Sequence of the first decision, from 1 on. In a fence or heartbeat: the next sequence, as
    /// its author believed; nobody relies on it.
    pub first_seq: u64,
    /// Number of decisions in the body: at least one; zero in a fence or heartbeat.
    pub count: u32,
    /// Hash of the chain before this frame.
    pub prev_hash: Hash,
    /// Length of the body in bytes, at most [`BODY_BYTES_MAX`].
    pub body_bytes: u32,
    /// CRC32C of the body.
    pub body_crc: u32,
}

impl Header {
    /// The header of a frame that its author believes to come next after `head`.
    ///
    /// # Panics
    ///
    /// The body is longer than a frame may be, or sequences are used up.
    #[must_use]
    pub fn next(head: &Head, intent: Intent, body: &[u8]) -> Header {
        let Intent { kind, epoch, writer, count } = intent;
        let first_seq = head.next_seq();
        assert!(first_seq.checked_add(u64::from(count)).is_some(), "sequences are used up");
        Header {
            kind,
            segment: head.segment,
            epoch,
            writer,
            first_seq,
            count,
            prev_hash: head.hash,
            body_bytes: u32::try_from(body.len()).expect("bodies are at most 4 MiB"),
            body_crc: crc32c::crc32c(body),
        }
    }

    /// Sequence of the last decision in the frame; the one before `first_seq` if it has none.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        // Cannot wrap: `decode` refuses such headers, and no writer counts that far.
        self.first_seq - 1 + u64::from(self.count)
    }

    /// Length of header and body in bytes.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        HEADER_BYTES + self.body_bytes as usize
    }

    /// The header's bytes, with its checksum.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..4].copy_from_slice(&MAGIC);
        bytes[4..6].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[6] = match self.kind {
            Kind::Decisions => 1,
            Kind::Fence => 2,
            Kind::Heartbeat => 3,
        };
        bytes[8..12].copy_from_slice(&self.segment.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.count.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[24..40].copy_from_slice(&self.writer.0);
        bytes[40..48].copy_from_slice(&self.first_seq.to_le_bytes());
        bytes[48..80].copy_from_slice(&self.prev_hash.0);
        bytes[80..84].copy_from_slice(&self.body_bytes.to_le_bytes());
        bytes[84..88].copy_from_slice(&self.body_crc.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..88]);
        bytes[88..92].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header from the start of `bytes`.
    ///
    /// # Errors
    ///
    /// [`Flaw::Short`] if there are fewer bytes than a header has; otherwise what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Header, Flaw> {
        let bytes: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(Flaw::Short)?;
        if bytes[0..4] != MAGIC {
            return Err(Flaw::Magic);
        }
        if crc32c::crc32c(&bytes[..88]) != u32::from_le_bytes(field(bytes, 88)) {
            return Err(Flaw::HeaderChecksum);
        }
        let format = u16::from_le_bytes(field(bytes, 4));
        if format > FORMAT {
            return Err(Flaw::Newer { found: u32::from(format) });
        }
        let kind = match bytes[6] {
            1 => Kind::Decisions,
            2 => Kind::Fence,
            3 => Kind::Heartbeat,
            _ => return Err(Flaw::Header),
        };
        let header = Header {
            kind,
            segment: u32::from_le_bytes(field(bytes, 8)),
            count: u32::from_le_bytes(field(bytes, 12)),
            epoch: u64::from_le_bytes(field(bytes, 16)),
            writer: WriterId(field(bytes, 24)),
            first_seq: u64::from_le_bytes(field(bytes, 40)),
            prev_hash: Hash(field(bytes, 48)),
            body_bytes: u32::from_le_bytes(field(bytes, 80)),
            body_crc: u32::from_le_bytes(field(bytes, 84)),
        };
        if format == 0 || bytes[7] != 0 || !header.is_possible() {
            return Err(Flaw::Header);
        }
        Ok(header)
    }

    /// Whether some writer could have meant these fields.
    fn is_possible(&self) -> bool {
        let count_fits = match self.kind {
            Kind::Decisions => self.count > 0,
            Kind::Fence | Kind::Heartbeat => self.count == 0,
        };
        count_fits
            && self.first_seq > 0
            && self.first_seq.checked_add(u64::from(self.count)).is_some()
            && self.body_bytes as usize <= BODY_BYTES_MAX
    }
}

/// The `N` bytes from `at` on. Panics if they are not there: offsets are constants of a layout.
pub(crate) fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes")
}

/// The hash of a frame whose header has the bytes `header`.
#[must_use]
pub fn frame_hash(header: &[u8; HEADER_BYTES], body: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header).update(body);
    Hash(*hasher.finalize().as_bytes())
}

/// One frame, its body borrowed from where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its header.
    pub header: Header,
    /// Its decisions, opaque here; their checksum was right.
    pub body: &'a [u8],
    /// Its frame hash (for a fence this is not the chain hash, see the module).
    pub hash: Hash,
}

impl<'a> Frame<'a> {
    /// Reads the frame at the start of `bytes`; more bytes may follow it.
    ///
    /// # Errors
    ///
    /// [`Flaw::Short`] if `bytes` end before the frame does; otherwise what is wrong.
    pub fn decode(bytes: &'a [u8]) -> Result<Frame<'a>, Flaw> {
        let header = Header::decode(bytes)?;
        let body = bytes.get(HEADER_BYTES..header.frame_bytes()).ok_or(Flaw::Short)?;
        if crc32c::crc32c(body) != header.body_crc {
            return Err(Flaw::BodyChecksum);
        }
        let hash = frame_hash(&field(bytes, 0), body);
        Ok(Frame { header, body, hash })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(body: &[u8]) -> Header {
        Header {
            kind: Kind::Decisions,
            segment: 7,
            epoch: 3,
            writer: WriterId([9; 16]),
            first_seq: 41,
            count: 2,
            prev_hash: Hash([5; 32]),
            body_bytes: u32::try_from(body.len()).unwrap(),
            body_crc: crc32c::crc32c(body),
        }
    }

    fn encode(body: &[u8]) -> Vec<u8> {
        [&header(body).encode(), body].concat()
    }

    #[test]
    fn a_frame_reads_back_as_written() {
        let bytes = encode(b"body");
        let frame = Frame::decode(&bytes).unwrap();
        assert_eq!(frame.header, header(b"body"));
        assert_eq!(frame.body, b"body");
        assert_eq!(frame.hash.0, *blake3::hash(&bytes).as_bytes());
        assert_eq!(frame.header.last_seq(), 42);
    }

    /// The layout is published: a change of it needs a new format version.
    #[test]
    fn the_layout_is_as_documented() {
        let bytes = encode(b"body");
        assert_eq!(&bytes[..8], b"CFFR\x01\x00\x01\x00");
        assert_eq!(bytes[8..16], [7, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(bytes[16..24], [3, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[40..48], [41, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[48..80], [5; 32]);
        assert_eq!(bytes[80..84], [4, 0, 0, 0]);
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let bytes = encode(b"some body");
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::decode(&flipped).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_shorter_frame_is_short() {
        let bytes = encode(b"some body");
        for len in 0..bytes.len() {
            assert_eq!(Frame::decode(&bytes[..len]), Err(Flaw::Short), "{len} bytes");
        }
    }

    #[test]
    fn impossible_headers_are_refused() {
        let check = |header: Header| {
            assert_eq!(Header::decode(&header.encode()), Err(Flaw::Header), "{header:?}");
        };
        check(Header { count: 0, ..header(b"") });
        check(Header { kind: Kind::Fence, ..header(b"") });
        check(Header { kind: Kind::Heartbeat, ..header(b"") });
        check(Header { first_seq: 0, ..header(b"") });
        check(Header { first_seq: u64::MAX, ..header(b"") });
        check(Header { body_bytes: FRAME_BYTES_MAX as u32, ..header(b"") });
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut bytes = encode(b"body");
        bytes[4] = 2;
        let crc = crc32c::crc32c(&bytes[..88]);
        bytes[88..92].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(Frame::decode(&bytes), Err(Flaw::Newer { found: 2 }));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Frame::decode(&bytes);
        }
    }
}
