//! Exports: rows in the promised order, streamed. Whatever needs sorting is sorted by the
//! database, on disk if it must be.

mod ledger;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use views::Export;
use views::basics::table::Cell;
use views::basics::{Date, Price};
use views::detail;
use views::export::{AssetKind, amount, of_asset, price, quantity};
use views::model::Place;

use super::number::read;
use super::{Store, sums};
use crate::StoreError;

/// A row for whoever asked: one cell for each column of the export.
pub type Sink<'s> = &'s mut dyn FnMut(&[Cell<'_>]);

impl Store {
    /// Streams a table, in the order of its columns from the left. Rows whose numbers are all
    /// zero are left out.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn export(&self, what: Export, sink: Sink<'_>) -> Result<(), StoreError> {
        let connection = &self.connection;
        match what {
            Export::Outcomes => outcomes(connection, sink),
            Export::Obligations => obligations(connection, sink),
            Export::Settlements => settlements(connection, sink),
            Export::Money => money(connection, sink),
            Export::Holdings => holdings(connection, sink),
            Export::Positions => positions(connection, sink),
            Export::Trades => trades(connection, sink),
            Export::Rejections => rejections(connection, sink),
            Export::JournalEntries => ledger::journal_entries(connection, sink),
            Export::TrialBalance => ledger::trial_balance(connection, sink),
        }
    }
}

/// Runs a query and hands each row on.
fn each(
    connection: &Connection,
    sql: &str,
    mut row: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(next) = rows.next()? {
        row(next)?;
    }
    Ok(())
}

/// Text; empty for nothing.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default())
}

/// Text that may not exist.
fn text_cell<'r>(row: &'r Row<'_>, column: usize) -> Result<Cell<'r>, StoreError> {
    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(text.map_or(Cell::Empty, Cell::Text))
}

fn number(row: &Row<'_>, column: usize) -> Result<i128, StoreError> {
    read(row.get_ref(column)?)
}

/// A whole number that may not exist.
fn maybe_number(row: &Row<'_>, column: usize) -> Result<Option<i128>, StoreError> {
    let value = row.get_ref(column)?;
    if value == ValueRef::Null { Ok(None) } else { read(value).map(Some) }
}

/// A whole number that may not exist.
fn integer_cell(row: &Row<'_>, column: usize) -> Result<Cell<'static>, StoreError> {
    Ok(maybe_number(row, column)?.map_or(Cell::Empty, Cell::Integer))
}

/// A date that may not exist.
fn date_cell(row: &Row<'_>, column: usize) -> Result<Cell<'static>, StoreError> {
    let date: Option<i32> = row.get(column)?;
    Ok(date.map_or(Cell::Empty, |date| Cell::Date(Date(date))))
}

fn outcomes(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT business_date, outcome, reports FROM outcomes ORDER BY 1, 2";
    each(connection, sql, |row| {
        let date = match row.get::<_, i32>(0)? {
            sums::BEFORE_THE_FIRST_DAY => Cell::Empty,
            date => Cell::Date(Date(date)),
        };
        sink(&[date, Cell::Text(text(row, 1)?), Cell::Integer(number(row, 2)?)]);
        Ok(())
    })
}

fn obligations(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT o.settlement_date, a.code, i.code, o.units, i.decimals, o.money,
            coalesce(c.decimals, 0)
        FROM obligations o JOIN account_codes a ON a.id = o.account
        JOIN instrument_codes i ON i.id = o.instrument
        LEFT JOIN currency_codes c ON c.id = o.currency
        ORDER BY 1, 2, 3";
    each(connection, sql, |row| {
        let (units, money) = (number(row, 3)?, number(row, 5)?);
        if units != 0 || money != 0 {
            sink(&[
                date_cell(row, 0)?,
                Cell::Text(text(row, 1)?),
                Cell::Text(text(row, 2)?),
                quantity(units, row.get(4)?),
                amount(money, row.get(6)?),
            ]);
        }
        Ok(())
    })
}

fn settlements(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT s.business_date, a.code, i.code, s.open_before, s.moved, s.open_after,
            i.decimals, s.age
        FROM settlements s JOIN account_codes a ON a.id = s.account
        JOIN instrument_codes i ON i.id = s.instrument
        WHERE s.open_before <> 0 ORDER BY 1, 2, 3";
    each(connection, sql, |row| {
        let decimals = row.get(6)?;
        sink(&[
            date_cell(row, 0)?,
            Cell::Text(text(row, 1)?),
            Cell::Text(text(row, 2)?),
            quantity(number(row, 3)?, decimals),
            quantity(number(row, 4)?, decimals),
            quantity(number(row, 5)?, decimals),
            Cell::Integer(number(row, 7)?),
        ]);
        Ok(())
    })
}

fn money(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT m.business_date, coalesce(a.code, 'CCP'), c.code, m.amount, c.decimals
        FROM money m LEFT JOIN account_codes a ON a.id = m.account
        JOIN currency_codes c ON c.id = m.currency
        WHERE m.amount <> 0 ORDER BY 1, 2, 3";
    each(connection, sql, |row| {
        sink(&[
            date_cell(row, 0)?,
            Cell::Text(text(row, 1)?),
            Cell::Text(text(row, 2)?),
            amount(number(row, 3)?, row.get(4)?),
        ]);
        Ok(())
    })
}

/// The kind of asset in a column.
fn asset_kind(row: &Row<'_>, column: usize) -> Result<AssetKind, StoreError> {
    let number: i64 = row.get(column)?;
    AssetKind::from_number(number)
        .ok_or_else(|| StoreError::Damaged { what: number.to_string(), expected: "an asset kind" })
}

fn holdings(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT account, asset, credit, debit, asset_kind, decimals FROM v_holdings
        ORDER BY 1, 2";
    each(connection, sql, |row| {
        let held = number(row, 2)? - number(row, 3)?;
        if held != 0 {
            let held = of_asset(asset_kind(row, 4)?, held, row.get(5)?);
            sink(&[Cell::Text(text(row, 0)?), Cell::Text(text(row, 1)?), held]);
        }
        Ok(())
    })
}

fn positions(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT account, isin, quantity, quantity_decimals, age, money, money_decimals,
            mark_price
        FROM v_positions WHERE quantity <> 0 OR money <> 0 ORDER BY 1, 2";
    each(connection, sql, |row| {
        let mark = maybe_number(row, 7)?.map_or(Cell::Empty, |mark| price(Price(mark)));
        sink(&[
            Cell::Text(text(row, 0)?),
            Cell::Text(text(row, 1)?),
            quantity(number(row, 2)?, row.get(3)?),
            Cell::Integer(number(row, 4)?),
            amount(number(row, 5)?, row.get(6)?),
            mark,
        ]);
        Ok(())
    })
}

fn trades(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT t.source, t.trade_date, t.trade_ref, t.version, t.status, i.code, t.quantity,
            i.decimals, t.price, c.code, t.settlement_date, b.code, s.code, t.consideration,
            c.decimals, t.seq
        FROM trades t JOIN instrument_codes i ON i.id = t.instrument
        JOIN currency_codes c ON c.id = t.currency
        JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
        ORDER BY t.source, t.trade_date, t.trade_ref";
    each(connection, sql, |row| {
        sink(&[
            Cell::Text(text(row, 0)?),
            date_cell(row, 1)?,
            Cell::Text(text(row, 2)?),
            Cell::Integer(number(row, 3)?),
            Cell::Text(if row.get::<_, i64>(4)? == 0 { "live" } else { "cancelled" }),
            Cell::Text(text(row, 5)?),
            quantity(number(row, 6)?, row.get(7)?),
            price(Price(number(row, 8)?)),
            Cell::Text(text(row, 9)?),
            date_cell(row, 10)?,
            Cell::Text(text(row, 11)?),
            Cell::Text(text(row, 12)?),
            amount(number(row, 13)?, row.get(14)?),
            Cell::Integer(number(row, 15)?),
        ]);
        Ok(())
    })
}

fn rejections(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT r.seq, r.source, r.trade_date, r.trade_ref, r.version, r.outcome, d.reason,
            d.channel, d.position, d.item
        FROM rejections r LEFT JOIN dead_letters d ON d.seq = r.seq ORDER BY 1";
    each(connection, sql, |row| {
        let outcome = text(row, 5)?;
        let reason = text(row, 6)?;
        let unreadable;
        let sentence = if reason.is_empty() {
            detail::of_outcome(outcome)
        } else {
            let position = row.get::<_, Option<i64>>(8)?.unwrap_or_default().cast_unsigned();
            let item = row.get::<_, Option<u32>>(9)?.unwrap_or_default();
            let place = Place { channel: text(row, 7)?, position, item, pass: 0 };
            unreadable = detail::of_dead_letter_at(reason, place);
            &unreadable
        };
        sink(&[
            Cell::Integer(number(row, 0)?),
            text_cell(row, 1)?,
            date_cell(row, 2)?,
            text_cell(row, 3)?,
            integer_cell(row, 4)?,
            Cell::Text(outcome),
            Cell::Text(sentence),
        ]);
        Ok(())
    })
}
