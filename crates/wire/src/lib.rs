//! Protobuf to model and back, versions and upcasting: the only crate that knows bytes of messages.

mod cursor;
pub mod decisions;
mod error;
mod field;
pub mod inputs;
pub mod public;
mod text;
mod words;
mod writer;

/// The types that `prost` makes of the contract in `proto/`: the definition that the hand-written
/// codecs are held to. Their documentation is the contract's own.
#[allow(missing_docs, clippy::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}
pub use generated::clearfold as proto;

pub use decisions::{Body, DecisionRef, DecisionsVersion, Decoder, Encoder, SectionRef, TradeRows};
pub use error::{DecodeError, Flaw};
