//! Changes that wait to be written: rows as flat fields, table by table, and sums.
//!
//! A batch owns all it holds, so it can be handed to another thread. Its memory is kept when it
//! is cleared.

use views::{Change, Tally};

use crate::lower::lower;
use crate::statement::{Statement, Table};

/// One field of a row. Texts and bytes lie in the batch's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text: where it begins and how long it is, in bytes.
    Text(u32, u32),
    /// Bytes, in the same way.
    Bytes(u32, u32),
}

/// The rows of one table, in the order in which they must be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lane {
    /// What to do.
    pub statements: Vec<Statement>,
    /// The fields of all of them, one after the other.
    pub fields: Vec<Field>,
}

/// Changes that wait to be written.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// One lane for each table: the order between tables does not matter.
    pub(crate) lanes: [Lane; Table::COUNT],
    pub(crate) arena: Vec<u8>,
    pub(crate) tally: Tally,
}

impl Batch {
    /// Takes a change.
    #[inline]
    pub fn push(&mut self, change: &Change<'_>) {
        if let Change::Add(delta) = change {
            self.tally.add(*delta);
        } else {
            lower(change, self);
        }
    }

    /// True when there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tally.is_empty() && self.lanes.iter().all(|lane| lane.statements.is_empty())
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        for lane in &mut self.lanes {
            lane.statements.clear();
            lane.fields.clear();
        }
        self.arena.clear();
        self.tally.clear();
    }

    /// How many sums there are to write besides the rows.
    #[must_use]
    pub fn sums(&self) -> usize {
        self.tally.dues_len()
    }

    /// Bytes of the arena so far: a batch is written before they outgrow 32-bit places.
    #[must_use]
    pub fn arena_bytes(&self) -> usize {
        self.arena.len()
    }

    /// Moves of settlement dates that wait one behind the other are applied at once: what already
    /// moves to the date that this one leaves goes on with it.
    pub(crate) fn join_moves(&mut self, instrument: i64, from: i64, to: i64) {
        let lane = &mut self.lanes[Table::Trades as usize];
        let last = lane.statements.iter().rev();
        let moves = last.take_while(|statement| **statement == Statement::TradesMoved).count();
        for row in lane.fields.rchunks_exact_mut(3).take(moves) {
            if row[0] == Field::Int(instrument) && row[2] == Field::Int(from) {
                row[2] = Field::Int(to);
            }
        }
    }

    /// Begins a row.
    #[inline]
    pub(crate) fn row(&mut self, statement: Statement) -> Row<'_> {
        let lane = &mut self.lanes[statement.table() as usize];
        lane.statements.push(statement);
        Row { fields: &mut lane.fields, arena: &mut self.arena }
    }
}

/// A row under construction.
pub(crate) struct Row<'b> {
    fields: &'b mut Vec<Field>,
    arena: &'b mut Vec<u8>,
}

impl Row<'_> {
    /// A whole number.
    #[inline]
    pub fn int(self, value: impl Into<i64>) -> Self {
        self.fields.push(Field::Int(value.into()));
        self
    }

    /// A number that counts things of this house: sequences, ids. They never reach 2^63.
    #[inline]
    pub fn count(self, value: u64) -> Self {
        self.int(i64::try_from(value).expect("sequences stay below 2^63"))
    }

    /// A whole number that may not exist.
    #[inline]
    pub fn maybe(self, value: Option<impl Into<i64>>) -> Self {
        match value {
            Some(value) => self.int(value),
            None => self.null(),
        }
    }

    /// A number of up to 128 bits: as an integer where it fits, else as its digits.
    #[inline]
    pub fn big(self, value: i128) -> Self {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => self.text(&value.to_string()),
        }
    }

    /// A number of up to 128 bits that may not exist.
    pub fn maybe_big(self, value: Option<i128>) -> Self {
        match value {
            Some(value) => self.big(value),
            None => self.null(),
        }
    }

    /// Text.
    #[inline]
    pub fn text(mut self, value: &str) -> Self {
        let (start, length) = self.keep(value.as_bytes());
        self.fields.push(Field::Text(start, length));
        self
    }

    /// Bytes.
    pub fn bytes(mut self, value: &[u8]) -> Self {
        let (start, length) = self.keep(value);
        self.fields.push(Field::Bytes(start, length));
        self
    }

    /// Nothing.
    pub fn null(self) -> Self {
        self.fields.push(Field::Null);
        self
    }

    #[inline]
    fn keep(&mut self, bytes: &[u8]) -> (u32, u32) {
        let place = |at: usize| u32::try_from(at).expect("a batch is written before 4 GiB of text");
        let start = place(self.arena.len());
        self.arena.extend_from_slice(bytes);
        (start, place(bytes.len()))
    }
}

/// Rows of one kind that do not come from changes but from sums.
#[derive(Clone, Debug)]
pub(crate) struct RowsOfOne {
    width: usize,
    fields: Vec<Field>,
    arena: Vec<u8>,
}

impl RowsOfOne {
    /// None yet; each will have this many fields.
    pub fn of(width: usize) -> Self {
        Self { width, fields: Vec::new(), arena: Vec::new() }
    }

    /// Begins a row.
    pub fn row(&mut self) -> Row<'_> {
        Row { fields: &mut self.fields, arena: &mut self.arena }
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Fields in each.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Where each begins.
    pub fn starts(&self) -> Vec<usize> {
        (0..self.fields.len()).step_by(self.width).collect()
    }

    /// The fields of all, one after the other.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Their texts.
    pub fn arena(&self) -> &[u8] {
        &self.arena
    }
}
