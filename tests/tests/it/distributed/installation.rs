//! A whole installation on this machine: brokers, databases, and the configuration of each process.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use kafka::{Connection, Names, Security};
use serde_json::Value;
use services::{Kafka, KafkaOptions};
use tempfile::TempDir;

use super::processes::Serving;
use crate::product::{Ran, TABLES, Tables, clearfold};

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(600);

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

    /// Its topics, for a client that is none of the product's processes.
    pub fn connection(&self) -> Connection {
        Connection {
            bootstrap: self.kafka.bootstrap(),
            names: Names { prefix: "clearfold.".to_owned() },
            security: Security::Plaintext,
            client: "test".to_owned(),
        }
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
        Serving::start(line.into(), config.with_extension(format!("{role}.log")))
    }

    /// The arguments of a publication.
    pub fn publish_line(&self, market: &Path, more: &[&str]) -> Vec<String> {
        let bootstrap = self.kafka.bootstrap();
        let line = ["publish", text(market), "--kafka", &bootstrap, "-q", "--output", "json"];
        line.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    /// Starts a publisher.
    pub fn publisher(&self, name: &str, market: &Path, more: &[&str]) -> Serving {
        let log = self.folder.path().join(format!("{name}.log"));
        Serving::start(self.publish_line(market, more), log)
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

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}
