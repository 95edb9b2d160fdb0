//! Sums of a batch, added to those in the tables: one statement for each table.

use postgres::Transaction;
use views::Tally;

use super::write::Writer;
use crate::StoreError;
use crate::batch::RowsOfOne;
use crate::lower::{BEFORE_THE_FIRST_DAY, NONE, asset, ledger_account};

/// Adds all sums of a tally.
pub fn write(
    writer: &mut Writer,
    transaction: &mut Transaction<'_>,
    tally: &Tally,
) -> Result<(), StoreError> {
    writer.sums(transaction, OUTCOMES, &outcomes(tally))?;
    let (incurred, any) = obligations(tally);
    writer.sums(transaction, INCURRED, &incurred)?;
    writer.sums(transaction, OBLIGATIONS, &any)?;
    writer.sums(transaction, BALANCES, &balances(tally))?;
    writer.sums(transaction, MONEY, &money(tally))
}

const OUTCOMES: &str = "
    INSERT INTO outcomes SELECT * FROM unnest($1::int4[], $2::text[], $3::int8[])
    ON CONFLICT (business_date, outcome)
    DO UPDATE SET reports = outcomes.reports + excluded.reports";

// Trades alone change half of the sums; they are by far the most.
const INCURRED: &str = "
    INSERT INTO obligations SELECT u.*, 0, 0 FROM unnest(
        $1::int4[], $2::int4[], $3::int4[], $4::int4[], $5::numeric[], $6::numeric[]) u
    ON CONFLICT (settlement_date, instrument, account) DO UPDATE SET
        currency = excluded.currency, units = obligations.units + excluded.units,
        money = obligations.money + excluded.money";

const OBLIGATIONS: &str = "
    INSERT INTO obligations SELECT * FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[],
        $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[])
    ON CONFLICT (settlement_date, instrument, account) DO UPDATE SET
        currency = coalesce(obligations.currency, excluded.currency),
        units = obligations.units + excluded.units, money = obligations.money + excluded.money,
        fallen_units = obligations.fallen_units + excluded.fallen_units,
        fallen_money = obligations.fallen_money + excluded.fallen_money";

const BALANCES: &str = "
    INSERT INTO balances SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::int4[],
        $5::int2[], $6::int4[], $7::numeric[], $8::numeric[])
    ON CONFLICT (class, ledger_account, account, instrument, asset_kind, asset) DO UPDATE SET
        debit = balances.debit + excluded.debit, credit = balances.credit + excluded.credit";

const MONEY: &str = "
    INSERT INTO money SELECT * FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::numeric[])
    ON CONFLICT (business_date, account, currency)
    DO UPDATE SET amount = money.amount + excluded.amount";

fn outcomes(tally: &Tally) -> RowsOfOne {
    let mut rows = RowsOfOne::of(3);
    for (key, count) in tally.outcomes() {
        let date = key.business_date.map_or(BEFORE_THE_FIRST_DAY, |date| date.0);
        rows.row().int(date).text(key.outcome).count(*count);
    }
    rows
}

/// Those to which trades alone added, and all others.
fn obligations(tally: &Tally) -> (RowsOfOne, RowsOfOne) {
    let (mut incurred, mut any) = (RowsOfOne::of(6), RowsOfOne::of(8));
    for (key, sum) in tally.dues() {
        let trades_alone = (sum.fallen_units, sum.fallen_money) == (0, 0) && sum.currency.is_some();
        let rows = if trades_alone { &mut incurred } else { &mut any };
        let row = rows.row().int(key.date.0).int(key.instrument.0).int(key.account.0);
        let row = row.maybe(sum.currency.map(|currency| currency.0));
        let row = row.big(sum.units).big(sum.money);
        if !trades_alone {
            row.big(sum.fallen_units).big(sum.fallen_money);
        }
    }
    (incurred, any)
}

fn balances(tally: &Tally) -> RowsOfOne {
    let mut rows = RowsOfOne::of(8);
    for (key, sum) in tally.balances() {
        let row = ledger_account(rows.row().text(key.class.letter()), key.account);
        asset(row, key.asset).big(sum.debit).big(sum.credit);
    }
    rows
}

fn money(tally: &Tally) -> RowsOfOne {
    let mut rows = RowsOfOne::of(4);
    for (key, amount) in tally.paid() {
        let account = key.account.map_or(NONE, |id| i64::from(id.0));
        rows.row().int(key.date.0).int(account).int(key.currency.0).big(*amount);
    }
    rows
}
