//! The configuration of a service process: one typed value, from four layers.
//!
//! Defaults, then the TOML file, then `CLEARFOLD__SECTION__KEY` in the environment, then flags:
//! the later layer wins, key by key. Every value remembers where it came from. Secrets stand in
//! files of their own, which the configuration names. What is deliberately not here: what a role
//! does with a value.

mod check;
mod layers;
mod place;
mod problem;
mod secret;
mod show;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use layers::{Effective, Sources, read};
pub use secret::Secret;
pub use show::{Origins, json, text};

/// Everything a service process is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Segments this process works for: partitions of every topic.
    pub segments: Vec<u32>,
    /// How to reach Kafka, and how topics are made.
    pub kafka: Kafka,
    /// The node role.
    pub node: Node,
    /// Where the projector writes.
    pub store: Store,
    /// Health and metrics.
    pub http: Http,
    /// What the process says about itself.
    pub log: Log,
    /// Where spans go.
    pub traces: Traces,
}

/// `[kafka]`: how to reach Kafka, and how topics are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kafka {
    /// Brokers to ask first: `host:port`, separated by commas.
    pub bootstrap: String,
    /// What stands before every topic's name. May be empty.
    pub prefix: String,
    /// How a connection is secured.
    pub security: Security,
    /// Certificates that sign the brokers', in PEM. None: those of the system.
    #[serde(with = "empty_is_none")]
    pub ca_file: Option<PathBuf>,
    /// Who we are, for SASL. None: no SASL.
    #[serde(with = "empty_is_none")]
    pub user: Option<String>,
    /// The file that holds the password of `user`. None: no SASL.
    #[serde(with = "empty_is_none")]
    pub password_file: Option<PathBuf>,
    /// Our certificate, in PEM. None: the brokers ask for none.
    #[serde(with = "empty_is_none")]
    pub certificate_file: Option<PathBuf>,
    /// The private key of our certificate, in PEM. None: as above.
    #[serde(with = "empty_is_none")]
    pub key_file: Option<PathBuf>,
    /// Partitions of every topic, which is the number of segments there are.
    pub partitions: u32,
    /// Copies of every partition.
    pub replication: u16,
    /// Copies that must be in step before a write is acknowledged.
    pub min_insync: u16,
    /// How long inputs and public topics are kept, in days. The journal is kept for ever.
    pub retention_days: u32,
    /// What `password_file` holds. None: it is not set.
    #[serde(skip)]
    pub password: Option<Secret>,
}

/// How a connection to Kafka is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all: for one machine.
    Plaintext,
    /// TLS.
    Tls,
    /// SCRAM over TLS.
    SaslTls,
}

/// `[node]`: the node role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// How this process is called in logs, traces and fences.
    pub name: String,
    /// The directory of snapshots.
    pub data: PathBuf,
    /// How long an active node may be silent before another takes over, in milliseconds.
    pub lease_ms: u64,
    /// A standby decides every input again and compares.
    pub standby_verifies: bool,
}

/// `[store]`: where the projector writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// `sqlite:PATH` or `postgres://user@host:port/database`, never with a password.
    pub url: String,
    /// The file that holds the password of the database's user. None: it needs none.
    #[serde(with = "empty_is_none")]
    pub password_file: Option<PathBuf>,
    /// The role of PostgreSQL that may read.
    pub reader_role: String,
    /// What `password_file` holds. None: it is not set.
    #[serde(skip)]
    pub password: Option<Secret>,
}

/// `[http]`: health and metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The address that is listened on.
    pub listen: SocketAddr,
}

/// `[log]`: what the process says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// What is said: a level, or `target=level` separated by commas.
    pub filter: String,
    /// How it is written.
    pub format: Format,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text on a terminal, else JSON.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// `[traces]`: where spans go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// A collector that speaks OTLP over HTTP, such as `http://127.0.0.1:4318`. Empty: none.
    pub endpoint: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            segments: vec![0],
            kafka: Kafka {
                bootstrap: "127.0.0.1:9092".to_owned(),
                prefix: "clearfold.".to_owned(),
                security: Security::Plaintext,
                ca_file: None,
                user: None,
                password_file: None,
                certificate_file: None,
                key_file: None,
                partitions: 1,
                replication: 3,
                min_insync: 2,
                retention_days: 14,
                password: None,
            },
            node: Node {
                name: "node".to_owned(),
                data: PathBuf::from("clearfold-node"),
                lease_ms: 1_500,
                standby_verifies: false,
            },
            store: Store {
                url: "sqlite:read-model.sqlite".to_owned(),
                password_file: None,
                reader_role: "clearfold_reader".to_owned(),
                password: None,
            },
            http: Http { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9_464)) },
            log: Log { filter: "info".to_owned(), format: Format::Auto },
            traces: Traces { endpoint: String::new() },
        }
    }
}

/// An optional text: empty in files, in the environment and on the command line means none.
mod empty_is_none {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(to),
            None => to.serialize_str(""),
        }
    }

    pub fn deserialize<'de, T: From<String>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let text = String::deserialize(from)?;
        Ok((!text.is_empty()).then(|| T::from(text)))
    }
}
