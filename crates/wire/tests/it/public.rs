//! Public records: what is written is read back, and `prost` agrees with every byte.

use model::{DeadLetterReason, Rejection};
use proptest::prelude::*;
use prost::Message;
use wire::proto::v1;
use wire::public;

use crate::random::Random;
use crate::random_public::BODIES;

proptest! {
    #[test]
    fn public_records_are_read_back(seed: u64, kind in 0..BODIES) {
        let record = Random::new(seed).record(kind);
        let mut bytes = Vec::new();
        public::write(&record, &mut bytes);
        prop_assert_eq!(public::read(&bytes).expect("readable"), record);
        let prost = v1::PublicRecord::decode(bytes.as_slice()).expect("prost reads it");
        prop_assert_eq!(prost.encode_to_vec(), bytes);
    }

    #[test]
    fn the_head_says_what_the_record_says(seed: u64, kind in 0..BODIES) {
        let record = Random::new(seed).record(kind);
        let mut bytes = Vec::new();
        public::write(&record, &mut bytes);
        let is_watermark = matches!(record.body, model::public::Body::Watermark(_));
        let kind = if is_watermark { public::Kind::Watermark } else { public::Kind::Fact };
        let model::public::Envelope { segment, seq, topic_seq, .. } = record.envelope;
        let head = public::Head { segment, seq, topic_seq, kind };
        prop_assert_eq!(public::head(&bytes).expect("readable"), head);
    }

    #[test]
    fn packed_records_are_taken_apart(seed: u64, kinds in prop::collection::vec(0..BODIES, 0..9)) {
        let random = &mut Random::new(seed);
        let (mut packed, mut each) = (Vec::new(), Vec::new());
        for kind in kinds {
            let record = random.record(kind);
            public::push(&record, &mut packed);
            let mut bytes = Vec::new();
            public::write(&record, &mut bytes);
            each.push(bytes);
        }
        prop_assert_eq!(&public::split(&packed).expect("readable"), &each);
        // Cut anywhere, it gives the records before the cut, then an error at most.
        let cut = random.below(packed.len() as u64 + 1) as usize;
        let found: Vec<_> = public::records(&packed[..cut]).collect();
        let good = found.iter().take_while(|record| record.is_ok()).count();
        prop_assert!(found.len() - good <= 1);
        for (found, each) in found.iter().flatten().zip(&each) {
            prop_assert_eq!(found, each);
        }
    }

    #[test]
    fn any_bytes_are_answered(seed: u64, kind in 0..BODIES, wounds in 0..4_usize) {
        let random = &mut Random::new(seed);
        let mut bytes = Vec::new();
        public::write(&random.record(kind), &mut bytes);
        for _ in 0..wounds {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.next() as u8;
        }
        if let Err(error) = public::read(&bytes) {
            prop_assert!(error.at <= bytes.len());
        }
        if let Err(error) = public::head(&bytes) {
            prop_assert!(error.at <= bytes.len());
        }
    }
}

#[test]
fn a_body_of_a_newer_release_has_a_head() {
    // An envelope with sequence 7 and number 9, then a body with number 61.
    let bytes = [0x0a, 0x04, 0x10, 0x07, 0x18, 0x09, 0xea, 0x03, 0x02, 0x08, 0x01];
    let head = public::head(&bytes).expect("readable");
    let kind = public::Kind::Unknown;
    assert_eq!(head, public::Head { segment: 0, seq: basics::Seq(7), topic_seq: 9, kind });
    assert!(public::read(&bytes).is_err());
}

/// The contract's lists of reasons are the model's.
#[test]
fn every_reason_has_its_name_in_the_contract() {
    for rejection in Rejection::ALL {
        let listed = v1::Rejection::try_from(i32::from(rejection.number())).expect("listed");
        let name = listed.as_str_name().trim_start_matches("REJECTION_").to_lowercase();
        assert_eq!(name, rejection.name());
    }
    for reason in DeadLetterReason::ALL {
        let listed = v1::DeadLetterReason::try_from(i32::from(reason.number())).expect("listed");
        let name = listed.as_str_name().trim_start_matches("DEAD_LETTER_REASON_").to_lowercase();
        assert_eq!(name, reason.name());
    }
}
