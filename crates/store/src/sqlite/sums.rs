//! Sums of a batch, added to those in the tables: one statement for each.

use rusqlite::Connection;
use views::Tally;
use views::export::AssetKind;
use views::ledger::Asset;

use super::number::value;
use crate::StoreError;
use crate::lower::{BEFORE_THE_FIRST_DAY, NONE};

/// Adds all sums of a tally.
pub fn write(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    outcomes(connection, tally)?;
    obligations(connection, tally)?;
    balances(connection, tally)?;
    money(connection, tally)
}

fn outcomes(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO outcomes VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET reports = reports + excluded.reports",
    )?;
    for (key, count) in tally.outcomes() {
        let date = key.business_date.map_or(BEFORE_THE_FIRST_DAY, |date| date.0);
        statement.execute((date, key.outcome, count.cast_signed()))?;
    }
    Ok(())
}

fn obligations(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    // Trades alone change half of the sums; they are by far the most.
    let mut incurred = connection.prepare_cached(
        "INSERT INTO obligations VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT DO UPDATE SET
         currency = excluded.currency,
         units = exact_add(units, excluded.units), money = exact_add(money, excluded.money)",
    )?;
    let mut any = connection.prepare_cached(
        "INSERT INTO obligations VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         currency = coalesce(currency, excluded.currency),
         units = exact_add(units, excluded.units), money = exact_add(money, excluded.money),
         fallen_units = exact_add(fallen_units, excluded.fallen_units),
         fallen_money = exact_add(fallen_money, excluded.fallen_money)",
    )?;
    for (key, sum) in tally.dues() {
        let (date, instrument, account) = (key.date.0, key.instrument.0, key.account.0);
        let currency = sum.currency.map(|currency| currency.0);
        let (units, money) = (value(sum.units), value(sum.money));
        if (sum.fallen_units, sum.fallen_money) == (0, 0) && currency.is_some() {
            incurred.execute((date, instrument, account, currency, units, money))?;
        } else {
            let fallen = (value(sum.fallen_units), value(sum.fallen_money));
            let (fallen_units, fallen_money) = fallen;
            any.execute((
                date,
                instrument,
                account,
                currency,
                units,
                money,
                fallen_units,
                fallen_money,
            ))?;
        }
    }
    Ok(())
}

fn balances(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO balances VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         debit = exact_add(debit, excluded.debit), credit = exact_add(credit, excluded.credit)",
    )?;
    for (key, sum) in tally.balances() {
        let asset = match key.asset {
            Asset::Instrument(id) => id.0,
            Asset::Currency(id) => id.0,
        };
        statement.execute((
            key.class.letter(),
            key.account.name(),
            key.account.owner().map_or(NONE, |id| i64::from(id.0)),
            key.account.instrument().map_or(NONE, |id| i64::from(id.0)),
            AssetKind::of(key.asset) as i64,
            asset,
            value(sum.debit),
            value(sum.credit),
        ))?;
    }
    Ok(())
}

fn money(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO money VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET amount = exact_add(amount, excluded.amount)",
    )?;
    for (key, amount) in tally.paid() {
        let account = key.account.map_or(NONE, |id| i64::from(id.0));
        statement.execute((key.date.0, account, key.currency.0, value(*amount)))?;
    }
    Ok(())
}
