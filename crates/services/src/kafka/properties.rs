//! What a broker and Kafka's own tools are told in their files of properties.

use std::path::{Path, PathBuf};

use super::{Login, Options, Ports, Security, USER};
use crate::error::Error;
use crate::folder::write;

/// A broker's file.
pub fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("broker{number}.properties"))
}

/// A broker's data folder.
pub fn data(folder: &Path, options: &Options, number: u32) -> PathBuf {
    let own = || folder.join(format!("data{number}"));
    options.data.get(&number).cloned().unwrap_or_else(own)
}

/// Writes the files of all brokers.
pub fn write_all(folder: &Path, options: &Options, ports: &[Ports]) -> Result<(), Error> {
    let voters: Vec<String> = (1..)
        .zip(ports)
        .map(|(number, ports): (u32, _)| format!("{number}@{}", ports.controller.address()))
        .collect();
    for (number, ports) in (1..).zip(ports) {
        let mut lines = place(number, ports, &voters.join(","));
        lines.push(("log.dirs".into(), data(folder, options, number).display().to_string()));
        lines.extend(security(folder, options.security));
        lines.extend(sizes(options.brokers));
        // Of two values for one key the later counts.
        lines.extend(options.properties.iter().cloned());
        let lines = lines.iter().map(|(key, value)| format!("{key}={value}\n"));
        write(&file(folder, number), &lines.collect::<String>())?;
    }
    Ok(())
}

/// What lets Kafka's own tools in.
pub fn client(ca_file: &Path, login: &Login) -> String {
    let (ca_file, password) = (ca_file.display(), &login.password);
    format!(
        "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n\
         ssl.truststore.type=PEM\nssl.truststore.location={ca_file}\n\
         sasl.jaas.config={SCRAM} username=\"{USER}\" password=\"{password}\";\n"
    )
}

const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule required";

type Line = (String, String);

fn owned<const N: usize>(lines: [(&str, &str); N]) -> Vec<Line> {
    lines.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

/// Who and where the broker is.
fn place(number: u32, ports: &Ports, voters: &str) -> Vec<Line> {
    let client = format!("CLIENT://{}", ports.client.address());
    let internal = format!("INTERNAL://{}", ports.internal.address());
    let controller = format!("CONTROLLER://{}", ports.controller.address());
    owned([
        ("process.roles", "broker,controller"),
        ("node.id", &number.to_string()),
        ("controller.quorum.voters", voters),
        ("controller.listener.names", "CONTROLLER"),
        ("inter.broker.listener.name", "INTERNAL"),
        ("listeners", &format!("{client},{internal},{controller}")),
        ("advertised.listeners", &format!("{client},{internal}")),
    ])
}

fn security(folder: &Path, security: Security) -> Vec<Line> {
    let (protocol, mut lines) = match security {
        Security::Plain => ("PLAINTEXT", Vec::new()),
        Security::SaslTls => {
            let key = folder.join("broker.pem").display().to_string();
            let lines = owned([
                ("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                ("listener.name.client.scram-sha-512.sasl.jaas.config", &format!("{SCRAM};")),
                ("listener.name.client.ssl.keystore.type", "PEM"),
                ("listener.name.client.ssl.keystore.location", &key),
            ]);
            ("SASL_SSL", lines)
        }
    };
    let map = format!("CLIENT:{protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT");
    lines.push(("listener.security.protocol.map".to_owned(), map));
    lines
}

/// How much it replicates, and how little it takes of the machine.
fn sizes(brokers: u32) -> Vec<Line> {
    let (replicas, in_sync) = if brokers == 1 { ("1", "1") } else { ("3", "2") };
    owned([
        ("default.replication.factor", replicas),
        ("min.insync.replicas", in_sync),
        ("offsets.topic.replication.factor", replicas),
        ("offsets.topic.num.partitions", "1"),
        ("transaction.state.log.replication.factor", replicas),
        ("transaction.state.log.min.isr", in_sync),
        ("transaction.state.log.num.partitions", "1"),
        ("share.coordinator.state.topic.replication.factor", replicas),
        ("share.coordinator.state.topic.min.isr", in_sync),
        ("share.coordinator.state.topic.num.partitions", "1"),
        ("auto.create.topics.enable", "false"),
        ("unclean.leader.election.enable", "false"),
        ("group.initial.rebalance.delay.ms", "0"),
        ("log.retention.ms", "-1"),
        ("log.cleaner.dedupe.buffer.size", "4194304"),
        ("message.max.bytes", "8388608"),
        ("replica.fetch.max.bytes", "8388608"),
        ("num.network.threads", "2"),
        ("num.io.threads", "2"),
        ("background.threads", "2"),
    ])
}
