//! Commands: everything that can ask the core for a decision.

use crate::{Operation, PriceReport, ReferenceChange, TradeReport};

/// A request to the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// A trade report.
    Trade(TradeReport<'a>),
    /// A change of reference data.
    Reference(ReferenceChange<'a>),
    /// A price.
    Price(PriceReport<'a>),
    /// An operation.
    Operation(Operation<'a>),
    /// The next step of the run under way. It comes from the node, not from outside.
    Step(RunStep),
}

/// The next bounded step of the run under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunStep {
    /// The run: the sequence of the decision that began it.
    pub run: basics::Seq,
    /// The step's number, from 1.
    pub step: u32,
}
