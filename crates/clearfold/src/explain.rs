//! `explain`: one trade, account, obligation or journal entry, told from the journal alone.
//!
//! The journal is read once or twice from its beginning, and only what the story needs is kept.
//! Nothing is decided here, and the read model is not asked: an explanation is true even when
//! everything that was derived is lost.

mod account;
mod document;
mod entry;
mod leg;
mod meaning;
mod obligation;
mod reference;
mod rows;
mod story;
mod trade;
mod words;

#[cfg(test)]
mod tests;

use basics::Seq;
use node::{DecisionRef, NodeError, Read};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::place::Place;

use document::Document;
use reference::Subject;

/// Runs `explain`.
pub fn run(reference: &str, place: &Place, context: &Context) -> Result<(), Failure> {
    let document = explain(reference, place)?;
    context.print(&document.text(), &document.json());
    Ok(())
}

/// What a reference means, told.
fn explain(reference: &str, place: &Place) -> Result<Document, Failure> {
    let subject =
        Subject::parse(reference).map_err(|message| Failure::new(Exit::Usage, message))?;
    match subject {
        Subject::Entry(number) => entry::explain(number, place),
        Subject::Account(code) => account::explain(&code, place),
        Subject::Obligation(key) => obligation::explain(&key, place),
        Subject::Trade(pattern) => story::explain(reference, pattern, place),
    }
}

/// Reads every decision, in order.
fn scan(place: &Place, mut see: impl FnMut(&DecisionRef<'_>)) -> Result<(), Failure> {
    place.history()?.read::<NodeError>(Seq(u64::MAX), |decision| {
        see(&decision);
        Ok(Read::More)
    })?;
    Ok(())
}

/// What was asked for does not exist.
fn not_found(message: String) -> Failure {
    Failure::new(Exit::NotFound, message)
}
