//! Which columns each file of a market directory has, and where a header puts them.
//!
//! Columns are found by name, in any order. Law: a header names every column of its file exactly
//! once, and no other.

use super::error::HeaderProblem;

/// The most columns that a file has: those of trades.
pub(super) const MAX_COLUMNS: usize = 13;

/// A file of a market directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// Currencies and their minor units. The file may be absent.
    Currencies,
    /// Days on which calendars are closed.
    Calendars,
    /// Clearing members.
    Members,
    /// Their accounts.
    Accounts,
    /// Instruments.
    Instruments,
    /// What accounts hold at the start.
    Holdings,
    /// Operations of a day.
    Operations,
    /// Trade reports of a day.
    Trades,
    /// Prices of a day.
    Prices,
}

impl FileKind {
    /// The file's name in its folder.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Currencies => "currencies.csv",
            Self::Calendars => "calendars.csv",
            Self::Members => "members.csv",
            Self::Accounts => "accounts.csv",
            Self::Instruments => "instruments.csv",
            Self::Holdings => "holdings.csv",
            Self::Operations => "operations.csv",
            Self::Trades => "trades.csv",
            Self::Prices => "prices.csv",
        }
    }

    /// The file's columns, in the usual order.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Currencies => &["currency", "minor_units", "calendar"],
            Self::Calendars => &["calendar", "closed_on", "name"],
            Self::Members => &["member", "lei", "name"],
            Self::Accounts => &["account", "member", "kind"],
            Self::Instruments => &[
                "isin",
                "symbol",
                "name",
                "kind",
                "currency",
                "quantity_decimals",
                "listed_on",
                "trading_calendar",
                "settlement_calendar",
                "settlement_cycle",
            ],
            Self::Holdings => &["account", "asset", "quantity"],
            Self::Operations => &["operation", "business_date", "phase", "draw"],
            Self::Trades => &[
                "source",
                "trade_ref",
                "version",
                "action",
                "isin",
                "quantity",
                "price",
                "currency",
                "trade_date",
                "executed_at",
                "buyer_account",
                "seller_account",
                "venue",
            ],
            Self::Prices => &["isin", "price", "currency", "price_date", "kind"],
        }
    }

    /// Whether a market can do without it.
    pub(super) const fn is_optional(self) -> bool {
        matches!(self, Self::Currencies)
    }
}

/// Where the columns of a file stand in its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// For each column in the usual order its place in a row, from 0.
    places: [u8; MAX_COLUMNS],
    /// Number of columns.
    pub columns: usize,
    /// Whether the columns stand in the usual order.
    pub is_usual: bool,
}

impl Layout {
    /// The layout that a header gives.
    pub fn of<'a>(
        kind: FileKind,
        header: impl Iterator<Item = &'a str>,
    ) -> Result<Self, HeaderProblem> {
        let columns = kind.columns();
        let mut found = [None; MAX_COLUMNS];
        for (place, name) in header.enumerate() {
            let Some(column) = columns.iter().position(|column| *column == name) else {
                return Err(HeaderProblem::Unknown(shortened(name)));
            };
            if found[column].is_some() {
                return Err(HeaderProblem::Doubled(name.to_owned()));
            }
            // No column is there twice, so that a place is below their number.
            found[column] = u8::try_from(place).ok();
        }
        let mut places = [0; MAX_COLUMNS];
        for (column, name) in columns.iter().enumerate() {
            places[column] =
                found[column].ok_or_else(|| HeaderProblem::Missing((*name).to_owned()))?;
        }
        let is_usual = places[..columns.len()].is_sorted();
        Ok(Self { places, columns: columns.len(), is_usual })
    }

    /// Puts the fields of a row into the usual order of its columns.
    pub fn arrange(&self, fields: &mut [&str; MAX_COLUMNS]) {
        if !self.is_usual {
            *fields = self.places.map(|place| fields[usize::from(place)]);
        }
    }
}

/// As much of a name as a message can show.
fn shortened(name: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = name.chars().take(SHOWN).collect();
    if name.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(header: &str) -> Result<Layout, HeaderProblem> {
        Layout::of(FileKind::Members, header.split(','))
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let usual = members("member,lei,name").expect("the usual header");
        assert!(usual.is_usual);
        let other = members("name,member,lei").expect("another order");
        assert!(!other.is_usual);
        let mut fields = [""; MAX_COLUMNS];
        fields[..3].copy_from_slice(&["Alpha", "M001", "X"]);
        other.arrange(&mut fields);
        assert_eq!(fields[..3], ["M001", "X", "Alpha"]);
    }

    #[test]
    fn a_header_names_every_column_once_and_no_other() {
        let check = |header: &str, problem| assert_eq!(members(header), Err(problem), "{header}");
        check("member,lei", HeaderProblem::Missing("name".into()));
        check("member,lei,name,status", HeaderProblem::Unknown("status".into()));
        check("member,lei,name,lei", HeaderProblem::Doubled("lei".into()));
        check("Member,lei,name", HeaderProblem::Unknown("Member".into()));
        check("member, lei,name", HeaderProblem::Unknown(" lei".into()));
    }
}
