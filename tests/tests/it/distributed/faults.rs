//! FAULTS: what may happen to an installation, one at a time, on real processes.

use std::thread::sleep;
use std::time::{Duration, Instant};

use kafka::{Connection, Names, Record, Security, Sender, Topic};

use super::installation::{Installation, PATIENCE, embedded, without_repeats};
use super::processes::Serving;
use crate::market::{Market, golden};
use crate::product::same_tables;

/// Waits until a process has said something.
fn await_word(serving: &Serving, word: &str) {
    let begun = Instant::now();
    while !serving.log().contains(word) {
        assert!(begun.elapsed() < PATIENCE, "{word} was never said:\n{}", serving.log());
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_owner_that_was_paused_beyond_every_timeout_does_no_harm() {
    let market = golden().join("market");
    let (state_hash, tables) = embedded(&market);
    let expected = without_repeats(&tables);

    let installation = Installation::start(1);
    let files = installation.config("files", &installation.sqlite("files"));
    let other = installation.config("other", "sqlite:unused.sqlite");
    let owner = installation.run("node", &files);
    await_word(&owner, "owns the journal");
    let standby = installation.run("node", &other);
    await_word(&standby, "follows");
    let _projector = Serving::start(
        ["run", "--role", "projector", "--config", files.to_str().unwrap()]
            .map(str::to_owned)
            .into(),
        installation.folder().join("projector.log"),
    );

    let first_days = Market::golden();
    let days = first_days.days();
    first_days.end_with(&days[days.len() / 2]);
    installation.publish(first_days.path()).done();
    owner.signal("STOP");
    await_word(&standby, "owns the journal");
    installation.publish(&market).done();
    owner.signal("CONT");
    await_word(&owner, "stands by again");

    let status = installation.await_projected(&files);
    assert_eq!(status["state_hash"], state_hash);
    same_tables(&without_repeats(&installation.exports(&files)), &expected, &"paused");
    installation.verifies(&files);
    assert!(owner.end().success(), "it stops in good order");
    assert!(standby.end().success(), "it stops in good order");
}

#[test]
fn what_is_no_input_is_a_dead_letter_and_the_stream_goes_on() {
    let market = golden().join("market");
    let (state_hash, tables) = embedded(&market);
    let expected = without_repeats(&tables);

    let installation = Installation::start(1);
    let files = installation.config("files", &installation.sqlite("files"));
    let _all = installation.run("all", &files);
    let connection = Connection {
        bootstrap: installation.kafka.bootstrap(),
        names: Names { prefix: "clearfold.".to_owned() },
        security: Security::Plaintext,
        client: "stranger".to_owned(),
    };
    let mut sender = Sender::open(&connection, 0, Duration::ZERO).unwrap();
    let long = vec![7; 1_500_000];
    let record = |topic, bytes, headers| Record { topic, bytes, headers };
    let strange = [
        record(Topic::TradesIn, b"not protobuf".as_slice(), [].as_slice()),
        record(Topic::TradesIn, b"", &[]),
        record(Topic::TradesIn, &long, &[]),
        record(Topic::TradesIn, b"", &[("clearfold-segment", b"7")]),
        record(Topic::PricesIn, b"", &[("clearfold-type", b"clearfold.v2.Prices")]),
        record(Topic::OperationsIn, b"", &[("clearfold-segment", b"7")]),
        record(Topic::StatementsIn, b"a statement", &[]),
    ];
    for record in &strange {
        sender.send(record).unwrap();
    }
    assert!(sender.drain(PATIENCE).unwrap());

    installation.publish(&market).done();
    let status = installation.await_projected(&files);
    assert_eq!(status["state_hash"], state_hash);
    let tables = installation.exports(&files);
    same_tables(&without_repeats(&tables), &expected, &"strange records");
    let rejections = String::from_utf8_lossy(&tables["rejections"]).into_owned();
    for reason in ["longer than an input may be", "not a message", "another segment"] {
        assert!(rejections.contains(reason), "{reason} in\n{rejections}");
    }
    installation.verifies(&files);
}
