//! One contract, three carriers: files, a simulated log, Apache Kafka.
//!
//! What every journal keeps is asked of all three. What only a shared log can do to its writers and
//! readers (rivals, repetitions, halves, deletions) is asked of the two that are shared.

mod carriers;
mod shared_suite;
mod suite;

use carriers::{Broker, Files, Shared, Simulated};

#[test]
fn files_keep_the_contract() {
    suite::all(Files::new);
}

#[test]
fn the_simulated_log_keeps_the_contract() {
    suite::all(|| Shared::new(Simulated::default()));
    shared_suite::all(Simulated::default);
}

#[test]
fn kafka_keeps_the_contract() {
    let broker = Broker::start();
    suite::all(|| Shared::new(broker.topic()));
    shared_suite::all(|| broker.topic());
}
