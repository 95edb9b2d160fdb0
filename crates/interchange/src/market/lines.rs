//! Rows as bytes (RFC 4180): where each begins and ends in a stream that may be of any size.
//!
//! - A row ends at LF, CRLF or the end of the file; inside a quoted field these are text. A quote
//!   opens a field only as its first character, as every common reader has it.
//! - A row has at most [`MAX_ROW_BYTES`] bytes and [`MAX_ROW_LINES`] lines. Beyond them it has a
//!   fault, and reading goes on at the next line end.
//! - A quote that stays open within these bounds hides nothing but its own line: that line has a
//!   fault, and reading goes on with the line after it.
//!
//! Law: where rows begin and end depends on the bytes alone, not on how they arrive. It holds
//! because a row is judged only by as many bytes as its bounds allow, or by all that are left.

use std::io::{self, Read};

use memchr::{memchr, memchr2};
use model::DeadLetterReason;

/// The longest row, in bytes without its line end.
pub const MAX_ROW_BYTES: usize = 1 << 20;
/// The most lines that quoted fields can spread a row over. It bounds what one stray quote can
/// hide, and the work that many of them can cause.
pub const MAX_ROW_LINES: u64 = 100;

/// What must be seen to judge any row: the longest one and its line end.
const REACH: usize = MAX_ROW_BYTES + 2;
/// Bytes asked for at a time: small enough for the second-level cache.
const CHUNK: usize = 1 << 18;

/// A stream of bytes, cut into rows.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: R,
    /// What was read; it grows up to twice [`REACH`] at most.
    buffer: Vec<u8>,
    /// The part of the buffer that is not given out yet.
    start: usize,
    end: usize,
    /// Whether the source has ended: then the buffer holds all that is left.
    ended: bool,
    /// Whether the rest of an overlong line must be skipped first.
    skipping: bool,
    /// The number of the line at `start`, from 1.
    line: u64,
    /// Bytes of the source before `start`.
    consumed: u64,
}

/// A row's place in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    start: usize,
    end: usize,
    /// The number of its first line, from 1.
    pub line: u64,
    /// Whether there is a quote in it.
    pub quoted: bool,
    /// Why it is no row; `None` if it is one.
    pub fault: Option<DeadLetterReason>,
}

/// How far a row reaches within the bytes seen.
#[derive(Debug, PartialEq, Eq)]
struct Extent {
    /// Bytes of the row without its line end.
    length: usize,
    /// Bytes up to the next row.
    next: usize,
    /// Line ends within `next`.
    line_ends: u64,
    quoted: bool,
    fault: Option<DeadLetterReason>,
    /// Whether the next row begins only after the next line end.
    skip: bool,
}

impl<R: Read> Lines<R> {
    pub fn new(source: R) -> io::Result<Self> {
        let mut lines = Self {
            source,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            ended: false,
            skipping: false,
            line: 1,
            consumed: 0,
        };
        lines.fill()?;
        // A byte-order mark is no part of the first field.
        if lines.buffer[..lines.end].starts_with(b"\xEF\xBB\xBF") {
            lines.advance(3);
        }
        Ok(lines)
    }

    /// The next row that is not empty; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        if self.skipping {
            self.skip()?;
        }
        loop {
            if self.start == self.end && self.ended {
                return Ok(None);
            }
            let window = &self.buffer[self.start..self.end];
            let Some(extent) = extent(window, self.ended) else {
                self.fill()?;
                continue;
            };
            let (start, line) = (self.start, self.line);
            self.advance(extent.next);
            self.line += extent.line_ends;
            self.skipping = extent.skip;
            if extent.length > 0 {
                let Extent { length, quoted, fault, .. } = extent;
                return Ok(Some(Line { start, end: start + length, line, quoted, fault }));
            }
        }
    }

    /// The bytes of the row given last.
    pub fn bytes(&self, line: Line) -> &[u8] {
        &self.buffer[line.start..line.end]
    }

    /// The number of the line that comes next, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes of the source up to the end of the row given last.
    pub const fn consumed(&self) -> u64 {
        self.consumed
    }

    fn advance(&mut self, bytes: usize) {
        self.start += bytes;
        self.consumed += bytes as u64;
    }

    /// Drops everything up to the next line end.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let window = &self.buffer[self.start..self.end];
            let found = memchr(b'\n', window);
            self.advance(found.map_or(window.len(), |at| at + 1));
            if found.is_some() || self.ended {
                self.line += u64::from(found.is_some());
                self.skipping = false;
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Reads until the buffer is full or the source has ended. A full buffer grows.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            assert!(self.end < REACH, "a row within reach is judged without more bytes");
            self.buffer.resize(self.end * 2, 0);
        }
        while self.end < self.buffer.len() && !self.ended {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(bytes) => self.end += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// How far the row at the start of `window` reaches; `None` if more bytes are needed to say.
fn extent(window: &[u8], ended: bool) -> Option<Extent> {
    let seen = &window[..window.len().min(REACH)];
    // What is not seen, or not there, cannot change the answer.
    let last = ended && seen.len() == window.len();
    let decided = last || seen.len() == REACH;
    match memchr2(b'\n', b'"', seen) {
        Some(at) if seen[at] == b'\n' => Some(row(seen, at, 1, Quotes::Absent)),
        Some(_) => quoted_extent(seen, last, decided),
        None if last => Some(row(seen, seen.len(), 0, Quotes::Absent)),
        None => decided.then(|| overlong(seen, 0)),
    }
}

/// The same for a row with a quote in it.
fn quoted_extent(seen: &[u8], last: bool, decided: bool) -> Option<Extent> {
    match quoted_end(seen) {
        End::Line { at, line_ends } => Some(row(seen, at, line_ends, Quotes::Present)),
        End::Outside { line_ends } if last => {
            Some(row(seen, seen.len(), line_ends, Quotes::Present))
        }
        End::Outside { line_ends } => decided.then(|| overlong(seen, line_ends)),
        End::TooManyLines => Some(open_quote(seen)),
        End::Inside => decided.then(|| open_quote(seen)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Absent,
    Present,
}

/// A row whose line end, or the end of the file, is at `at`.
fn row(seen: &[u8], at: usize, line_ends: u64, quotes: Quotes) -> Extent {
    let length = if seen[..at].ends_with(b"\r") { at - 1 } else { at };
    let fault = (length > MAX_ROW_BYTES).then_some(DeadLetterReason::TooLong);
    let quoted = quotes == Quotes::Present;
    let next = seen.len().min(at + 1);
    Extent { length: length.min(MAX_ROW_BYTES), next, line_ends, quoted, fault, skip: false }
}

/// A row that is too long to see its end.
fn overlong(seen: &[u8], line_ends: u64) -> Extent {
    let fault = Some(DeadLetterReason::TooLong);
    let next = seen.len();
    Extent { length: MAX_ROW_BYTES, next, line_ends, quoted: true, fault, skip: true }
}

/// A line whose quote is not closed: its columns cannot be counted.
fn open_quote(seen: &[u8]) -> Extent {
    let mut line = match memchr(b'\n', seen) {
        Some(at) => row(seen, at, 1, Quotes::Present),
        None if seen.len() == REACH => overlong(seen, 0),
        None => row(seen, seen.len(), 0, Quotes::Present),
    };
    line.fault = line.fault.or(Some(DeadLetterReason::ColumnCount));
    line
}

/// What the bytes seen say about the end of a row with quotes.
enum End {
    /// It is the line end at this place; `line_ends` of the row with this one.
    Line { at: usize, line_ends: u64 },
    /// It is not there, and a quoted field is open.
    Inside,
    /// It is not there, and no quoted field is open.
    Outside { line_ends: u64 },
    /// Not there within the lines that a row may have.
    TooManyLines,
}

fn quoted_end(seen: &[u8]) -> End {
    let mut at = 0;
    let mut line_ends = 0;
    loop {
        if seen.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(found) = memchr2(b'"', b'\n', &seen[at..]) else { return End::Inside };
                at += found + 1;
                if seen[at - 1] == b'\n' {
                    line_ends += 1;
                    if line_ends == MAX_ROW_LINES {
                        return End::TooManyLines;
                    }
                } else if seen.get(at) == Some(&b'"') {
                    at += 1;
                } else {
                    break;
                }
            }
        }
        match memchr2(b',', b'\n', &seen[at..]) {
            None => return End::Outside { line_ends },
            Some(found) if seen[at + found] == b'\n' => {
                return End::Line { at: at + found, line_ends: line_ends + 1 };
            }
            Some(found) => at += found + 1,
        }
    }
}

#[cfg(test)]
mod tests;
