//! Topics as code: made, found, altered by hand, mended, refused.

use kafka::topics::{Admin, Difference, Plan, Settings, TopicsError, check, diff};
use kafka::{Connection, Names, Security, Topic};
use services::{Kafka, KafkaOptions};

const SETTINGS: Settings =
    Settings { partitions: 2, replication: 1, min_insync: 1, retention_days: 14 };

fn connection(kafka: &Kafka, prefix: &str) -> Connection {
    Connection {
        bootstrap: kafka.bootstrap(),
        names: Names { prefix: prefix.to_owned() },
        security: Security::Plaintext,
        client: "test".to_owned(),
    }
}

/// One of Kafka's own tools, as an operator would use it.
fn by_hand(kafka: &Kafka, class: &str, arguments: &[&str]) {
    let mut tool = kafka.tool(class);
    tool.arg("--bootstrap-server").arg(kafka.bootstrap()).args(arguments);
    let output = tool.output().expect("java starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn alter(kafka: &Kafka, topic: &str, setting: &str) {
    let what = ["--alter", "--entity-type", "topics", "--entity-name", topic];
    by_hand(kafka, "kafka.admin.ConfigCommand", &[&what[..], &["--add-config", setting]].concat());
}

#[track_caller]
fn differs(connection: &Connection, plan: &Plan) -> Vec<Difference> {
    match check(connection, plan) {
        Err(TopicsError::Differ(differences)) => differences,
        other => panic!("{other:?}"),
    }
}

#[test]
fn topics_are_made_checked_and_mended() {
    let kafka = Kafka::start(KafkaOptions::default()).expect("a broker");
    made_altered_and_mended(&kafka);
    grown(&kafka);
    compacted(&kafka);
}

fn made_altered_and_mended(kafka: &Kafka) {
    let connection = connection(kafka, "a.");
    let plan = Plan::new(&connection.names, &SETTINGS);
    assert_eq!(differs(&connection, &plan).len(), Topic::ALL.len());
    let admin = Admin::open(&connection).expect("a client");
    assert_eq!(admin.apply(&plan).expect("made").len(), Topic::ALL.len());
    check(&connection, &plan).expect("as planned");
    assert_eq!(admin.apply(&plan).expect("nothing to do"), []);

    // One setting that is planned and one that is not.
    alter(kafka, "a.journal", "retention.ms=60000,segment.ms=7777777");
    let said: Vec<_> = differs(&connection, &plan).iter().map(ToString::to_string).collect();
    assert_eq!(said, ["journal has retention.ms=60000 instead of -1"]);
    assert_eq!(admin.apply(&plan).expect("mended").len(), 1);
    check(&connection, &plan).expect("as planned");
    let found = admin.look().expect("an answer");
    let other = found[&Topic::Journal].own.get("segment.ms").map(String::as_str);
    assert_eq!(other, Some("7777777"), "what nobody planned stays");
}

fn grown(kafka: &Kafka) {
    let connection = connection(kafka, "a.");
    let admin = Admin::open(&connection).expect("a client");
    let more = Plan::new(&connection.names, &Settings { partitions: 3, ..SETTINGS });
    assert_eq!(admin.apply(&more).expect("grown").len(), Topic::ALL.len());
    check(&connection, &more).expect("as planned");
    // Fewer again: refused, and nothing is removed.
    let fewer = Plan::new(&connection.names, &SETTINGS);
    let refused = admin.apply(&fewer).expect_err("none is removed").to_string();
    assert!(refused.contains("trades.in has 3 partitions instead of 2"), "{refused}");
    check(&connection, &more).expect("as it was");
}

fn compacted(kafka: &Kafka) {
    let connection = connection(kafka, "b.");
    let create = ["--create", "--topic", "b.journal", "--config", "cleanup.policy=compact"];
    by_hand(kafka, "org.apache.kafka.tools.TopicCommand", &create);
    let plan = Plan::new(&connection.names, &SETTINGS);
    let refused = check(&connection, &plan).expect_err("compacted").to_string();
    let words = "journal has cleanup.policy=compact instead of delete";
    assert!(refused.contains(words), "{refused}");
    let admin = Admin::open(&connection).expect("a client");
    admin.apply(&plan).expect("mended");
    assert_eq!(diff(&plan, &admin.look().expect("an answer")), []);
}
