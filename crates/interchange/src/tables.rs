//! Tables as files: CSV, JSON lines, Excel and Parquet, written row by row.
//!
//! A [`Writer`] holds at most a group of rows, however long the table is. The same rows give the
//! same bytes: no clock is read, no name of a machine is written.
//!
//! Law: a number is written exactly in every format; where a format has no such number, it is
//! written as text, or refused with an error that names the column.

mod error;

mod csv;
mod jsonl;
mod parquet;
mod xlsx;

use std::io::Write;

use basics::table::{Cell, Column};

pub use error::TableError;

/// A format that tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// An Excel workbook.
    Xlsx,
    /// A Parquet file.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Jsonl, Self::Xlsx, Self::Parquet];

    /// The word for it, which is also the usual ending of a file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// A table being written.
pub struct Writer<W: Write + Send> {
    columns: usize,
    file: File<W>,
}

enum File<W: Write + Send> {
    Csv(csv::Writer<W>),
    Jsonl(jsonl::Writer<W>),
    Xlsx(Box<xlsx::Writer<W>>),
    Parquet(Box<parquet::Writer<W>>),
}

impl<W: Write + Send> Writer<W> {
    /// Begins a table with these columns. `out` need not be buffered.
    ///
    /// # Errors
    /// When the file's beginning cannot be written.
    pub fn create(format: Format, columns: &[Column], out: W) -> Result<Self, TableError> {
        let file = match format {
            Format::Csv => File::Csv(csv::Writer::create(columns, out)?),
            Format::Jsonl => File::Jsonl(jsonl::Writer::create(columns, out)),
            Format::Xlsx => File::Xlsx(Box::new(xlsx::Writer::create(columns, out)?)),
            Format::Parquet => File::Parquet(Box::new(parquet::Writer::create(columns, out)?)),
        };
        Ok(Self { columns: columns.len(), file })
    }

    /// Writes a row: one cell for each column, empty or of the column's kind.
    ///
    /// # Errors
    /// When it cannot be written, or does not fit the columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        if cells.len() != self.columns {
            return Err(TableError::CellCount { cells: cells.len(), columns: self.columns });
        }
        match &mut self.file {
            File::Csv(file) => file.row(cells),
            File::Jsonl(file) => file.row(cells),
            File::Xlsx(file) => file.row(cells),
            File::Parquet(file) => file.row(cells),
        }
    }

    /// Writes the end, and gives back what was written to. Without it the file is not complete.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(self) -> Result<W, TableError> {
        match self.file {
            File::Csv(file) => file.finish(),
            File::Jsonl(file) => file.finish(),
            File::Xlsx(file) => file.finish(),
            File::Parquet(file) => file.finish(),
        }
    }
}

/// Bytes collected before they are written: enough that files cost few calls of the system.
const CHUNK: usize = 1 << 16;

#[cfg(test)]
mod tests;
