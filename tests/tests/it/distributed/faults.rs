//! FAULTS: what may happen to an installation, one at a time, on real processes.
//!
//! Each test brings an installation into a state, does something to it, and then asks what
//! [`Undisturbed::is_seen_in`](super::undisturbed::Undisturbed::is_seen_in) asks.

mod inputs;
mod owners;
mod restored;
