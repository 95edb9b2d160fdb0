//! What `publish` reports: counts for people, the same as JSON for machines.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::feed::HandedOver;
use crate::failure::{Exit, Failure};
use crate::report::{Notice, notices, notices_json};

/// The report of a publisher.
#[derive(Default)]
pub struct Report {
    sent: HandedOver,
    /// Rows that were in before.
    pub already_in: u64,
    /// Business days opened.
    pub days: BTreeSet<String>,
    /// Operations refused.
    pub refused_operations: Vec<Notice>,
    /// Rows that cannot be read; the node dead-letters them.
    pub unreadable: Vec<Notice>,
    /// Seconds from start to the last outcome.
    pub seconds: f64,
    /// Ctrl-C ended it early.
    pub interrupted: bool,
}

impl Report {
    /// Takes over what was sent.
    pub fn count(&mut self, sent: HandedOver) {
        self.sent = sent;
    }

    /// Trade reports a second, waiting for operations included.
    fn rate(&self) -> u64 {
        if self.seconds > 0.0 { (self.sent.reports as f64 / self.seconds) as u64 } else { 0 }
    }

    /// The report for machines.
    pub fn json(&self) -> Value {
        json!({
            "reports": self.sent.reports,
            "rows": self.sent.rows,
            "records": self.sent.records,
            "already_in": self.already_in,
            "business_days": self.days,
            "trades_per_second": self.rate(),
            "seconds": self.seconds,
            "refused_operations": notices_json(&self.refused_operations),
            "unreadable": notices_json(&self.unreadable),
            "interrupted": self.interrupted,
        })
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, value) in [
            ("already in", self.already_in),
            ("trade reports", self.sent.reports),
            ("rows", self.sent.rows),
            ("records", self.sent.records),
            ("business days", self.days.len() as u64),
            ("reports per second", self.rate()),
        ] {
            let _ = writeln!(out, "{name:<22}{value:>16}");
        }
        notices(&mut out, "refused operations", &self.refused_operations);
        notices(&mut out, "rows that cannot be read", &self.unreadable);
        out
    }

    /// The exit: refused operations are findings.
    pub fn finish(&self) -> Result<(), Failure> {
        if self.interrupted {
            let message = "interrupted; what was delivered is kept, publish again to go on";
            return Err(Failure::new(Exit::Interrupted, message));
        }
        if self.refused_operations.is_empty() {
            return Ok(());
        }
        let count = self.refused_operations.len();
        let message = format!(
            "{count} operations were refused; the report says where: correct them with further \
             rows"
        );
        Err(Failure::new(Exit::Findings, message))
    }
}
