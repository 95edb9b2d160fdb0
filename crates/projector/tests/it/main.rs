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

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use basics::table::Cell;
use services::{Postgres, PostgresOptions};
use store::{Export, Location, Store};

/// Places where no read model is yet, one in each database.
fn places(dir: &Path) -> [Location; 2] {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server =
        SERVER.get_or_init(|| Postgres::start(PostgresOptions::default()).expect("served"));
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let file = Location::file(dir.join(format!("read-{next}.db")));
    [file, Location::of_segment(&server.url(), next).expect("a URL")]
}

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
