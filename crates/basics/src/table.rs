//! Tables as people and files see them: named columns with a kind, rows of cells.
//!
//! What fills a table and what writes it meet here, and know nothing else of each other.

use crate::{Date, Decimal};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, sorted by bytes.
    Text,
    /// A whole number.
    Integer,
    /// A calendar date.
    Date,
    /// An exact decimal: amounts with their currency's decimals, prices as they print.
    Decimal,
}

/// A column: its name in the header and what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in the header.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing: the fact does not exist (no reversal, no date yet).
    Empty,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i128),
    /// A date.
    Date(Date),
    /// An exact decimal, printed with the decimals it has.
    Decimal(Decimal),
}
