//! The tables that people and other systems get: their columns, in order, and how numbers stand
//! in them.
//!
//! Rows are sorted by their columns from the left, numbers as numbers, text by bytes. Rows whose
//! numbers are all zero are left out.

mod columns;
mod line;

use basics::table::{Cell, Column};
use basics::{Date, Decimal, Price};
use ledger::Asset;

pub use line::{Line, trade_lines};

/// A table that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Export {
    /// Counts of trade reports by day and outcome.
    Outcomes,
    /// Net of the live trades of each settlement date.
    Obligations,
    /// What each open position did on each settlement day.
    Settlements,
    /// Payments made, per day, account and currency.
    Money,
    /// Settled units and cash.
    Holdings,
    /// Open positions carried.
    Positions,
    /// Trades as they stand.
    Trades,
    /// Trade reports that had no effect.
    Rejections,
    /// Every posting of the ledger.
    JournalEntries,
    /// The balance of every ledger account.
    TrialBalance,
}

impl Export {
    /// Every table.
    pub const ALL: [Self; 10] = [
        Self::Outcomes,
        Self::Obligations,
        Self::Settlements,
        Self::Money,
        Self::Holdings,
        Self::Positions,
        Self::Trades,
        Self::Rejections,
        Self::JournalEntries,
        Self::TrialBalance,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outcomes => "outcomes",
            Self::Obligations => "obligations",
            Self::Settlements => "settlements",
            Self::Money => "money",
            Self::Holdings => "holdings",
            Self::Positions => "positions",
            Self::Trades => "trades",
            Self::Rejections => "rejections",
            Self::JournalEntries => "journal-entries",
            Self::TrialBalance => "trial-balance",
        }
    }

    /// The table of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|export| export.name() == name)
    }

    /// Its columns, in order.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Outcomes => columns::OUTCOMES,
            Self::Obligations => columns::OBLIGATIONS,
            Self::Settlements => columns::SETTLEMENTS,
            Self::Money => columns::MONEY_TABLE,
            Self::Holdings => columns::HOLDINGS,
            Self::Positions => columns::POSITIONS,
            Self::Trades => columns::TRADES,
            Self::Rejections => columns::REJECTIONS,
            Self::JournalEntries => columns::JOURNAL_ENTRIES,
            Self::TrialBalance => columns::TRIAL_BALANCE,
        }
    }
}

/// An amount with all decimals of its currency.
#[must_use]
pub const fn amount(minor: i128, decimals: u8) -> Cell<'static> {
    Cell::Decimal(Decimal { mantissa: minor, scale: decimals })
}

/// A quantity in whole units of its instrument, without trailing zeros.
#[must_use]
pub fn quantity(units: i128, decimals: u8) -> Cell<'static> {
    Cell::Decimal(Decimal { mantissa: units, scale: decimals }.normalised())
}

/// A price without trailing zeros.
#[must_use]
pub fn price(price: Price) -> Cell<'static> {
    Cell::Decimal(price.decimal())
}

/// How much of an asset.
#[must_use]
pub fn of_asset(kind: AssetKind, smallest: i128, decimals: u8) -> Cell<'static> {
    match kind {
        AssetKind::Instrument => quantity(smallest, decimals),
        AssetKind::Currency => amount(smallest, decimals),
    }
}

/// A date that may not exist.
#[must_use]
pub fn date(date: Option<Date>) -> Cell<'static> {
    date.map_or(Cell::Empty, Cell::Date)
}

/// Which kind of asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetKind {
    /// Units of an instrument.
    Instrument = 0,
    /// Minor units of a currency.
    Currency = 1,
}

impl AssetKind {
    /// The kind of an asset.
    #[must_use]
    pub const fn of(asset: Asset) -> Self {
        match asset {
            Asset::Instrument(_) => Self::Instrument,
            Asset::Currency(_) => Self::Currency,
        }
    }

    /// The kind with this number.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Instrument),
            1 => Some(Self::Currency),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn headers_are_those_that_were_promised() {
        let header = |export: Export| -> Vec<&str> {
            export.columns().iter().map(|column| column.name).collect()
        };
        assert_eq!(header(Export::Outcomes).join(","), "business_date,outcome,count");
        assert_eq!(
            header(Export::JournalEntries).join(","),
            "entry_id,seq,business_date,book class,kind,ledger_account,asset,debit,credit,reverses"
        );
        assert_eq!(
            header(Export::TrialBalance).join(","),
            "book class,ledger_account,asset,debit,credit"
        );
        assert_eq!(
            header(Export::Trades).join(","),
            "source,trade_date,trade_ref,version,status,isin,quantity,price,currency,\
             settlement_date,buyer_account,seller_account,consideration,seq"
        );
        for export in Export::ALL {
            assert_eq!(Export::from_name(export.name()), Some(export));
        }
    }

    #[test]
    fn amounts_keep_their_decimals_and_quantities_do_not() {
        let text = |cell| {
            let Cell::Decimal(decimal) = cell else { panic!("not a decimal: {cell:?}") };
            decimal.to_string()
        };
        assert_eq!(text(amount(-117_497_410, 2)), "-1174974.10");
        assert_eq!(text(amount(0, 2)), "0.00");
        assert_eq!(text(quantity(1_500, 3)), "1.5");
        assert_eq!(text(quantity(-2_398, 0)), "-2398");
        assert_eq!(text(price(Price(51_067_000_000))), "51.067");
    }
}
