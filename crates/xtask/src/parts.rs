//! Everything that CI runs, as a table of parts with a time budget each.
//!
//! All parts run, also after one failed: one run tells everything. A part that cannot run fails and
//! says what to install; nothing is skipped. A part over its budget is a warning; the total has a
//! hard stop, and what still runs then is ended.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::run::{Deadline, cargo, shown};
use crate::tree::Tree;
use crate::{deny, layers, tidy};

/// The end of all patience.
const TOTAL: Duration = Duration::from_secs(80 * 60);

/// Where a part runs, and until when.
struct Place<'a> {
    root: &'a Path,
    deadline: Deadline,
}

/// One thing that must hold.
struct Part {
    name: &'static str,
    /// Seconds it should take on two cores that have built nothing yet.
    budget: u64,
    run: fn(&Place) -> Result<(), String>,
}

/// What became of a part.
struct Outcome {
    name: &'static str,
    budget: Duration,
    took: Duration,
    /// `Err` holds the sentence that says why it failed.
    result: Result<(), String>,
}

// The cheap parts come first: they are the ones most often forgotten.
const PARTS: [Part; 10] = [
    Part { name: "fmt", budget: 20, run: fmt },
    Part { name: "layers", budget: 60, run: in_layers },
    Part { name: "tidy", budget: 10, run: is_tidy },
    Part { name: "clippy", budget: 600, run: clippy },
    Part { name: "build", budget: 600, run: build },
    Part { name: TESTS, budget: 1200, run: tests },
    Part { name: "doctests", budget: 180, run: doctests },
    Part { name: "docs", budget: 180, run: docs },
    Part { name: "deny", budget: 360, run: allowed },
    Part { name: "deploy", budget: 300, run: deployable },
];

/// The part whose closing lines count the tests themselves.
const TESTS: &str = "tests";

/// Names of the parts, in the order they run.
pub fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.name)
}

/// Runs the named parts, or all if none is named. True if all held.
pub fn run(root: &Path, only: &[String]) -> Result<bool, String> {
    let asked = |part: &&Part| only.is_empty() || only.iter().any(|name| name == part.name);
    let place = Place { root, deadline: Deadline::after(TOTAL) };
    let outcomes: Vec<_> = PARTS.iter().filter(asked).map(|part| outcome(part, &place)).collect();
    let failed = report(&outcomes);
    Ok(failed == 0)
}

fn outcome(part: &Part, place: &Place) -> Outcome {
    println!("\n== {}", part.name);
    let started = Instant::now();
    let result = (part.run)(place);
    if let Err(sentence) = &result {
        println!("error: {sentence}");
    }
    let budget = Duration::from_secs(part.budget);
    Outcome { name: part.name, budget, took: started.elapsed(), result }
}

/// Prints the table of parts and returns how many failed.
fn report(outcomes: &[Outcome]) -> usize {
    println!("\n{:<10}{:>10}{:>10}  result", "part", "took", "budget");
    for outcome in outcomes {
        let Outcome { name, budget, took, result } = outcome;
        let word = match result {
            Ok(()) => "ok",
            Err(_) => "FAILED",
        };
        let late = if took > budget { "  (warning: over budget)" } else { "" };
        let (took, budget) = (took.as_secs_f64(), budget.as_secs());
        println!("{name:<10}{took:>8.1} s{budget:>8} s  {word}{late}");
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("{:<10}{:>8.1} s{:>8} s", "total", total.as_secs_f64(), TOTAL.as_secs());

    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    for outcome in outcomes {
        if let Err(sentence) = &outcome.result {
            println!("{}: {sentence}", outcome.name);
        }
    }
    if outcomes.iter().any(|outcome| outcome.name == TESTS) {
        println!("{} passed, {failed} failed", outcomes.len() - failed);
    } else {
        // Whoever counts tests by the last line must not take a few parts for all tests.
        println!("{} of {} parts ran, without the tests", outcomes.len(), PARTS.len());
    }
    failed
}

fn fmt(place: &Place) -> Result<(), String> {
    shown(cargo(place.root).args(["fmt", "--all", "--check"]), place.deadline)
        .map_err(|sentence| format!("{sentence}; run `cargo fmt`"))
}

fn in_layers(place: &Place) -> Result<(), String> {
    let held = layers::check(place.root, place.deadline)?.print();
    if held { Ok(()) } else { Err("an arrow or a PAPER rule is broken".into()) }
}

fn is_tidy(place: &Place) -> Result<(), String> {
    let held = tidy::check(&Tree::read(place.root)?).print();
    if held { Ok(()) } else { Err("a rule of the house is broken".into()) }
}

fn clippy(place: &Place) -> Result<(), String> {
    let mut clippy = cargo(place.root);
    clippy.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    shown(&mut clippy, place.deadline)
}

/// Builds the binaries first: tests of the built product must not meet yesterday's.
fn build(place: &Place) -> Result<(), String> {
    shown(cargo(place.root).args(["build", "--locked", "--workspace", "--bins"]), place.deadline)
}

fn tests(place: &Place) -> Result<(), String> {
    let mut tests = cargo(place.root);
    tests.args(["test", "--locked", "--workspace", "--lib", "--bins", "--tests"]);
    shown(tests.arg("--no-fail-fast"), place.deadline)
}

fn doctests(place: &Place) -> Result<(), String> {
    shown(cargo(place.root).args(["test", "--locked", "--workspace", "--doc"]), place.deadline)
}

fn docs(place: &Place) -> Result<(), String> {
    let mut docs = cargo(place.root);
    docs.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--locked", "--workspace", "--no-deps"]);
    shown(&mut docs, place.deadline)
}

fn allowed(place: &Place) -> Result<(), String> {
    deny::check(place.root, place.deadline)
}

/// The script fetches the linters it needs on its first run, and names what it cannot fetch.
fn deployable(place: &Place) -> Result<(), String> {
    shown(Command::new("bash").current_dir(place.root).arg("deploy/check.sh"), place.deadline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_fit_into_the_total() {
        let sum: u64 = PARTS.iter().map(|part| part.budget).sum();
        assert!(Duration::from_secs(sum) < TOTAL);
    }

    #[test]
    fn a_failed_part_is_counted_and_the_others_still_run() {
        let place = Place { root: Path::new("."), deadline: Deadline::none() };
        let broken = Part { name: "fmt", budget: 1, run: |_| Err("no rustfmt".into()) };
        let whole = Part { name: TESTS, budget: 1, run: |_| Ok(()) };
        let outcomes = [broken, whole].map(|part| outcome(&part, &place));
        assert_eq!(report(&outcomes), 1);
    }
}
