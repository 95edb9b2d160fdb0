//! What is sent: records that are no inputs.

use std::time::Duration;

use kafka::{Record, Sender, Topic};

use crate::distributed::installation::{Installation, PATIENCE};
use crate::distributed::undisturbed::Undisturbed;

#[test]
fn what_is_no_input_is_a_dead_letter_and_the_stream_goes_on() {
    let undisturbed = Undisturbed::golden();
    let installation = Installation::start(1);
    let files = installation.config("files", &installation.sqlite("files"));
    let _all = installation.run("all", &files);
    let mut sender = Sender::open(&installation.connection(), 0, Duration::ZERO).unwrap();
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

    installation.publish(&undisturbed.market).done();
    undisturbed.is_seen_in(&installation, &[&files]);
    let tables = installation.exports(&files);
    let rejections = String::from_utf8_lossy(&tables["rejections"]).into_owned();
    for reason in ["longer than an input may be", "not a message", "another segment"] {
        assert!(rejections.contains(reason), "{reason} in\n{rejections}");
    }
}
