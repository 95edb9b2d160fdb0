//! CSV tables: a header that names known columns, and rows that can or cannot be read.
//!
//! It decides what stops the whole run (a missing file or header, unknown or missing columns)
//! and what is one unreadable row. What a row means is not its business.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Why a market directory could not be processed to its end.
#[derive(Debug)]
pub struct Unreadable {
    /// The file or directory at fault.
    pub path: PathBuf,
    /// What is wrong with it, as the end of a sentence.
    pub reason: String,
}

impl Unreadable {
    pub(crate) fn new(path: &Path, reason: impl fmt::Display) -> Unreadable {
        Unreadable { path: path.to_path_buf(), reason: reason.to_string() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// The fields of a row in the order asked for. `None`: the row has another number of columns
/// than the header, or is not UTF-8.
pub(crate) type Row = Option<Vec<String>>;

/// Reads a table row by row: `each` gets the line on which the row starts, and the row.
pub(crate) fn read(
    path: &Path,
    columns: &[&str],
    mut each: impl FnMut(u64, Row) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let file = File::open(path).map_err(|error| Unreadable::new(path, error))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(file);
    let header = reader.byte_headers().map_err(|error| Unreadable::new(path, error))?.clone();
    let places = places(path, columns, &header)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| Unreadable::new(path, error))? {
        let line = record.position().map_or(0, csv::Position::line);
        each(line, fields(&record, &places))?;
    }
    Ok(())
}

/// Where each of the columns stands in the header.
fn places(
    path: &Path,
    columns: &[&str],
    header: &csv::ByteRecord,
) -> Result<Vec<usize>, Unreadable> {
    if header.is_empty() {
        return Err(Unreadable::new(path, "the header is missing"));
    }
    let mut places = Vec::new();
    for column in columns {
        let place = header.iter().position(|name| name == column.as_bytes());
        let reason = || Unreadable::new(path, format!("column {column} is missing"));
        places.push(place.ok_or_else(reason)?);
    }
    if header.len() != columns.len() {
        return Err(Unreadable::new(path, "there is an unknown column"));
    }
    Ok(places)
}

fn fields(record: &csv::ByteRecord, places: &[usize]) -> Row {
    if record.len() != places.len() {
        return None;
    }
    let text = |place: &usize| String::from_utf8(record[*place].to_vec()).ok();
    places.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(content: &[u8]) -> Result<Vec<Row>, Unreadable> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table.csv");
        std::fs::write(&path, content).unwrap();
        let mut rows = Vec::new();
        read(&path, &["a", "b"], |_, row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    fn row(a: &str, b: &str) -> Row {
        Some(vec![a.to_string(), b.to_string()])
    }

    #[test]
    fn byte_order_mark_crlf_empty_lines_and_quotes_are_understood() {
        let table = b"\xef\xbb\xbfb,a\r\n\r\n1,2\r\n\r\n\"x,\"\"y\",\r\n";
        assert_eq!(rows(table).unwrap(), [row("2", "1"), row("", "x,\"y")]);
    }

    #[test]
    fn rows_of_another_length_or_encoding_are_unreadable() {
        let table = b"a,b\n1\n1,2,3\n\xff,2\n1,2";
        assert_eq!(rows(table).unwrap(), [None, None, None, row("1", "2")]);
    }

    #[test]
    fn headers_must_name_the_columns() {
        for table in [&b""[..], b"a\n", b"a,c\n", b"a,b,c\n", b"a,b,b\n", b"1,2\n"] {
            assert!(rows(table).is_err());
        }
        assert!(rows(b"a,b").unwrap().is_empty());
    }
}
