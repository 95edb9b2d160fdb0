//! Entries of the dictionaries as messages.

use basics::{AccountId, CurrencyId, Date, InstrumentId, PriceUnit};
use model::Attributes;
use model::trade::{Capacity, CumEx, ShortSale, TradeType};

use crate::field::{message, optional_field};

/// What repeats with the origin of a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct OriginEntry<'a> {
    pub source: &'a str,
    pub venue: &'a str,
    pub trade_date: Date,
    pub reference_width: u8,
    pub trade_type: TradeType,
    pub cum_ex: CumEx,
    pub short_sale: ShortSale,
    pub capacity: Capacity,
    pub price_unit: PriceUnit,
}

message!(OriginEntry<'a> {
    1 source: &'a str,
    2 venue: &'a str,
    3 trade_date: Date,
    4 reference_width: u8,
    5 trade_type: TradeType,
    6 cum_ex: CumEx,
    7 short_sale: ShortSale,
    8 capacity: Capacity,
    9 price_unit: PriceUnit,
});

/// An origin as rows use it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    pub source: &'a str,
    pub venue: &'a str,
    pub trade_date: Date,
    pub reference_width: u8,
    /// The original reference stands in a column; here it is empty.
    pub attributes: Attributes<'a>,
}

impl<'a> From<OriginEntry<'a>> for Origin<'a> {
    fn from(entry: OriginEntry<'a>) -> Self {
        let OriginEntry { source, venue, trade_date, reference_width, .. } = entry;
        let OriginEntry { trade_type, cum_ex, short_sale, capacity, price_unit, .. } = entry;
        let original_reference = "";
        let attributes =
            Attributes { trade_type, cum_ex, short_sale, capacity, price_unit, original_reference };
        Self { source, venue, trade_date, reference_width, attributes }
    }
}

/// What capture made of an instrument and a trade date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InstrumentFacts {
    pub instrument: InstrumentId,
    pub currency: CurrencyId,
    pub quantity_decimals: u8,
    pub contractual_date: Date,
    pub settlement_date: Date,
}

message!(InstrumentFacts {
    1 instrument: InstrumentId,
    2 currency: CurrencyId,
    3 quantity_decimals: u8,
    4 contractual_date: Date,
    5 settlement_date: Date,
});

optional_field!(InstrumentFacts);

/// An instrument as reports name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct InstrumentEntry<'a> {
    pub isin: &'a str,
    pub currency: &'a str,
    pub price_scale: u8,
    pub quantity_scale: u8,
    pub facts: Option<InstrumentFacts>,
}

message!(InstrumentEntry<'a> {
    1 isin: &'a str,
    2 currency: &'a str,
    3 price_scale: u8,
    4 quantity_scale: u8,
    5 facts: Option<InstrumentFacts>,
});

/// An account as reports name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccountEntry<'a> {
    pub code: &'a str,
    pub id: Option<AccountId>,
}

message!(AccountEntry<'a> { 1 code: &'a str, 2 id: Option<AccountId> });
