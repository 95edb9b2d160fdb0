//! The owner of a segment is killed: how long until its standby has accepted a new trade.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kafka::{Begin, Heard, KafkaError, Reader, Record, Sender, Topic};
use model::public::{Body, TradeOutcome};

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};
use crate::import::reports;

use super::{Installation, PATIENCE, SEGMENT, Site, opening};

/// Days whose trades are all open: none of them is settled before the third day after it.
const DAYS: usize = 3;

/// Between two trades while the owner is killed.
const EVERY: Duration = Duration::from_millis(10);

/// For how long they come before that.
const BEFORE: Duration = Duration::from_secs(1);

/// Trades that are sent at most: enough for as long as anyone waits.
const TRADES: usize = 10_000;

/// Seconds from the kill to the first trade accepted by the next owner.
const GOAL: f64 = 5.0;

/// Measures it, and how long a node takes that starts when the trades are there.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let installation = Installation::start(setting)?;
    let folder = setting.scratch()?;
    let day = opening::after(market, DAYS, folder.path())?;
    let trades = opening::records(market, day, 1, TRADES)?;
    let open = reports(folder.path())? as f64;
    let (mut starts, mut takeovers) = (vec![], vec![]);
    for run in 0..setting.runs {
        let site = installation.site(&format!("takeover{run}"))?;
        let mut owner = site.node("owner")?;
        owner.await_word("owns the journal")?;
        site.publish(folder.path())?;
        let begun = Instant::now();
        let mut standby = site.node("standby")?;
        standby.await_word("follows")?;
        starts.push(begun.elapsed().as_secs_f64());
        takeovers.push(takeover(&site, &trades, || owner.kill())?);
    }
    let figure = |name, unit, values| Figure::new("takeover", name, unit, values);
    Ok(vec![
        figure("trade reports before it", Unit::Count, vec![open]),
        figure("kill to the first new accepted trade", Unit::Seconds, takeovers)
            .with(Goal::AtMost(GOAL)),
        figure("start of a node that folds all of it", Unit::Seconds, starts),
    ])
}

/// Sends trades all the time, kills, and gives the seconds until one is accepted that was sent
/// after it.
fn takeover(
    site: &Site<'_>,
    trades: &[Vec<u8>],
    kill: impl FnOnce() -> Outcome<()>,
) -> Outcome<f64> {
    let ends = Reader::open(&site.connection, SEGMENT, &[])?;
    let first = ends.bounds(Topic::TradesIn)?.1;
    let statuses = (Topic::TradesStatus, Begin::At(ends.bounds(Topic::TradesStatus)?.1));
    let mut reader = Reader::open(&site.connection, SEGMENT, &[statuses])?;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(site, trades, &is_over));
        thread::sleep(BEFORE);
        kill()?;
        let killed = Instant::now();
        // Nobody else writes there: so many trades were sent before.
        let sent = ends.bounds(Topic::TradesIn)?.1.max(first);
        let accepted = accepted(&mut reader, sent);
        is_over.store(true, Ordering::Relaxed);
        publisher.join().expect("the publisher does not panic")?;
        Ok(accepted?.duration_since(killed).as_secs_f64())
    })
}

fn publish(site: &Site<'_>, trades: &[Vec<u8>], is_over: &AtomicBool) -> Result<(), KafkaError> {
    let mut sender = Sender::open(&site.connection, SEGMENT, Duration::ZERO)?;
    for bytes in trades {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        sender.send(&Record { topic: Topic::TradesIn, bytes, headers: &[] })?;
        thread::sleep(EVERY);
    }
    sender.drain(PATIENCE).map(drop)
}

/// When the first trade is accepted that stands at `from` or after it.
fn accepted(reader: &mut Reader, from: u64) -> Outcome<Instant> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let heard = reader.poll(Duration::from_millis(20), |received| {
            wire::public::records(received.bytes).any(|record| {
                let read = record.and_then(wire::public::read);
                read.is_ok_and(|read| {
                    is_accepted(&read.body)
                        && read.envelope.place.is_some_and(|place| place.position >= from)
                })
            })
        })?;
        if matches!(heard, Heard::Record(true)) {
            return Ok(Instant::now());
        }
    }
    Err("no trade was accepted any more".into())
}

fn is_accepted(body: &Body<'_>) -> bool {
    matches!(body, Body::TradeStatus(status) if matches!(status.outcome, TradeOutcome::Captured { .. }))
}
