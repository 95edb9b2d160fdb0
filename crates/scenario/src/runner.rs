//! Runs the steps of scenarios and collects where they fail.
//!
//! A scenario ends at its first step that fails: what follows would only repeat it. A broken
//! invariant of the engine fails the step that met it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use basics::Date;
use model::Rejection;
use model::outcome::DEAD_LETTER;

use crate::expect;
use crate::phrase::{Action, Commitment, Operate};
use crate::report::{Failure, Problem, Report};
use crate::script::{Part, Script, Step, script};
use crate::world::{ACCEPTED, World, hex, is_accepted};

/// Days that may pass in one step.
const MAX_DAYS: i32 = 400;

/// Runs every scenario of a text.
pub(crate) fn run(path: &str, text: &str) -> Report {
    let script = match script(text) {
        Ok(script) => script,
        Err(problem) => {
            let failed = vec![failure(path, "", problem)];
            return Report { passed: 0, failed_scenarios: 1, failed };
        }
    };
    let mut report = Report::default();
    for scenario in &script.scenarios {
        let problems = problems(&script, scenario);
        report.passed += u64::from(problems.is_empty());
        report.failed_scenarios += u64::from(!problems.is_empty());
        let failures = problems.into_iter().map(|p| failure(path, &scenario.name, p));
        report.failed.extend(failures);
    }
    report
}

fn failure(file: &str, scenario: &str, problem: Problem) -> Failure {
    let Problem { line, expected, got } = problem;
    Failure { file: file.to_owned(), line, scenario: scenario.to_owned(), expected, got }
}

/// Everything wrong with a scenario; empty if it holds.
fn problems(script: &Script, scenario: &Part) -> Vec<Problem> {
    let unread = script.background.problems.iter().chain(&scenario.problems);
    let unread: Vec<Problem> = unread.cloned().collect();
    if !unread.is_empty() {
        return unread;
    }
    if scenario.steps.is_empty() {
        return vec![Problem::new(scenario.line, "steps below the scenario's name", "none")];
    }
    let (mut world, mut remembered) = (World::default(), None);
    for step in script.background.steps.iter().chain(&scenario.steps) {
        let done = catch_unwind(AssertUnwindSafe(|| take(&mut world, &mut remembered, step)));
        let problems = done.unwrap_or_else(|why| {
            let text = why.downcast_ref::<String>().cloned();
            let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let got = format!("the engine stopped: {}", text.unwrap_or_default());
            vec![Problem::new(step.line, "no broken invariant", got)]
        });
        if !problems.is_empty() {
            return problems;
        }
    }
    Vec::new()
}

/// Takes one step; gives what is wrong with it.
fn take(world: &mut World, remembered: &mut Option<[u8; 32]>, step: &Step) -> Vec<Problem> {
    let line = step.line;
    match &step.action {
        Action::Inputs(topic, table) => {
            let rows = table.rows.iter();
            all(rows.map(|row| outcome(row.line, &row.outcome, world.row(*topic, table, row))))
        }
        Action::RawTrades(rows) => {
            all(rows.iter().map(|row| outcome(row.line, &row.outcome, world.raw(row))))
        }
        Action::Operate(operate, expected) => {
            all([outcome(line, expected, world.operate(line, operate))])
        }
        Action::PassTo(to) => pass(world, line, *to),
        Action::Remember => {
            *remembered = Some(world.state.hash());
            Vec::new()
        }
        Action::AsRemembered => same_state(world, *remembered, line),
        Action::Expect(expectation) => expect::table(world, line, expectation),
        Action::Explain(explain) => expect::story(world, line, explain),
    }
}

fn all(problems: impl IntoIterator<Item = Option<Problem>>) -> Vec<Problem> {
    problems.into_iter().flatten().collect()
}

/// Whether an input became what was expected; an acceptance, if nothing was said.
fn outcome(
    line: usize,
    expected: &Option<String>,
    outcome: Result<String, Problem>,
) -> Option<Problem> {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(problem) => return Some(problem),
    };
    let expected = expected.as_deref().unwrap_or(ACCEPTED);
    let holds = expected == outcome
        || (expected == ACCEPTED && is_accepted(&outcome))
        || (expected == DEAD_LETTER && outcome.starts_with(DEAD_LETTER));
    (!holds).then(|| Problem::new(line, expected, outcome))
}

/// Lets every day pass on which any calendar is open.
fn pass(world: &mut World, line: usize, to: Date) -> Vec<Problem> {
    let Some(last) = world.state.business_date() else {
        return vec![Problem::new(line, "a day that was opened before", "none")];
    };
    if to.0.saturating_sub(last.0) > MAX_DAYS {
        return vec![Problem::new(line, format!("at most {MAX_DAYS} days"), to.to_string())];
    }
    for day in last.0 + 1..=to.0 {
        let operate = Operate::Pass(Date(day), Commitment::Draw(None));
        let passed = world.operate(line, &operate);
        if passed.as_deref() == Ok(Rejection::NotABusinessDay.name()) {
            continue;
        }
        if let Some(problem) = outcome(line, &None, passed) {
            let got = format!("{} on {}", problem.got, Date(day));
            return vec![Problem { got, ..problem }];
        }
    }
    Vec::new()
}

fn same_state(world: &World, remembered: Option<[u8; 32]>, line: usize) -> Vec<Problem> {
    let Some(before) = remembered else {
        return vec![Problem::new(line, "a state that is remembered before", "none")];
    };
    let now = world.state.hash();
    if now == before {
        return Vec::new();
    }
    vec![Problem::new(line, format!("state hash {}", hex(&before)), hex(&now))]
}
