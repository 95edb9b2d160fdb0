//! Decisions as the body of a frame, and back. This is the hot path: nothing is allocated for a
//! trade report on either side.
//!
//! A body is the message `Decisions` of `clearfold.journal.v1`. Decisions on trade reports lie in
//! columns with dictionaries, all others one by one. The same decisions always give the same
//! bytes, and the bytes give the decisions back exactly as they were.
//!
//! Not decided here: what a frame is, and where bodies are cut (the journal and the node do).

mod columns;
mod decoder;
mod dictionary;
mod encoder;
mod entry;
mod layout;
mod number;
mod plain;
mod references;
mod row;
mod rows;
mod run;
mod shape;

pub use decoder::{DecisionRef, Decoder, SectionRef, TradeRows};
pub use encoder::{Body, Encoder};

/// Version of the body's format. A change of the format that this build cannot read gets the
/// next number; a body of an older version is upcast while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionsVersion(pub u32);

impl DecisionsVersion {
    /// The version that this build writes, and the newest that it reads.
    pub const CURRENT: Self = Self(1);
}
