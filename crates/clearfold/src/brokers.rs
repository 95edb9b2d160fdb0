//! Which brokers a command talks to, and how their topics must be: configuration and flags.

use kafka::Connection;
use kafka::topics::Plan;

use crate::cli::{Brokers, PlannedTopics};
use crate::failure::Failure;
use crate::service::config::{self, Config, Sources};
use crate::service::connection;

/// The connection of a command.
///
/// # Errors
/// The configuration cannot be read or makes no sense.
pub fn connection(args: &Brokers) -> Result<Connection, Failure> {
    Ok(connect(&configuration(args, Vec::new())?))
}

/// The connection of a command, and how its topics must be.
///
/// # Errors
/// As [`connection()`].
pub fn planned(args: &PlannedTopics) -> Result<(Connection, Plan), Failure> {
    let mut flags = Vec::new();
    let mut flag = |key: &str, value: Option<u32>| {
        flags.extend(value.map(|value| format!("kafka.{key}={value}")));
    };
    let replication = args.replication.map(u32::from);
    // One copy may be missing, unless there is only one.
    let min_insync = replication.map(|copies| copies.saturating_sub(1).max(1));
    flag("partitions", args.partitions);
    flag("replication", replication);
    flag("min_insync", args.min_insync.map(u32::from).or(min_insync));
    flag("retention_days", args.retention_days);
    let config = configuration(&args.brokers, flags)?;
    Ok((connect(&config), connection::plan(&config)))
}

/// The configuration, with the flags above it.
fn configuration(args: &Brokers, mut flags: Vec<String>) -> Result<Config, Failure> {
    flags.extend(args.kafka.iter().map(|value| format!("kafka.bootstrap={value}")));
    flags.extend(args.prefix.iter().map(|value| format!("kafka.prefix={value}")));
    flags.extend(args.set.iter().cloned());
    let sources = Sources::of_process(args.config.as_deref(), &flags);
    let (config, _) = config::read(&sources)?.checked()?;
    Ok(config)
}

/// A command is no node: it does not go by the node's name.
fn connect(config: &Config) -> Connection {
    Connection { client: "clearfold".to_owned(), ..connection::connection(config) }
}
