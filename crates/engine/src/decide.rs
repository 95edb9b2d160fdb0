//! Decide: from a state and a command to facts or a refusal. Pure: it changes nothing.

use alloc::vec::Vec;

use basics::Seq;
use model::{Command, Event, Rejection, TradeReport, TradeVerdict};

use crate::{State, capture, day, publishing, run};

/// Decides a command. `seq` is the place that the decision will have in the journal.
///
/// # Errors
/// A [`Rejection`] with its stable reason; the state stays as it is.
pub fn decide<'a>(
    state: &State,
    command: &Command<'a>,
    seq: Seq,
) -> Result<Vec<Event<'a>>, Rejection> {
    match command {
        Command::Trade(report) => accepted(decide_trade(state, report, seq)),
        Command::Reference(change) => publishing::reference(state, change),
        Command::Price(report) => publishing::price(state, report),
        Command::Operation(operation) => day::operation(state, operation, seq),
        Command::Step(step) => Ok(run::step(state, step)),
    }
}

/// Decides a trade report by value: nothing is allocated.
#[must_use]
#[inline]
pub fn decide_trade<'a>(state: &State, report: &TradeReport<'a>, seq: Seq) -> TradeVerdict<'a> {
    capture::capture(state, report, seq)
}

fn accepted(verdict: TradeVerdict<'_>) -> Result<Vec<Event<'_>>, Rejection> {
    match verdict.general() {
        model::Verdict::Accepted(events) => Ok(events),
        model::Verdict::Rejected(rejection) => Err(rejection),
        model::Verdict::DeadLettered(_) => unreachable!("a readable report is no dead letter"),
    }
}
