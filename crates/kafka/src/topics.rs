//! The topics as code: how each must be configured, and how what is there differs from it.
//!
//! [`Plan`] is a pure description, and [`diff`] a pure comparison; [`Admin`] looks at brokers and
//! mends them. Partitions are added and never removed. Replicas are never moved: a difference there
//! is only reported, because moving them is the operator's decision. Settings that the plan does
//! not name stay as they are.
//!
//! What each setting is for:
//!
//! - `cleanup.policy=delete`: a compacted topic loses records, and with them outcomes and history.
//! - `retention.ms`: the journal is the record of truth and is kept for ever. The others can be
//!   made again from it, or by their publishers.
//! - `retention.bytes=-1`: nothing is deleted because much came.
//! - `min.insync.replicas`: what was acknowledged is on so many disks.
//! - `message.timestamp.type=LogAppendTime`, everywhere: with the publishers' clocks a wrong one
//!   would decide what is deleted, and lag in seconds would be a difference of two machines.
//! - `max.message.bytes`: a frame and its public records stay below 4 MiB. Inputs over 1 MiB are
//!   dead letters, and must reach the node to become one.
//! - `unclean.leader.election.enable=false`: a partition that is down is better than one that
//!   forgot.
//! - `compression.type=producer`: bytes are kept as they were sent.

mod acls;
mod admin;

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use crate::error::KafkaError;
use crate::names::{Names, Topic};

pub use acls::script;
pub use admin::{Admin, check};

/// What an installation decides about its topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Partitions of every topic: the number of segments.
    pub partitions: u32,
    /// Copies of every partition.
    pub replication: u16,
    /// Copies that must have a record before it counts as written.
    pub min_insync: u16,
    /// Days that inputs and public topics are kept. The journal is kept for ever.
    pub retention_days: u32,
}

/// How all topics must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Their names on the broker.
    pub names: Names,
    /// One for each topic, in the order of [`Topic::ALL`].
    pub topics: Vec<Wanted>,
}

/// How a topic must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The topic.
    pub topic: Topic,
    /// Its partitions.
    pub partitions: u32,
    /// Copies of each.
    pub replication: u16,
    /// Its configuration: key and value as the broker knows them.
    pub settings: Vec<(&'static str, String)>,
}

/// How a topic is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Its partitions.
    pub partitions: u32,
    /// Copies of the partition that has the fewest.
    pub replication: u16,
    /// The configuration that holds for it, wherever it comes from.
    pub settings: BTreeMap<String, String>,
    /// What of it was set for this topic itself.
    pub own: BTreeMap<String, String>,
}

/// What is there, by topic. A topic that is missing has no entry.
pub type Inventory = BTreeMap<Topic, Found>;

/// One way in which what is there is not as planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// There is no such topic.
    Missing(Wanted),
    /// It has fewer partitions than planned.
    FewPartitions {
        /// The topic.
        topic: Topic,
        /// Partitions planned.
        wanted: u32,
        /// Partitions found.
        found: u32,
    },
    /// It has more partitions than planned; none is ever removed.
    ManyPartitions {
        /// The topic.
        topic: Topic,
        /// Partitions planned.
        wanted: u32,
        /// Partitions found.
        found: u32,
    },
    /// A partition has fewer copies than planned; none is moved from here. More of them are no
    /// difference: so it is while replicas move.
    FewReplicas {
        /// The topic.
        topic: Topic,
        /// Copies planned.
        wanted: u16,
        /// Copies found.
        found: u16,
    },
    /// A setting has another value.
    Setting {
        /// The topic.
        topic: Topic,
        /// The setting's name.
        key: &'static str,
        /// The value planned.
        wanted: String,
        /// The value found; `None` if the broker does not know the setting.
        found: Option<String>,
    },
}

/// Why topics cannot be used.
#[derive(Clone, Debug, Error)]
pub enum TopicsError {
    /// The brokers could not be asked, or refused.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// They are not as planned.
    #[error(
        "the topics are not as the configuration says: {}; run `clearfold topics apply`, or \
         correct the section [kafka]", listed(.0)
    )]
    Differ(Vec<Difference>),
}

fn listed(differences: &[Difference]) -> String {
    let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

impl Plan {
    /// The plan of an installation.
    #[must_use]
    pub fn new(names: &Names, settings: &Settings) -> Self {
        let topics = Topic::ALL.map(|topic| wanted(topic, settings)).into();
        Self { names: names.clone(), topics }
    }
}

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

fn wanted(topic: Topic, settings: &Settings) -> Wanted {
    let retention_ms = match topic {
        Topic::Journal => "-1".to_owned(),
        _ => (u64::from(settings.retention_days) * DAY_MS).to_string(),
    };
    let max_mib = if Topic::INPUTS.contains(&topic) { 2_u32 } else { 5 };
    Wanted {
        topic,
        partitions: settings.partitions,
        replication: settings.replication,
        settings: vec![
            ("cleanup.policy", "delete".to_owned()),
            ("compression.type", "producer".to_owned()),
            ("max.message.bytes", (max_mib << 20).to_string()),
            ("message.timestamp.type", "LogAppendTime".to_owned()),
            ("min.insync.replicas", settings.min_insync.to_string()),
            ("retention.bytes", "-1".to_owned()),
            ("retention.ms", retention_ms),
            ("unclean.leader.election.enable", "false".to_owned()),
        ],
    }
}

/// How what was found differs from the plan, in the plan's order; empty if it does not.
#[must_use]
pub fn diff(plan: &Plan, found: &Inventory) -> Vec<Difference> {
    let mut differences = Vec::new();
    for wanted in &plan.topics {
        match found.get(&wanted.topic) {
            None => differences.push(Difference::Missing(wanted.clone())),
            Some(found) => compare(wanted, found, &mut differences),
        }
    }
    differences
}

fn compare(planned: &Wanted, actual: &Found, differences: &mut Vec<Difference>) {
    let topic = planned.topic;
    let (wanted, found) = (planned.partitions, actual.partitions);
    if found < wanted {
        differences.push(Difference::FewPartitions { topic, wanted, found });
    }
    if found > wanted {
        differences.push(Difference::ManyPartitions { topic, wanted, found });
    }
    let (wanted, found) = (planned.replication, actual.replication);
    if found < wanted {
        differences.push(Difference::FewReplicas { topic, wanted, found });
    }
    for (key, wanted) in &planned.settings {
        let found = actual.settings.get(*key);
        if found != Some(wanted) {
            let (wanted, found) = (wanted.clone(), found.cloned());
            differences.push(Difference::Setting { topic, key, wanted, found });
        }
    }
}

impl Difference {
    /// The topic.
    #[must_use]
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Missing(wanted) => wanted.topic,
            Self::FewPartitions { topic, .. }
            | Self::ManyPartitions { topic, .. }
            | Self::FewReplicas { topic, .. }
            | Self::Setting { topic, .. } => *topic,
        }
    }

    /// Whether [`Admin::apply`] removes it.
    #[must_use]
    pub const fn is_mended(&self) -> bool {
        match self {
            Self::Missing(_) | Self::FewPartitions { .. } | Self::Setting { .. } => true,
            Self::ManyPartitions { .. } | Self::FewReplicas { .. } => false,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.topic().name();
        match self {
            Self::Missing(wanted) => {
                let Wanted { partitions, replication, settings, .. } = wanted;
                write!(f, "{name} is missing ({partitions} partitions, {replication} copies")?;
                settings.iter().try_for_each(|(key, value)| write!(f, ", {key}={value}"))?;
                write!(f, ")")
            }
            Self::FewPartitions { wanted, found, .. } => {
                write!(f, "{name} has {found} partitions instead of {wanted}")
            }
            Self::ManyPartitions { wanted, found, .. } => {
                write!(f, "{name} has {found} partitions instead of {wanted}, and none is removed")
            }
            Self::FewReplicas { wanted, found, .. } => write!(
                f,
                "{name} has {found} copies instead of {wanted}; move replicas with Kafka's \
                 kafka-reassign-partitions"
            ),
            Self::Setting { key, wanted, found, .. } => {
                let found = found.as_deref().unwrap_or("unknown");
                write!(f, "{name} has {key}={found} instead of {wanted}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
