//! `status`: where the segment stands.

use std::fmt::Write;

use node::{Figures, Phase, State};
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::follow;
use crate::place::Place;

/// Runs `status`.
pub fn run(place: &Place, context: &Context) -> Result<(), Failure> {
    let (state, sequence) = place.current()?;
    let read_model = follow::position(place)?;
    let business_date = state.business_date().map_or("none".to_owned(), |date| date.to_string());
    let phase = phase(&state);
    let hash = Context::hex(&state.hash());
    let Figures {
        captured,
        kept,
        open_positions,
        oldest_age,
        pending_obligations,
        advances,
        entries,
    } = state.figures();
    let lag = sequence.0 - read_model.0.min(sequence.0);
    let mut text = String::new();
    for (name, value) in [
        ("sequence", sequence.to_string()),
        ("business date", business_date.clone()),
        ("phase", phase.to_owned()),
        ("read model at", read_model.to_string()),
        ("read model lag", lag.to_string()),
        ("trades captured", captured.to_string()),
        ("trades kept", kept.to_string()),
        ("pending obligations", pending_obligations.to_string()),
        ("open positions", open_positions.to_string()),
        ("oldest age", oldest_age.to_string()),
        ("open advances", advances.to_string()),
        ("journal entries", entries.to_string()),
    ] {
        let _ = writeln!(text, "{name:<22}{value:>16}");
    }
    let _ = writeln!(text, "state hash  {hash}");
    let json = json!({
        "sequence": sequence.0,
        "business_date": business_date,
        "phase": phase,
        "read_model_sequence": read_model.0,
        "read_model_lag": lag,
        "trades_captured": captured,
        "trades_kept": kept,
        "pending_obligations": pending_obligations,
        "open_positions": open_positions,
        "oldest_age": oldest_age,
        "open_advances": advances,
        "journal_entries": entries,
        "state_hash": hash,
    });
    context.print(&text, &json);
    Ok(())
}

/// What has happened on the business day, in words.
fn phase(state: &State) -> &'static str {
    match state.days.phase {
        Phase::Closed => "closed",
        Phase::Trading => "open for trades",
        Phase::TradingClosed => "trading closed",
        Phase::Settled => "settled",
        Phase::Closing => "closing",
    }
}
