//! States for the examples beside the rules.

use alloc::vec::Vec;

use basics::Seq;
use model::{Command, Event, Rejection};
use testkit::market;

use crate::{State, decide, evolve};

/// Decides a command and applies what follows.
pub(crate) fn decided(
    state: &mut State,
    command: &Command<'static>,
) -> Result<Vec<Event<'static>>, Rejection> {
    let events = decide(state, command, Seq(state.next_entry.0 + 1_000))?;
    events.iter().for_each(|event| evolve(state, event));
    if let Command::Step(step) = command {
        let gets_on = state.next_step() != Some(*step) && step.step < 100;
        assert!(gets_on, "a run gets on, and ends");
    }
    Ok(events)
}

/// Takes all steps that are left of the run under way.
pub(crate) fn finish_run(state: &mut State) -> Vec<Event<'static>> {
    let mut events = Vec::new();
    while let Some(step) = state.next_step() {
        events.extend(decided(state, &Command::Step(step)).expect("a step is no request"));
    }
    events
}

/// Applies commands, each with the run it may begin. All must be accepted.
pub(crate) fn accepted(
    state: &mut State,
    commands: impl IntoIterator<Item = Command<'static>>,
) -> Vec<Event<'static>> {
    let mut events = Vec::new();
    for command in commands {
        let decided = decided(state, &command);
        events.extend(
            decided.unwrap_or_else(|refused| panic!("{command:?} is refused: {}", refused.name())),
        );
        events.extend(finish_run(state));
    }
    events
}

/// The small market without holdings.
pub(crate) fn market() -> State {
    let mut state = State::default();
    accepted(&mut state, market::reference().into_iter().map(Command::Reference));
    state
}

/// A mark of ten for every instrument of the market.
pub(crate) fn marks(date: basics::Date) -> impl Iterator<Item = Command<'static>> {
    market::ISINS
        .into_iter()
        .map(move |isin| Command::Price(market::mark(isin, market::numeral("10"), date)))
}

/// The rest of a day whose trading is open: closed, marked, settled if it can be, and closed.
pub(crate) fn end_day(state: &mut State) -> Vec<Event<'static>> {
    let day = state.business_date().expect("a day is open");
    let mut events = accepted(state, [market::close_trading(day)]);
    if state.days.commitment.is_some() {
        accepted(state, marks(day));
        events.extend(accepted(state, [market::settle(day)]));
    }
    events.extend(accepted(state, [market::close_day(day)]));
    events
}
