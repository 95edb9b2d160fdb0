//! A whole installation on this machine: brokers, databases, and the configuration of each process.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use services::{Kafka, KafkaOptions};
use tempfile::TempDir;

use super::processes::Serving;
use crate::product::{Ran, TABLES, Tables, clearfold, exports, import};

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Brokers with topics, and a folder for everything else.
pub struct Installation {
    pub kafka: Kafka,
    folder: TempDir,
    replication: u32,
}

impl Installation {
    /// Starts brokers and makes the topics.
    pub fn start(brokers: u32) -> Self {
        let options = KafkaOptions { brokers, ..KafkaOptions::default() };
        let kafka = Kafka::start(options).expect("brokers start");
        let folder = tempfile::tempdir().expect("a folder");
        let installation = Self { kafka, folder, replication: brokers };
        let config = installation.config("operator", "sqlite:unused.sqlite");
        clearfold(["topics", "apply", "--config", text(&config)]).done();
        installation
    }

    /// The folder in which everything lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration of a process with this name and store.
    pub fn config(&self, name: &str, store: &str) -> PathBuf {
        let file = self.folder.path().join(format!("{name}.toml"));
        let min_insync = if self.replication == 1 { 1 } else { 2 };
        let content = format!(
            "segments = [0]\n\
             [kafka]\nbootstrap = \"{}\"\nreplication = {}\nmin_insync = {min_insync}\n\
             [node]\nname = \"{name}\"\ndata = \"{}\"\nlease_ms = 1000\n\
             [store]\nurl = \"{store}\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n\
             [log]\nformat = \"json\"\n",
            self.kafka.bootstrap(),
            self.replication,
            self.folder.path().join(format!("{name}-data")).display(),
        );
        std::fs::write(&file, content).expect("it can be written");
        file
    }

    /// The store of a projector in a file.
    pub fn sqlite(&self, name: &str) -> String {
        format!("sqlite:{}", self.folder.path().join(format!("{name}.sqlite")).display())
    }

    /// Starts a role.
    pub fn run(&self, role: &str, config: &Path) -> Serving {
        let line = ["run", "--role", role, "--config", text(config)].map(str::to_owned);
        Serving::start(line.into(), config.with_extension("log"))
    }

    /// The arguments of a publication.
    pub fn publish_line(&self, market: &Path, more: &[&str]) -> Vec<String> {
        let bootstrap = self.kafka.bootstrap();
        let line = ["publish", text(market), "--kafka", &bootstrap, "-q", "--output", "json"];
        line.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    /// Publishes a market to its end.
    pub fn publish(&self, market: &Path) -> Ran {
        clearfold(self.publish_line(market, &[]))
    }

    /// Waits until a read model shows everything that the journal has.
    pub fn await_projected(&self, config: &Path) -> Value {
        let begun = Instant::now();
        loop {
            let ran = clearfold(["status", "-q", "--output", "json", "--config", text(config)]);
            if ran.code == Some(0) {
                let status = ran.json();
                if status["sequence"] == status["read_model_sequence"] {
                    return status;
                }
            }
            assert!(begun.elapsed() < PATIENCE, "not projected: {}", ran.err);
            sleep(Duration::from_millis(200));
        }
    }

    /// All tables of a read model.
    pub fn exports(&self, config: &Path) -> Tables {
        let export = |what| clearfold(["export", what, "-q", "--config", text(config)]).done().out;
        TABLES.into_iter().map(|what| (what, export(what))).collect()
    }

    /// `verify` finds nothing.
    pub fn verifies(&self, config: &Path) {
        let line = ["verify", "-q", "--output", "json", "--config", text(config)];
        assert_eq!(clearfold(line).done().json()["differences"], 0);
    }
}

/// What a market leaves behind that is imported into a data directory, without any of this: the
/// hash of its state, and its tables.
pub fn embedded(market: &Path) -> (Value, Tables) {
    let data = tempfile::tempdir().expect("a folder");
    let report = import(market, data.path());
    (report["state_hash"].clone(), exports(data.path()))
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

/// The tables without what a repeated input may change: outcomes, rejections, sequences.
pub fn without_repeats(tables: &Tables) -> Tables {
    let kept = tables.iter().filter(|(what, _)| !["outcomes", "rejections"].contains(*what));
    kept.map(|(what, table)| (*what, without_sequences(table))).collect()
}

/// The tables without what names the place of an input: a row of a file is an offset in a topic.
pub fn without_places(tables: &Tables) -> Tables {
    let mut tables = tables.clone();
    let rejections = tables.get_mut("rejections").expect("it is a table");
    *rejections = without_columns(rejections, &["detail"]);
    tables
}

/// A table without the columns that number decisions and entries.
fn without_sequences(table: &[u8]) -> Vec<u8> {
    without_columns(table, &["seq", "entry_id", "reverses"])
}

/// A table without some columns, sorted by what is left. Only the last one may hold commas.
fn without_columns(table: &[u8], columns: &[&str]) -> Vec<u8> {
    let content = String::from_utf8(table.to_vec()).expect("text");
    let head: Vec<&str> = content.lines().next().unwrap_or_default().split(',').collect();
    let keep: Vec<bool> = head.iter().map(|column| !columns.contains(column)).collect();
    let mut lines: Vec<String> = content
        .lines()
        .map(|line| {
            let cells = line.splitn(keep.len(), ',').zip(&keep).filter(|(_, keep)| **keep);
            cells.map(|(cell, _)| cell).collect::<Vec<_>>().join(",")
        })
        .collect();
    lines[1..].sort();
    lines.join("\n").into_bytes()
}
