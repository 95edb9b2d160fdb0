//! Bytes from anywhere: a decoder answers, says where, and never panics.

use basics::Seq;
use proptest::prelude::*;
use wire::{Decoder, Encoder, Flaw};

use crate::random::{Random, Story};

/// Reads everything; the number of decisions, or the first error.
fn read(bytes: &[u8]) -> Result<usize, wire::DecodeError> {
    let mut decoder = Decoder::new(Seq(1), bytes)?;
    let mut count = 0;
    while let Some(decision) = decoder.next() {
        decision?;
        count += 1;
    }
    assert!(decoder.next().is_none());
    Ok(count)
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        let with_version = [&[8, 1][..], &bytes].concat();
        for bytes in [bytes, with_version] {
            if let Err(error) = read(&bytes) {
                prop_assert!(error.at <= bytes.len(), "{}", error);
            }
        }
    }

    /// A body with a few bytes changed, cut or repeated: what is readable is bounded by its length.
    #[test]
    fn damaged_bodies_are_answered(seed: u64, len in 1..40_usize, wounds in 1..6_usize) {
        let mut story = Story::new(seed);
        let mut encoder = Encoder::default();
        for _ in 0..len {
            encoder.push(&story.decision());
        }
        let mut bytes = encoder.finish().bytes.to_vec();
        let random = &mut Random::new(seed);
        for _ in 0..wounds {
            let at = random.below(bytes.len() as u64) as usize;
            match random.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, random.next() as u8),
                2 => { bytes.remove(at); if bytes.is_empty() { bytes.push(8) } }
                _ => bytes[at] ^= 1 << random.below(8),
            }
        }
        match read(&bytes) {
            Ok(count) => prop_assert!(count <= bytes.len()),
            Err(error) => prop_assert!(error.at <= bytes.len(), "{}", error),
        }
    }
}

#[test]
fn a_newer_format_is_named() {
    let error = Decoder::new(Seq(1), &[8, 2]).expect_err("version 2");
    assert_eq!((error.flaw, error.at), (Flaw::NewerFormat(2), 1));
    let text = "the format is version 2, and this build reads up to version 1, at byte 1";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_error_names_the_decision_and_the_byte() {
    let mut story = Story::new(3);
    let mut encoder = Encoder::default();
    let first = story.seq();
    encoder.push(&story.decision());
    let bytes = encoder.finish().bytes;
    let cut = &bytes[..bytes.len() - 1];
    let error = Decoder::new(first, cut).expect("a version").next().expect("one").expect_err("cut");
    assert_eq!((error.flaw, error.seq), (Flaw::Truncated, Some(first)));
    assert!(error.at < cut.len());
}
