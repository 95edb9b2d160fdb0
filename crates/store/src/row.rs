//! A row that a query found, whichever database found it.

use views::basics::Date;
use views::basics::table::Cell;
use views::export::AssetKind;

use crate::StoreError;
use crate::postgres::Number;
use crate::sqlite::number;

/// A row. Columns are counted from 0.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl<'r> Row<'r> {
    /// Text that may not exist.
    pub fn maybe_text(self, column: usize) -> Result<Option<&'r str>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
            }
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// Text; empty for nothing.
    pub fn text(self, column: usize) -> Result<&'r str, StoreError> {
        Ok(self.maybe_text(column)?.unwrap_or_default())
    }

    /// A whole number of up to 128 bits that may not exist.
    pub fn maybe_number(self, column: usize) -> Result<Option<i128>, StoreError> {
        match self {
            Self::Sqlite(row) => number::read_maybe(row.get_ref(column)?),
            Self::Postgres(row) => {
                Ok(row.try_get::<_, Option<Number>>(column)?.map(|number| number.0))
            }
        }
    }

    /// A whole number of up to 128 bits.
    pub fn number(self, column: usize) -> Result<i128, StoreError> {
        self.maybe_number(column)?.ok_or_else(|| damaged("nothing", "a whole number"))
    }

    /// A whole number of a type that may hold less, and may not exist.
    pub fn maybe_int<T: TryFrom<i128>>(self, column: usize) -> Result<Option<T>, StoreError> {
        let Some(number) = self.maybe_number(column)? else { return Ok(None) };
        let fits = T::try_from(number);
        fits.map(Some).map_err(|_| damaged(&number.to_string(), "a smaller number"))
    }

    /// A whole number of a type that may hold less.
    pub fn int<T: TryFrom<i128>>(self, column: usize) -> Result<T, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| damaged("nothing", "a whole number"))
    }

    /// The kind of asset in a column.
    pub fn asset_kind(self, column: usize) -> Result<AssetKind, StoreError> {
        let number: i64 = self.int(column)?;
        AssetKind::from_number(number).ok_or_else(|| damaged(&number.to_string(), "an asset kind"))
    }

    /// Text that may not exist, as a cell.
    pub fn text_cell(self, column: usize) -> Result<Cell<'r>, StoreError> {
        Ok(self.maybe_text(column)?.map_or(Cell::Empty, Cell::Text))
    }

    /// A whole number that may not exist, as a cell.
    pub fn integer_cell(self, column: usize) -> Result<Cell<'static>, StoreError> {
        Ok(self.maybe_number(column)?.map_or(Cell::Empty, Cell::Integer))
    }

    /// A date that may not exist, as a cell.
    pub fn date_cell(self, column: usize) -> Result<Cell<'static>, StoreError> {
        Ok(self.maybe_int(column)?.map_or(Cell::Empty, |day| Cell::Date(Date(day))))
    }
}

fn damaged(what: &str, expected: &'static str) -> StoreError {
    StoreError::Damaged { what: what.to_owned(), expected }
}
