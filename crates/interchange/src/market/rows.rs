//! The data rows of one file, one after the other: bytes, place and command.
//!
//! Law: every data row gives exactly one [`Row`], whatever its bytes are.

use std::io::Read;

use model::{Command, DeadLetterReason};

use super::columns::{FileKind, Layout};
use super::error::{HeaderProblem, MarketError};
use super::fields::{self, Fields};
use super::lines::{Line, Lines};
use super::{Phase, business, reference, render, trade};

/// One data row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Number of the data row in its file, from 1. The header and empty lines do not count.
    pub position: u64,
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// Its bytes without the line end; of a row that is too long, the first
    /// [`MAX_ROW_BYTES`](super::MAX_ROW_BYTES).
    pub raw: &'a [u8],
    /// What it asks for, or why it cannot be read.
    pub command: Result<Command<'a>, DeadLetterReason>,
    /// When in the day an operation counts; `None` for all other rows.
    pub phase: Option<Phase>,
    /// Bytes of the market's files up to the end of this row.
    pub bytes_read: u64,
    canonical: bool,
}

impl Row<'_> {
    /// Whether [`render`](super::render()) gives back exactly [`Row::raw`] from the command.
    #[must_use]
    pub const fn is_canonical(&self) -> bool {
        self.canonical
    }
}

/// A file of a market directory, open at a data row.
#[derive(Debug)]
pub struct Rows<R> {
    lines: Lines<R>,
    channel: String,
    kind: FileKind,
    layout: Layout,
    position: u64,
    bytes_before: u64,
    /// Fields of the current row without their quotes.
    unquoted: String,
    /// The current row as this product would write it.
    written: Vec<u8>,
}

impl<R: Read> Rows<R> {
    /// Reads the header. `channel` is how errors name the file.
    ///
    /// # Errors
    /// [`MarketError::Header`] unless every column is there once and no other.
    pub fn open(kind: FileKind, channel: &str, source: R) -> Result<Self, MarketError> {
        let io = |error| MarketError::io(channel, error);
        let mut lines = Lines::new(source).map_err(io)?;
        let first = lines.next().map_err(io)?;
        let line = first.map_or(lines.line(), |first| first.line);
        let layout = first
            .ok_or(HeaderProblem::None)
            .and_then(|first| header(kind, &lines, first))
            .map_err(|problem| MarketError::Header {
                file: channel.to_owned(),
                line,
                problem,
                columns: kind.columns().join(", "),
            })?;
        Ok(Self {
            lines,
            channel: channel.to_owned(),
            kind,
            layout,
            position: 0,
            bytes_before: 0,
            unquoted: String::new(),
            written: Vec::new(),
        })
    }

    /// Counts [`Row::bytes_read`] from here.
    #[must_use]
    pub(super) fn counting_from(self, bytes_before: u64) -> Self {
        Self { bytes_before, ..self }
    }

    /// The next data row; `None` after the last. It is borrowed until the one after it is asked
    /// for.
    ///
    /// # Errors
    /// [`MarketError::Io`] when the source cannot be read.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its buffer")]
    pub fn next(&mut self) -> Result<Option<Row<'_>>, MarketError> {
        let next = self.lines.next().map_err(|error| MarketError::io(&self.channel, error))?;
        let Some(line) = next else { return Ok(None) };
        self.position += 1;
        let raw = self.lines.bytes(line);
        let mut fields = Fields::default();
        let mut phase = None;
        let command = match split(raw, line, &self.layout, &mut self.unquoted, &mut fields) {
            Ok(()) => read(self.kind, &fields, &mut phase),
            Err(reason) => Err(reason),
        };
        let canonical = self.layout.is_usual
            && command
                .as_ref()
                .is_ok_and(|command| is_canonical(command, raw, line, &fields, &mut self.written));
        Ok(Some(Row {
            position: self.position,
            line: line.line,
            raw,
            command,
            phase,
            bytes_read: self.bytes_before + self.lines.consumed(),
            canonical,
        }))
    }
}

fn header<R: Read>(kind: FileKind, lines: &Lines<R>, first: Line) -> Result<Layout, HeaderProblem> {
    let unreadable = HeaderProblem::Unreadable;
    if let Some(fault) = first.fault {
        return Err(unreadable(fault));
    }
    let text =
        str::from_utf8(lines.bytes(first)).map_err(|_| unreadable(DeadLetterReason::NotUtf8))?;
    let (mut scratch, mut fields) = (String::new(), Fields::default());
    let columns = fields::quoted(text, &mut scratch, &mut fields);
    let layout = Layout::of(kind, fields.into_iter().take(columns))?;
    // Names beyond the most columns that a file has are not among the fields.
    if columns > layout.columns { Err(HeaderProblem::TooManyColumns(columns)) } else { Ok(layout) }
}

/// Cuts a row into its fields, in the usual order of its columns.
fn split<'a>(
    raw: &'a [u8],
    line: Line,
    layout: &Layout,
    unquoted: &'a mut String,
    fields: &mut Fields<'a>,
) -> Result<(), DeadLetterReason> {
    if let Some(fault) = line.fault {
        return Err(fault);
    }
    let text = str::from_utf8(raw).map_err(|_| DeadLetterReason::NotUtf8)?;
    let columns = if line.quoted {
        fields::quoted(text, unquoted, fields)
    } else {
        fields::plain(text, fields)
    };
    if columns != layout.columns {
        return Err(DeadLetterReason::ColumnCount);
    }
    layout.arrange(fields);
    Ok(())
}

/// Reads the fields as what the file's rows are.
#[inline]
fn read<'a>(
    kind: FileKind,
    fields: &Fields<'a>,
    phase: &mut Option<Phase>,
) -> Result<Command<'a>, DeadLetterReason> {
    match kind {
        FileKind::Trades => trade::read(fields),
        FileKind::Prices => business::price(fields),
        FileKind::Operations => business::operation(fields, phase),
        FileKind::Currencies => reference::currency(fields),
        FileKind::Calendars => reference::closure(fields),
        FileKind::Members => reference::member(fields),
        FileKind::Accounts => reference::account(fields),
        FileKind::Instruments => reference::instrument(fields),
        FileKind::Holdings => reference::holding(fields),
    }
}

/// Whether the row is what we would write. Trade reports without quotes are many, and are judged
/// by their fields; for all others it is tried.
fn is_canonical(
    command: &Command<'_>,
    raw: &[u8],
    line: Line,
    fields: &Fields<'_>,
    written: &mut Vec<u8>,
) -> bool {
    if let (Command::Trade(report), false) = (command, line.quoted) {
        return memchr::memchr(b'\r', raw).is_none() && trade::is_canonical(report, fields);
    }
    written.clear();
    render::render(command, written) && written == raw
}
