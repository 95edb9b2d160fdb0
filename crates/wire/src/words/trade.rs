//! Trade reports and what was captured of them.

use basics::{Date, Decimal, Instant, Numeral, Price};
use ledger::postings::Cleared;
use model::trade::{Capacity, CumEx, ShortSale, Terms, TradeType};
use model::{Action, Attributes, ReportedTerms, TradeKey, TradeReport};

use crate::cursor::{Cursor, Value};
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, joined, message, message_field, optional_field, split};
use crate::writer::put_message;

/// The message `Decimal`.
impl<'a> Message<'a> for Numeral {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::Exact(decimal) => {
                let (mantissa, high) = split(decimal.mantissa);
                mantissa.write(1, out);
                decimal.scale.write(2, out);
                high.write(3, out);
            }
            Self::TooLong => true.write(4, out),
        }
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (mantissa, scale, high, too_long) =
            fields!(fields; 1 mantissa: i64, 2 scale: u8, 3 high: Option<i64>, 4 too_long: bool);
        if too_long {
            let alone = (mantissa, scale, high) == (0, 0, None);
            return alone.then_some(Self::TooLong).ok_or_else(|| fields.fault(Flaw::OutOfRange));
        }
        joined(mantissa, high)
            .filter(|_| scale <= MAX_SCALE)
            .map(|mantissa| Self::Exact(Decimal { mantissa, scale }))
            .ok_or_else(|| fields.fault(Flaw::OutOfRange))
    }
}
message_field!(Numeral);

/// Decimals behind the point that a numeral may have.
pub(crate) const MAX_SCALE: u8 = 38;

/// Attoseconds in a nanosecond.
const ATTOS: u64 = 1_000_000_000;

impl<'a> Message<'a> for Instant {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.seconds.write(1, out);
        (self.attos / ATTOS).write(2, out);
        (self.attos % ATTOS).write(3, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (seconds, nanos, rest) = fields!(fields; 1 seconds: i64, 2 nanos: u64, 3 attos: u64);
        nanos
            .checked_mul(ATTOS)
            .and_then(|attos| attos.checked_add(rest))
            .filter(|_| rest < ATTOS)
            .map(|attos| Self { seconds, attos })
            .ok_or_else(|| fields.fault(Flaw::OutOfRange))
    }
}
message_field!(Instant);

/// Attributes that say nothing are not written.
impl<'a> Field<'a> for Attributes<'a> {
    type Slot = Option<Self>;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        if *self != Self::default() {
            put_message(out, field, |out| {
                self.trade_type.write(1, out);
                self.cum_ex.write(2, out);
                self.short_sale.write(3, out);
                self.capacity.write(4, out);
                self.price_unit.write(5, out);
                self.original_reference.write(6, out);
            });
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        let fields = Cursor::new(value.bytes()?);
        let (trade_type, cum_ex, short_sale, capacity, price_unit, original_reference) = fields!(
            fields;
            1 trade_type: TradeType,
            2 cum_ex: CumEx,
            3 short_sale: ShortSale,
            4 capacity: Capacity,
            5 price_unit: basics::PriceUnit,
            6 original_reference: &'a str,
        );
        let read =
            Self { trade_type, cum_ex, short_sale, capacity, price_unit, original_reference };
        crate::field::once(slot, read, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot.unwrap_or_default())
    }
}

message!(ReportedTerms<'a> {
    1 isin: &'a str,
    2 quantity: Numeral,
    3 price: Numeral,
    4 currency: &'a str,
    5 executed_at: Instant,
    6 buyer: &'a str,
    7 seller: &'a str,
    8 venue: &'a str,
    9 attributes: Attributes<'a>,
});

optional_field!(ReportedTerms<'a>);

/// The key's fields stand in the report itself.
impl<'a> Message<'a> for TradeReport<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.key.write_fields(out);
        self.version.write(4, out);
        self.action.write(5, out);
        self.terms.write(6, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (source, trade_date, reference, version, action, terms) = fields!(
            fields;
            1 source: &'a str,
            2 trade_date: Date,
            3 reference: &'a str,
            4 version: u32,
            5 action: Action,
            6 terms: Option<ReportedTerms<'a>>,
        );
        let key = TradeKey { source, trade_date, reference };
        Ok(Self { key, version, action, terms })
    }
}
message_field!(TradeReport<'a>);

message!(TradeKey<'a> { 1 source: &'a str, 2 trade_date: Date, 3 reference: &'a str });

message!(Cleared {
    1 instrument: basics::InstrumentId,
    2 currency: basics::CurrencyId,
    3 buyer: basics::AccountId,
    4 seller: basics::AccountId,
    5 quantity: basics::Units,
    6 consideration: basics::Minor,
    7 settlement_date: Date,
});

message!(Terms<'a> {
    1 cleared: Cleared,
    2 price: Price,
    3 contractual_date: Date,
    4 executed_at: Instant,
    5 venue: &'a str,
    6 attributes: Attributes<'a>,
});
