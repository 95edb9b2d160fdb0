//! Trade reports, valid unless a test changes them.

use basics::{Date, Decimal, Instant, Numeral};
use model::{Action, Attributes, ReportedTerms, TradeKey, TradeReport};

use crate::market;

/// A sells 100 AIG to B at 10 USD.
pub const TERMS: ReportedTerms<'static> = ReportedTerms {
    isin: market::AIG,
    quantity: whole(100),
    price: whole(10),
    currency: "USD",
    executed_at: Instant { seconds: 1_381_154_400, attos: 0 },
    buyer: "B",
    seller: "A",
    venue: "XNYS",
    attributes: Attributes {
        trade_type: model::trade::TradeType::Regular,
        cum_ex: model::trade::CumEx::Standard,
        short_sale: model::trade::ShortSale::Unmarked,
        capacity: model::trade::Capacity::Unstated,
        price_unit: basics::PriceUnit::PerUnit,
        original_reference: "",
    },
};

/// A whole number as a numeral.
#[must_use]
pub const fn whole(number: i128) -> Numeral {
    Numeral::Exact(Decimal { mantissa: number, scale: 0 })
}

/// A trade of the source XNYS.
#[must_use]
pub const fn key(reference: &'static str, trade_date: Date) -> TradeKey<'static> {
    TradeKey { source: "XNYS", trade_date, reference }
}

/// A new trade.
#[must_use]
pub const fn new(key: TradeKey<'static>, terms: ReportedTerms<'static>) -> TradeReport<'static> {
    TradeReport { key, version: 1, action: Action::New, terms: Some(terms) }
}

/// A correction of a trade.
#[must_use]
pub const fn amendment(
    key: TradeKey<'static>,
    version: u32,
    terms: ReportedTerms<'static>,
) -> TradeReport<'static> {
    TradeReport { key, version, action: Action::Amend, terms: Some(terms) }
}

/// A cancellation of a trade.
#[must_use]
pub const fn cancellation(key: TradeKey<'static>, version: u32) -> TradeReport<'static> {
    TradeReport { key, version, action: Action::Cancel, terms: None }
}
