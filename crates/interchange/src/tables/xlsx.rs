//! Tables as Excel workbooks: typed cells, a header that stays in view, as many sheets as needed.
//!
//! Excel holds numbers as binary floating point with 15 digits. A number with more of them is
//! written as text, so that nothing is lost; so is a date before March 1900, which Excel counts
//! wrongly or not at all. Text is never a formula. A cell holds 32,767 characters; longer text ends
//! with `…`.

use std::borrow::Cow;
use std::io::{self, Write};

use basics::table::{Cell, Column, Kind};
use basics::{Date, Decimal};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::TableError;

/// Rows of a sheet, with its header.
const SHEET_ROWS: u32 = 1_048_576;
/// Longest text of a cell, in UTF-16 units.
const TEXT_MAX: usize = 32_767;
/// Integers below it have at most 15 digits.
const NUMBER_END: u128 = 1_000_000_000_000_000;
/// Most decimals that a cell can show.
const DECIMALS_MAX: u8 = 30;
/// 1 March 1900 and the number that Excel gives it: days from then on are counted rightly.
const FIRST_DATE: (Date, f64) = (Date(-25_508), 61.0);

pub(super) struct Writer<W> {
    out: W,
    columns: Vec<Column>,
    workbook: Workbook,
    sheet_rows: u32,
    /// The row to be written next in the last sheet; 0 when it must be begun.
    next: u32,
    sheets: usize,
    formats: Formats,
}

/// How numbers are shown: made once, because a workbook knows formats by their content.
struct Formats {
    header: Format,
    date: Format,
    /// By number of decimals.
    decimals: Vec<Format>,
}

impl<W: Write + Send> Writer<W> {
    pub fn create(columns: &[Column], out: W) -> Result<Self, TableError> {
        Self::with_sheets_of(SHEET_ROWS, columns, out)
    }

    /// The same with fewer rows in a sheet than Excel allows.
    pub fn with_sheets_of(sheet_rows: u32, columns: &[Column], out: W) -> Result<Self, TableError> {
        let mut workbook = Workbook::new();
        // The same rows give the same bytes: no clock is read.
        let epoch = ExcelDateTime::from_ymd(1970, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        let mut writer = Self {
            out,
            columns: columns.to_vec(),
            workbook,
            sheet_rows,
            next: 0,
            sheets: 0,
            formats: Formats::new(),
        };
        // A table without rows has its header.
        writer.begin_sheet()?;
        Ok(writer)
    }

    fn begin_sheet(&mut self) -> Result<(), TableError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (index, column) in (0..).zip(&self.columns) {
            sheet.set_column_width(index, width(column))?;
            sheet.write_string_with_format(0, index, column.name, &self.formats.header)?;
        }
        self.sheets += 1;
        self.next = 1;
        Ok(())
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        if self.next == self.sheet_rows {
            self.begin_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, (self.next, column), cell, &self.formats)?;
        }
        self.next += 1;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, TableError> {
        self.workbook.save_to_writer(Once { out: &mut self.out, failed: false })?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Fails once, then takes everything and writes nothing. An archive that is given up tries to
/// write its end, and would complain on stderr beside the error that we return.
struct Once<'a, W> {
    out: &'a mut W,
    failed: bool,
}

impl<W: Write> Write for Once<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        self.failed = written.as_ref().is_err_and(|e| e.kind() != io::ErrorKind::Interrupted);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed { Ok(()) } else { self.out.flush() }
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    formats: &Formats,
) -> Result<(), TableError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string(row, column, fitting(text))?;
        }
        Cell::Integer(number) if number.unsigned_abs() < NUMBER_END => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Integer(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        Cell::Date(date) if *date >= FIRST_DATE.0 => {
            let days = FIRST_DATE.1 + f64::from(date.0 - FIRST_DATE.0.0);
            sheet.write_number_with_format(row, column, days, &formats.date)?;
        }
        Cell::Date(date) => {
            sheet.write_string(row, column, date.to_string())?;
        }
        Cell::Decimal(decimal) => {
            let text = decimal.to_string();
            match number(*decimal, &text).zip(formats.decimals.get(usize::from(decimal.scale))) {
                Some((number, format)) => {
                    sheet.write_number_with_format(row, column, number, format)?
                }
                None => sheet.write_string(row, column, text)?,
            };
        }
    }
    Ok(())
}

/// The number, if it has at most 15 digits: then it reads back as it was written.
fn number(decimal: Decimal, text: &str) -> Option<f64> {
    let digits = decimal.normalised().mantissa.unsigned_abs();
    if digits < NUMBER_END { text.parse().ok() } else { None }
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> Cow<'_, str> {
    // A character of UTF-8 has no more units in UTF-16 than bytes.
    if text.len() <= TEXT_MAX || text.encode_utf16().count() <= TEXT_MAX {
        return text.into();
    }
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, char)| {
        units += char.len_utf16();
        (units > TEXT_MAX - 1).then_some(at)
    });
    format!("{}…", &text[..end.unwrap_or(text.len())]).into()
}

/// Width of a column, in characters.
fn width(column: &Column) -> f64 {
    let value: u8 = match column.kind {
        Kind::Text => 14,
        Kind::Integer | Kind::Date => 11,
        Kind::Decimal => 18,
    };
    let name = u8::try_from(column.name.len()).unwrap_or(u8::MAX).saturating_add(2);
    f64::from(value.max(name))
}

impl Formats {
    fn new() -> Self {
        let decimals = (0..=DECIMALS_MAX).map(|scale| {
            let point = if scale == 0 { "" } else { "." };
            Format::new().set_num_format(format!("0{point}{}", "0".repeat(usize::from(scale))))
        });
        Self {
            header: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            decimals: decimals.collect(),
        }
    }
}
