//! Rows in SQL: the read model's store, and the only crate that links a database.
//!
//! A [`Batch`] collects what views change: rows as flat fields, sums in a tally. [`Store::write`]
//! takes it in one transaction together with the position it leads to, so that each record
//! counts once whatever crashes. [`Store::export`] streams tables as people and files get them.
//!
//! SQLite is the embedded database ([`sqlite`]). A served one joins beside it and takes the same
//! batches.
//!
//! Laws: rows and position move together; no number is ever rounded (sums have 128 bits); what is
//! of another version is built anew, never mended.

mod batch;
mod error;
mod lower;
mod statement;

pub mod sqlite;

pub use batch::Batch;
pub use error::StoreError;
pub use sqlite::{Codes, Day, Progress, Store};
pub use views::Export;
