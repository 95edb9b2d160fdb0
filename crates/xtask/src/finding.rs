//! What a check found: failures, warnings and notes, each one sentence.
//!
//! Errors and findings of this crate are plain sentences on purpose: a person reads them, and no
//! code ever asks which one it was.

/// The sentences a check ends with.
#[derive(Debug, Default)]
pub struct Findings {
    /// Rules that do not hold. One is enough to fail the check.
    pub failures: Vec<String>,
    /// Rules that hold, but barely.
    pub warnings: Vec<String>,
    /// What was looked at, and what could not be.
    pub notes: Vec<String>,
}

impl Findings {
    /// Records a broken rule at a place: a file, or `file:line`.
    pub fn fail(&mut self, place: &str, what: impl AsRef<str>) {
        self.failures.push(format!("{place}: {}", what.as_ref()));
    }

    /// Records something to keep an eye on.
    pub fn warn(&mut self, place: &str, what: impl AsRef<str>) {
        self.warnings.push(format!("{place}: {}", what.as_ref()));
    }

    /// Records what was done, or why it was not.
    pub fn note(&mut self, what: String) {
        self.notes.push(what);
    }

    /// Adds everything another check found.
    pub fn extend(&mut self, other: Self) {
        self.failures.extend(other.failures);
        self.warnings.extend(other.warnings);
        self.notes.extend(other.notes);
    }

    /// Prints all sentences, failures last so that they are seen. True if nothing failed.
    pub fn print(&self) -> bool {
        for note in &self.notes {
            println!("note: {note}");
        }
        for warning in &self.warnings {
            println!("warning: {warning}");
        }
        for failure in &self.failures {
            println!("error: {failure}");
        }
        self.failures.is_empty()
    }
}
