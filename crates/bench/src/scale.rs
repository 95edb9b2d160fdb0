//! Cost per report as the market grows: it must not depend on how much is already in.
//!
//! The market is repeated under later dates and imported, journal only. What is compared is
//! processor time for a report where the system tells it, else time on the wall.

use std::path::Path;

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};
use crate::import::{self, Writes};
use crate::measure::Cost;
use crate::shift;

/// The cost per report may grow by this factor at most.
const GOAL: f64 = 1.15;

/// Measures imports of the market repeated.
pub fn run(market: &Path, weeks: &[usize], setting: &Setting) -> Outcome<Vec<Figure>> {
    let scratch = setting.scratch()?;
    let mut sizes = weeks.to_vec();
    sizes.sort_unstable();
    sizes.dedup();
    let (mut figures, mut costs) = (Vec::new(), Vec::new());
    let mut before = None;
    for copies in sizes {
        let target = scratch.path().join(format!("{copies}"));
        shift::repeat(market, copies, &target, before.as_deref())?;
        let reports = import::reports(&target)? as f64;
        let mut runs = Vec::new();
        for _ in 0..setting.runs {
            runs.push(import::once(&target, Writes::Journal, setting)?);
        }
        let figure = cost(copies, &runs, reports);
        costs.push((copies, figure.best()));
        let rates = runs.iter().map(|cost| reports / cost.wall);
        figures.push(Figure::new("scale", name(copies), Unit::ReportsPerSecond, rates));
        figures.push(figure);
        figures.extend(import::peak("scale", &name(copies), &runs));
        before = Some(target);
    }
    figures.extend(ratios(&costs));
    Ok(figures)
}

fn name(copies: usize) -> String {
    format!("market x {copies}")
}

fn cost(copies: usize, runs: &[Cost], reports: f64) -> Figure {
    let processor: Option<Vec<f64>> = runs.iter().map(|cost| cost.cpu).collect();
    let seconds = processor.unwrap_or_else(|| runs.iter().map(|cost| cost.wall).collect());
    let nanos = seconds.into_iter().map(|seconds| seconds * 1e9 / reports);
    Figure::new("scale", name(copies), Unit::NanosPerReport, nanos)
}

/// Each cost to that of the smallest market, the best run of each.
fn ratios(costs: &[(usize, f64)]) -> Vec<Figure> {
    let Some(((least, first), others)) = costs.split_first() else { return Vec::new() };
    let ratio = |(copies, cost): &(usize, f64)| {
        let name = format!("cost at x {copies} to x {least}");
        Figure::new("scale", name, Unit::Ratio, [cost / first]).with(Goal::AtMost(GOAL))
    };
    others.iter().map(ratio).collect()
}
