//! From publishing a trade to its settlement and ledger events, under a steady load.
//!
//! Records are sent when they are due, whatever became of those before, and a trade's time counts
//! from when it was due: a pause of the installation counts for every trade that came during it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use kafka::{Begin, Heard, KafkaError, Reader, Record, Sender, Topic};

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};

use super::{Installation, PATIENCE, SEGMENT, Site, opening};

/// Reports a second.
const LOAD: usize = 20_000;

/// Records a second: one each five milliseconds.
const RECORDS: usize = 200;

/// For how long.
const SECONDS: usize = 20;

/// Of the first quarter of the time nothing is counted: caches fill, and the broker's code is
/// compiled.
const WARM: usize = 4;

/// Milliseconds from publishing to the event, of 99 in 100.
const GOAL: f64 = 50.0;

/// What is listened to.
const EVENTS: [Topic; 2] = [Topic::SettlementEvents, Topic::LedgerEvents];

/// Measures the time of every event of every trade.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let installation = Installation::start(setting)?;
    let folder = setting.scratch()?;
    let day = opening::after(market, 0, folder.path())?;
    let records = opening::records(market, day, LOAD / RECORDS, RECORDS * SECONDS)?;
    let mut quantiles = [(50.0, vec![]), (99.0, vec![]), (99.9, vec![]), (100.0, vec![])];
    for run in 0..setting.runs {
        let site = installation.site(&format!("latency{run}"))?;
        let mut node = site.node("node")?;
        node.await_word("owns the journal")?;
        site.publish(folder.path())?;
        let times = times(&site, &records)?;
        for (percent, values) in &mut quantiles {
            values.push(quantile(&times, *percent));
        }
    }
    let figures = quantiles.into_iter().map(|(percent, values)| {
        let name = format!("publish to event, {percent} % of them");
        let figure = Figure::new("latency", name, Unit::Millis, values);
        if percent == 99.0 { figure.with(Goal::AtMost(GOAL)) } else { figure }
    });
    Ok(figures.collect())
}

/// Milliseconds of every event, smallest first.
fn times(site: &Site<'_>, records: &[Vec<u8>]) -> Outcome<Vec<f64>> {
    let ends = Reader::open(&site.connection, SEGMENT, &[])?;
    let begin: Vec<_> = EVENTS
        .iter()
        .map(|topic| Ok((*topic, Begin::At(ends.bounds(*topic)?.1))))
        .collect::<Result<_, KafkaError>>()?;
    let reader = Reader::open(&site.connection, SEGMENT, &begin)?;
    let mut sender = Sender::open(&site.connection, SEGMENT, Duration::ZERO)?;
    let begun = Instant::now();
    let due = |record: usize| begun + Duration::from_secs(1) * record as u32 / RECORDS as u32;
    thread::scope(|scope| {
        let listener = scope.spawn(move || listen(reader, records.len(), due));
        for (number, bytes) in records.iter().enumerate() {
            thread::sleep(due(number).saturating_duration_since(Instant::now()));
            sender.send(&Record { topic: Topic::TradesIn, bytes, headers: &[] })?;
        }
        let mut times = listener.join().expect("the listener does not panic")?;
        times.sort_by(f64::total_cmp);
        Ok(times)
    })
}

/// Reads until an event of the last record came in each topic.
fn listen(
    mut reader: Reader,
    records: usize,
    due: impl Fn(usize) -> Instant,
) -> Result<Vec<f64>, String> {
    let mut times = Vec::new();
    let mut open = EVENTS.to_vec();
    let mut heard = Instant::now();
    while !open.is_empty() {
        if heard.elapsed() > PATIENCE / 10 {
            return Err("no event came any more".to_owned());
        }
        let polled = reader.poll(Duration::from_millis(20), |received| {
            let (now, mut last) = (Instant::now(), 0);
            for record in wire::public::records(received.bytes) {
                let bytes = record.map_err(|error| error.to_string())?;
                let read = wire::public::read(bytes).map_err(|error| error.to_string())?;
                let Some(place) = read.envelope.place else { continue };
                if place.channel != Topic::TradesIn.name() {
                    continue;
                }
                // Nobody else writes there: the offset is the record's number.
                last = place.position as usize;
                if last >= records / WARM {
                    let time = now.saturating_duration_since(due(last));
                    times.push(time.as_secs_f64() * 1_000.0);
                }
            }
            Ok::<_, String>((received.topic, last))
        });
        if let Heard::Record(read) = polled.map_err(|error| error.to_string())? {
            let (topic, last) = read?;
            heard = Instant::now();
            open.retain(|open| *open != topic || last + 1 < records);
        }
    }
    Ok(times)
}

/// The time within which so many in a hundred events came.
fn quantile(sorted: &[f64], percent: f64) -> f64 {
    let last = sorted.len() - 1;
    sorted[(last as f64 * percent / 100.0).ceil() as usize]
}
