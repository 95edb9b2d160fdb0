//! What an import reports: counts for people, the same as JSON for machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use node::Taken;
use serde_json::{Value, json};

/// Lines of a kind that a report shows at most; the read model has them all.
const SHOWN: usize = 20;

/// An operation, price or reference row that was refused, or a row that could not be read.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The file, relative to the market directory.
    pub file: String,
    /// The line in it, from 1.
    pub line: u64,
    /// The outcome's name.
    pub outcome: &'static str,
    /// The row's text, as far as it can be shown.
    pub text: String,
}

/// The report of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Trade reports by outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Rows that were in before.
    pub already_in: u64,
    /// Business days opened.
    pub days: BTreeSet<String>,
    /// Decisions made by this import.
    pub decisions: u64,
    /// Events recorded by this import.
    pub events: u64,
    /// Trade reports taken.
    pub reports: u64,
    /// Operations refused.
    pub refused_operations: Vec<Notice>,
    /// Price and reference rows refused.
    pub refused_rows: Vec<Notice>,
    /// Rows that could not be read.
    pub dead_letters: Vec<Notice>,
    /// Seconds from start to durable.
    pub seconds: f64,
    /// The last decision's sequence.
    pub sequence: u64,
    /// The state hash.
    pub state_hash: String,
    /// Ctrl-C ended it early.
    pub interrupted: bool,
}

impl Report {
    /// Counts a trade report.
    pub fn count_trade(&mut self, taken: &Taken) {
        *self.outcomes.entry(taken.outcome.name()).or_default() += 1;
        self.reports += 1;
        self.count(taken);
    }

    /// Counts any decision.
    pub fn count(&mut self, taken: &Taken) {
        self.events += taken.events;
    }

    /// Trade reports a second.
    fn rate(&self) -> u64 {
        if self.seconds > 0.0 { (self.reports as f64 / self.seconds) as u64 } else { 0 }
    }

    /// The report for machines.
    pub fn json(&self) -> Value {
        json!({
            "outcomes": self.outcomes,
            "reports": self.reports,
            "already_in": self.already_in,
            "business_days": self.days,
            "decisions": self.decisions,
            "events": self.events,
            "trades_per_second": self.rate(),
            "seconds": self.seconds,
            "refused_operations": notices_json(&self.refused_operations),
            "refused_rows": notices_json(&self.refused_rows),
            "dead_letters": notices_json(&self.dead_letters),
            "sequence": self.sequence,
            "state_hash": self.state_hash,
            "interrupted": self.interrupted,
        })
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(out, "{name:<22}{value:>16}");
        };
        for (outcome, count) in &self.outcomes {
            line(outcome, &count.to_string());
        }
        line("already in", &self.already_in.to_string());
        line("trade reports", &self.reports.to_string());
        line("business days", &self.days.len().to_string());
        line("decisions", &self.decisions.to_string());
        line("events", &self.events.to_string());
        line("reports per second", &self.rate().to_string());
        line("final sequence", &self.sequence.to_string());
        let _ = writeln!(out, "state hash  {}", self.state_hash);
        notices(&mut out, "refused operations", &self.refused_operations);
        notices(&mut out, "refused rows", &self.refused_rows);
        notices(&mut out, "rows that cannot be read", &self.dead_letters);
        out
    }
}

/// Notices for machines.
pub fn notices_json(list: &[Notice]) -> Vec<Value> {
    list.iter()
        .map(|n| json!({"file": n.file, "line": n.line, "outcome": n.outcome, "row": n.text}))
        .collect()
}

/// Notices for people, below a title that counts them; nothing if there are none.
pub fn notices(out: &mut String, title: &str, list: &[Notice]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}: {}", list.len());
    for notice in list.iter().take(SHOWN) {
        let Notice { file, line, outcome, text } = notice;
        let _ = writeln!(out, "  {file}:{line}: {outcome}: {text}");
    }
    if list.len() > SHOWN {
        let _ = writeln!(out, "  … and {} more", list.len() - SHOWN);
    }
}
