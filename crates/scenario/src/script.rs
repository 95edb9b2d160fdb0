//! A text as scenarios: names, steps, and the lines that were not understood.
//!
//! What stands deeper than a step belongs to it. A background's steps come before the steps of
//! each scenario of the file.

use crate::lines::{Line, lines};
use crate::phrase::{self, Action};
use crate::report::Problem;

/// More scenarios than this should be several files.
const MAX_SCENARIOS: usize = 500;

/// A text as scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// Comes before each scenario.
    pub background: Part,
    /// The scenarios.
    pub scenarios: Vec<Part>,
}

/// A scenario, or the background of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name; empty for the background.
    pub name: String,
    /// The line of its heading.
    pub line: usize,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Lines that were not understood. With one of them nothing of the scenario is run.
    pub problems: Vec<Problem>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its line.
    pub line: usize,
    /// What is done or expected.
    pub action: Action,
}

/// Whether a step does something or expects something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// `given` and `when`.
    Does,
    /// `then`.
    Expects,
}

/// Reads a text.
pub(crate) fn script(text: &str) -> Result<Script, Problem> {
    let lines = lines(text)?;
    let mut script = Script::default();
    let (mut at, mut mood) = (0, None);
    while let Some(line) = lines.get(at) {
        at += 1;
        if let Some(name) = heading(line.text, "scenario") {
            if script.scenarios.len() == MAX_SCENARIOS {
                let expected = format!("at most {MAX_SCENARIOS} scenarios in a file");
                return Err(Problem::new(line.number, expected, line.text));
            }
            let part = Part { name: name.to_owned(), line: line.number, ..Part::default() };
            script.scenarios.push(part);
            mood = None;
            continue;
        }
        if heading(line.text, "background").is_some() && script.scenarios.is_empty() {
            script.background.line = line.number;
            mood = None;
            continue;
        }
        let block = &lines[at..at + block_length(line, &lines[at..])];
        at += block.len();
        let step = step(line, block, &mut mood);
        let part = script.scenarios.last_mut().unwrap_or(&mut script.background);
        match step {
            Ok(step) => part.steps.push(step),
            Err(problem) => part.problems.push(problem),
        }
    }
    if script.scenarios.is_empty() {
        return Err(Problem::new(1, "at least one line `scenario: name`", "none"));
    }
    Ok(script)
}

/// What follows `word:`, whatever its case.
fn heading<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (first, rest) = text.split_once(':')?;
    first.trim().eq_ignore_ascii_case(word).then_some(rest.trim())
}

/// How many lines stand deeper than the step before them.
fn block_length(step: &Line<'_>, after: &[Line<'_>]) -> usize {
    after.iter().take_while(|line| line.indent > step.indent).count()
}

fn step(line: &Line<'_>, block: &[Line<'_>], mood: &mut Option<Mood>) -> Result<Step, Problem> {
    let (first, phrase) = line.text.split_once(char::is_whitespace).unwrap_or((line.text, ""));
    let known = match first.to_ascii_lowercase().as_str() {
        "given" | "when" => Some(Mood::Does),
        "then" => Some(Mood::Expects),
        "and" | "but" => *mood,
        _ => None,
    };
    let Some(known) = known else {
        let expected = "a step that begins with given, when, then, and";
        return Err(Problem::new(line.number, expected, line.text));
    };
    *mood = Some(known);
    let line = Line { text: phrase.trim(), ..*line };
    let action = match known {
        Mood::Does => phrase::deed(&line, block)?,
        Mood::Expects => phrase::expectation(&line, block)?,
    };
    Ok(Step { line: line.number, action })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_belong_to_their_scenario_and_tables_to_their_step() {
        let text = "background:\n given members\n   member\n   M1\n\
                    scenario: one\nwhen the day ends\nthen no positions\n\
                    scenario: two\n";
        let script = script(text).expect("a script");
        assert_eq!(script.background.steps.len(), 1);
        let names: Vec<_> = script.scenarios.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(script.scenarios[0].steps[1].line, 7);
        assert_eq!(script.scenarios[1].line, 8);
    }

    #[test]
    fn a_line_that_is_not_understood_is_a_problem_of_its_scenario() {
        let text = "scenario: one\ngiven mambers\nwhen the day ends\nand so on\nthe end\n";
        let script = script(text).expect("a script");
        let lines: Vec<_> = script.scenarios[0].problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [2, 4, 5]);
        assert!(super::script("given members\n").is_err());
    }
}
