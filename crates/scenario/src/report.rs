//! What became of the scenarios of a text: how many held, and where one did not.

use std::fmt;

/// What became of the scenarios of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Scenarios that held.
    pub passed: u64,
    /// Scenarios that did not, and files that are none.
    pub failed_scenarios: u64,
    /// Every expectation that did not hold, in order of line; one scenario can have several.
    pub failed: Vec<Failure>,
}

impl Report {
    /// Takes in the report of another text.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed_scenarios += other.failed_scenarios;
        self.failed.extend(other.failed);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failed {
            writeln!(f, "{failure}")?;
        }
        write!(f, "{} passed, {} failed", self.passed, self.failed_scenarios)
    }
}

/// One expectation that did not hold, or one line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The scenario's name; empty outside of one.
    pub scenario: String,
    /// What the line expects.
    pub expected: String,
    /// What there is instead.
    pub got: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, scenario, expected, got } = self;
        writeln!(f, "{file}:{line}: {scenario}")?;
        writeln!(f, "  expected: {expected}")?;
        write!(f, "  got:      {got}")
    }
}

/// A line and what is wrong with it, before it is known whose line it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What the line should be or expects.
    pub expected: String,
    /// What there is instead.
    pub got: String,
}

impl Problem {
    pub(crate) fn new(line: usize, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { line, expected: expected.into(), got: got.into() }
    }
}
