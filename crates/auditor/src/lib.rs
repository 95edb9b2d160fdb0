//! The naive second engine: recomputes everything from accepted inputs.
//!
//! It reads a market directory and derives outcomes, obligations, settlements, money, holdings,
//! positions, trades and the trial balance in the most obvious way: ordered maps, exact
//! integers, whole scans. It shares no code with the product, so that the two can disagree; it
//! is an oracle for tests and audits, not a service, and cares neither for speed nor for
//! restarts.
//!
//! Laws: every posting of the books is made, and at every day close each equation of the books
//! is checked; one that fails is a [`Finding`]. The same directory gives the same bytes.

mod auditor;
mod calendar;
mod capture;
mod date;
mod day;
mod export;
mod identifier;
mod ledger;
mod number;
mod proof;
mod reference;
mod report;
mod settlement;
mod table;

pub use auditor::{Auditor, Finding};
pub use export::EXPORTS;
pub use table::Unreadable;
