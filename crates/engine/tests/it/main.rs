//! The laws of the engine, one property for each, over whole histories.
#![expect(clippy::wildcard_enum_match_arm, reason = "a law speaks of a few events")]

mod capture;
mod dates;
mod drive;
mod ledger;
mod limits;
mod naive;
mod netting;
mod novation;
mod runs;
mod settlement;
mod snapshot;
mod time;
