//! CAPTURE-1: one source reference is captured at most once.

use std::collections::BTreeSet;

use engine::day::Phase;
use model::{Command, Event, Rejection, TradeReport};
use proptest::prelude::*;
use testkit::histories;

use crate::drive::{Segment, play};

/// What a report must not change.
fn footprint(segment: &Segment) -> ([u8; 32], engine::books::Books, u64) {
    let state = &segment.state;
    (state.hash(), state.books.clone(), state.next_entry.0)
}

proptest! {
    /// CAPTURE-1: no reference is captured twice, and ids follow each other.
    #[test]
    fn capture_1_a_reference_is_captured_at_most_once(history in histories()) {
        let mut captured = BTreeSet::new();
        play(&history, |decided| {
            for event in decided.events() {
                if let Event::TradeCaptured(event) = event {
                    assert!(captured.insert(event.key), "{:?} twice", event.key);
                    assert_eq!(event.trade.0, captured.len() as u64);
                }
            }
        });
    }

    /// CAPTURE-1: every report of a history sent again gets a coded outcome and changes nothing;
    /// what was accepted is a duplicate until it is purged.
    #[test]
    fn capture_1_resending_a_history_changes_nothing(history in histories()) {
        let mut accepted: Vec<TradeReport<'static>> = Vec::new();
        let mut end = play(&history, |decided| {
            if let (Command::Trade(report), Ok(_)) = (decided.command, decided.verdict) {
                accepted.push(*report);
            }
        });
        let before = footprint(&end);
        let purged = |report: &TradeReport<'_>| {
            report.key.trade_date < end.state.days.purged_before
        };
        let expected: Vec<_> = accepted
            .iter()
            .map(|report| match purged(report) {
                true => Rejection::WrongTradeDate,
                false => Rejection::Duplicate,
            })
            .collect();
        for (report, expected) in accepted.iter().zip(expected) {
            prop_assert_eq!(end.decide(&Command::Trade(*report)), Err(expected));
        }
        // Once trading is closed, nothing of the whole history can come in any more.
        if end.state.days.phase != Phase::Trading {
            for report in history.reports() {
                prop_assert!(end.decide(&Command::Trade(report)).is_err());
            }
        }
        prop_assert!(footprint(&end) == before);
    }

    /// CAPTURE-1: a refused report leaves no trace: sent again at once, it is refused again with
    /// the same code.
    #[test]
    fn capture_1_a_refused_report_leaves_no_trace(history in histories()) {
        play(&history, |decided| {
            if let (Command::Trade(_), Err(rejection)) = (decided.command, decided.verdict) {
                let mut again = Segment { state: decided.after.clone(), seq: 1_000_000 };
                let before = footprint(&again);
                assert_eq!(again.decide(decided.command), Err(*rejection));
                assert!(footprint(&again) == before);
            }
        });
    }
}
