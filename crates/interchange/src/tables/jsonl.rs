//! Tables as JSON lines: one object per row, keys in the order of the columns.
//!
//! Most readers of JSON hold numbers as binary floating point. So decimals are strings, always,
//! and integers are strings beyond 2^53, where such numbers are no longer exact.

use std::io::{BufWriter, Write};

use basics::table::{Cell, Column};

use super::{CHUNK, TableError};

/// Integers up to here are exact in every reader.
const EXACT: u128 = 1 << 53;

pub(super) struct Writer<W: Write> {
    out: BufWriter<W>,
    /// What stands before each value: `{"name":` or `,"name":`.
    before: Vec<String>,
}

impl<W: Write> Writer<W> {
    pub fn create(columns: &[Column], out: W) -> Self {
        let before = columns.iter().enumerate().map(|(index, column)| {
            let start = if index == 0 { '{' } else { ',' };
            format!("{start}{}:", serde_json::Value::from(column.name))
        });
        Self { before: before.collect(), out: BufWriter::with_capacity(CHUNK, out) }
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        let out = &mut self.out;
        for (before, cell) in self.before.iter().zip(cells) {
            out.write_all(before.as_bytes())?;
            match cell {
                Cell::Empty => write!(out, "null")?,
                Cell::Text(text) => {
                    serde_json::to_writer(&mut *out, text).map_err(std::io::Error::from)?;
                }
                Cell::Integer(number) if number.unsigned_abs() <= EXACT => {
                    write!(out, "{number}")?;
                }
                Cell::Integer(number) => write!(out, "\"{number}\"")?,
                Cell::Date(date) => write!(out, "\"{date}\"")?,
                Cell::Decimal(decimal) => write!(out, "\"{decimal}\"")?,
            }
        }
        // A table without columns has rows without keys.
        out.write_all(if self.before.is_empty() { b"{}\n" } else { b"}\n" })?;
        Ok(())
    }

    pub fn finish(self) -> Result<W, TableError> {
        self.out.into_inner().map_err(|error| error.into_error().into())
    }
}
