//! Which brokers a command talks to, and how their topics must be: configuration and flags.

use kafka::topics::Settings;
use kafka::{Connection, Names, Security};

use crate::cli::{Brokers, PlannedTopics};
use crate::failure::Failure;

/// The connection of a command.
pub fn connection(args: &Brokers) -> Result<Connection, Failure> {
    let bootstrap = args.kafka.clone().unwrap_or_else(|| "127.0.0.1:9092".to_owned());
    let prefix = args.prefix.clone().unwrap_or_else(|| "clearfold.".to_owned());
    Ok(Connection {
        bootstrap,
        names: Names { prefix },
        security: Security::Plaintext,
        client: "clearfold".to_owned(),
    })
}

/// The connection of a command, and how its topics must be.
pub fn planned(args: &PlannedTopics) -> Result<(Connection, Settings), Failure> {
    let replication = args.replication.unwrap_or(3);
    let settings = Settings {
        partitions: args.partitions.unwrap_or(1),
        replication,
        min_insync: args.min_insync.unwrap_or_else(|| replication.saturating_sub(1).max(1)),
        retention_days: args.retention_days.unwrap_or(14),
    };
    Ok((connection(&args.brokers)?, settings))
}
