//! Why a table cannot be written.

use std::io;

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file could not be written.
    #[error("the table cannot be written: {0}; check the place and its free space")]
    Io(#[from] io::Error),
    /// A row has not one cell for each column.
    #[error("a row has {cells} cells for {columns} columns: this is a fault of the program")]
    CellCount {
        /// Cells of the row.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A cell is of another kind than its column.
    #[error("column {column} holds a cell of another kind: this is a fault of the program")]
    OtherKind {
        /// The column's name.
        column: &'static str,
    },
    /// A number that the format has no room for.
    #[error("column {column}: {value} does not fit a number of {format}: choose csv or jsonl")]
    OutOfRange {
        /// The column's name.
        column: &'static str,
        /// The number.
        value: String,
        /// The format's name.
        format: &'static str,
    },
    /// The workbook could not be written.
    #[error("the workbook cannot be written: {0}; check the place and its free space")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The Parquet file could not be written.
    #[error("the parquet file cannot be written: {0}; check the place and its free space")]
    Parquet(#[from] parquet::errors::ParquetError),
}
