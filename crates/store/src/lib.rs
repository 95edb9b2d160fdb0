//! Rows in SQL: the read model's store, and the only crate that links a database.
//!
//! A [`Batch`] collects what views change: rows as flat fields, sums in a tally. [`Store::write`]
//! takes it in one transaction together with the position it leads to, so that each record
//! counts once whatever crashes. [`Store::export`] streams tables as people and files get them.
//!
//! A [`Location`] says where a read model lies: SQLite is embedded, PostgreSQL is served. Both
//! take the same batches and give the same exports.
//!
//! Laws: rows and position move together; no number is ever rounded (sums have 128 bits); what is
//! of another version is built anew, never mended.

mod batch;
mod codes;
mod error;
mod export;
mod location;
mod lower;
mod postgres;
mod progress;
mod row;
mod sqlite;
mod statement;
mod store;

pub use batch::Batch;
pub use codes::Codes;
pub use error::StoreError;
pub use export::Sink;
pub use location::{Location, Served};
pub use progress::Progress;
pub use store::{Day, Store};
pub use views::Export;
