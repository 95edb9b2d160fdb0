//! Operations and prices: business time and market data are inputs.

use basics::{Date, Numeral};

/// What an operator or a scheduler tells the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// The business day begins.
    OpenDay {
        /// The day.
        date: Date,
        /// SHA-256 of the draw that `Settle` will reveal, 64 hexadecimal digits; empty on a day
        /// without settlement.
        commitment: &'a str,
    },
    /// No trade of the day is accepted from now on.
    CloseTrading {
        /// The day.
        date: Date,
    },
    /// The day's settlement run begins.
    Settle {
        /// The day.
        date: Date,
        /// The day's random draw, revealed: it breaks ties in the allocation.
        draw: &'a str,
    },
    /// The books of the day are closed.
    CloseDay {
        /// The day.
        date: Date,
    },
}

impl Operation<'_> {
    /// The word in files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OpenDay { .. } => "open_day",
            Self::CloseTrading { .. } => "close_trading",
            Self::Settle { .. } => "settle",
            Self::CloseDay { .. } => "close_day",
        }
    }

    /// The business date it names.
    #[must_use]
    pub const fn date(&self) -> Date {
        match self {
            Self::OpenDay { date, .. }
            | Self::CloseTrading { date }
            | Self::Settle { date, .. }
            | Self::CloseDay { date } => *date,
        }
    }
}

/// A price as published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceReport<'a> {
    /// The instrument's ISIN as written.
    pub isin: &'a str,
    /// The price in currency units.
    pub price: Numeral,
    /// Currency code as written.
    pub currency: &'a str,
    /// The day that it is the price of.
    pub price_date: Date,
    /// What kind of price: `mark`.
    pub kind: &'a str,
}
