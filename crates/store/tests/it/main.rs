//! One suite for both databases: what holds of a read model holds wherever it lies.

mod changes;
mod order;
mod places;
mod readers;
mod rebuilding;
mod served;
mod writing;

use store::{Batch, Export, Progress, Store};
use views::basics::Seq;
use views::basics::table::Cell;

/// Writes a batch that leads to a sequence.
fn write(store: &mut Store, batch: &Batch, seq: u64) {
    store.write(batch, &at(seq)).expect("written");
}

fn at(seq: u64) -> Progress {
    Progress { seq: Seq(seq), topics: [seq; 5], offsets: [seq / 2; 5] }
}

/// The rows of a table as CSV without quotes.
fn rows(store: &Store, what: Export) -> Vec<String> {
    let mut rows = Vec::new();
    let cell = |cell: &Cell<'_>| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Decimal(decimal) => decimal.to_string(),
    };
    let mut sink = |row: &[Cell<'_>]| rows.push(row.iter().map(cell).collect::<Vec<_>>().join(","));
    store.export(what, &mut sink).expect("exported");
    rows
}

/// Every table, one after the other.
fn everything(store: &Store) -> Vec<String> {
    let tables = Export::ALL.into_iter();
    tables.flat_map(|what| [vec![what.name().to_owned()], rows(store, what)].concat()).collect()
}
