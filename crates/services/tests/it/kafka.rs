//! Kafka, with its own command line tools as clients.

use std::io::Write;
use std::process::{Command, Stdio};

use services::{Kafka, KafkaOptions, Security, Signal};

/// Runs a tool and returns what it printed.
#[track_caller]
fn run(command: &mut Command, input: &str) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

struct Client<'a>(&'a Kafka);

impl Client<'_> {
    fn tool(&self, class: &str) -> Command {
        let mut tool = self.0.tool(&format!("org.apache.kafka.tools.{class}"));
        tool.arg("--bootstrap-server").arg(self.0.bootstrap());
        tool.arg("--command-config").arg(self.0.tool_config().unwrap());
        tool
    }

    fn create_topic(&self) {
        run(self.tool("TopicCommand").args(["--create", "--topic", "t", "--partitions", "1"]), "");
    }

    fn send(&self, lines: &str) {
        let mut producer = self.tool("ConsoleProducer");
        producer.args(["--topic", "t", "--sync", "--command-property", "acks=all"]);
        // Without its leader a partition takes nothing for some seconds.
        producer.args(["--message-send-max-retries", "10000"]);
        run(&mut producer, lines);
    }

    fn receive(&self, count: usize) -> String {
        let mut consumer = self.tool("consumer.ConsoleConsumer");
        consumer.args(["--topic", "t", "--partition", "0", "--offset", "earliest"]);
        consumer.args(["--timeout-ms", "60000", "--max-messages", &count.to_string()]);
        run(&mut consumer, "")
    }
}

#[test]
fn three_brokers_keep_what_they_took_while_each_is_killed_in_turn() {
    let kafka = Kafka::start(KafkaOptions { brokers: 3, ..Default::default() }).unwrap();
    assert_eq!(kafka.bootstrap().split(',').count(), 3);
    let client = Client(&kafka);
    client.create_topic();
    for broker in 1..=3 {
        kafka.signal(broker, Signal::Kill).unwrap();
        assert_eq!(kafka.pid(broker), None);
        client.send(&format!("without {broker}\n"));
        kafka.restart(broker).unwrap();
        kafka.wait_in_sync().unwrap();
    }
    for signal in [Signal::Stop, Signal::Continue] {
        kafka.signal(2, signal).unwrap();
    }
    assert_eq!(client.receive(3), "without 1\nwithout 2\nwithout 3\n");
}

#[test]
fn a_cluster_whose_brokers_all_died_comes_back_with_its_data() {
    let kafka = Kafka::start(KafkaOptions { brokers: 3, ..Default::default() }).unwrap();
    let client = Client(&kafka);
    client.create_topic();
    client.send("before\n");
    for broker in 1..=3 {
        kafka.signal(broker, Signal::Kill).unwrap();
    }
    for broker in 1..=3 {
        kafka.launch(broker).unwrap();
    }
    kafka.wait().unwrap();
    assert_eq!(client.receive(1), "before\n");
}

#[test]
fn over_tls_a_password_is_asked_for() {
    let options = KafkaOptions { security: Security::SaslTls, ..Default::default() };
    let kafka = Kafka::start(options).unwrap();
    let client = Client(&kafka);
    client.create_topic();
    client.send("secret\n");
    assert_eq!(client.receive(1), "secret\n");

    let wrong = std::fs::read_to_string(kafka.tool_config().unwrap()).unwrap();
    let wrong = wrong.replace(kafka.password().unwrap(), "guess");
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("wrong.properties");
    std::fs::write(&config, wrong).unwrap();
    let mut tool = kafka.tool("org.apache.kafka.tools.TopicCommand");
    tool.arg("--bootstrap-server").arg(kafka.bootstrap()).arg("--command-config").arg(config);
    let output = tool.arg("--list").output().unwrap();
    assert!(!output.status.success());
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(printed.contains("Authentication failed"), "{printed}");
}

#[test]
fn a_given_folder_is_gone_on_with_and_holds_the_data_where_it_was_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let disk = tempfile::tempdir().unwrap();
    let options = KafkaOptions {
        folder: Some(folder.path().to_owned()),
        data: [(1, disk.path().join("data"))].into(),
        ..Default::default()
    };
    let kafka = Kafka::start(options.clone()).unwrap();
    Client(&kafka).create_topic();
    Client(&kafka).send("kept\n");
    assert!(disk.path().join("data").join("t-0").is_dir());
    kafka.stop().unwrap();
    drop(kafka);

    let kafka = Kafka::start(options.clone()).unwrap();
    assert_eq!(Client(&kafka).receive(1), "kept\n");
    drop(kafka);

    let error = Kafka::start(KafkaOptions { brokers: 3, ..options }).unwrap_err().to_string();
    assert!(error.contains("was made with --brokers 1"), "{error}");
}

#[test]
fn a_broker_that_cannot_start_shows_its_log() {
    let properties = vec![("num.io.threads".to_owned(), "none".to_owned())];
    let error = Kafka::start(KafkaOptions { properties, ..Default::default() }).unwrap_err();
    assert!(error.to_string().contains("num.io.threads"), "{error}");
}
