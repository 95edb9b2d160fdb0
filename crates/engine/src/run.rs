//! Runs: long work in bounded steps. What is left to do is state, so that a restart goes on
//! where it stopped, and trade reports find their turn between two steps.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, Seq};
use ledger::MoneyComponents;
use model::event::{BooksProved, RunAdvanced, RunCompleted, RunKind, RunStage, RunStarted};
use model::{Event, RunStep};

use crate::settlement::Settlement;
use crate::{State, close, payment};

/// How many positions, payments or instruments a step takes on, more or less: an instrument is
/// settled in one step, because its pool is shared.
pub const STEP: usize = 2_000;

/// The run under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id: the sequence of the decision that began it.
    pub id: Seq,
    /// What it does.
    pub kind: RunKind,
    /// For which day.
    pub date: Date,
    /// The day's draw; empty for a day close.
    pub draw: Box<str>,
    /// Steps done.
    pub steps: u32,
    /// The stage of the next step.
    pub stage: RunStage,
    /// The first item of the stage that is still to do.
    pub next: u32,
    /// Instruments to settle, fixed when the run began.
    pub(crate) instruments: Vec<InstrumentId>,
    /// Advances to try, fixed when the run began.
    pub(crate) advances: Vec<payment::AdvanceKey>,
    /// Payments to make, fixed when all positions are settled.
    pub(crate) payments: Vec<payment::PaymentDue>,
    /// What each account is to be paid so far.
    pub(crate) due: BTreeMap<(AccountId, CurrencyId), MoneyComponents>,
}

impl Run {
    /// The run that an event begins.
    pub(crate) fn begin(state: &State, event: &RunStarted<'_>) -> Self {
        let (instruments, advances, stage) = match event.kind {
            RunKind::Settlement => {
                let settles = |id: &InstrumentId| state.registry.settles_on(*id, event.date);
                let instruments = state.registry.instrument_ids().filter(settles).collect();
                let advances = payment::advances_to_try(state, event.date);
                (instruments, advances, RunStage::Positions)
            }
            RunKind::DayClose => (Vec::new(), Vec::new(), RunStage::InstrumentBooks),
        };
        Self {
            id: event.run,
            kind: event.kind,
            date: event.date,
            draw: event.draw.into(),
            steps: 0,
            stage,
            next: 0,
            instruments,
            advances,
            payments: Vec::new(),
            due: BTreeMap::new(),
        }
    }

    /// The step that is next.
    #[must_use]
    pub fn next_step(&self) -> RunStep {
        RunStep { run: self.id, step: self.steps + 1 }
    }

    /// The items of a list that the next step takes on.
    fn batch<'l, T>(&self, list: &'l [T]) -> &'l [T] {
        let begin = self.next as usize;
        &list[begin..list.len().min(begin + STEP)]
    }
}

/// Decides the next step of the run under way.
///
/// # Panics
/// When no run is under way or the step is not its next: the node asks only for what is left.
#[must_use]
pub fn step(state: &State, step: &RunStep) -> Vec<Event<'static>> {
    let run = state.run.as_ref().expect("a step belongs to the run under way");
    assert!(*step == run.next_step(), "steps are taken in order");
    let mut entry = state.next_entry;
    match run.stage {
        RunStage::Positions => positions(state, run, entry),
        RunStage::Advances => {
            let keys = run.batch(&run.advances);
            let events = payment::try_advances(state, run.id, run.date, keys, &mut entry);
            then(run, events, keys.len(), run.advances.len(), RunStage::Payments)
        }
        RunStage::Payments => {
            let batch = run.batch(&run.payments);
            let events = payment::pay(state, run.id, run.date, batch, &mut entry);
            then(run, events, batch.len(), run.payments.len(), RunStage::Rounding)
        }
        RunStage::Rounding => {
            let mut events = payment::round_off(&run.due, run.id, run.date, &mut entry);
            events.push(completed(run, entry));
            events
        }
        RunStage::InstrumentBooks => instrument_books(state, run),
        RunStage::CurrencyBooks => {
            let currencies = state.registry.currency_ids();
            let equations = currencies.flat_map(|id| close::currency(state, id, run.date));
            vec![proved(run, equations.collect()), completed(run, entry)]
        }
    }
}

/// Ends a step that did `done` of a stage's items: on with the stage, or to the next one.
fn then(
    run: &Run,
    mut events: Vec<Event<'static>>,
    done: usize,
    of: usize,
    next_stage: RunStage,
) -> Vec<Event<'static>> {
    let reached = run.next as usize + done;
    let (stage, next) = if reached >= of { (next_stage, 0) } else { (run.stage, reached) };
    let next = u32::try_from(next).expect("fewer than 2^32 items");
    let step = run.steps + 1;
    events.push(Event::RunAdvanced(RunAdvanced { run: run.id, step, stage, next }));
    events
}

/// Settles whole instruments until the step is full.
fn positions(state: &State, run: &Run, mut entry: EntryNo) -> Vec<Event<'static>> {
    let settlement = Settlement { state, run: run.id, date: run.date, draw: &run.draw };
    let (mut events, mut cells, mut done) = (Vec::new(), 0, 0);
    for id in &run.instruments[run.next as usize..] {
        if done > 0 && cells + state.netting.cells_of(*id).len() > STEP {
            break;
        }
        settlement.instrument(*id, &mut entry, &mut events);
        cells += state.netting.cells_of(*id).len();
        done += 1;
    }
    then(run, events, done, run.instruments.len(), RunStage::Advances)
}

/// Proves the books of some instruments.
fn instrument_books(state: &State, run: &Run) -> Vec<Event<'static>> {
    let ids: Vec<InstrumentId> = state.registry.instrument_ids().collect();
    let batch = run.batch(&ids);
    let equations = batch.iter().flat_map(|id| close::instrument(state, *id, run.date));
    let events = vec![proved(run, equations.collect())];
    then(run, events, batch.len(), ids.len(), RunStage::CurrencyBooks)
}

fn proved(run: &Run, equations: Vec<model::event::Equation>) -> Event<'static> {
    Event::BooksProved(BooksProved { run: run.id, date: run.date, equations })
}

fn completed(run: &Run, next_entry: EntryNo) -> Event<'static> {
    Event::RunCompleted(RunCompleted {
        run: run.id,
        kind: run.kind,
        date: run.date,
        steps: run.steps + 1,
        last_entry: EntryNo(next_entry.0 - 1),
    })
}
