//! Exports: rows in the promised order, streamed. Whatever needs sorting is sorted by the
//! database, on disk if it must be.

mod ledger;

use views::Export;
use views::basics::table::Cell;
use views::basics::{Date, Price};
use views::detail;
use views::export::{amount, of_asset, price, quantity};
use views::model::Place;

use crate::lower::BEFORE_THE_FIRST_DAY;
use crate::{Store, StoreError};

/// A row for whoever asked: one cell for each column of the export.
pub type Sink<'s> = &'s mut dyn FnMut(&[Cell<'_>]);

impl Store {
    /// Streams a table, in the order of its columns from the left. Rows whose numbers are all
    /// zero are left out. The sink must not ask this store for anything.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn export(&self, what: Export, sink: Sink<'_>) -> Result<(), StoreError> {
        match what {
            Export::Outcomes => outcomes(self, sink),
            Export::Obligations => obligations(self, sink),
            Export::Settlements => settlements(self, sink),
            Export::Money => money(self, sink),
            Export::Holdings => holdings(self, sink),
            Export::Positions => positions(self, sink),
            Export::Trades => trades(self, sink),
            Export::Rejections => rejections(self, sink),
            Export::JournalEntries => ledger::journal_entries(self, sink),
            Export::TrialBalance => ledger::trial_balance(self, sink),
        }
    }
}

fn outcomes(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT business_date, outcome, reports FROM outcomes ORDER BY 1, 2";
    store.each(sql, &mut |row| {
        let date = match row.int::<i32>(0)? {
            BEFORE_THE_FIRST_DAY => Cell::Empty,
            date => Cell::Date(Date(date)),
        };
        sink(&[date, Cell::Text(row.text(1)?), Cell::Integer(row.number(2)?)]);
        Ok(())
    })
}

fn obligations(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT o.settlement_date, a.code, i.code, o.units, i.decimals, o.money,
            coalesce(c.decimals, 0)
        FROM obligations o JOIN account_codes a ON a.id = o.account
        JOIN instrument_codes i ON i.id = o.instrument
        LEFT JOIN currency_codes c ON c.id = o.currency
        ORDER BY 1, 2, 3";
    store.each(sql, &mut |row| {
        let (units, money) = (row.number(3)?, row.number(5)?);
        if units != 0 || money != 0 {
            sink(&[
                row.date_cell(0)?,
                Cell::Text(row.text(1)?),
                Cell::Text(row.text(2)?),
                quantity(units, row.int(4)?),
                amount(money, row.int(6)?),
            ]);
        }
        Ok(())
    })
}

fn settlements(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT s.business_date, a.code, i.code, s.open_before, s.moved, s.open_after,
            i.decimals, s.age
        FROM settlements s JOIN account_codes a ON a.id = s.account
        JOIN instrument_codes i ON i.id = s.instrument
        WHERE s.open_before <> 0 ORDER BY 1, 2, 3";
    store.each(sql, &mut |row| {
        let decimals = row.int(6)?;
        sink(&[
            row.date_cell(0)?,
            Cell::Text(row.text(1)?),
            Cell::Text(row.text(2)?),
            quantity(row.number(3)?, decimals),
            quantity(row.number(4)?, decimals),
            quantity(row.number(5)?, decimals),
            Cell::Integer(row.number(7)?),
        ]);
        Ok(())
    })
}

fn money(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT m.business_date, coalesce(a.code, 'CCP'), c.code, m.amount, c.decimals
        FROM money m LEFT JOIN account_codes a ON a.id = m.account
        JOIN currency_codes c ON c.id = m.currency
        WHERE m.amount <> 0 ORDER BY 1, 2, 3";
    store.each(sql, &mut |row| {
        sink(&[
            row.date_cell(0)?,
            Cell::Text(row.text(1)?),
            Cell::Text(row.text(2)?),
            amount(row.number(3)?, row.int(4)?),
        ]);
        Ok(())
    })
}

fn holdings(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT a.code, coalesce(i.code, c.code), b.credit, b.debit, b.asset_kind,
            coalesce(i.decimals, c.decimals)
        FROM balances b JOIN account_codes a ON a.id = b.account
        LEFT JOIN instrument_codes i ON b.asset_kind = 0 AND i.id = b.asset
        LEFT JOIN currency_codes c ON b.asset_kind = 1 AND c.id = b.asset
        WHERE b.class = 'S' AND b.ledger_account IN ('holding', 'cash') ORDER BY 1, 2";
    store.each(sql, &mut |row| {
        let held = row.number(2)? - row.number(3)?;
        if held != 0 {
            let held = of_asset(row.asset_kind(4)?, held, row.int(5)?);
            sink(&[Cell::Text(row.text(0)?), Cell::Text(row.text(1)?), held]);
        }
        Ok(())
    })
}

fn positions(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT a.code, i.code, p.quantity, i.decimals, p.age, p.money, c.decimals,
            p.mark_price
        FROM positions p JOIN account_codes a ON a.id = p.account
        JOIN instrument_codes i ON i.id = p.instrument
        JOIN currency_codes c ON c.id = p.currency
        WHERE p.quantity <> 0 OR p.money <> 0 ORDER BY 1, 2";
    store.each(sql, &mut |row| {
        let mark = row.maybe_number(7)?.map_or(Cell::Empty, |mark| price(Price(mark)));
        sink(&[
            Cell::Text(row.text(0)?),
            Cell::Text(row.text(1)?),
            quantity(row.number(2)?, row.int(3)?),
            Cell::Integer(row.number(4)?),
            amount(row.number(5)?, row.int(6)?),
            mark,
        ]);
        Ok(())
    })
}

fn trades(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT t.source, t.trade_date, t.trade_ref, t.version, t.status, i.code, t.quantity,
            i.decimals, t.price, c.code, t.settlement_date, b.code, s.code, t.consideration,
            c.decimals, t.seq
        FROM trades t JOIN instrument_codes i ON i.id = t.instrument
        JOIN currency_codes c ON c.id = t.currency
        JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
        ORDER BY t.source, t.trade_date, t.trade_ref";
    store.each(sql, &mut |row| {
        sink(&[
            Cell::Text(row.text(0)?),
            row.date_cell(1)?,
            Cell::Text(row.text(2)?),
            Cell::Integer(row.number(3)?),
            Cell::Text(if row.int::<i64>(4)? == 0 { "live" } else { "cancelled" }),
            Cell::Text(row.text(5)?),
            quantity(row.number(6)?, row.int(7)?),
            price(Price(row.number(8)?)),
            Cell::Text(row.text(9)?),
            row.date_cell(10)?,
            Cell::Text(row.text(11)?),
            Cell::Text(row.text(12)?),
            amount(row.number(13)?, row.int(14)?),
            Cell::Integer(row.number(15)?),
        ]);
        Ok(())
    })
}

fn rejections(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT r.seq, r.source, r.trade_date, r.trade_ref, r.version, r.outcome, d.reason,
            d.channel, d.position, d.item
        FROM rejections r LEFT JOIN dead_letters d ON d.seq = r.seq ORDER BY 1";
    store.each(sql, &mut |row| {
        let outcome = row.text(5)?;
        let reason = row.text(6)?;
        let unreadable;
        let sentence = if reason.is_empty() {
            detail::of_outcome(outcome)
        } else {
            let position = row.maybe_int::<i64>(8)?.unwrap_or_default().cast_unsigned();
            let item = row.maybe_int::<u32>(9)?.unwrap_or_default();
            let place = Place { channel: row.text(7)?, position, item, pass: 0 };
            unreadable = detail::of_dead_letter_at(reason, place);
            &unreadable
        };
        sink(&[
            Cell::Integer(row.number(0)?),
            row.text_cell(1)?,
            row.date_cell(2)?,
            row.text_cell(3)?,
            row.integer_cell(4)?,
            Cell::Text(outcome),
            Cell::Text(sentence),
        ]);
        Ok(())
    })
}
