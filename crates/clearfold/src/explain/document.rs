//! What an explanation is made of: stories of sections of rows, as text for people and as JSON
//! for machines. Both say the same; a number that could be too large for a reader is text.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// What was asked for, told.
#[derive(Debug, Default)]
pub struct Document {
    /// One for each thing that was found.
    pub stories: Vec<Story>,
    /// What is said once, behind all stories.
    pub notes: Vec<String>,
}

/// The story of one thing.
#[derive(Debug, Default)]
pub struct Story {
    /// What it is: `trade`, `entry`, `account`, `obligation`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The story in short, sentence by sentence.
    pub summary: Vec<String>,
    /// The story at length.
    pub sections: Vec<Section>,
}

/// One part of a story: a table and what is to say about it.
#[derive(Debug)]
pub struct Section {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its heading.
    pub title: String,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its rows.
    pub rows: Vec<Row>,
    /// Sentences below the table.
    pub notes: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name: in JSON as it is, as a heading with spaces.
    pub key: &'static str,
    /// Where its texts stand.
    pub align: Align,
}

/// Where the texts of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A column of words.
pub const fn words(key: &'static str) -> Column {
    Column { key, align: Align::Left }
}

/// A column of numbers.
pub const fn numbers(key: &'static str) -> Column {
    Column { key, align: Align::Right }
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// One cell for each column.
    pub cells: Vec<Cell>,
    /// What does not fit a column: in text one line each below the row.
    pub below: Vec<(&'static str, String)>,
    /// What only machines want apart, because people read it in another field.
    pub data: Vec<(&'static str, Cell)>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A word, a date or an amount.
    Text(String),
    /// A sequence or a count.
    Number(u64),
    /// It does not exist.
    Nothing,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl Cell {
    /// The cell for people.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Nothing => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Nothing => Value::Null,
        }
    }
}

impl Row {
    /// A row of cells alone.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, below: Vec::new(), data: Vec::new() }
    }

    fn json(&self, columns: &[Column]) -> Value {
        let mut object = Map::new();
        for (column, cell) in columns.iter().zip(&self.cells) {
            object.insert(column.key.to_owned(), cell.json());
        }
        for (key, text) in &self.below {
            object.insert((*key).to_owned(), json!(text));
        }
        for (key, cell) in &self.data {
            object.insert((*key).to_owned(), cell.json());
        }
        Value::Object(object)
    }
}

impl Section {
    /// A section with a table.
    pub fn new(key: &'static str, title: &str, columns: &'static [Column]) -> Self {
        Self { key, title: title.to_owned(), columns, rows: Vec::new(), notes: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.notes.is_empty()
    }

    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\n{}", self.title);
        if !self.rows.is_empty() {
            self.write_table(out);
        }
        for note in &self.notes {
            let _ = writeln!(out, "  {note}");
        }
    }

    fn write_table(&self, out: &mut String) {
        let headings: Vec<String> = self.columns.iter().map(|c| c.key.replace('_', " ")).collect();
        let texts: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect();
        let width = |at: usize| {
            let cells = texts.iter().map(|row| row[at].chars().count());
            cells.max().unwrap_or(0).max(headings[at].chars().count())
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        self.write_line(out, &headings, &widths);
        for (row, texts) in self.rows.iter().zip(&texts) {
            self.write_line(out, texts, &widths);
            for (key, text) in &row.below {
                let indent = widths[0] + 4;
                let _ = writeln!(out, "{:indent$}{}: {text}", "", key.replace('_', " "));
            }
        }
    }

    fn write_line(&self, out: &mut String, texts: &[String], widths: &[usize]) {
        let mut line = String::new();
        for ((column, text), width) in self.columns.iter().zip(texts).zip(widths) {
            let _ = match column.align {
                Align::Left => write!(line, "  {text:<width$}"),
                Align::Right => write!(line, "  {text:>width$}"),
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(|row| row.json(self.columns)).collect();
        json!({ "title": self.title, "rows": rows, "notes": self.notes })
    }
}

impl Story {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "{} {}", self.kind, self.name);
        for sentence in &self.summary {
            let _ = writeln!(out, "  {sentence}");
        }
        for section in self.sections.iter().filter(|section| !section.is_empty()) {
            section.write(out);
        }
    }

    fn json(&self) -> Value {
        let mut sections = Map::new();
        for section in &self.sections {
            sections.insert(section.key.to_owned(), section.json());
        }
        json!({
            "kind": self.kind,
            "name": self.name,
            "summary": self.summary,
            "sections": sections,
        })
    }
}

impl Document {
    /// The document for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, story) in self.stories.iter().enumerate() {
            if at > 0 {
                out.push_str("\n\n");
            }
            story.write(&mut out);
        }
        for note in &self.notes {
            let _ = writeln!(out, "\n{note}");
        }
        out
    }

    /// The document for machines.
    pub fn json(&self) -> Value {
        let stories: Vec<Value> = self.stories.iter().map(Story::json).collect();
        json!({ "stories": stories, "notes": self.notes })
    }
}
