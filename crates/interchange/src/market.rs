//! A market directory: reference data and days of operations, trades and prices, as CSV.
//!
//! [`Market::open`] looks at everything that can be wrong with the directory as a whole, before
//! anything is accepted: missing files, headers, folder names, unreadable operations. After it,
//! [`Market::for_each`] gives every data row exactly once, in the order in which it counts, with
//! the command that it is or the reason why it cannot be read. A row's text is borrowed from the
//! reader's buffer, and nothing is allocated for a trade report.
//!
//! Not decided here: whether a row is right. An unknown account is a readable row.

mod error;
mod lines;

mod columns;
mod fields;
mod rows;

mod business;
mod reference;
mod render;
mod trade;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use basics::Date;

pub use business::Phase;
pub use columns::FileKind;
pub use error::{HeaderProblem, MarketError};
pub use lines::{MAX_ROW_BYTES, MAX_ROW_LINES};
pub use render::{render, render_trade};
pub use rows::{Row, Rows};

/// A market directory whose files are there and whose headers are right.
#[derive(Debug)]
pub struct Market {
    directory: PathBuf,
    parts: Vec<Part>,
    days: Vec<Date>,
    bytes: u64,
}

/// One file, or the rows of one phase of an operations file, in its place in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The file, relative to the market directory, with `/` on every system.
    pub channel: String,
    /// What its rows are.
    pub kind: FileKind,
    /// The phase whose rows count in this place; `None` for all rows of the file.
    pub phase: Option<Phase>,
    /// Bytes of all files that are done when this part begins.
    pub bytes_before: u64,
}

/// The files of reference data, in the order in which one builds on another.
const REFERENCE: [FileKind; 6] = [
    FileKind::Currencies,
    FileKind::Calendars,
    FileKind::Members,
    FileKind::Accounts,
    FileKind::Instruments,
    FileKind::Holdings,
];

/// The life of a day. The operations file is read once for each phase.
const DAY: [(FileKind, Option<Phase>); 6] = [
    (FileKind::Operations, Some(Phase::BeforeTrades)),
    (FileKind::Trades, None),
    (FileKind::Operations, Some(Phase::AfterTrades)),
    (FileKind::Prices, None),
    (FileKind::Operations, Some(Phase::AfterPrices)),
    (FileKind::Operations, Some(Phase::End)),
];

impl Market {
    /// Finds all files of a market directory, and checks every header and every operation.
    ///
    /// # Errors
    /// [`MarketError`] names the first file that is missing or wrong, its line, and what to do.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, MarketError> {
        let directory = directory.into();
        if !directory.is_dir() {
            return Err(MarketError::NoDirectory { directory });
        }
        let mut market = Self { days: days(&directory)?, directory, parts: Vec::new(), bytes: 0 };
        for kind in REFERENCE {
            let channel = format!("reference/{}", kind.file_name());
            if !kind.is_optional() || market.directory.join(&channel).exists() {
                market.add(channel, kind, None)?;
            }
        }
        for day in market.days.clone() {
            for (kind, phase) in DAY {
                market.add(format!("days/{day}/{}", kind.file_name()), kind, phase)?;
            }
        }
        Ok(market)
    }

    /// Checks a file and puts it at the end of the order.
    ///
    /// An operations file is checked and counted in its first phase.
    fn add(
        &mut self,
        channel: String,
        kind: FileKind,
        phase: Option<Phase>,
    ) -> Result<(), MarketError> {
        let part = Part { channel, kind, phase, bytes_before: self.bytes };
        if !matches!(phase, Some(Phase::AfterTrades | Phase::AfterPrices | Phase::End)) {
            self.bytes += self.check(&part)?;
        }
        self.parts.push(part);
        Ok(())
    }

    /// Checks the header, and every row of an operations file; gives the file's bytes.
    fn check(&self, part: &Part) -> Result<u64, MarketError> {
        let mut rows = self.read(part)?;
        if part.kind == FileKind::Operations {
            while let Some(row) = rows.next()? {
                readable(part, &row)?;
            }
        }
        let path = self.directory.join(&part.channel);
        let metadata = fs::metadata(path).map_err(|e| MarketError::io(&part.channel, e))?;
        Ok(metadata.len())
    }

    /// The days of the market, in order.
    #[must_use]
    pub fn days(&self) -> &[Date] {
        &self.days
    }

    /// Bytes of all files together.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All files in the order in which their rows count; an operations file once for each phase.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Opens one file at its first data row. Of an operations file all rows are given: which of
    /// them belong to the part is asked with [`Part::takes`].
    ///
    /// # Errors
    /// [`MarketError`] when the file is gone or its header is no longer right.
    pub fn read(&self, part: &Part) -> Result<Rows<File>, MarketError> {
        let file = File::open(self.directory.join(&part.channel))
            .map_err(|error| MarketError::open(&part.channel, error))?;
        // Operations are read once for each phase: their bytes do not count as progress.
        let rows = Rows::open(part.kind, &part.channel, file)?;
        Ok(if part.phase.is_none() { rows.counting_from(part.bytes_before) } else { rows })
    }

    /// Gives every data row of the market to `take`, with the file it stands in.
    ///
    /// The first error of `take` ends it and comes back.
    ///
    /// # Errors
    /// Those of `take`, and [`MarketError`] when a file cannot be read or an operation is not
    /// readable, which [`Market::open`] had excluded.
    pub fn for_each<E: From<MarketError>>(
        &self,
        mut take: impl FnMut(&str, &Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for part in &self.parts {
            let mut rows = self.read(part)?;
            while let Some(row) = &mut rows.next()? {
                if part.phase.is_some() {
                    readable(part, row)?;
                    if !part.takes(row) {
                        continue;
                    }
                    row.bytes_read = part.bytes_before;
                }
                take(&part.channel, row)?;
            }
        }
        Ok(())
    }
}

impl Part {
    /// Whether a row of the part's file counts in the part's place.
    #[must_use]
    pub fn takes(&self, row: &Row<'_>) -> bool {
        self.phase.is_none() || self.phase == row.phase
    }
}

/// An operation that cannot be read is no dead letter: nobody can say what the day is without it.
fn readable(part: &Part, row: &Row<'_>) -> Result<(), MarketError> {
    row.command.map(drop).map_err(|reason| MarketError::Operation {
        file: part.channel.clone(),
        line: row.line,
        reason,
    })
}

/// The folders of `days`, in order. Files beside them are not ours and do not matter.
fn days(directory: &Path) -> Result<Vec<Date>, MarketError> {
    let mut days = Vec::new();
    let entries =
        fs::read_dir(directory.join("days")).map_err(|error| MarketError::open("days", error))?;
    for entry in entries {
        let entry = entry.map_err(|error| MarketError::io("days", error))?;
        if !entry.path().is_dir() {
            continue;
        }
        let name = entry.file_name();
        let day = Date::parse(name.as_encoded_bytes())
            .ok_or_else(|| MarketError::NoDate { folder: name.to_string_lossy().into_owned() })?;
        days.push(day);
    }
    days.sort_unstable();
    Ok(days)
}

#[cfg(test)]
mod tests;
