//! Positions, obligations, prices and the house's books in a snapshot.

use basics::{AccountId, InstrumentId, Price};
use ledger::Turnover;

use super::codec::{
    Reader, Writer, below, date_column, date_of, in_order, narrow, signed, unsigned,
};
use super::{SnapshotError, flag};
use crate::State;
use crate::books::AssetBooks;
use crate::netting::{Cell, Due};

type Read<T> = Result<T, SnapshotError>;

pub(super) fn write(state: &State, out: &mut Writer<'_>) {
    let netting = &state.netting;
    out.table(netting.cells.iter().map(cell_columns));
    out.count(netting.dues.len());
    for (date, column) in &netting.dues {
        out.date(*date);
        out.table(column.iter().map(|due| {
            let ([units, units_high], [money, money_high]) = (signed(due.units), signed(due.money));
            [units, units_high, money, money_high]
        }));
    }
    out.table(state.prices.iter().map(|(instrument, date, price)| {
        let [low, high] = signed(price.0);
        [instrument.0.into(), date_column(date), low, high]
    }));
    for list in [&state.books.instruments, &state.books.currencies] {
        out.table(list.iter().map(book_columns));
    }
}

pub(super) fn read(state: &mut State, bytes: &mut Reader<'_>) -> Read<()> {
    let (accounts, instruments) = (state.registry.accounts.len(), state.registry.instruments.len());
    let netting = &mut state.netting;
    bytes.table(|row| {
        let cell = cell(row, accounts, instruments)?;
        if netting.find(cell.account, cell.instrument).is_some() {
            return Err(SnapshotError::Malformed("a position"));
        }
        let at = netting.cell(cell.account, cell.instrument);
        netting.cells[at] = cell;
        Ok(())
    })?;
    let mut previous = None;
    for _ in 0..bytes.count(8)? {
        let date = bytes.date()?;
        in_order(&mut previous, date)?;
        let mut column = alloc::vec::Vec::new();
        bytes.table(|[units, units_high, money, money_high]| {
            let units = unsigned([*units, *units_high]);
            column.push(Due { units, money: unsigned([*money, *money_high]) });
            Ok(())
        })?;
        if column.len() > netting.cells.len() {
            return Err(SnapshotError::Malformed("an obligation"));
        }
        netting.dues.push((date, column));
    }
    let mut previous = None;
    bytes.table(|[instrument, date, low, high]| {
        let key = (InstrumentId(below(*instrument, instruments)?), date_of(*date)?);
        in_order(&mut previous, key)?;
        state.prices.set(key.0, key.1, Price(unsigned([*low, *high])));
        Ok(())
    })?;
    let currencies = state.registry.currencies.len();
    let books = &mut state.books;
    for (list, most) in [(&mut books.instruments, instruments), (&mut books.currencies, currencies)]
    {
        bytes.table(|row| {
            list.push(book(row));
            Ok(())
        })?;
        if list.len() > most {
            return Err(SnapshotError::Malformed("a book"));
        }
    }
    Ok(())
}

fn cell_columns(cell: &Cell) -> [u64; 12] {
    let ([carried, carried_high], [money, money_high]) = (signed(cell.carried), signed(cell.money));
    let [mark, mark_high] = signed(cell.mark.unwrap_or_default().0);
    let [holding, holding_high] = signed(cell.holding);
    [
        cell.account.0.into(),
        cell.instrument.0.into(),
        carried,
        carried_high,
        money,
        money_high,
        cell.age.into(),
        cell.mark.is_some().into(),
        mark,
        mark_high,
        holding,
        holding_high,
    ]
}

fn cell(row: &[u64; 12], accounts: usize, instruments: usize) -> Read<Cell> {
    let [account, instrument, carried, carried_high, money, money_high, rest @ ..] = *row;
    let [age, marked, mark, mark_high, holding, holding_high] = rest;
    Ok(Cell {
        account: AccountId(below(account, accounts)?),
        instrument: InstrumentId(below(instrument, instruments)?),
        carried: unsigned([carried, carried_high]),
        money: unsigned([money, money_high]),
        age: narrow(age)?,
        mark: flag(marked)?.then_some(Price(unsigned([mark, mark_high]))),
        holding: unsigned([holding, holding_high]),
    })
}

/// Columns of one asset's books: nine accounts with debit and credit, and two sums.
const BOOK: usize = 2 * (2 * 9 + 2);

fn book_columns(books: &AssetBooks) -> [u64; BOOK] {
    let accounts = [
        books.novation,
        books.delivery,
        books.money,
        books.holding,
        books.cash,
        books.rounding_cash,
        books.rounding_claim,
        books.adjustment,
        books.mirror,
    ];
    let turnovers = accounts.iter().flat_map(|turnover| [turnover.debit, turnover.credit]);
    let mut row = [0; BOOK];
    let amounts = turnovers.chain([books.reversed, books.gross]);
    for (columns, amount) in row.as_chunks_mut::<2>().0.iter_mut().zip(amounts) {
        *columns = signed(amount);
    }
    row
}

fn book(row: &[u64; BOOK]) -> AssetBooks {
    let mut amounts = row.as_chunks::<2>().0.iter().map(|columns| unsigned(*columns));
    let mut amount = || amounts.next().unwrap_or_default();
    let mut turnover = || Turnover { debit: amount(), credit: amount() };
    AssetBooks {
        novation: turnover(),
        delivery: turnover(),
        money: turnover(),
        holding: turnover(),
        cash: turnover(),
        rounding_cash: turnover(),
        rounding_claim: turnover(),
        adjustment: turnover(),
        mirror: turnover(),
        reversed: amount(),
        gross: amount(),
    }
}
