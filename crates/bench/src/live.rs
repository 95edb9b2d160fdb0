//! An installation on this machine, for benchmarks of the product as it runs: one broker, the built
//! `clearfold` as processes, and a consumer in this one.
//!
//! Every measurement has topics of its own on the same broker, so that one does not read what
//! another wrote.

mod consumer;
mod contents;
mod opening;
mod pipe;
mod process;

pub mod latency;
pub mod rate;
pub mod takeover;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kafka::{Connection, Names, Security};
use services::{Kafka, KafkaOptions};
use tempfile::TempDir;

use crate::Outcome;
use crate::cli::Setting;
use process::Process;

/// How long anything may take before a benchmark gives up on it.
const PATIENCE: Duration = Duration::from_secs(600);

/// The segment that is measured.
const SEGMENT: u32 = 0;

/// A broker, and a folder for everything else.
struct Installation {
    kafka: Kafka,
    folder: TempDir,
    clearfold: PathBuf,
}

impl Installation {
    fn start(setting: &Setting) -> Outcome<Self> {
        let missing =
            "no clearfold is built beside this program: cargo build --release -p clearfold";
        let clearfold = setting.clearfold().ok_or(missing)?;
        let folder = setting.scratch()?;
        let kafka = Kafka::start(KafkaOptions {
            folder: Some(folder.path().join("kafka")),
            heap_mib: 512,
            ..KafkaOptions::default()
        })?;
        Ok(Self { kafka, folder, clearfold })
    }

    /// New topics, whose names begin with `name`.
    fn site(&self, name: &str) -> Outcome<Site<'_>> {
        let connection = Connection {
            bootstrap: self.kafka.bootstrap(),
            names: Names { prefix: format!("{name}.") },
            security: Security::Plaintext,
            client: "bench".to_owned(),
        };
        let site = Site { installation: self, connection, name: name.to_owned() };
        site.clearfold(&["topics", "apply", "-q", "--config"], &site.config("operator")?)?;
        Ok(site)
    }
}

/// Topics, and the processes that work on them.
struct Site<'i> {
    installation: &'i Installation,
    connection: Connection,
    name: String,
}

impl Site<'_> {
    /// The configuration of a process of this name.
    fn config(&self, process: &str) -> Outcome<PathBuf> {
        let file = self.installation.folder.path().join(format!("{}-{process}.toml", self.name));
        let Connection { bootstrap, names, .. } = &self.connection;
        let prefix = &names.prefix;
        let text = format!(
            "segments = [{SEGMENT}]\n\
             [kafka]\nbootstrap = \"{bootstrap}\"\nprefix = \"{prefix}\"\n\
             replication = 1\nmin_insync = 1\n\
             [node]\nname = \"{process}\"\n[http]\nlisten = \"127.0.0.1:0\"\n\
             [log]\nformat = \"json\"\n"
        );
        fs::write(&file, text)?;
        Ok(file)
    }

    /// Starts a node.
    fn node(&self, process: &str) -> Outcome<Process> {
        let config = self.config(process)?;
        let program = &self.installation.clearfold;
        Process::start(program, &["run", "--role", "node", "--config"], &config)
    }

    /// Publishes a market to its end.
    fn publish(&self, market: &Path) -> Outcome<()> {
        let Connection { bootstrap, names, .. } = &self.connection;
        let brokers = ["publish", "-q", "--kafka", bootstrap, "--prefix", &names.prefix];
        self.clearfold(&brokers, market)
    }

    fn clearfold(&self, arguments: &[&str], last: &Path) -> Outcome<()> {
        process::run(&self.installation.clearfold, arguments, last)
    }
}
