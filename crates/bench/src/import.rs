//! `clearfold import` as anyone runs it: a process of its own, a new data directory, all durable
//! at the end.
//!
//! Where no `clearfold` is built, this program imports by itself, without the read model.

use std::path::Path;
use std::process::Command;

use interchange::market::{FileKind, Market};
use model::Place;
use model::decision::Form;
use node::{Node, Received, State};

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};
use crate::measure::{self, Cost};

/// Reports a second with the journal alone.
const GOAL_JOURNAL: f64 = 700_000.0;

/// Reports a second with the read model.
const GOAL_READ_MODEL: f64 = 120_000.0;

/// Mebibytes at the peak, with and without the read model.
pub const GOAL_PEAK: f64 = 1_024.0;

/// What an import writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// The journal.
    Journal,
    /// The journal, and the read model until it has caught up.
    ReadModel,
}

impl Writes {
    /// The name of its figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal only",
            Self::ReadModel => "with read model",
        }
    }

    const fn goal(self) -> f64 {
        match self {
            Self::Journal => GOAL_JOURNAL,
            Self::ReadModel => GOAL_READ_MODEL,
        }
    }
}

/// What can be measured here: without `clearfold` there is no read model.
pub fn kinds(setting: &Setting) -> &'static [Writes] {
    match setting.clearfold() {
        Some(_) => &[Writes::Journal, Writes::ReadModel],
        None => {
            eprintln!("no clearfold is built beside this program: the read model is left out");
            &[Writes::Journal]
        }
    }
}

/// Measures imports.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let reports = reports(market)? as f64;
    let mut figures = Vec::new();
    for writes in kinds(setting) {
        let mut costs = Vec::new();
        for _ in 0..setting.runs {
            costs.push(once(market, *writes, setting)?);
        }
        let name = writes.name();
        let rates = costs.iter().map(|cost| reports / cost.wall);
        figures.push(
            Figure::new("import", name, Unit::ReportsPerSecond, rates)
                .with(Goal::AtLeast(writes.goal())),
        );
        figures.extend(cpu(name, &costs, reports));
        figures.extend(peak("import", name, &costs));
    }
    Ok(figures)
}

/// Processor time for a report, if the system tells it of all runs.
fn cpu(name: &str, costs: &[Cost], reports: f64) -> Option<Figure> {
    let seconds: Option<Vec<f64>> = costs.iter().map(|cost| cost.cpu).collect();
    let nanos = seconds?.into_iter().map(|seconds| seconds * 1e9 / reports);
    Some(Figure::new("import", format!("{name}, processor"), Unit::NanosPerReport, nanos))
}

/// Memory at the peak, if the system tells it of all runs.
pub fn peak(bench: &'static str, name: &str, costs: &[Cost]) -> Option<Figure> {
    let bytes: Option<Vec<u64>> = costs.iter().map(|cost| cost.peak).collect();
    let mebibytes = bytes?.into_iter().map(|bytes| bytes as f64 / f64::from(1 << 20));
    let figure = Figure::new(bench, format!("{name}, peak memory"), Unit::Mebibytes, mebibytes);
    Some(figure.with(Goal::AtMost(GOAL_PEAK)))
}

/// One import into a new data directory.
pub fn once(market: &Path, writes: Writes, setting: &Setting) -> Outcome<Cost> {
    let scratch = setting.scratch()?;
    let data = scratch.path().join("data");
    let mut command = match setting.clearfold() {
        Some(clearfold) => {
            let mut command = Command::new(clearfold);
            command.args(["import", "--quiet", "--data"]).arg(&data).arg(market);
            if writes == Writes::Journal {
                command.arg("--journal-only");
            }
            command
        }
        None => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("import-alone").arg(market).arg(&data);
            command
        }
    };
    measure::child(&mut command)
}

/// How many trade reports a market has: the rows of its trade files.
pub fn reports(market: &Path) -> Outcome<u64> {
    let market = Market::open(market)?;
    let mut reports = 0;
    for part in market.parts().iter().filter(|part| part.kind == FileKind::Trades) {
        let mut rows = market.read(part)?;
        while rows.next()?.is_some() {
            reports += 1;
        }
    }
    Ok(reports)
}

/// Imports a market in this process and says to which state it led.
pub fn alone(market: &Path, data: &Path) -> Outcome<()> {
    let state_hash = fill(market, data)?;
    println!("{state_hash:02x?}");
    Ok(())
}

/// Imports a market in this process; the hash of the state it led to.
pub fn fill(market: &Path, data: &Path) -> Outcome<[u8; 32]> {
    let market = Market::open(market)?;
    let mut node = Node::open(data)?;
    market.for_each(|channel, row| -> Outcome<()> {
        node.take(&Received {
            place: Place { channel, position: row.position, item: 0, pass: 0 },
            publisher: "import",
            form: Form::MarketCsv,
            command: row.command,
            verbatim: (!row.is_canonical()).then_some(row.raw),
        })?;
        Ok(())
    })?;
    let (_, state_hash) = node.close_with(State::hash)?;
    Ok(state_hash)
}
