//! Publisher, broker, node and consumer at work on a whole market, and the raw pipe beside them.

use std::path::Path;
use std::time::Instant;

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};
use crate::import::reports;

use super::consumer::Consumer;
use super::pipe::{self, Load};
use super::{Installation, Site};

/// Reports a second through an installation.
const GOAL: f64 = 250_000.0;

/// The same, as part of what the raw pipe does.
const GOAL_RATIO: f64 = 0.6;

/// Measures both in turns.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let reports = reports(market)? as f64;
    let installation = Installation::start(setting)?;
    // The broker's code is compiled while it runs: its first minute counts for nobody.
    for warm in ["warm", "warmer"] {
        seconds(&installation.site(warm)?, market)?;
    }
    let (mut rates, mut raw, mut ratios, mut bytes) = (vec![], vec![], vec![], vec![]);
    for run in 0..setting.runs {
        let site = installation.site(&format!("whole{run}"))?;
        let rate = reports / seconds(&site, market)?;
        let load = Load::of(&site.connection)?;
        let empty = installation.site(&format!("raw{run}"))?;
        let most = reports / pipe::seconds(&empty.connection, &load)?;
        bytes.push(load.bytes() as f64 / reports);
        rates.push(rate);
        raw.push(most);
        ratios.push(rate / most);
    }
    let figure = |name, unit, values| Figure::new("kafka", name, unit, values);
    Ok(vec![
        figure("through an installation", Unit::ReportsPerSecond, rates).with(Goal::AtLeast(GOAL)),
        figure("raw pipe", Unit::ReportsPerSecond, raw),
        figure("installation to raw pipe", Unit::Ratio, ratios).with(Goal::AtLeast(GOAL_RATIO)),
        figure("all topics", Unit::BytesPerReport, bytes),
    ])
}

/// From the start of the publisher to the last public record at the consumer.
fn seconds(site: &Site<'_>, market: &Path) -> Outcome<f64> {
    let mut node = site.node("node")?;
    node.await_word("owns the journal")?;
    let consumer = Consumer::spawn(&site.connection)?;
    let begun = Instant::now();
    site.publish(market)?;
    consumer.seconds_since(begun)
}
