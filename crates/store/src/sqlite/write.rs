//! Rows of a batch, table by table, with statements prepared once.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::Progress;
use crate::StoreError;
use crate::batch::{Batch, Field, Lane};
use crate::statement::Statement;

/// Rows that one insert takes at once where a batch has many: fewer steps for each.
const BULK: usize = 16;

/// A field with the arena in which its text lies.
struct Bound<'b>(Field, &'b [u8]);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let slice = |start: u32, length: u32| &self.1[start as usize..][..length as usize];
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Field::Null => ValueRef::Null,
            Field::Int(value) => ValueRef::Integer(value),
            Field::Text(start, length) => ValueRef::Text(slice(start, length)),
            Field::Bytes(start, length) => ValueRef::Blob(slice(start, length)),
        }))
    }
}

/// Writes all rows.
pub fn rows(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    for lane in &batch.lanes {
        write_lane(connection, lane, &batch.arena)?;
    }
    Ok(())
}

fn write_lane(connection: &Connection, lane: &Lane, arena: &[u8]) -> Result<(), StoreError> {
    let mut fields = lane.fields.as_slice();
    for run in lane.statements.chunk_by(|a, b| a == b) {
        let statement = run[0];
        let mut left = run.len();
        if let Some(sql) = bulk(statement)
            && left >= BULK
        {
            let mut many = connection.prepare_cached(sql)?;
            while left >= BULK {
                execute(&mut many, &mut fields, arena)?;
                left -= BULK;
            }
        }
        let mut one = connection.prepare_cached(statement.sql())?;
        for _ in 0..left {
            execute(&mut one, &mut fields, arena)?;
        }
        if statement == Statement::TradesMoved {
            move_trades(connection)?;
        }
    }
    debug_assert!(fields.is_empty(), "every field belongs to a statement");
    Ok(())
}

/// Takes the fields of one execution and runs it.
fn execute(
    statement: &mut CachedStatement<'_>,
    fields: &mut &[Field],
    arena: &[u8],
) -> Result<(), StoreError> {
    let (mine, rest) = fields.split_at(statement.parameter_count());
    *fields = rest;
    for (index, field) in (1..).zip(mine) {
        statement.raw_bind_parameter(index, Bound(*field, arena))?;
    }
    statement.raw_execute()?;
    Ok(())
}

macro_rules! bulk {
    ($table:literal, $row:literal) => {
        Some(concat!(
            "INSERT INTO ",
            $table,
            " VALUES ",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row,
            ",",
            $row
        ))
    };
}

/// The insert of [`BULK`] rows, for the tables that grow with every trade.
fn bulk(statement: Statement) -> Option<&'static str> {
    if statement == Statement::TradeCaptured {
        bulk!("trades", "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
    } else if statement == Statement::TradeEntry {
        bulk!("trade_entries", "(?,?,?,?,?,?,?,?,?,?,?,?)")
    } else {
        None
    }
}

/// Applies the moves collected, reading the trades once.
fn move_trades(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "UPDATE trades SET settlement_date = (SELECT to_date FROM temp.moves m
             WHERE m.instrument = trades.instrument AND m.from_date = trades.settlement_date)
         WHERE status = 0
             AND (instrument, settlement_date) IN (SELECT instrument, from_date FROM temp.moves);
         DELETE FROM temp.moves;",
    )?;
    Ok(())
}

/// Writes the position.
pub fn progress(connection: &Connection, progress: &Progress) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO progress VALUES (?, ?)")?;
    statement.execute(("seq", progress.seq.0.cast_signed()))?;
    for (topic, count) in progress.topics.iter().enumerate() {
        statement.execute((format!("topic {topic}"), count.cast_signed()))?;
    }
    for (topic, offset) in progress.offsets.iter().enumerate() {
        statement.execute((format!("offset {topic}"), offset.cast_signed()))?;
    }
    Ok(())
}
