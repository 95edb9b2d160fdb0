//! Reads decisions from the body of a frame. Texts are borrowed; no trade report is copied.

use basics::Seq;
use model::{Decision, TradeDecision};

use super::DecisionsVersion;
use super::columns::Parts;
use super::encoder::{DECISION, SECTIONS, TRADES};
use super::layout::Column;
use super::references::take_references;
use super::row::{self, trade_decision};
use super::rows::Rows;
use crate::cursor::Cursor;
use crate::error::{DecodeError, Fault, Flaw};

/// Reads one body. It ends after the first error.
#[derive(Debug)]
pub struct Decoder<'a> {
    body: &'a [u8],
    sections: Cursor<'a>,
    next_seq: u64,
    rows: Option<Rows<'a>>,
    /// The numeric references of the run that is being read.
    references: String,
}

/// A decision as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are large, and a box allocates")]
pub enum DecisionRef<'a> {
    /// A decision on a trade report.
    Trade(TradeDecision<'a>),
    /// Any other; also a dead letter of which it is not known what it was to be.
    Other(Decision<'a>),
}

impl<'a> DecisionRef<'a> {
    /// The same as any decision. This allocates.
    #[must_use]
    pub fn to_decision(self) -> Decision<'a> {
        match self {
            Self::Trade(decision) => decision.general(),
            Self::Other(decision) => decision,
        }
    }

    /// Its place in the journal.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        match self {
            Self::Trade(decision) => decision.seq,
            Self::Other(decision) => decision.seq,
        }
    }
}

/// One or many decisions as they lie together.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are large, and a box allocates")]
pub enum SectionRef<'d, 'a> {
    /// A run of decisions on trade reports.
    Trades(TradeRows<'d, 'a>),
    /// One decision.
    One(DecisionRef<'a>),
}

/// The rows of a run of decisions on trade reports. What they yield lives as long as the run, so
/// a reader can look ahead.
#[derive(Debug)]
pub struct TradeRows<'d, 'a> {
    body: &'a [u8],
    sections: &'d mut Cursor<'a>,
    next_seq: &'d mut u64,
    rows: &'d mut Option<Rows<'a>>,
    references: &'d str,
}

impl<'a> Decoder<'a> {
    /// Reads a body whose first decision has this sequence.
    ///
    /// # Errors
    /// [`Flaw::NewerFormat`] if a newer build wrote it; another flaw if it does not begin with a
    /// version.
    pub fn new(first_seq: Seq, body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut sections = Cursor::new(body);
        version(&mut sections).map_err(|fault| DecodeError::locate(fault, body, None))?;
        Ok(Self { body, sections, next_seq: first_seq.0, rows: None, references: String::new() })
    }

    /// The next decision; `None` after the last one or after an error.
    #[expect(clippy::should_implement_trait, reason = "what it yields borrows from the decoder")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<DecisionRef<'_>, DecodeError>> {
        if self.rows.is_none() {
            match self.open()? {
                Ok(None) => {}
                Ok(Some(decision)) => return Some(Ok(decision)),
                Err(error) => return Some(Err(error)),
            }
        }
        self.trade_rows().next().map(|row| row.map(DecisionRef::Trade))
    }

    /// What lies together next; `None` after the last one or after an error. What is left of the
    /// run before is skipped only if [`TradeRows`] was read to its end.
    #[inline]
    pub fn next_section(&mut self) -> Option<Result<SectionRef<'_, 'a>, DecodeError>> {
        if self.rows.is_none() {
            match self.open()? {
                Ok(None) => {}
                Ok(Some(decision)) => return Some(Ok(SectionRef::One(decision))),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(SectionRef::Trades(self.trade_rows())))
    }

    /// The sequence of the next decision.
    #[must_use]
    pub const fn next_seq(&self) -> Seq {
        Seq(self.next_seq)
    }

    #[inline]
    fn trade_rows(&mut self) -> TradeRows<'_, 'a> {
        let Self { body, sections, next_seq, rows, references } = self;
        TradeRows { body, sections, next_seq, rows, references }
    }

    /// Opens the next section: a single decision is returned, a run is made ready.
    #[cold]
    fn open(&mut self) -> Option<Result<Option<DecisionRef<'a>>, DecodeError>> {
        if self.sections.is_empty() {
            return None;
        }
        let opened = self.open_section();
        if opened.is_err() {
            self.sections = Cursor::default();
            self.rows = None;
        }
        let seq = Some(Seq(self.next_seq));
        Some(opened.map_err(|fault| DecodeError::locate(fault, self.body, seq)))
    }

    fn open_section(&mut self) -> Result<Option<DecisionRef<'a>>, Fault> {
        let here = self.sections;
        let (number, value) = self.sections.field()?.ok_or_else(|| here.fault(Flaw::Truncated))?;
        if number != SECTIONS {
            return Err(here.fault(Flaw::UnknownField(number)));
        }
        let (number, body) = Cursor::new(value.bytes()?).only_message()?;
        match number {
            TRADES => {
                let mut parts = Parts::read(body)?;
                let mut bytes = std::mem::take(&mut self.references).into_bytes();
                bytes.clear();
                take_references(&mut parts, &mut bytes)?;
                self.references =
                    String::from_utf8(bytes).map_err(|_| body.fault(Flaw::NotUtf8))?;
                if parts.columns.is_empty(Column::Mark) {
                    return Err(body.fault(Flaw::ShortColumn));
                }
                self.rows = Some(Rows::new(parts));
                Ok(None)
            }
            DECISION => {
                let decision = row::read(Seq(self.next_seq), body)?;
                self.next_seq = self.next_seq.wrapping_add(1);
                Ok(Some(match trade_decision(&decision) {
                    Some(trade) => DecisionRef::Trade(trade),
                    None => DecisionRef::Other(decision),
                }))
            }
            other => Err(body.fault(Flaw::UnknownField(other))),
        }
    }
}

/// Reads the version, which stands first in all versions.
fn version(sections: &mut Cursor<'_>) -> Result<(), Fault> {
    let here = *sections;
    let Some((1, value)) = sections.field()? else {
        return Err(here.fault(Flaw::MissingField));
    };
    match u32::try_from(value.number()?) {
        Ok(version) if DecisionsVersion(version) > DecisionsVersion::CURRENT => {
            Err(value.fault(Flaw::NewerFormat(version)))
        }
        Ok(1) => Ok(()),
        Ok(_) | Err(_) => Err(value.fault(Flaw::OutOfRange)),
    }
}

impl<'d> Iterator for TradeRows<'d, '_> {
    type Item = Result<TradeDecision<'d>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.rows.as_mut()?;
        let seq = Seq(*self.next_seq);
        *self.next_seq = self.next_seq.wrapping_add(1);
        match rows.read(seq, self.references) {
            Ok(decision) => match self.after(seq) {
                None => Some(Ok(decision)),
                Some(error) => Some(Err(error)),
            },
            Err(fault) => Some(Err(self.end(fault, seq))),
        }
    }
}

impl TradeRows<'_, '_> {
    /// Closes the run after its last row: nothing may be left over.
    #[inline]
    fn after(&mut self, seq: Seq) -> Option<DecodeError> {
        let rows = self.rows.as_ref().filter(|rows| rows.is_empty())?;
        let finished = rows.finish();
        *self.rows = None;
        finished.err().map(|fault| self.end(fault, seq))
    }

    /// Ends the whole body: nothing behind an error is read.
    #[cold]
    fn end(&mut self, fault: Fault, seq: Seq) -> DecodeError {
        *self.rows = None;
        *self.sections = Cursor::default();
        DecodeError::locate(fault, self.body, Some(seq))
    }
}
