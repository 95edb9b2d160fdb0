//! REPLAY: what was saved and loaded decides as if nothing had happened, wherever the cut is.

use engine::{SNAPSHOT_VERSION, SnapshotError, State};
use model::Command;
use proptest::prelude::*;
use testkit::{histories, market, report};

use crate::drive::{Segment, market as segment, play};

fn saved(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.save(&mut bytes);
    bytes
}

/// Saves and loads; the bytes of what was loaded are the same again.
fn reloaded(state: &State) -> State {
    let bytes = saved(state);
    let loaded = State::load(&bytes).expect("a snapshot of a state is whole");
    assert!(saved(&loaded) == bytes, "a state has one snapshot");
    assert_eq!(loaded.hash(), state.hash());
    loaded
}

proptest! {
    /// REPLAY: a state that is loaded again after every decision, between the steps of runs too,
    /// decides as the one that goes on.
    #[test]
    fn replay_a_restart_after_any_decision_changes_nothing(history in histories()) {
        let mut restarted = Segment::default();
        let end = play(&history, |decided| {
            assert_eq!(&restarted.decide(decided.command), decided.verdict);
            restarted.state = reloaded(&restarted.state);
        });
        prop_assert_eq!(restarted.state.hash(), end.state.hash());
        prop_assert_eq!(saved(&restarted.state), saved(&end.state));
    }

    /// Loading never panics, and what it loads can be asked for its hash and saved again.
    #[test]
    fn replay_damaged_snapshots_are_refused_or_whole(
        history in histories(),
        cut in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        length in any::<prop::sample::Index>(),
    ) {
        let inputs = &history.inputs[..cut.index(history.inputs.len()) + 1];
        let mut segment = Segment::default();
        segment.play(inputs, |_| ());
        let mut bytes = saved(&segment.state);
        let whole = bytes.len();
        for (at, value) in &damage {
            bytes[at.index(whole)] = *value;
        }
        if damage.len() < 2 {
            bytes.truncate(length.index(whole));
            prop_assert!(State::load(&bytes).is_err());
        }
        if let Ok(loaded) = State::load(&bytes) {
            let _ = loaded.hash();
            prop_assert!(saved(&loaded).len() >= 4);
        }
    }

    /// Loading never panics on bytes that were no snapshot at all.
    #[test]
    fn replay_any_bytes_are_refused_or_whole(mut bytes in prop::collection::vec(any::<u8>(), 4..400)) {
        bytes[..4].copy_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
        if let Ok(loaded) = State::load(&bytes) {
            let _ = loaded.hash();
        }
    }
}

#[test]
fn an_empty_state_comes_back() {
    let state = reloaded(&State::default());
    assert_eq!(state.hash(), State::default().hash());
    assert_eq!(state.next_entry, State::default().next_entry);
}

#[test]
fn another_version_a_rest_and_an_early_end_are_told_apart() {
    let mut bytes = saved(&State::default());
    assert_eq!(State::load(&bytes[..bytes.len() - 1]).err(), Some(SnapshotError::TooShort));
    bytes.push(0);
    assert_eq!(State::load(&bytes).err(), Some(SnapshotError::TooLong));
    bytes[0] = 9;
    assert_eq!(State::load(&bytes).err(), Some(SnapshotError::Version(9)));
    assert_eq!(State::load(&[]).err(), Some(SnapshotError::TooShort));
}

#[test]
fn chunks_add_up_and_an_error_ends_them() {
    let state = segment().state;
    let mut chunks = Vec::new();
    state
        .save_to(|chunk| {
            chunks.extend_from_slice(chunk);
            Ok::<(), ()>(())
        })
        .expect("nothing fails");
    assert_eq!(chunks, saved(&state));
    let mut calls = 0;
    let failed = state.save_to(|_| {
        calls += 1;
        Err("full")
    });
    assert_eq!((failed, calls), (Err("full"), 1));
}

#[test]
fn the_open_day_is_known_again_after_loading() {
    let day = market::date(market::FIRST_DAY);
    let mut segment = segment();
    segment.accept([market::open_day(day)]);
    segment.state = reloaded(&segment.state);
    let terms = report::TERMS;
    segment.accept([Command::Trade(report::new(report::key("1", day), terms))]);
    segment.state = reloaded(&segment.state);
    segment.accept([Command::Trade(report::amendment(report::key("1", day), 2, terms))]);
}

/// A trade takes few bytes, so that a snapshot of a large market stays small.
#[test]
fn a_trade_takes_at_most_a_hundred_and_ten_bytes() {
    let day = market::date(market::FIRST_DAY);
    let mut segment = segment();
    segment.accept([market::open_day(day)]);
    let empty = saved(&segment.state).len();
    let references: Vec<&'static str> =
        (0..5_000).map(|n| &*Box::leak(format!("T{n:09}").into_boxed_str())).collect();
    for (number, reference) in references.into_iter().enumerate() {
        let quantity = report::whole(1 + number as i128 * 7_919 % 10_000);
        let terms = model::ReportedTerms { quantity, ..report::TERMS };
        segment.accept([Command::Trade(report::new(report::key(reference, day), terms))]);
    }
    let bytes = saved(&segment.state).len() - empty;
    assert!(bytes <= 5_000 * 110, "{} bytes for each trade", bytes / 5_000);
    reloaded(&segment.state);
}
