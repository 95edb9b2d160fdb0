//! The words of the house: commands, events, statuses, outcomes. Data only; no rule is here.
//!
//! Texts are borrowed from the bytes they were read from, so that nothing is copied for a trade
//! report on its way from the input to the journal.
#![no_std]

extern crate alloc;

pub mod command;
pub mod decision;
pub mod entries;
pub mod event;
pub mod operation;
pub mod outcome;
pub mod public;
pub mod reference;
pub mod trade;
pub mod trade_decision;

pub use command::{Command, RunStep};
pub use decision::{Cause, Decision, Input, Place, Verdict};
pub use event::Event;
pub use operation::{Operation, PriceReport};
pub use outcome::{DeadLetterReason, Rejection};
pub use reference::{AccountKind, ReferenceChange, Status};
pub use trade::{Action, Attributes, ReportedTerms, TradeKey, TradeReport};
pub use trade_decision::{TradeDecision, TradeVerdict};
