//! Long runs go in bounded steps, and every item has its turn exactly once.

use std::collections::BTreeSet;

use basics::Isin;
use model::event::{PaymentStatus, RunStage};
use model::reference::{AccountChange, InstrumentChange};
use model::{Command, Event, PriceReport, ReferenceChange, ReportedTerms};
use testkit::{market, report};

use crate::drive::Segment;

/// What a step takes on, more or less.
const STEP: usize = engine::run::STEP;

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn isin(number: usize) -> &'static str {
    let valid = (0..10).map(|digit| format!("US{number:09}{digit}"));
    leaked(valid.into_iter().find(|text| Isin::parse(text).is_some()).expect("a check digit"))
}

/// A day in which the first account sold one unit of the n-th instrument to each of the first
/// `buyers[n]` others at 10, all settling today, and every mark is 9: buyers must pay the CCP.
fn sold(buyers: &[usize], spare_instruments: usize) -> Segment {
    let mut segment = Segment::default();
    let most = buyers.iter().max().expect("an instrument");
    // Codes sort the other way round than accounts are published.
    let accounts: Vec<_> = (0..=*most).map(|n| leaked(format!("A{:05}", 99_999 - n))).collect();
    segment.accept([Command::Reference(ReferenceChange::Member(market::member("M1")))]);
    segment.accept(accounts.iter().map(|code| {
        Command::Reference(ReferenceChange::Account(AccountChange { ..market::account(code) }))
    }));
    let isins: Vec<_> = (0..buyers.len() + spare_instruments).map(isin).collect();
    segment.accept(isins.iter().map(|isin| {
        let instrument = InstrumentChange { cycle: 0, ..market::instrument(isin) };
        Command::Reference(ReferenceChange::Instrument(instrument))
    }));
    let day = market::date(market::FIRST_DAY);
    segment.accept([market::open_day(day)]);
    for (number, buyers) in buyers.iter().enumerate() {
        for buyer in &accounts[1..=*buyers] {
            let terms = ReportedTerms {
                isin: isins[number],
                quantity: report::whole(1),
                buyer,
                seller: accounts[0],
                ..report::TERMS
            };
            let key = report::key(leaked(format!("{number}-{buyer}")), day);
            segment.accept([Command::Trade(report::new(key, terms))]);
        }
    }
    segment.accept([market::close_trading(day)]);
    segment.accept(isins[..buyers.len()].iter().map(|isin| mark(isin, day)));
    segment
}

fn mark(isin: &'static str, price_date: basics::Date) -> Command<'static> {
    let (price, currency, kind) = (report::whole(9), "USD", "mark");
    Command::Price(PriceReport { isin, price, currency, price_date, kind })
}

/// The events of each step of the run that a command begins.
fn steps(segment: &mut Segment, command: &Command<'static>) -> Vec<Vec<Event<'static>>> {
    segment.decide(command).expect("the run begins");
    let mut steps = Vec::new();
    while let Some(step) = segment.state.next_step() {
        assert_eq!(step.step as usize, steps.len() + 1);
        // A restart between any two steps changes nothing.
        let mut bytes = Vec::new();
        segment.state.save(&mut bytes);
        segment.state = engine::State::load(&bytes).expect("a snapshot");
        steps.push(segment.decide(&Command::Step(step)).expect("a step"));
    }
    steps
}

/// How many events of a sort each step holds, for the steps that do such work at all.
fn counts(steps: &[Vec<Event<'static>>], sort: fn(&Event<'static>) -> bool) -> Vec<usize> {
    let counts = steps.iter().map(|events| events.iter().filter(|event| sort(event)).count());
    counts.filter(|count| *count > 0).collect()
}

fn is_position(event: &Event<'_>) -> bool {
    matches!(event, Event::PositionSettled(_))
}

fn is_payment(event: &Event<'_>) -> bool {
    matches!(event, Event::PaymentDecided(_))
}

#[test]
fn instruments_share_a_step_until_it_is_full() {
    // Positions of an instrument: the seller's and the buyers'.
    let mut segment = sold(&[STEP / 2 - 1, STEP / 2 - 1, 1, STEP, 3], 0);
    let day = market::date(market::FIRST_DAY);
    let steps = steps(&mut segment, &market::settle(day));
    assert_eq!(counts(&steps, is_position), [STEP, 2, STEP + 1, 4]);
    let stages: Vec<_> = steps
        .iter()
        .filter_map(|events| match events.last() {
            Some(Event::RunAdvanced(advanced)) => Some((advanced.stage, advanced.next)),
            _ => None,
        })
        .collect();
    assert_eq!(
        stages[..5],
        [
            (RunStage::Positions, 2),
            (RunStage::Positions, 3),
            (RunStage::Positions, 4),
            (RunStage::Advances, 0),
            (RunStage::Payments, 0),
        ]
    );
    segment.accept([market::close_day(day)]);
}

#[test]
fn payments_and_advances_go_in_steps_of_accounts_in_order() {
    let mut segment = sold(&[STEP + 1], 0);
    let day = market::date(market::FIRST_DAY);
    let events = steps(&mut segment, &market::settle(day));
    assert_eq!(counts(&events, is_payment), [STEP, 2]);
    let mut paid = Vec::new();
    for event in events.iter().flatten() {
        if let Event::PaymentDecided(event) = event {
            let code = segment.state.registry.account_record(event.account).code.clone();
            let status = if event.amount > 0 { PaymentStatus::Paid } else { PaymentStatus::Failed };
            assert_eq!(event.status, status);
            paid.push(code);
        }
    }
    assert!(paid.is_sorted(), "in order of account code");
    assert_eq!(paid.iter().collect::<BTreeSet<_>>().len(), STEP + 2);
    segment.accept([market::close_day(day)]);

    let next = day.next();
    segment.accept([market::open_day(next), market::close_trading(next)]);
    let events = steps(&mut segment, &market::settle(next));
    let tried = |event: &Event<'_>| matches!(event, Event::AdvanceTried(_));
    assert_eq!(counts(&events, tried), [STEP, 1]);
    segment.accept([market::close_day(next)]);
}

#[test]
fn books_are_proved_in_steps_of_instruments() {
    let mut segment = sold(&[1], STEP);
    let day = market::date(market::FIRST_DAY);
    segment.accept([market::settle(day)]);
    let steps = steps(&mut segment, &market::close_day(day));
    let proved: Vec<_> = steps
        .iter()
        .flatten()
        .filter_map(|event| match event {
            Event::BooksProved(proved) => Some(proved.equations.len()),
            _ => None,
        })
        .collect();
    assert_eq!(proved, [STEP * 8, 8, 10]);
    let completed = steps.iter().flatten().find_map(|event| match event {
        Event::RunCompleted(completed) => Some(completed.steps),
        _ => None,
    });
    assert_eq!((completed, steps.len()), (Some(3), 3));
}

#[test]
fn an_empty_segment_has_its_days_too() {
    let mut segment = Segment::default();
    segment.accept([Command::Reference(ReferenceChange::Currency(market::currency("USD", 2)))]);
    let day = market::date(market::FIRST_DAY);
    segment.accept([market::open_day(day), market::close_trading(day), market::close_day(day)]);
    assert_eq!(segment.state.days.open_day(), None);
}
