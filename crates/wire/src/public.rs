//! Public records as messages of `clearfold.v1`, and back.
//!
//! A reader of one topic takes [`records`] apart and reads each with [`read`]. One of several topics
//! looks at [`head`] first, and at the rest when the record's turn comes.
//!
//! Not decided here: which records follow from which decision (the relay), and how they are sent.

use basics::{Date, Seq};
use model::public::{
    Body, BooksProvedRecord, DateMovedRecord, DayOpenedRecord, DeadLetterRecord, EntryRecord,
    Envelope, FellDueRecord, InputRefused, NovatedRecord, PaymentRecord, PositionAdjustedRecord,
    PositionSettledRecord, PriceRecord, PublicRecord, ReferenceRecord, RevisedRecord,
    RoundedRecord, RunCompletedRecord, RunStartedRecord, Topic, TradeEntryRecord, TradeStatus,
};

use crate::cursor::{Cursor, Value};
use crate::error::{DecodeError, Fault, Flaw};
use crate::field::{Field, Message, fields, once};
use crate::writer::put_message;

/// Appends a record as the message `PublicRecord`.
pub fn write(record: &PublicRecord<'_>, out: &mut Vec<u8>) {
    record.envelope.write(1, out);
    match &record.body {
        Body::TradeStatus(body) => body.write(10, out),
        Body::Reference(body) => body.write(20, out),
        Body::InputRefused(body) => body.write(21, out),
        Body::DayOpened(body) => body.write(22, out),
        Body::TradingClosed { date } => put_message(out, 23, |out| date.write(1, out)),
        Body::TradeNovated(body) => body.write(24, out),
        Body::TradeRevised(body) => body.write(25, out),
        Body::SettlementDateMoved(body) => body.write(26, out),
        Body::RunStarted(body) => body.write(27, out),
        Body::ObligationFellDue(body) => body.write(28, out),
        Body::PositionSettled(body) => body.write(29, out),
        Body::PositionAdjusted(body) => body.write(30, out),
        Body::PaymentTried(body) => body.write(31, out),
        Body::RunRounded(body) => body.write(32, out),
        Body::BooksProved(body) => body.write(33, out),
        Body::RunCompleted(body) => body.write(34, out),
        Body::TradeBooked(body) => body.write(50, out),
        Body::EntryPosted(body) => body.write(51, out),
        Body::PricePublished(body) => body.write(60, out),
        Body::DeadLetter(body) => body.write(70, out),
        Body::Watermark(topic) => put_message(out, 80, |out| topic.write(1, out)),
    }
}

/// Appends a record to the message `PublicRecords` that `out` holds so far.
pub fn push(record: &PublicRecord<'_>, out: &mut Vec<u8>) {
    put_message(out, 1, |out| write(record, out));
}

/// The messages `PublicRecord` in a message `PublicRecords`, in order.
///
/// # Errors
/// Bytes that are no such message, with the place of the flaw. No record is given then.
pub fn split(bytes: &[u8]) -> Result<Vec<&[u8]>, DecodeError> {
    records(bytes).collect()
}

/// The messages `PublicRecord` in a message `PublicRecords`, in order, without a list of them.
/// After an error there are no more.
#[must_use]
pub const fn records(bytes: &[u8]) -> Records<'_> {
    Records { whole: bytes, left: Cursor::new(bytes) }
}

/// See [`records`].
#[derive(Clone, Debug)]
pub struct Records<'a> {
    whole: &'a [u8],
    left: Cursor<'a>,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<&'a [u8], DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let record = self.record().transpose()?;
        if record.is_err() {
            self.left = Cursor::default();
        }
        Some(record.map_err(|fault| DecodeError::locate(fault, self.whole, None)))
    }
}

impl<'a> Records<'a> {
    fn record(&mut self) -> Result<Option<&'a [u8]>, Fault> {
        match self.left.field()? {
            None => Ok(None),
            Some((1, value)) => value.bytes().map(Some),
            Some((other, value)) => Err(value.fault(Flaw::UnknownField(other))),
        }
    }
}

/// What a reader of several topics must know of a record before its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The segment.
    pub segment: u32,
    /// The decision that it follows from.
    pub seq: Seq,
    /// The record's number in its topic.
    pub topic_seq: u64,
    /// What kind of body it has.
    pub kind: Kind,
}

/// What kind of body a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One that [`read`] reads.
    Fact,
    /// A watermark; [`read`] reads it too.
    Watermark,
    /// One that a newer release has: the record counts, and says nothing to this one.
    Unknown,
}

/// Reads no more than the head of a message `PublicRecord`; the rest may still be unreadable.
///
/// # Errors
/// Bytes that are no such message, with the place of the flaw.
#[inline]
pub fn head(bytes: &[u8]) -> Result<Head, DecodeError> {
    let read = || {
        let mut cursor = Cursor::new(bytes);
        let (mut envelope, mut kind) = (None, None);
        while let Some((number, value)) = cursor.field()? {
            match number {
                1 => envelope = Some(Cursor::new(value.bytes()?)),
                80 => kind = Some(Kind::Watermark),
                10 | 20..=34 | 50 | 51 | 60 | 70 => kind = Some(Kind::Fact),
                _ => kind = Some(Kind::Unknown),
            }
        }
        let (Some(mut envelope), Some(kind)) = (envelope, kind) else {
            return Err(cursor.fault(Flaw::MissingField));
        };
        let mut head = Head { segment: 0, seq: Seq(0), topic_seq: 0, kind };
        while let Some((number, value)) = envelope.field()? {
            match number {
                1 => {
                    let segment = u32::try_from(value.number()?);
                    head.segment = segment.map_err(|_| value.fault(Flaw::OutOfRange))?;
                }
                2 => head.seq = Seq(value.number()?),
                3 => head.topic_seq = value.number()?,
                _ => {}
            }
        }
        Ok(head)
    };
    read().map_err(|fault: Fault| DecodeError::locate(fault, bytes, None))
}

/// Reads a message `PublicRecord`.
///
/// # Errors
/// Bytes that no build of this version writes, with the place of the flaw.
pub fn read(bytes: &[u8]) -> Result<PublicRecord<'_>, DecodeError> {
    let read = || {
        let mut cursor = Cursor::new(bytes);
        let (mut envelope, mut body) = (None, None);
        while let Some((number, value)) = cursor.field()? {
            match number {
                1 => Envelope::merge(&mut envelope, value)?,
                _ => once(&mut body, read_body(number, value)?, value)?,
            }
        }
        match (envelope, body) {
            (Some(envelope), Some(body)) => Ok(PublicRecord { envelope, body }),
            _ => Err(cursor.fault(Flaw::MissingField)),
        }
    };
    read().map_err(|fault: Fault| DecodeError::locate(fault, bytes, None))
}

fn read_body(number: u32, value: Value<'_>) -> Result<Body<'_>, Fault> {
    let fields = Cursor::new(value.bytes()?);
    Ok(match number {
        10 => Body::TradeStatus(TradeStatus::read_fields(fields)?),
        20 => Body::Reference(ReferenceRecord::read_fields(fields)?),
        21 => Body::InputRefused(InputRefused::read_fields(fields)?),
        22 => Body::DayOpened(DayOpenedRecord::read_fields(fields)?),
        23 => Body::TradingClosed { date: fields!(fields; 1 date: Date).0 },
        24 => Body::TradeNovated(NovatedRecord::read_fields(fields)?),
        25 => Body::TradeRevised(RevisedRecord::read_fields(fields)?),
        26 => Body::SettlementDateMoved(DateMovedRecord::read_fields(fields)?),
        27 => Body::RunStarted(RunStartedRecord::read_fields(fields)?),
        28 => Body::ObligationFellDue(FellDueRecord::read_fields(fields)?),
        29 => Body::PositionSettled(PositionSettledRecord::read_fields(fields)?),
        30 => Body::PositionAdjusted(PositionAdjustedRecord::read_fields(fields)?),
        31 => Body::PaymentTried(PaymentRecord::read_fields(fields)?),
        32 => Body::RunRounded(RoundedRecord::read_fields(fields)?),
        33 => Body::BooksProved(BooksProvedRecord::read_fields(fields)?),
        34 => Body::RunCompleted(RunCompletedRecord::read_fields(fields)?),
        50 => Body::TradeBooked(TradeEntryRecord::read_fields(fields)?),
        51 => Body::EntryPosted(EntryRecord::read_fields(fields)?),
        60 => Body::PricePublished(PriceRecord::read_fields(fields)?),
        70 => Body::DeadLetter(DeadLetterRecord::read_fields(fields)?),
        80 => Body::Watermark(fields!(fields; 1 topic: Topic).0),
        other => return Err(fields.fault(Flaw::UnknownField(other))),
    })
}
