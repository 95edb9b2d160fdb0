//! What can be wrong with bytes, and where.

use std::fmt;

use thiserror::Error;

/// What is wrong with bytes that should be a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The bytes end inside a value.
    #[error("the bytes end inside a value")]
    Truncated,
    /// A number with more than 64 bits.
    #[error("a number has more than 64 bits")]
    LongNumber,
    /// A number that its field cannot hold.
    #[error("a number does not fit its field")]
    OutOfRange,
    /// A number that stands for nothing in its list.
    #[error("a number is not in its list")]
    UnknownNumber,
    /// A field of a kind that no message of ours has.
    #[error("a field's kind is not the expected one")]
    WrongKind,
    /// A field number that this format does not have.
    #[error("field {0} is unknown")]
    UnknownField(u32),
    /// A field that must be there once is there twice.
    #[error("field {0} is repeated")]
    RepeatedField(u32),
    /// A field that must be there is not.
    #[error("a field is missing")]
    MissingField,
    /// Text that is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// A column has fewer values than its rows need.
    #[error("a column is too short")]
    ShortColumn,
    /// A column has more values than its rows need.
    #[error("a column is too long")]
    LongColumn,
    /// An index points behind the end of its dictionary.
    #[error("an index is not in its dictionary")]
    UnknownEntry,
    /// An accepted row uses a dictionary entry without ids.
    #[error("a dictionary entry has no ids")]
    EntryWithoutIds,
    /// A mark with a verdict or a bit that this format does not have.
    #[error("a mark is unknown")]
    UnknownMark,
    /// The format is newer than this build.
    #[error("the format is version {0}, and this build reads up to version 1")]
    NewerFormat(u32),
}

/// Bytes that cannot be read: what, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong.
    pub flaw: Flaw,
    /// How many bytes stand before the place.
    pub at: usize,
    /// The decision it belongs to; `None` where there are no decisions.
    pub seq: Option<basics::Seq>,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flaw, at, seq } = self;
        write!(f, "{flaw}, at byte {at}")?;
        seq.map_or(Ok(()), |seq| write!(f, " (decision {seq})"))
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    /// A flaw at an address in `bytes`; an address elsewhere counts as their end.
    pub(crate) fn locate(fault: Fault, bytes: &[u8], seq: Option<basics::Seq>) -> Self {
        let offset = fault.address.wrapping_sub(bytes.as_ptr().addr());
        Self { flaw: fault.flaw, at: offset.min(bytes.len()), seq }
    }
}

/// A flaw and the address of the byte where it was seen. Addresses become offsets where the
/// whole is known: a reader of a part need not carry its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub flaw: Flaw,
    pub address: usize,
}

impl Fault {
    /// A flaw at the beginning of `rest`.
    #[cold]
    pub fn at(flaw: Flaw, rest: &[u8]) -> Self {
        Self { flaw, address: rest.as_ptr().addr() }
    }

    /// The same, with the field's number where the flaw has none yet.
    pub fn of_field(self, number: u32) -> Self {
        if self.flaw == Flaw::RepeatedField(0) {
            return Self { flaw: Flaw::RepeatedField(number), ..self };
        }
        self
    }
}
