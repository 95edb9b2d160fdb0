//! Records of the input topics as commands, and back.
//!
//! A record holds one or many items; each is an input of its own. An item that can be read gives a
//! command; if the command gives other bytes than the item's, the item's bytes must be kept as
//! well: *canonical or verbatim*. An item that cannot be read gives a reason, and its bytes.
//!
//! Not decided here: whether an input is right. A quantity of zero is readable.

use std::slice;

use basics::{Date, Instant, Numeral};
use model::reference::ReferenceChange;
use model::{Action, Command, DeadLetterReason, Operation, PriceReport, TradeReport};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, message, once};
use crate::text::same_bytes;
use crate::words::read_operation;

/// An input topic whose records are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputTopic {
    /// Records are `TradeReports`.
    Trades,
    /// Records are `ReferenceChanges`.
    Reference,
    /// Records are `Prices`.
    Prices,
    /// Records are `Operations`.
    Operations,
}

/// One input in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its place in the record, from 0.
    pub index: u32,
    /// What it asks for, or why it cannot be read.
    pub command: Result<Command<'a>, DeadLetterReason>,
    /// What must have been read before it; only operations have any.
    pub after: Vec<Barrier<'a>>,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// True if [`write_item`] gives the same bytes from the command, so that they need not be
    /// kept.
    pub canonical: bool,
}

impl<'a> Item<'a> {
    /// Its bytes, if they must be kept.
    #[must_use]
    pub fn verbatim(&self) -> Option<&'a [u8]> {
        (!self.canonical).then_some(self.bytes)
    }
}

/// Everything in a topic before an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barrier<'a> {
    /// Name of the input topic.
    pub topic: &'a str,
    /// The first offset that need not have been read yet.
    pub before_offset: u64,
}

message!(Barrier<'a> { 1 topic: &'a str, 2 before_offset: u64 });

/// The items of a record, in order. There is always one: a record that is empty or cannot be
/// taken apart is one item that cannot be read.
///
/// `scratch` is memory to reuse.
#[must_use]
pub fn items<'a>(topic: InputTopic, record: &'a [u8], scratch: &mut Vec<u8>) -> Vec<Item<'a>> {
    let split = split(record);
    let whole = slice::from_ref(&record);
    let readable = split.as_ref().is_ok_and(|items| !items.is_empty());
    let items = if readable { split.as_deref().unwrap_or(whole) } else { whole };
    let read = |(index, bytes): (u32, &&'a [u8])| {
        let mut after = Vec::new();
        let command = if readable {
            command(topic, bytes, &mut after)
        } else {
            Err(DeadLetterReason::NotDecodable)
        };
        let canonical = command.is_ok_and(|command| {
            scratch.clear();
            write_item(&command, scratch);
            same_bytes(scratch, bytes)
        });
        Item { index, command, after, bytes, canonical }
    };
    (0..).zip(items).map(read).collect()
}

/// Appends the bytes of one item: what a publisher of this version sends for the command.
pub fn write_item(command: &Command<'_>, out: &mut Vec<u8>) {
    match command {
        Command::Trade(report) => report.write_fields(out),
        Command::Reference(change) => change.write_fields(out),
        Command::Price(price) => price.write_fields(out),
        Command::Operation(operation) => operation.write_fields(out),
        Command::Step(step) => step.write_fields(out),
    }
}

/// Appends a record with these items. All must belong to the same topic.
pub fn write_record<'a>(commands: impl IntoIterator<Item = Command<'a>>, out: &mut Vec<u8>) {
    for command in commands {
        crate::writer::put_message(out, 1, |out| write_item(&command, out));
    }
}

/// Appends a record with one operation, and what must have been read before it is carried out.
pub fn write_operation(operation: &Operation<'_>, after: &[Barrier<'_>], out: &mut Vec<u8>) {
    crate::writer::put_message(out, 1, |out| {
        operation.write_fields(out);
        after.iter().for_each(|barrier| barrier.write(16, out));
    });
}

/// The bytes of each item of a record, unread. `None`: it cannot be taken apart.
#[must_use]
pub fn slices(record: &[u8]) -> Option<Vec<&[u8]>> {
    split(record).ok()
}

/// The items' bytes: all four records are the repeated field 1.
fn split(record: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let mut cursor = Cursor::new(record);
    let mut items = Vec::new();
    while let Some((number, value)) = cursor.field()? {
        match number {
            1 => items.push(value.bytes()?),
            other => return Err(value.fault(Flaw::UnknownField(other))),
        }
    }
    Ok(items)
}

fn command<'a>(
    topic: InputTopic,
    bytes: &'a [u8],
    after: &mut Vec<Barrier<'a>>,
) -> Result<Command<'a>, DeadLetterReason> {
    let fields = Cursor::new(bytes);
    let command = match topic {
        InputTopic::Trades => TradeReport::read_fields(fields).map(Command::Trade),
        InputTopic::Reference => ReferenceChange::read_fields(fields).map(Command::Reference),
        InputTopic::Prices => PriceReport::read_fields(fields).map(Command::Price),
        InputTopic::Operations => operation(fields, after).map(Command::Operation),
    };
    let command = command.map_err(|fault| reason(fault.flaw))?;
    readable(command)
}

/// The operation, and what must have been read before it.
fn operation<'a>(
    mut fields: Cursor<'a>,
    after: &mut Vec<Barrier<'a>>,
) -> Result<Operation<'a>, Fault> {
    let mut operation = None;
    while let Some((number, value)) = fields.field()? {
        match number {
            16 => <Vec<Barrier<'a>>>::merge(after, value)?,
            _ => once(&mut operation, read_operation(number, Cursor::new(value.bytes()?))?, value)?,
        }
    }
    operation.ok_or_else(|| fields.fault(Flaw::MissingField))
}

const fn reason(flaw: Flaw) -> DeadLetterReason {
    match flaw {
        Flaw::NotUtf8 => DeadLetterReason::NotUtf8,
        Flaw::UnknownNumber => DeadLetterReason::UnknownWord,
        Flaw::MissingField => DeadLetterReason::EmptyField,
        Flaw::Truncated
        | Flaw::LongNumber
        | Flaw::OutOfRange
        | Flaw::WrongKind
        | Flaw::UnknownField(_)
        | Flaw::RepeatedField(_)
        | Flaw::ShortColumn
        | Flaw::LongColumn
        | Flaw::UnknownEntry
        | Flaw::EntryWithoutIds
        | Flaw::UnknownMark
        | Flaw::NewerFormat(_) => DeadLetterReason::NotDecodable,
    }
}

/// Versions that a report may state.
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=999_999_999;
/// Numerals have fewer significant digits than this number.
const DIGITS_END: u128 = 10_u128.pow(38);
/// Attoseconds in a second.
const ATTOS_PER_SECOND: u64 = 1_000_000_000_000_000_000;
/// Seconds in a day without a leap second.
const SECONDS_PER_DAY: i64 = 86_400;

/// The command, if it says what a row of a file could say: the same rules for both forms.
fn readable(command: Command<'_>) -> Result<Command<'_>, DeadLetterReason> {
    match command {
        Command::Trade(report) => return trade(report).map(Command::Trade),
        Command::Price(price) => {
            numeral(price.price)?;
            date(price.price_date)?;
        }
        Command::Operation(operation) => date(operation.date())?,
        Command::Reference(change) => match change {
            ReferenceChange::Currency(change) => date(change.from)?,
            ReferenceChange::Closure(change) => date(change.closed_on)?,
            ReferenceChange::Member(change) => date(change.from)?,
            ReferenceChange::Account(change) => date(change.from)?,
            ReferenceChange::Instrument(change) => date(change.from)?,
            ReferenceChange::Holding(change) => numeral(change.quantity)?,
            ReferenceChange::Policy(change) => date(change.from)?,
            ReferenceChange::Priority(change) => date(change.from)?,
        },
        Command::Step(_) => {}
    }
    Ok(command)
}

/// The report, if it can be read. A cancellation has no other content than its key.
fn trade(mut report: TradeReport<'_>) -> Result<TradeReport<'_>, DeadLetterReason> {
    if report.key.source.is_empty() || report.key.reference.is_empty() {
        return Err(DeadLetterReason::EmptyField);
    }
    if !VERSIONS.contains(&report.version) {
        return Err(DeadLetterReason::BadVersion);
    }
    date(report.key.trade_date)?;
    if report.action == Action::Cancel {
        report.terms = None;
        return Ok(report);
    }
    let terms = report.terms.ok_or(DeadLetterReason::EmptyField)?;
    numeral(terms.quantity)?;
    numeral(terms.price)?;
    instant(terms.executed_at)?;
    Ok(report)
}

fn date(date: Date) -> Result<(), DeadLetterReason> {
    let exists = (Date::MIN..=Date::MAX).contains(&date);
    exists.then_some(()).ok_or(DeadLetterReason::BadDate)
}

fn numeral(numeral: Numeral) -> Result<(), DeadLetterReason> {
    let fits = numeral.exact().is_some_and(|decimal| decimal.mantissa.unsigned_abs() < DIGITS_END);
    fits.then_some(()).ok_or(DeadLetterReason::BadNumeral)
}

/// A moment exists on a day that exists; beyond its last second only where a leap second can be.
fn instant(moment: Instant) -> Result<(), DeadLetterReason> {
    let day = i32::try_from(moment.seconds.div_euclid(SECONDS_PER_DAY)).map(Date);
    let bad = DeadLetterReason::BadInstant;
    date(day.map_err(|_| bad)?).map_err(|_| bad)?;
    let exists = moment.attos < ATTOS_PER_SECOND
        || Instant::parse(moment.to_string().as_bytes()) == Some(moment);
    exists.then_some(()).ok_or(bad)
}
