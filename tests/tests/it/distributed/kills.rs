//! KILLS: whatever process is killed, whenever, nothing is lost, doubled or torn.
//!
//! `CLEARFOLD_BROKER_KILLS` asks for more kills than CI makes, `CLEARFOLD_SEED` for others,
//! `CLEARFOLD_MARKET_DIRS` for another market, and `CLEARFOLD_RATE` for a faster publisher: its
//! reports a second.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use services::{Postgres, PostgresOptions, Signal};

use super::installation::Installation;
use super::undisturbed::Undisturbed;
use crate::market::golden;
use crate::random::{Random, wanted};

fn market() -> PathBuf {
    let asked = std::env::var_os("CLEARFOLD_MARKET_DIRS");
    asked.map_or_else(|| golden().join("market"), PathBuf::from)
}

#[test]
fn killed_at_random_it_ends_as_if_nothing_had_been() {
    let undisturbed = Undisturbed::of(&market());

    let installation = Installation::start(3);
    let postgres = Postgres::start(PostgresOptions::default()).expect("PostgreSQL starts");
    let files = installation.config("files", &installation.sqlite("files"));
    let served = installation.config("served", &postgres.url());
    let mut serving = [
        installation.run("node", &files),
        installation.run("node", &served),
        installation.run("projector", &files),
        installation.run("projector", &served),
    ];
    let seed = wanted("CLEARFOLD_SEED", 1) as u64;
    let mut random = Random::new(seed);
    let rate = wanted("CLEARFOLD_RATE", 2000).to_string();
    let mut publisher =
        installation.publisher("publisher", &undisturbed.market, &["--rate", &rate]);
    let mut kills = Kills::default();
    for _ in 0..wanted("CLEARFOLD_BROKER_KILLS", 10) {
        sleep(Duration::from_millis(200 + random.below(1500) as u64));
        let victim = random.below(7);
        kills.count(victim, publisher.ended().is_none());
        match victim {
            0..4 => serving[victim].kill_and_start(),
            4 => {
                let broker = 1 + random.below(3) as u32;
                installation.kafka.signal(broker, Signal::Kill).expect("it can be killed");
                installation.kafka.restart(broker).expect("it starts again");
            }
            5 => {
                postgres.signal(Signal::Kill).expect("it can be killed");
                postgres.restart().expect("it starts again");
            }
            _ => publisher.kill_and_start(),
        }
    }
    assert!(publisher.await_end().success(), "seed {seed}: {}", publisher.log());
    undisturbed.is_seen_in(&installation, &[&files, &served]);
    eprintln!("seed {seed}: {kills:?}");
}

/// What was killed, for the record of a long run.
#[derive(Debug, Default)]
struct Kills {
    nodes: u32,
    projectors: u32,
    brokers: u32,
    databases: u32,
    publishers: u32,
    /// How many of them while reports were still being published.
    while_publishing: u32,
}

impl Kills {
    fn count(&mut self, victim: usize, is_publishing: bool) {
        *match victim {
            0 | 1 => &mut self.nodes,
            2 | 3 => &mut self.projectors,
            4 => &mut self.brokers,
            5 => &mut self.databases,
            _ => &mut self.publishers,
        } += 1;
        self.while_publishing += u32::from(is_publishing);
    }
}
