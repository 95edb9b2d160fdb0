//! The plain-text scenario language and its runner.
//!
//! A scenario states reference data, reports trades, lets days pass, and then says what must be
//! true: outcomes, positions, money, balances, events. It runs on the real engine, on paper:
//! without files, without time. The grammar is described in `tests/README.md`.
//!
//! ```
//! let text = "
//! scenario: nothing is held before anything is deposited
//!   given members
//!     member
//!     M1
//!   then no holdings
//! ";
//! let report = scenario::run("example.txt", text);
//! assert_eq!((report.passed, report.failed.len()), (1, 0));
//! ```
//!
//! Laws: a line that is not understood fails, it is never passed over; an input that is refused
//! without saying so fails; any bytes give a report; the same text gives the same report.

mod lines;
mod phrase;
mod script;
mod table;

mod columns;
mod inputs;
mod world;

mod facts;
mod fold;
mod tables;

mod expect;
mod explain;
mod runner;

pub mod report;

pub use report::{Failure, Report};

/// Runs every scenario of a text. `path` is how failures name it; no file is read.
#[must_use]
pub fn run(path: &str, text: &str) -> Report {
    runner::run(path, text)
}
