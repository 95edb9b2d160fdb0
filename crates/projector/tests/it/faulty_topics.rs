//! Topics with something wrong: missing records, foreign ones, bytes that are none, one that falls
//! behind, and what a newer release knows.

use basics::Seq;
use model::public::{Body, Topic};
use projector::{FeedError, Merge, TopicError, TopicProjector};
use store::{Progress, Store};
use wire::public;

use crate::broker::{Topics, topics};
use crate::everything;
use crate::small_market::week;

fn start(segment: u32) -> TopicProjector {
    TopicProjector::open(Store::temporary().expect("a store"), segment).expect("open")
}

/// Feeds everything, topic by topic.
fn feed(projector: &mut TopicProjector, topics: &Topics) -> Result<(), TopicError> {
    for topic in Topic::ALL {
        for (offset, bytes) in (0..).zip(topics.of(*topic)) {
            match projector.take(*topic, offset, bytes) {
                Ok(()) => {}
                Err(FeedError::Topic(error)) => return Err(error),
                Err(FeedError::Store(error)) => panic!("{error}"),
            }
        }
    }
    Ok(())
}

/// The error, and that nothing is written.
#[track_caller]
fn refused(topics: &Topics) -> TopicError {
    let mut projector = start(0);
    let error = feed(&mut projector, topics).expect_err("an error");
    projector.flush().expect("flushed");
    assert_eq!(projector.written().seq, Seq(0));
    error
}

#[test]
fn a_missing_record_names_topic_numbers_and_offset() {
    let mut topics = topics(&week(), 3, 1);
    topics.of_mut(Topic::LedgerEvents).remove(4);
    let error = refused(&topics);
    let topic = Topic::LedgerEvents;
    assert_eq!(error, TopicError::Gap { topic, expected: 5, found: 6, offset: 4 });
    assert_eq!(
        error.to_string(),
        "ledger.events has record 6 at offset 4 where record 5 was expected: read it again from \
         the last record kept; if it is missing there too, send the topic again from the journal"
    );
}

#[test]
fn bytes_that_are_no_record_name_topic_and_offset() {
    for spoilt in [b"gibberish".to_vec(), vec![0x0a, 0x02, 0x0a, 0x00]] {
        let mut topics = topics(&week(), 3, 1);
        topics.of_mut(Topic::TradesStatus)[2] = spoilt;
        let error = refused(&topics);
        let found =
            matches!(error, TopicError::Unreadable { topic: Topic::TradesStatus, offset: 2, .. });
        assert!(found, "{error:?}");
    }
}

#[test]
fn a_body_that_cannot_be_read_is_found_when_its_turn_comes() {
    let mut topics = topics(&week(), 3, 1);
    // The last byte is the last of a date, which goes on now and has nothing to go on with.
    *topics.of_mut(Topic::SettlementEvents)[0].last_mut().expect("a byte") = 0xff;
    let error = refused(&topics);
    let found =
        matches!(error, TopicError::Unreadable { topic: Topic::SettlementEvents, offset: 0, .. });
    assert!(found, "{error:?}");
}

#[test]
fn after_an_error_it_stands_where_the_store_stands() {
    let topics = topics(&week(), 3, 1);
    let mut spoilt = topics.clone();
    spoilt.of_mut(Topic::DeadLetters)[3] = b"gibberish".to_vec();
    let mut projector = start(0);
    feed(&mut projector, &spoilt).expect_err("an error");
    assert_eq!(projector.held(), 0);
    feed(&mut projector, &topics).expect("taken");
    let mut whole = start(0);
    feed(&mut whole, &topics).expect("taken");
    let store = projector.close().expect("closed");
    assert_eq!(everything(&store), everything(&whole.close().expect("closed")));
}

#[test]
fn a_record_of_another_topic_or_segment_is_refused() {
    let good = topics(&week(), 3, 1);
    let mut crossed = good.clone();
    // The first of trades.status and of risk.events are both watermarks with number 1.
    crossed.of_mut(Topic::RiskEvents)[0] = good.of(Topic::TradesStatus)[0].clone();
    let error = refused(&crossed);
    let (topic, belongs_to) = (Topic::RiskEvents, Topic::TradesStatus);
    assert_eq!(error, TopicError::Misplaced { topic, belongs_to, topic_seq: 1, offset: 0 });

    let error = feed(&mut start(7), &good).expect_err("an error");
    let topic = Topic::TradesStatus;
    assert_eq!(error, TopicError::OtherSegment { topic, expected: 7, found: 0, offset: 0 });
}

#[test]
fn a_read_model_that_the_journal_made_is_not_fed() {
    let topics = topics(&week(), 3, 1);
    let store = Store::temporary().expect("a store");
    let mut embedded = projector::Projector::open(store).expect("open");
    for decision in week() {
        embedded.apply(&decision).expect("applied");
    }
    let store = embedded.close().expect("closed");
    let mut projector = TopicProjector::open(store, 0).expect("open");
    let error = feed(&mut projector, &topics).expect_err("an error");
    assert!(matches!(error, TopicError::Disorder { .. }), "{error:?}");
}

#[test]
fn a_body_of_a_newer_release_counts_and_says_nothing() {
    let mut topics = topics(&week(), 3, 1);
    let log = topics.of_mut(Topic::RiskEvents);
    let at = log.iter().position(|bytes| {
        let record = public::split(bytes).expect("one")[0];
        matches!(public::read(record).expect("a record").body, Body::PricePublished(_))
    });
    let at = at.expect("a price");
    // The key of a body with number 61, of the same length as that with number 60.
    let key = log[at].windows(2).position(|key| key == [0xe2, 0x03]).expect("a price's key");
    log[at][key] = 0xea;
    let mut projector = start(0);
    feed(&mut projector, &topics).expect("taken");
    assert_eq!(projector.unknown(), 1);
    let store = projector.close().expect("closed");
    assert_eq!(store.progress().expect("progress").seq, Seq(week().len() as u64));
}

#[test]
fn a_topic_that_runs_ahead_is_held_back_and_the_last_one_never() {
    let mut merge = Merge::resume(0, &Progress::default());
    let mut record = Vec::new();
    let (mut offset, mut most) = (0, 0);
    // Refused reports of a publisher with a long name, one in a Kafka record.
    let name = "n".repeat(1_000);
    let refused = |topic_seq: u64| {
        let outcome = model::public::TradeOutcome::Rejected(model::Rejection::Duplicate);
        let body = Body::TradeStatus(model::public::TradeStatus { report: None, outcome });
        let envelope = model::public::Envelope {
            segment: 0,
            seq: Seq(topic_seq),
            topic_seq,
            place: None,
            business_date: None,
            rules_version: 1,
            actor: &name,
        };
        let mut bytes = Vec::new();
        public::push(&model::public::PublicRecord { envelope, body }, &mut bytes);
        bytes
    };
    while merge.wants(Topic::TradesStatus) {
        record = refused(offset + 1);
        merge.take(Topic::TradesStatus, offset, &record).expect("taken");
        offset += 1;
        most = most.max(merge.held());
    }
    assert!(offset > 5_000, "{offset}");
    assert!(most <= (16 << 20) + record.len() + 64, "{most}");
    let others = &Topic::ALL[1..];
    assert!(others.iter().all(|topic| merge.wants(*topic)));
    assert!(!merge.hand_on(&mut |_| panic!("nothing is whole")).expect("no error"));

    // The others come up to three quarters of it: that much goes, and there is room again.
    let reached = offset * 3 / 4;
    for topic in others {
        let body = Body::Watermark(*topic);
        let seq = Seq(reached);
        let (segment, topic_seq, rules_version, actor) = (0, 1, 1, "");
        let (place, business_date) = (None, None);
        let envelope = model::public::Envelope {
            segment,
            seq,
            topic_seq,
            place,
            business_date,
            rules_version,
            actor,
        };
        let mut bytes = Vec::new();
        public::push(&model::public::PublicRecord { envelope, body }, &mut bytes);
        merge.take(*topic, 0, &bytes).expect("taken");
    }
    let mut handed_on = 0;
    while merge.hand_on(&mut |_| handed_on += 1).expect("no error") {}
    assert_eq!(handed_on, reached);
    assert_eq!(merge.progress().offsets, [reached, 1, 1, 1, 1]);
    assert!(Topic::ALL.iter().all(|topic| merge.wants(*topic)));
}
