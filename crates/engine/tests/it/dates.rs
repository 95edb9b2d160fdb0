//! Settlement dates: counted on the calendars in force, moved when a calendar closes.

use basics::Date;
use model::{Command, Event, ReferenceChange, ReportedTerms};
use testkit::{market, report};

use crate::drive::{Segment, market as segment};

const APPLE: ReportedTerms<'static> = ReportedTerms { isin: market::APPLE, ..report::TERMS };

/// The same trade, with the sides changed.
const BACK: ReportedTerms<'static> = ReportedTerms { buyer: "A", seller: "B", ..APPLE };

fn close(calendar: &'static str, day: Date) -> Command<'static> {
    Command::Reference(ReferenceChange::Closure(market::closure(calendar, day)))
}

fn due_dates(segment: &Segment) -> Vec<Date> {
    let mut dates: Vec<_> = segment.state.netting.obligations().map(|(date, ..)| date).collect();
    dates.dedup();
    dates
}

/// The first day, with trading open and these trades in, numbered from 1.
fn trading(terms: &[ReportedTerms<'static>]) -> Segment {
    let mut segment = segment();
    let day = market::date(market::FIRST_DAY);
    segment.accept([market::open_day(day)]);
    for (reference, terms) in ["1", "2", "3"].into_iter().zip(terms) {
        let report = report::new(report::key(reference, day), *terms);
        segment.accept([Command::Trade(report)]);
    }
    segment
}

#[test]
fn a_closure_moves_what_is_due_to_the_next_settlement_day() {
    let (first, next) = (market::date("2013-10-08"), market::date("2013-10-10"));
    let mut segment = trading(&[APPLE]);
    assert_eq!(due_dates(&segment), [first]);
    let events = segment.accept([close("DTC", first)]);
    let moved = events.iter().find_map(|event| match event {
        Event::SettlementDateMoved(moved) => Some(moved),
        _ => None,
    });
    let moved = moved.expect("the date moved");
    assert_eq!((moved.from, moved.to, moved.moved.len()), (first, next, 2));
    assert_eq!(due_dates(&segment), [next]);
}

#[test]
fn trades_that_net_to_nothing_move_too() {
    let (day, first) = (market::date(market::FIRST_DAY), market::date("2013-10-08"));
    let mut segment = trading(&[APPLE, BACK]);
    assert_eq!(due_dates(&segment), []);
    segment.accept([close("DTC", first)]);
    segment.accept([Command::Trade(report::cancellation(report::key("2", day), 2))]);
    assert_eq!(due_dates(&segment), [market::date("2013-10-10")]);
}

#[test]
fn cancelled_trades_give_nothing_to_move() {
    let (day, first) = (market::date(market::FIRST_DAY), market::date("2013-10-08"));
    let mut segment = trading(&[APPLE]);
    segment.accept([Command::Trade(report::cancellation(report::key("1", day), 2))]);
    let events = segment.accept([close("DTC", first)]);
    assert_eq!(events.len(), 1, "{events:?}");
}

#[test]
fn a_closure_of_another_calendar_or_day_moves_nothing() {
    for (calendar, day) in [("JSD", "2013-10-08"), ("XNYS", "2013-10-08"), ("DTC", "2013-10-10")] {
        let mut segment = trading(&[APPLE]);
        let events = segment.accept([close(calendar, market::date(day))]);
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(due_dates(&segment), [market::date("2013-10-08")]);
    }
}

#[test]
fn a_closure_that_was_closed_for_the_currency_already_moves_nothing() {
    // FED is closed on 11 October already, so nothing can be due then.
    let mut segment = trading(&[APPLE]);
    let events = segment.accept([close("DTC", market::date("2013-10-11"))]);
    assert_eq!(events.len(), 1, "{events:?}");
}
