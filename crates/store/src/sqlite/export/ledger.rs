//! Exports of the ledger: every posting, and every balance.

use rusqlite::{Connection, Row};
use views::basics::table::Cell;
use views::basics::{AccountId, CurrencyId, Date, InstrumentId, Minor, Units};
use views::export::{Line, of_asset, trade_lines};
use views::model::public::{AccountRef, ClearedRecord, CurrencyRef, InstrumentRef};
use views::tally::Booking;

use super::{Sink, asset_kind, date_cell, each, integer_cell, number, text};
use crate::StoreError;

/// Entries of trades, expanded, and all others, merged by their numbers.
pub(super) fn journal_entries(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let mut booked = connection.prepare(
        "SELECT t.entry, t.seq, t.business_date, t.reverses, i.code, i.decimals, c.code,
            c.decimals, b.code, s.code, t.quantity, t.consideration, t.settlement_date
        FROM trade_entries t JOIN instrument_codes i ON i.id = t.instrument
        JOIN currency_codes c ON c.id = t.currency
        JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
        ORDER BY t.entry",
    )?;
    let mut posted = connection.prepare(
        "SELECT e.entry, e.seq, e.business_date, e.reverses, e.kind FROM entries e
        ORDER BY e.entry",
    )?;
    let (mut booked, mut posted) = (booked.query([])?, posted.query([])?);
    let (mut trade, mut other) = (booked.next()?, posted.next()?);
    loop {
        let entry = |row: Option<&Row<'_>>| row.map_or(Ok(i64::MAX), |row| row.get(0));
        let (next_trade, next_other): (i64, i64) = (entry(trade)?, entry(other)?);
        match (trade, other) {
            (Some(row), _) if next_trade < next_other => {
                let (kind, lines) = trade_entry(row)?;
                emit_entry(row, kind, &lines, sink)?;
                trade = booked.next()?;
            }
            (_, Some(row)) => {
                let lines = posted_lines(connection, next_other)?;
                emit_entry(row, text(row, 4)?, &lines, sink)?;
                other = posted.next()?;
            }
            (_, None) => return Ok(()),
        }
    }
}

fn emit_entry(row: &Row<'_>, kind: &str, lines: &[Line], sink: Sink<'_>) -> Result<(), StoreError> {
    let (entry, seq) = (Cell::Integer(number(row, 0)?), Cell::Integer(number(row, 1)?));
    let (date, reverses) = (date_cell(row, 2)?, integer_cell(row, 3)?);
    for line in lines {
        sink(&[
            entry,
            seq,
            date,
            Cell::Text(line.class),
            Cell::Text(kind),
            Cell::Text(&line.account),
            Cell::Text(&line.asset),
            of_asset(line.asset_kind, line.debit, line.decimals),
            of_asset(line.asset_kind, line.credit, line.decimals),
            reverses,
        ]);
    }
    Ok(())
}

/// A trade's entry as lines. Ids matter only to tell buyer and seller apart.
fn trade_entry(row: &Row<'_>) -> Result<(&'static str, Vec<Line>), StoreError> {
    let cleared = ClearedRecord {
        instrument: InstrumentRef {
            id: InstrumentId(0),
            isin: text(row, 4)?,
            decimals: row.get(5)?,
        },
        currency: CurrencyRef { id: CurrencyId(0), code: text(row, 6)?, decimals: row.get(7)? },
        buyer: AccountRef { id: AccountId(0), code: text(row, 8)? },
        seller: AccountRef { id: AccountId(1), code: text(row, 9)? },
        quantity: Units(row.get(10)?),
        consideration: Minor(row.get(11)?),
        settlement_date: Date(row.get(12)?),
    };
    let (kind, booking) = match row.get::<_, Option<i64>>(3)? {
        None => ("novation", Booking::Made),
        Some(_) => ("reversal", Booking::Undone),
    };
    Ok((kind, trade_lines(&cleared, booking)))
}

/// The kept lines of an entry, sorted.
fn posted_lines(connection: &Connection, entry: i64) -> Result<Vec<Line>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.class, p.ledger_account, a.code, k.code, p.date, coalesce(i.code, c.code),
            p.side, p.amount, p.asset_kind, coalesce(i.decimals, c.decimals)
        FROM postings p
        LEFT JOIN account_codes a ON a.id = p.account
        LEFT JOIN instrument_codes k ON k.id = p.instrument
        LEFT JOIN instrument_codes i ON p.asset_kind = 0 AND i.id = p.asset
        LEFT JOIN currency_codes c ON p.asset_kind = 1 AND c.id = p.asset
        WHERE p.id BETWEEN ?1 * 256 AND ?1 * 256 + 255",
    )?;
    let mut rows = statement.query([entry])?;
    let mut lines = Vec::with_capacity(8);
    while let Some(row) = rows.next()? {
        let mut account = text(row, 1)?.to_owned();
        for part in [text(row, 2)?, text(row, 3)?] {
            if !part.is_empty() {
                account = format!("{account}:{part}");
            }
        }
        if let Some(date) = row.get::<_, Option<i32>>(4)? {
            account = format!("{account}:{}", Date(date));
        }
        let smallest = number(row, 7)?;
        let (debit, credit) =
            if row.get::<_, i64>(6)? == 0 { (smallest, 0) } else { (0, smallest) };
        lines.push(Line {
            class: if text(row, 0)? == "C" { "C" } else { "S" },
            account,
            asset: text(row, 5)?.to_owned(),
            debit,
            credit,
            asset_kind: asset_kind(row, 8)?,
            decimals: row.get(9)?,
        });
    }
    lines.sort_unstable();
    Ok(lines)
}

/// Balances of all accounts; those of `due` accounts are what is owed and has not fallen due.
pub(super) fn trial_balance(connection: &Connection, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT class, ledger_account, asset, debit, credit, asset_kind, decimals
        FROM v_balances
        UNION ALL
        SELECT 'C', 'due:' || a.code || ':' || i.code || ':' ||
            date(o.settlement_date * 86400, 'unixepoch'), i.code, o.fallen_units, o.units, 0,
            i.decimals
        FROM obligations o JOIN account_codes a ON a.id = o.account
        JOIN instrument_codes i ON i.id = o.instrument
        UNION ALL
        SELECT 'C', 'due:' || a.code || ':' || i.code || ':' ||
            date(o.settlement_date * 86400, 'unixepoch'), c.code, o.fallen_money, o.money, 1,
            c.decimals
        FROM obligations o JOIN account_codes a ON a.id = o.account
        JOIN instrument_codes i ON i.id = o.instrument JOIN currency_codes c ON c.id = o.currency
        ORDER BY 1, 2, 3";
    each(connection, sql, |row| {
        let balance = number(row, 4)? - number(row, 3)?;
        if balance != 0 {
            let (kind, decimals) = (asset_kind(row, 5)?, row.get(6)?);
            let (debit, credit) = if balance < 0 { (-balance, 0) } else { (0, balance) };
            sink(&[
                Cell::Text(text(row, 0)?),
                Cell::Text(text(row, 1)?),
                Cell::Text(text(row, 2)?),
                of_asset(kind, debit, decimals),
                of_asset(kind, credit, decimals),
            ]);
        }
        Ok(())
    })
}
