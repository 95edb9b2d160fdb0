//! Who may do what with the topics, as a script for Kafka's own tool.
//!
//! Each role gets what it needs and no more. Principals are variables of the script, because who
//! they are is decided where the brokers run.

use std::fmt::Write;

use crate::names::{Names, Topic};

/// A role: what it is called in the script, what it does, and what it may do with which topics.
struct Role {
    /// Name of the script's variable, and by default of the principal.
    name: &'static str,
    /// For whoever reads the script.
    does: &'static str,
    grants: Vec<Grant>,
    /// Whether its consumers look for the coordinator of their group.
    reads: bool,
}

/// Operations on topics.
struct Grant {
    operations: &'static str,
    topics: Vec<Topic>,
}

const WRITE: &str = "Write Describe";
const READ: &str = "Read Describe";
const READ_CHECKED: &str = "Read Describe DescribeConfigs";
const BOTH_CHECKED: &str = "Read Write Describe DescribeConfigs";
const MANAGE: &str = "Create Alter AlterConfigs Describe DescribeConfigs Read";

fn roles() -> Vec<Role> {
    let grant = |operations, topics: &[Topic]| Grant { operations, topics: topics.to_vec() };
    let mut roles: Vec<Role> = Topic::INPUTS
        .map(|topic| Role {
            name: publisher(topic),
            does: "publishes into one input topic",
            grants: vec![grant(WRITE, &[topic])],
            reads: false,
        })
        .into();
    let loaded = [Topic::TradesIn, Topic::ReferenceIn, Topic::PricesIn, Topic::OperationsIn];
    roles.extend([
        Role {
            name: "loader",
            does: "clearfold publish: sends a market, reads back what is in, waits for outcomes",
            grants: vec![
                grant("Read Write Describe", &loaded),
                grant("Describe", &[Topic::StatementsIn]),
                grant(READ, &[Topic::SettlementEvents]),
            ],
            reads: true,
        },
        Role {
            name: "node",
            does: "clearfold run --role node: inputs, journal, public topics",
            grants: vec![
                grant(READ_CHECKED, &Topic::INPUTS),
                grant(BOTH_CHECKED, &[Topic::Journal]),
                grant(BOTH_CHECKED, &Topic::PUBLIC),
            ],
            reads: true,
        },
        Role {
            name: "projector",
            does: "clearfold run --role projector: public topics into a store",
            grants: vec![
                grant(READ_CHECKED, &Topic::PUBLIC),
                grant("Describe DescribeConfigs", &Topic::INPUTS),
                grant("Describe DescribeConfigs", &[Topic::Journal]),
            ],
            reads: true,
        },
        Role {
            name: "operator",
            does: "clearfold topics, verify, explain: makes and reads topics, sends operations",
            grants: vec![grant(MANAGE, &Topic::ALL), grant("Write", &[Topic::OperationsIn])],
            reads: true,
        },
        Role {
            name: "reader",
            does: "any other service that listens to what became of trades",
            grants: vec![grant(READ, &Topic::PUBLIC)],
            reads: true,
        },
    ]);
    roles
}

const fn publisher(topic: Topic) -> &'static str {
    match topic {
        Topic::TradesIn => "trades_publisher",
        Topic::ReferenceIn => "reference_publisher",
        Topic::PricesIn => "prices_publisher",
        Topic::OperationsIn => "operations_publisher",
        _ => "statements_publisher",
    }
}

const HEAD: &str = "\
#!/bin/sh
# Rights of each role on the topics, least first. Run it where Kafka's tools are:
#   BOOTSTRAP=host:port COMMAND_CONFIG=admin.properties sh acls.sh
# Each principal below can be set in the environment. Running it again changes nothing.
# Idempotent producers need no right of their own: to write a topic is enough.
set -eu
: \"${KAFKA_ACLS:=kafka-acls.sh}\"
: \"${BOOTSTRAP:?say where the brokers are}\"

allow() {
    principal=$1
    shift
    \"$KAFKA_ACLS\" --bootstrap-server \"$BOOTSTRAP\" \\
        ${COMMAND_CONFIG:+--command-config \"$COMMAND_CONFIG\"} \\
        --add --allow-principal \"$principal\" \"$@\"
}
";

/// A shell script of `kafka-acls.sh` that gives each role its rights. Consumers of this product
/// never join a group, but look for its coordinator.
#[must_use]
pub fn script(names: &Names) -> String {
    let mut out = HEAD.to_owned();
    for role in roles() {
        let Role { name, does, .. } = role;
        let _ = writeln!(out, "\n# {does}");
        let _ = writeln!(out, ": \"${{{name}:=User:clearfold-{}}}\"", name.replace('_', "-"));
        for Grant { operations, topics } in &role.grants {
            let _ = write!(out, "allow \"${name}\"");
            for operation in operations.split(' ') {
                let _ = write!(out, " --operation {operation}");
            }
            for topic in topics {
                let _ = write!(out, " \\\n    --topic '{}'", names.of(*topic));
            }
            let _ = writeln!(out);
        }
        if role.reads {
            let group = format!("{}clearfold", names.prefix);
            let _ = writeln!(out, "allow \"${name}\" --operation Describe --group '{group}'");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_node_writes_the_journal_and_public_topics() {
        for role in roles() {
            for Grant { operations, topics } in &role.grants {
                let writes = operations.split(' ').any(|operation| operation == "Write");
                let own = topics.iter().any(|topic| !Topic::INPUTS.contains(topic));
                assert!(!(writes && own) || role.name == "node", "{}", role.name);
            }
        }
    }

    #[test]
    fn a_publisher_may_write_its_topic_and_nothing_else() {
        for (role, topic) in roles().into_iter().zip(Topic::INPUTS) {
            assert_eq!(role.grants.len(), 1);
            assert_eq!(role.grants[0].topics, [topic]);
            assert_eq!(role.grants[0].operations, "Write Describe");
        }
    }

    #[test]
    fn the_script_names_topics_as_the_broker_does() {
        let script = script(&Names { prefix: "p.".into() });
        let line = "allow \"$trades_publisher\" --operation Write --operation Describe \\\n    \
                    --topic 'p.trades.in'\n";
        assert!(script.contains(line), "{script}");
        assert!(script.contains(": \"${prices_publisher:=User:clearfold-prices-publisher}\""));
    }
}
