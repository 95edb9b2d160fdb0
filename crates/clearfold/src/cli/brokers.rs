//! Arguments of the commands that talk to brokers.

use clap::{Args, Subcommand};

/// Which brokers, and which installation on them.
#[derive(Debug, Args)]
pub struct Brokers {
    /// Where to ask for the brokers; it wins over the configuration.
    #[arg(long, value_name = "HOST:PORT,…")]
    pub kafka: Option<String>,
    /// What stands before every topic's name; it wins over the configuration.
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
}

/// Verbs of `topics`.
#[derive(Debug, Subcommand)]
pub enum Topics {
    /// Print what `apply` would do, and change nothing.
    Plan(PlannedTopics),
    /// Make the topics as planned. Partitions are added, never removed; replicas are never moved.
    Apply(PlannedTopics),
    /// Exit with 6 if the topics are not as planned, and say how they differ.
    Check(PlannedTopics),
    /// Print a shell script that gives each role its rights with Kafka's own tool.
    Acls(Brokers),
}

/// How the topics must be.
#[derive(Debug, Args)]
pub struct PlannedTopics {
    /// Which brokers.
    #[command(flatten)]
    pub brokers: Brokers,
    /// Segments there are: partitions of every topic.
    #[arg(long, value_name = "N")]
    pub partitions: Option<u32>,
    /// Copies of every partition.
    #[arg(long, value_name = "R")]
    pub replication: Option<u16>,
    /// Copies that must have a record before it counts as written; one less than all of them
    /// unless it is said.
    #[arg(long, value_name = "M")]
    pub min_insync: Option<u16>,
    /// Days that inputs and public topics are kept; the journal is kept for ever.
    #[arg(long, value_name = "DAYS")]
    pub retention_days: Option<u32>,
}
