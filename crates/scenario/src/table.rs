//! Tables: a row of column names, then rows of cells; two or more spaces stand between cells.
//!
//! `-` is a cell that says nothing, `""` an empty one; quotes keep spaces together. A row can end
//! with `-> outcome`, and `same again` repeats the row above.

use crate::lines::Line;
use crate::report::Problem;

/// More rows than this are a data set, not a scenario.
const MAX_ROWS: usize = 2_000;
/// More columns than this no table has.
const MAX_COLUMNS: usize = 32;

/// A table as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// The line that names the columns; that of the step if there is none.
    pub line: usize,
    /// Names of the columns, in lower case with `_` for space.
    pub columns: Vec<String>,
    /// The rows below.
    pub rows: Vec<Row>,
}

/// A row as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line.
    pub line: usize,
    /// One for each column; `None` says nothing.
    pub cells: Vec<Option<String>>,
    /// What is expected to become of it; `None` if the row does not say.
    pub outcome: Option<String>,
    /// It is the row above once more.
    pub again: bool,
}

impl Row {
    /// The row as a message shows it.
    pub fn show(&self) -> String {
        let cells = self.cells.iter().map(|cell| cell.as_deref().unwrap_or("-"));
        cells.collect::<Vec<_>>().join("  ")
    }
}

/// Reads a table; `step` is the line that it belongs to.
pub(crate) fn table(step: usize, lines: &[Line<'_>]) -> Result<Table, Problem> {
    let Some((head, rest)) = lines.split_first() else {
        return Ok(Table { line: step, ..Table::default() });
    };
    let columns = columns(head)?;
    if rest.len() > MAX_ROWS {
        let expected = format!("at most {MAX_ROWS} rows");
        return Err(Problem::new(step, expected, format!("{} rows", rest.len())));
    }
    let mut table = Table { line: head.number, columns, rows: Vec::with_capacity(rest.len()) };
    for line in rest {
        let row = row(line, &table)?;
        table.rows.push(row);
    }
    Ok(table)
}

fn columns(head: &Line<'_>) -> Result<Vec<String>, Problem> {
    let mut columns = Vec::new();
    for cell in cells(head.number, head.text)? {
        let name = cell.unwrap_or_default().to_lowercase().replace([' ', '-'], "_");
        if name.is_empty() || columns.contains(&name) {
            return Err(Problem::new(head.number, "each column named once", head.text));
        }
        columns.push(name);
    }
    Ok(columns)
}

fn row(line: &Line<'_>, table: &Table) -> Result<Row, Problem> {
    let (text, outcome) = split_outcome(line.text);
    if text == "same again" {
        let above = table.rows.last().ok_or_else(|| {
            Problem::new(line.number, "a row above that can be repeated", line.text)
        })?;
        let cells = above.cells.clone();
        return Ok(Row { line: line.number, cells, outcome, again: true });
    }
    let cells = cells(line.number, text)?;
    if cells.len() != table.columns.len() {
        let expected = format!("{} cells, two spaces between them", table.columns.len());
        let got = format!("{} cells: {text}", cells.len());
        return Err(Problem::new(line.number, expected, got));
    }
    Ok(Row { line: line.number, cells, outcome, again: false })
}

/// Cuts `-> outcome` off the end; the last arrow outside of quotes counts.
pub(crate) fn split_outcome(text: &str) -> (&str, Option<String>) {
    let (mut quoted, mut arrow) = (false, None);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'-' if !quoted && bytes.get(at + 1) == Some(&b'>') && follows_space(text, at) => {
                arrow = Some(at);
            }
            _ => {}
        }
    }
    match arrow {
        Some(at) => (text[..at].trim_end(), Some(text[at + 2..].trim().to_owned())),
        None => (text, None),
    }
}

fn follows_space(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(char::is_whitespace)
}

/// Cuts a row into its cells.
fn cells(line: usize, text: &str) -> Result<Vec<Option<String>>, Problem> {
    let mut cells = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (cell, tail) = match rest.strip_prefix('"') {
            Some(inside) => {
                let unclosed = || Problem::new(line, "a closing quote before the next cell", text);
                let (cell, tail) = quoted(inside).ok_or_else(unclosed)?;
                (Some(cell), tail)
            }
            None => {
                let end = gap(rest).unwrap_or(rest.len());
                let (cell, tail) = rest.split_at(end);
                (Some(cell).filter(|cell| *cell != "-").map(str::to_owned), tail)
            }
        };
        cells.push(cell);
        if cells.len() > MAX_COLUMNS {
            return Err(Problem::new(line, format!("at most {MAX_COLUMNS} cells"), text));
        }
        rest = tail.trim_start();
    }
    Ok(cells)
}

/// Where the space before the next cell begins: two spaces or a tab.
fn gap(text: &str) -> Option<usize> {
    let two = text.find("  ");
    let tab = text.find('\t').map(|at| text[..at].trim_end().len());
    match (two, tab) {
        (Some(two), Some(tab)) => Some(two.min(tab)),
        (two, tab) => two.or(tab),
    }
}

/// A quoted cell up to its closing quote, and what follows; a doubled quote stands for one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut cell, mut rest) = (String::new(), text);
    loop {
        let (inside, tail) = rest.split_once('"')?;
        cell.push_str(inside);
        match tail.strip_prefix('"') {
            Some(tail) => {
                cell.push('"');
                rest = tail;
            }
            None if tail.is_empty() || tail.starts_with("  ") || tail.starts_with('\t') => {
                return Some((cell, tail));
            }
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, Problem> {
        table(1, &crate::lines::lines(text).expect("short"))
    }

    #[test]
    fn cells_stand_apart_by_two_spaces() {
        let table =
            read("Account  mark price\nA B    10\n\"\"  -  -> ok\nsame again\n").expect("ok");
        assert_eq!(table.columns, ["account", "mark_price"]);
        let cells: Vec<_> = table.rows.iter().map(|row| row.cells.clone()).collect();
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(cells[0], [said("A B"), said("10")]);
        assert_eq!(cells[1], [said(""), None]);
        assert_eq!(table.rows[1].outcome.as_deref(), Some("ok"));
        assert!(table.rows[2].again && cells[2] == cells[1]);
        assert_eq!(table.rows[2].outcome, None);
    }

    #[test]
    fn quotes_keep_spaces_arrows_and_quotes() {
        let table = read("a  b\n\"x  -> \"\"y\"\"\"  z -> w").expect("a table");
        assert_eq!(table.rows[0].cells[0].as_deref(), Some("x  -> \"y\""));
        assert_eq!(table.rows[0].outcome.as_deref(), Some("w"));
    }

    #[test]
    fn a_row_with_other_cells_than_columns_is_refused_with_its_line() {
        assert_eq!(read("a  b\n1  2\n1 2").expect_err("one cell").line, 3);
        assert_eq!(read("a  b\n\"1  2").expect_err("open quote").line, 2);
        assert_eq!(read("a  a").expect_err("twice").line, 1);
        assert_eq!(read("a\nsame again").expect_err("nothing above").line, 2);
    }
}
