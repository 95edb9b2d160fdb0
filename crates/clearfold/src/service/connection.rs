//! The configuration's section on Kafka, as what the clients need.

use kafka::topics::{Plan, Settings};
use kafka::{Connection, Credentials, Names};

use super::config::{Config, Kafka, Security};

/// How the brokers are reached.
pub fn connection(config: &Config) -> Connection {
    let Kafka { bootstrap, prefix, .. } = &config.kafka;
    Connection {
        bootstrap: bootstrap.clone(),
        names: Names { prefix: prefix.clone() },
        security: security(&config.kafka),
        client: config.node.name.clone(),
    }
}

fn security(kafka: &Kafka) -> kafka::Security {
    if kafka.security == Security::Plaintext {
        return kafka::Security::Plaintext;
    }
    let credentials = match (&kafka.user, &kafka.password) {
        (Some(user), Some(password)) => {
            let (user, password) = (user.clone(), password.expose().to_owned());
            Some(Credentials { user, password })
        }
        _ => None,
    };
    let identity = kafka.certificate_file.clone().zip(kafka.key_file.clone());
    let ca_file = kafka.ca_file.clone();
    kafka::Security::Tls { ca_file, identity, credentials }
}

/// How the topics must be.
pub fn plan(config: &Config) -> Plan {
    let Kafka { prefix, partitions, replication, min_insync, retention_days, .. } = &config.kafka;
    let settings = Settings {
        partitions: *partitions,
        replication: *replication,
        min_insync: *min_insync,
        retention_days: *retention_days,
    };
    Plan::new(&Names { prefix: prefix.clone() }, &settings)
}
