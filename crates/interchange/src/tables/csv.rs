//! Tables as CSV: header, `,`, `\n`, quotes only where RFC 4180 needs them.
//!
//! Text that a spreadsheet would take for a formula (`=1+1`) is written as it is. A guard against
//! it would change the bytes, and these files are compared, loaded and reconciled by machines; who
//! opens a table in a spreadsheet asks for `xlsx`, where text is text.

use std::io::{BufWriter, Write};

use basics::table::{Cell, Column};

use super::{CHUNK, TableError};
use crate::quote::push_field;

pub(super) struct Writer<W: Write> {
    out: BufWriter<W>,
    row: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn create(columns: &[Column], out: W) -> Result<Self, TableError> {
        let mut writer = Self { out: BufWriter::with_capacity(CHUNK, out), row: Vec::new() };
        for column in columns {
            writer.field(|row| {
                push_field(column.name, row);
                Ok(())
            })?;
        }
        writer.end()?;
        Ok(writer)
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        for cell in cells {
            self.field(|row| {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => push_field(text, row),
                    Cell::Integer(number) => write!(row, "{number}")?,
                    Cell::Date(date) => write!(row, "{date}")?,
                    Cell::Decimal(decimal) => write!(row, "{decimal}")?,
                }
                Ok(())
            })?;
        }
        self.end()
    }

    /// Appends a field and a comma, which the last one loses at the end.
    fn field(
        &mut self,
        push: impl FnOnce(&mut Vec<u8>) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        push(&mut self.row)?;
        self.row.push(b',');
        Ok(())
    }

    fn end(&mut self) -> Result<(), TableError> {
        self.row.pop();
        if self.row.is_empty() {
            // A line without bytes is no row to a reader.
            self.row.extend_from_slice(b"\"\"");
        }
        self.row.push(b'\n');
        self.out.write_all(&self.row)?;
        self.row.clear();
        Ok(())
    }

    pub fn finish(self) -> Result<W, TableError> {
        self.out.into_inner().map_err(|error| error.into_error().into())
    }
}
