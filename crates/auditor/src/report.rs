//! Trade reports: which rows can be read, and what two reports must share to be the same.
//!
//! Whether a report is accepted is decided in `capture`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::date::{Date, Instant};
use crate::number::Numeral;

/// Columns of `trades.csv`, in the order in which this module reads them.
pub(crate) const COLUMNS: [&str; 13] = [
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
];

/// What identifies a trade: source, trade date, trade reference.
pub(crate) type Reference = (Arc<str>, Date, Box<str>);

/// A readable row of `trades.csv`.
pub(crate) struct Report {
    /// The trade it is about.
    pub(crate) reference: Reference,
    /// Version of the trade, from 1.
    pub(crate) version: u32,
    /// What it says.
    pub(crate) content: Content,
}

/// What a version says. Equal content under the same version is a duplicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A new trade.
    New(Terms),
    /// Other terms for a trade that is in.
    Amend(Terms),
    /// The trade never was.
    Cancel,
}

/// The terms of a trade, compared by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The instrument.
    pub(crate) isin: Arc<str>,
    /// In whole units, as written.
    pub(crate) quantity: Numeral,
    /// In whole units of the currency, as written.
    pub(crate) price: Numeral,
    /// Currency of the price.
    pub(crate) currency: Arc<str>,
    /// When it was made.
    pub(crate) executed_at: Instant,
    /// Who receives the units.
    pub(crate) buyer: Arc<str>,
    /// Who receives the money.
    pub(crate) seller: Arc<str>,
    /// Where it was made.
    pub(crate) venue: Arc<str>,
}

/// Texts that occur often, each kept once.
#[derive(Default)]
pub(crate) struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn keep(&mut self, text: &str) -> Arc<str> {
        if let Some(kept) = self.0.get(text) {
            return kept.clone();
        }
        let kept: Arc<str> = text.into();
        self.0.insert(kept.clone());
        kept
    }

    /// Reads a row whose fields stand as in [`COLUMNS`]. `None`: a dead letter.
    pub(crate) fn report(&mut self, row: &[String]) -> Option<Report> {
        let [source, trade_ref, version, action, ..] = row else { return None };
        if source.is_empty() || trade_ref.is_empty() {
            return None;
        }
        let version = read_version(version)?;
        let date = Date::parse(&row[8])?;
        let content = match action.as_str() {
            "new" => Content::New(self.terms(row)?),
            "amend" => Content::Amend(self.terms(row)?),
            "cancel" => Content::Cancel,
            _ => return None,
        };
        let reference = (self.keep(source), date, trade_ref.as_str().into());
        Some(Report { reference, version, content })
    }

    fn terms(&mut self, row: &[String]) -> Option<Terms> {
        let quantity = Numeral::parse(&row[5])?;
        let price = Numeral::parse(&row[6])?;
        let executed_at = Instant::parse(&row[9])?;
        Some(Terms {
            isin: self.keep(&row[4]),
            quantity,
            price,
            currency: self.keep(&row[7]),
            executed_at,
            buyer: self.keep(&row[10]),
            seller: self.keep(&row[11]),
            venue: self.keep(&row[12]),
        })
    }
}

/// Reads `[1-9][0-9]{0,8}`.
fn read_version(text: &str) -> Option<u32> {
    let numeral = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if numeral && !text.starts_with('0') { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: [&str; 13] = [
        "XNYS",
        "1",
        "1",
        "new",
        "US0268747849",
        "100",
        "48.50",
        "USD",
        "2013-10-07",
        "2013-10-07T13:30:00.000Z",
        "A",
        "B",
        "XNYS",
    ];

    fn read(changes: &[(usize, &str)]) -> Option<Report> {
        let mut row = ROW.map(String::from);
        for (place, text) in changes {
            row[*place] = (*text).to_string();
        }
        Texts::default().report(&row)
    }

    #[test]
    fn unreadable_fields_make_a_dead_letter() {
        for (place, text) in [
            (0, ""),
            (1, ""),
            (2, "0"),
            (2, "01"),
            (2, "1000000000"),
            (3, "New"),
            (5, "12x"),
            (5, ""),
            (6, "1e2"),
            (8, "2013-02-29"),
            (9, "yesterday"),
        ] {
            assert!(read(&[(place, text)]).is_none(), "{place} {text}");
        }
        assert!(read(&[(4, ""), (7, ""), (10, ""), (12, "")]).is_some());
        assert!(read(&[(5, &"9".repeat(400)), (2, "999999999")]).is_some());
    }

    #[test]
    fn of_a_cancellation_only_the_identity_is_read() {
        let junk = [(3, "cancel"), (5, "x"), (6, "y"), (9, "z"), (4, "?")];
        assert!(read(&junk).unwrap().content == Content::Cancel);
        assert!(read(&[(3, "cancel"), (8, "x")]).is_none());
    }

    #[test]
    fn content_is_compared_by_value() {
        let original = read(&[]).unwrap().content;
        let same = [(5, "100.0"), (6, "48.5"), (9, "2013-10-07T09:30:00-04:00")];
        assert!(read(&same).unwrap().content == original);
        assert!(read(&[(12, "BATS")]).unwrap().content != original);
        assert!(read(&[(3, "amend")]).unwrap().content != original);
    }
}
