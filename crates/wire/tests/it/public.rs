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
    }
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
