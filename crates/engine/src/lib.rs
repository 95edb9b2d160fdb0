//! The decisions: a clearing house as a fold over events.
//!
//! ```text
//! decide(&State, &Command) -> events | rejection      pure: guards, arithmetic, facts
//! evolve(&mut State, &Event)                          total: cannot refuse a fact
//! ```
//!
//! The modules stand in the order of a trade's life; read them from top to bottom. Nothing here
//! reads a clock, a random source or a file, and nothing here allocates for a trade report that
//! is refused. A broken invariant panics: the node stops, it does not skip.
#![no_std]

extern crate alloc;

mod effective;
#[cfg(test)]
mod given;
mod interner;
mod prices;

pub mod books;
pub mod capture;
pub mod close;
pub mod day;
pub mod netting;
pub mod payment;
pub mod publishing;
pub mod refdata;
pub mod run;
pub mod settlement;
pub mod trades;

pub mod decide;
pub mod evolve;
pub mod figures;
pub mod hash;
pub mod snapshot;
pub mod state;

pub use decide::{decide, decide_trade};
pub use evolve::{evolve, evolve_trade};
pub use figures::Figures;
pub use snapshot::{SNAPSHOT_VERSION, SnapshotError};
pub use state::State;

/// The version of the rules that decide. It changes when the same input would be decided
/// differently; a journal says under which version it was written.
pub const RULES_VERSION: u32 = 1;
