//! Decisions: what is written is read back, the same decisions give the same bytes, and `prost`
//! agrees with every byte.

use model::{Decision, TradeDecision};
use proptest::prelude::*;
use prost::Message;
use wire::proto::journal::v1;
use wire::{DecisionRef, Decoder, Encoder, SectionRef};

use crate::random::Story;

fn body(encoder: &mut Encoder, decisions: &[Decision<'_>]) -> Vec<u8> {
    for decision in decisions {
        encoder.push(decision);
    }
    encoder.finish().bytes.to_vec()
}

fn story(seed: u64, len: usize) -> Vec<Decision<'static>> {
    let mut story = Story::new(seed);
    (0..len).map(|_| story.decision()).collect()
}

/// Writes again what was read, each by the function of its kind.
fn again(first: basics::Seq, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::default();
    let mut decoder = Decoder::new(first, bytes).expect("a body");
    while let Some(decision) = decoder.next() {
        match decision.expect("a decision") {
            DecisionRef::Trade(trade) => encoder.push_trade(&trade),
            DecisionRef::Other(other) => encoder.push(&other),
        }
    }
    encoder.finish().bytes.to_vec()
}

/// Digits and scale as written: equality of decimals is by value and would hide a lost zero.
fn digits(decision: &TradeDecision<'_>) -> String {
    format!("{:?}", decision.report)
}

proptest! {
    /// WIRE-1: what is written is read back.
    #[test]
    fn decisions_are_read_back(seed: u64, len in 1..60_usize) {
        let decisions = story(seed, len);
        let mut encoder = Encoder::default();
        let bytes = body(&mut encoder, &decisions);
        let mut decoder = Decoder::new(decisions[0].seq, &bytes).expect("a body");
        for expected in &decisions {
            let read = decoder.next().expect("a decision").expect("readable");
            prop_assert_eq!(read.seq(), expected.seq);
            prop_assert_eq!(&read.to_decision(), expected);
        }
        prop_assert!(decoder.next().is_none());
    }

    /// WIRE-1 by value: trade reports, dead letters among them, with every digit.
    #[test]
    fn trade_decisions_are_read_back(seed: u64, len in 1..60_usize) {
        let mut story = Story::new(seed);
        let decisions: Vec<_> = (0..len).map(|_| story.trade()).collect();
        let mut encoder = Encoder::default();
        for decision in &decisions {
            encoder.push_trade(decision);
        }
        let bytes = encoder.finish().bytes;
        let mut decoder = Decoder::new(decisions[0].seq, bytes).expect("a body");
        for expected in &decisions {
            match decoder.next().expect("a decision").expect("readable") {
                DecisionRef::Trade(read) => {
                    prop_assert_eq!(&read, expected);
                    prop_assert_eq!(digits(&read), digits(expected));
                }
                DecisionRef::Other(read) => prop_assert_eq!(&read, &expected.general()),
            }
        }
    }

    /// WIRE-2: reading and writing again gives the same bytes.
    #[test]
    fn bytes_are_written_again(seed: u64, len in 1..60_usize) {
        let decisions = story(seed, len);
        let bytes = body(&mut Encoder::default(), &decisions);
        prop_assert_eq!(again(decisions[0].seq, &bytes), bytes);
    }

    /// WIRE-2: an encoder that has written before gives the same bytes as a new one, and says
    /// before how long they will be at most.
    #[test]
    fn the_past_of_an_encoder_does_not_show(seed: u64, other: u64, len in 1..60_usize) {
        let decisions = story(seed, len);
        let fresh = body(&mut Encoder::default(), &decisions);
        let mut used = Encoder::default();
        body(&mut used, &story(other, 30));
        prop_assert_eq!(used.count(), 0);
        for decision in &decisions {
            used.push(decision);
        }
        let estimate = used.estimated_len();
        let body = used.finish();
        prop_assert_eq!((body.first_seq, body.count), (decisions[0].seq, len as u32));
        prop_assert_eq!(body.bytes, &fresh);
        prop_assert!(estimate >= fresh.len());
    }

    /// WIRE-3: `prost` reads what is written and writes it the same.
    #[test]
    fn prost_agrees(seed: u64, len in 1..60_usize) {
        let bytes = body(&mut Encoder::default(), &story(seed, len));
        let decisions = v1::Decisions::decode(bytes.as_slice()).expect("prost reads it");
        prop_assert_eq!(decisions.encode_to_vec(), bytes);
    }

    /// Sections give the same decisions, and those of one run live together.
    #[test]
    fn sections_give_the_same_decisions(seed: u64, len in 1..60_usize) {
        let decisions = story(seed, len);
        let bytes = body(&mut Encoder::default(), &decisions);
        let mut decoder = Decoder::new(decisions[0].seq, &bytes).expect("a body");
        let mut read = Vec::new();
        while let Some(section) = decoder.next_section() {
            match section.expect("readable") {
                SectionRef::One(decision) => read.push(decision.to_decision()),
                SectionRef::Trades(rows) => {
                    let rows: Vec<TradeDecision<'_>> = rows.map(|r| r.expect("a row")).collect();
                    // Text of a numeric reference lives as long as the run: own it to compare.
                    let positions: Vec<_> = rows.iter().map(|row| row.seq).collect();
                    prop_assert!(positions.is_sorted());
                    for row in &rows {
                        prop_assert_eq!(&row.general(), &decisions[read.len()]);
                        read.push(decisions[read.len()].clone());
                    }
                }
            }
        }
        prop_assert_eq!(read, decisions);
    }
}

#[test]
fn an_empty_body_has_no_decisions() {
    let mut encoder = Encoder::default();
    let body = encoder.finish();
    assert_eq!((body.first_seq.0, body.count, body.bytes), (0, 0, &[8, 1][..]));
    assert!(Decoder::new(body.first_seq, body.bytes).expect("a body").next().is_none());
}

#[test]
#[should_panic(expected = "decisions have no gap")]
fn a_gap_in_a_body_is_a_fault() {
    let decisions = story(7, 3);
    let mut encoder = Encoder::default();
    encoder.push(&decisions[0]);
    encoder.push(&decisions[2]);
}
