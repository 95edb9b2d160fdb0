//! Rows of a batch, table by table: COPY where rows are only added, arrays everywhere else.

use std::collections::HashMap;
use std::io::Write as _;

use bytes::{BufMut, BytesMut};
use postgres::types::ToSql;
use postgres::{Statement as Prepared, Transaction};

use super::order::{Group, groups};
use super::statement::{Way, way};
use super::value::{Column, Holds, Rows};
use crate::batch::{Batch, Field, RowsOfOne};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Progress, StoreError};

/// Bytes of a COPY that go out at once.
const CHUNK: usize = 64 << 10;

/// What every COPY in binary begins with: its name, no flags, no extension.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Statements prepared on a connection, and what the columns of tables hold.
#[derive(Default)]
pub struct Writer {
    prepared: HashMap<String, Prepared>,
    tables: HashMap<&'static str, Table>,
    buffer: BytesMut,
}

/// A table's columns, in order.
#[derive(Clone, Debug)]
struct Table {
    columns: Vec<(String, Holds)>,
    /// Their types, as SQL names them.
    types: Vec<String>,
}

impl Writer {
    /// Writes all rows of a batch.
    pub fn rows(
        &mut self,
        transaction: &mut Transaction<'_>,
        batch: &Batch,
    ) -> Result<(), StoreError> {
        for lane in &batch.lanes {
            for group in groups(lane, &batch.arena) {
                let Group { statement, starts } = &group;
                let rows = Rows { fields: &lane.fields, starts, arena: &batch.arena };
                self.group(transaction, *statement, rows)?;
            }
        }
        Ok(())
    }

    fn group(
        &mut self,
        transaction: &mut Transaction<'_>,
        statement: Statement,
        rows: Rows<'_>,
    ) -> Result<(), StoreError> {
        match way(statement) {
            Way::Copy(table) => self.copy(transaction, table, rows),
            Way::Replace(table, keys) => {
                let sql = self.table(transaction, table)?.replace(table, keys);
                self.arrays(transaction, &sql, statement.fields(), rows)
            }
            Way::Arrays(sql) if statement == Statement::TradesMoved => {
                // However many instruments move, the trades are read once.
                transaction.batch_execute("SET LOCAL enable_hashjoin = on")?;
                self.arrays(transaction, sql, statement.fields(), rows)?;
                Ok(transaction.batch_execute("SET LOCAL enable_hashjoin = off")?)
            }
            Way::Arrays(sql) => self.arrays(transaction, sql, statement.fields(), rows),
        }
    }

    /// Runs a statement on rows, each column of which is an array.
    fn arrays(
        &mut self,
        transaction: &mut Transaction<'_>,
        sql: &str,
        width: usize,
        rows: Rows<'_>,
    ) -> Result<(), StoreError> {
        let prepared = self.prepare(transaction, sql)?;
        let columns: Vec<Column<'_>> = (0..width).map(|at| Column { rows, at }).collect();
        let arrays: Vec<&(dyn ToSql + Sync)> =
            columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
        transaction.execute(&prepared, &arrays)?;
        Ok(())
    }

    /// Runs a statement on rows that were put together for it.
    pub fn sums(
        &mut self,
        transaction: &mut Transaction<'_>,
        sql: &str,
        sums: &RowsOfOne,
    ) -> Result<(), StoreError> {
        if sums.is_empty() {
            return Ok(());
        }
        let starts = sums.starts();
        let rows = Rows { fields: sums.fields(), starts: &starts, arena: sums.arena() };
        self.arrays(transaction, sql, sums.width(), rows)
    }

    /// Adds rows to a table.
    fn copy(
        &mut self,
        transaction: &mut Transaction<'_>,
        name: &'static str,
        rows: Rows<'_>,
    ) -> Result<(), StoreError> {
        let columns = self.table(transaction, name)?.columns;
        let width = u16::try_from(columns.len()).expect("a table has few columns");
        let mut copy = transaction.copy_in(&format!("COPY {name} FROM STDIN BINARY"))?;
        let buffer = &mut self.buffer;
        buffer.clear();
        buffer.put_slice(COPY_HEADER);
        for start in rows.starts {
            buffer.put_u16(width);
            let fields: &[Field] = &rows.fields[*start..start + columns.len()];
            for (field, (column, holds)) in fields.iter().zip(&columns) {
                holds.put(*field, rows.arena, buffer).map_err(|source| StoreError::DoesNotFit {
                    column: format!("{name}.{column}"),
                    source,
                })?;
            }
            if buffer.len() >= CHUNK {
                copy.write_all(buffer).map_err(sent)?;
                buffer.clear();
            }
        }
        // No more rows.
        buffer.put_i16(-1);
        copy.write_all(buffer).map_err(sent)?;
        copy.finish()?;
        Ok(())
    }

    /// Writes the position, if it still is where this writer left it.
    pub fn progress(
        &mut self,
        transaction: &mut Transaction<'_>,
        from: &Progress,
        to: &Progress,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE progress p SET value = u.after
            FROM unnest($1::text[], $2::int8[], $3::int8[]) u (name, before, after)
            WHERE p.name = u.name AND p.value = u.before";
        let prepared = self.prepare(transaction, sql)?;
        let (names, after): (Vec<String>, Vec<i64>) =
            to.named().map(|(name, value)| (name, value.cast_signed())).unzip();
        let before: Vec<i64> = from.named().map(|(_, value)| value.cast_signed()).collect();
        let moved = transaction.execute(&prepared, &[&names, &before, &after])?;
        if moved == names.len() as u64 {
            return Ok(());
        }
        let mut found = Progress::default();
        for row in transaction.query(crate::progress::PROGRESS, &[])? {
            found.take_row(Row::Postgres(&row))?;
        }
        Err(StoreError::Moved { expected: Box::new(*from), found: Box::new(found) })
    }

    fn prepare(
        &mut self,
        transaction: &mut Transaction<'_>,
        sql: &str,
    ) -> Result<Prepared, StoreError> {
        if let Some(prepared) = self.prepared.get(sql) {
            return Ok(prepared.clone());
        }
        let prepared = transaction.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    fn table(
        &mut self,
        transaction: &mut Transaction<'_>,
        name: &'static str,
    ) -> Result<Table, StoreError> {
        if let Some(table) = self.tables.get(name) {
            return Ok(table.clone());
        }
        let described = transaction.prepare(&format!("SELECT * FROM {name}"))?;
        let mut table = Table { columns: Vec::new(), types: Vec::new() };
        for column in described.columns() {
            let kind = column.type_();
            let holds = Holds::of(kind).ok_or_else(|| StoreError::Damaged {
                what: format!("a column {name}.{} of type {kind}", column.name()),
                expected: "a number, a text or bytes",
            })?;
            table.columns.push((column.name().to_owned(), holds));
            table.types.push(kind.name().to_owned());
        }
        self.tables.insert(name, table.clone());
        Ok(table)
    }
}

impl Table {
    /// The statement that puts rows in the place of those with the same key.
    fn replace(&self, name: &str, keys: usize) -> String {
        let list = |parts: Vec<String>| parts.join(", ");
        let arrays =
            list((1..).zip(&self.types).map(|(at, kind)| format!("${at}::{kind}[]")).collect());
        let names = self.columns.iter().map(|(name, _)| name);
        let key = list(names.clone().take(keys).cloned().collect());
        let rest = list(names.skip(keys).map(|name| format!("{name} = excluded.{name}")).collect());
        format!(
            "INSERT INTO {name} SELECT * FROM unnest({arrays}) ON CONFLICT ({key}) DO UPDATE SET {rest}"
        )
    }
}

/// What the client says when bytes of a COPY cannot be sent.
fn sent(error: std::io::Error) -> StoreError {
    match error.downcast::<postgres::Error>() {
        Ok(error) => error.into(),
        Err(error) => StoreError::Connection(error),
    }
}
