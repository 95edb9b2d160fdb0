//! The core alone: from a decoded report to its events, and from events to the next state.
//!
//! Reports lie decoded in memory, a frame's worth at a time; decoding them is not counted, and
//! neither are operations. One thread, and its time on the processor; nothing is encoded and
//! nothing written.

use std::hint::black_box;
use std::path::Path;

use basics::Seq;
use engine::State;
use model::{Decision, TradeReport, TradeVerdict, Verdict};

use crate::Outcome;
use crate::cli::Setting;
use crate::clock::Clock;
use crate::figure::{Figure, Goal, Unit};
use crate::frames::{Frame, Frames, Section};

/// Reports a second that the core is to reach.
const GOAL: f64 = 2_000_000.0;

/// Measures the core.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let frames = Frames::of(market)?;
    let mut runs = Vec::new();
    for _ in 0..setting.runs {
        runs.push(once(&frames)?);
    }
    let nanos: Vec<f64> = runs.iter().map(|run| run.clock.nanos_per(run.reports)).collect();
    let rates: Vec<f64> = nanos.iter().map(|nanos| 1e9 / nanos).collect();
    let events = runs.iter().map(|run| run.events as f64 / run.reports as f64);
    Ok(vec![
        Figure::new("core", "decide and evolve", Unit::ReportsPerSecond, rates)
            .with(Goal::AtLeast(GOAL)),
        Figure::new("core", "decide and evolve", Unit::NanosPerReport, nanos),
        Figure::new("core", "events for a report", Unit::Ratio, events),
    ])
}

/// One pass over the market.
#[derive(Default)]
struct Pass {
    clock: Clock,
    reports: u64,
    events: u64,
}

fn once(frames: &Frames) -> Outcome<Pass> {
    let mut state = State::default();
    let mut pass = Pass::default();
    for frame in &frames.frames {
        take_frame(&mut state, frame, &mut pass)?;
    }
    Ok(pass)
}

fn take_frame(state: &mut State, frame: &Frame, pass: &mut Pass) -> Outcome<()> {
    frame.sections(|section| match section {
        Section::One(decision) => apply(state, &decision),
        Section::Trades(decisions) => {
            // Rows that could not be read never reach the core.
            let reports: Vec<(Seq, TradeReport<'_>)> = decisions
                .iter()
                .filter_map(|decision| Some((decision.seq, decision.report?)))
                .collect();
            pass.events += pass.clock.count(|| decide_and_evolve(state, &reports));
            pass.reports += reports.len() as u64;
            black_box(&mut *state);
        }
    })
}

/// What is measured; how many events there were.
fn decide_and_evolve(state: &mut State, reports: &[(Seq, TradeReport<'_>)]) -> u64 {
    let mut count = 0;
    for (seq, report) in reports {
        let verdict = engine::decide_trade(state, report, *seq);
        engine::evolve_trade(state, &verdict);
        count += events(&verdict);
    }
    count
}

const fn events(verdict: &TradeVerdict<'_>) -> u64 {
    match verdict {
        TradeVerdict::Captured(..) => 2,
        TradeVerdict::Amended(_) | TradeVerdict::Cancelled(_) => 1,
        TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => 0,
    }
}

/// Applies the events of any other decision.
fn apply(state: &mut State, decision: &Decision<'_>) {
    if let Verdict::Accepted(events) = &decision.verdict {
        for event in events {
            engine::evolve(state, event);
        }
    }
}
