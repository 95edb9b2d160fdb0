//! Double entry per asset: an asset is an instrument in its smallest units or a currency in
//! minor units. **Credit = owed to the account's owner.**
//!
//! Two classes stand apart: contracts (open obligations) and settled. The trade-date book is
//! both together, the settlement-date book the settled class alone. Every journal entry
//! balances per asset within each class, so each book's trial balance stands alone.
//!
//! This crate knows accounts, entries and which postings a fact of clearing causes. It does not
//! know trades, runs or where entries are kept.
#![no_std]

extern crate alloc;

pub mod account;
pub mod balance;
pub mod entry;
pub mod postings;

pub use account::{Asset, Class, LedgerAccount};
pub use balance::Turnover;
pub use entry::{EntryKind, JournalEntry, MoneyComponents, Posting, Side};
