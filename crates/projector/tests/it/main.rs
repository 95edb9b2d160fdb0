//! The read side from decisions to tables: a small market by hand, and what people see of it.

mod broker;
mod brokers;
mod exports;
mod faulty_topics;
mod golden;
mod restart;
mod service;
mod small_market;
mod topics;

use basics::table::Cell;
use store::{Export, Store};

/// A table as CSV without quotes, header included.
fn csv(store: &Store, what: Export) -> String {
    let names: Vec<&str> = what.columns().iter().map(|column| column.name).collect();
    let mut out = names.join(",") + "\n";
    store
        .export(what, &mut |row| {
            assert_eq!(row.len(), names.len());
            let cells: Vec<String> = row.iter().map(text).collect();
            out += &(cells.join(",") + "\n");
        })
        .expect("an export");
    out
}

fn text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Decimal(decimal) => decimal.to_string(),
    }
}

/// Every table, one after the other.
fn everything(store: &Store) -> String {
    Export::ALL.iter().map(|what| csv(store, *what)).collect()
}
