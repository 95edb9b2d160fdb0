//! Figures: what was measured, how much it varies, and what it should be.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::Outcome;
use crate::machine::Machine;
use crate::market::Source;

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds for one trade report.
    NanosPerReport,
    /// Trade reports in a second.
    ReportsPerSecond,
    /// Public records in a second.
    EventsPerSecond,
    /// Rows in a second.
    RowsPerSecond,
    /// Bytes of a frame's body for one decision.
    BytesPerReport,
    /// Mebibytes.
    Mebibytes,
    /// Microseconds for one append with its sync.
    MicrosPerSync,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// How many.
    Count,
    /// One figure divided by another.
    Ratio,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::NanosPerReport => "ns/report",
            Self::ReportsPerSecond => "reports/s",
            Self::EventsPerSecond => "events/s",
            Self::RowsPerSecond => "rows/s",
            Self::BytesPerReport => "bytes/report",
            Self::Mebibytes => "MiB",
            Self::MicrosPerSync => "us/sync",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Count => "",
            Self::Ratio => "ratio",
        }
    }

    /// Decimals worth showing.
    const fn decimals(self) -> usize {
        match self {
            Self::ReportsPerSecond | Self::EventsPerSecond | Self::RowsPerSecond | Self::Count => 0,
            Self::NanosPerReport | Self::Mebibytes | Self::MicrosPerSync | Self::Millis => 1,
            Self::BytesPerReport | Self::Ratio | Self::Seconds => 2,
        }
    }

    const fn more_is_better(self) -> bool {
        matches!(self, Self::ReportsPerSecond | Self::EventsPerSecond | Self::RowsPerSecond)
    }
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Nothing is asked of it.
    None,
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtLeast(goal) => Some(value >= goal),
            Self::AtMost(goal) => Some(value <= goal),
        }
    }
}

/// One figure: a value for each run.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The benchmark.
    pub bench: &'static str,
    /// What of it.
    pub name: String,
    /// What the values count.
    pub unit: Unit,
    /// What its median should be.
    pub goal: Goal,
    /// A value for each run, smallest first. Never empty.
    values: Vec<f64>,
}

impl Figure {
    /// A figure of which nothing is asked.
    pub fn new(
        bench: &'static str,
        name: impl Into<String>,
        unit: Unit,
        values: impl IntoIterator<Item = f64>,
    ) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        assert!(!values.is_empty(), "a figure has a value");
        Self { bench, name: name.into(), unit, goal: Goal::None, values }
    }

    /// The same figure with what it should be.
    #[must_use]
    pub fn with(self, goal: Goal) -> Self {
        Self { goal, ..self }
    }

    /// The value in the middle; of two, the worse.
    pub fn median(&self) -> f64 {
        let last = self.values.len() - 1;
        self.values[if self.unit.more_is_better() { last / 2 } else { last.div_ceil(2) }]
    }

    /// The best value.
    pub fn best(&self) -> f64 {
        self.values[if self.unit.more_is_better() { self.values.len() - 1 } else { 0 }]
    }

    /// From the smallest to the largest value, as part of the median.
    fn spread(&self) -> f64 {
        let (least, most) = (self.values[0], self.values[self.values.len() - 1]);
        if self.median() == 0.0 { 0.0 } else { (most - least) / self.median() }
    }

    /// The figure as one JSON document, with all that it stands with.
    pub fn json(&self, machine: &Machine, source: &Source) -> Value {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        json!({
            "bench": self.bench,
            "figure": self.name,
            "unit": self.unit.name(),
            "median": self.median(),
            "best": self.best(),
            "spread": self.spread(),
            "values": self.values,
            "goal": match self.goal {
                Goal::None => Value::Null,
                Goal::AtLeast(goal) | Goal::AtMost(goal) => goal.into(),
            },
            "goal_met": self.goal.is_met(self.median()),
            "market": source.name(),
            "market_bytes": source.bytes(),
            "commit": machine.commit,
            "cpu": machine.cpu,
            "cores": machine.cores,
            "at": at,
        })
    }
}

/// The figures as a table.
pub fn table(figures: &[Figure]) -> String {
    let header = ["bench", "figure", "median", "best", "spread", "unit", "goal"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(figures.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..header.len()).filter_map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = match column {
                2..=4 => format!("{cell:>width$}  "),
                _ => format!("{cell:<width$}  "),
            };
            line.push_str(&cell);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn row(figure: &Figure) -> [String; 7] {
    let number = |value: f64| format!("{value:.*}", figure.unit.decimals());
    let met = match figure.goal.is_met(figure.median()) {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    };
    let goal = match figure.goal {
        Goal::None => String::new(),
        Goal::AtLeast(goal) => format!(">= {} {met}", number(goal)),
        Goal::AtMost(goal) => format!("<= {} {met}", number(goal)),
    };
    [
        figure.bench.to_owned(),
        figure.name.clone(),
        number(figure.median()),
        number(figure.best()),
        format!("{:.0} %", figure.spread() * 100.0),
        figure.unit.name().to_owned(),
        goal,
    ]
}

/// Appends the figures to a file of JSON lines, made if need be.
pub fn record(path: &Path, figures: &[Figure], machine: &Machine, source: &Source) -> Outcome<()> {
    let mut lines = String::new();
    for figure in figures {
        lines.push_str(&figure.json(machine, source).to_string());
        lines.push('\n');
    }
    OpenOptions::new().create(true).append(true).open(path)?.write_all(lines.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(unit: Unit, values: &[f64]) -> Figure {
        Figure::new("core", "all", unit, values.iter().copied())
    }

    #[test]
    fn the_best_is_the_smallest_cost_or_the_largest_rate() {
        let cost = figure(Unit::NanosPerReport, &[3.0, 1.0, 2.0]);
        assert_eq!((cost.best(), cost.median()), (1.0, 2.0));
        let rate = figure(Unit::ReportsPerSecond, &[3.0, 1.0, 2.0]);
        assert_eq!((rate.best(), rate.median()), (3.0, 2.0));
    }

    #[test]
    fn of_two_in_the_middle_the_worse_counts() {
        assert_eq!(figure(Unit::NanosPerReport, &[1.0, 2.0]).median(), 2.0);
        assert_eq!(figure(Unit::ReportsPerSecond, &[1.0, 2.0]).median(), 1.0);
    }

    #[test]
    fn the_table_says_whether_a_goal_is_met() {
        let rate = figure(Unit::ReportsPerSecond, &[5.0]);
        assert!(table(&[rate.clone().with(Goal::AtLeast(5.0))]).contains(">= 5 met"));
        assert!(table(&[rate.with(Goal::AtLeast(6.0))]).contains(">= 6 missed"));
    }
}
