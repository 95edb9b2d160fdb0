//! Decisions: what one input caused, with the input itself.

use alloc::vec::Vec;

use basics::{Date, Seq};

use crate::{Command, DeadLetterReason, Event, Rejection};

/// Where an input came from, so that nobody ever needs to ask twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place<'a> {
    /// The file, relative to the market directory, or the topic.
    pub channel: &'a str,
    /// The data row in the file, from 1, or the offset in the topic.
    pub position: u64,
    /// The item in the record, from 0; 0 for a file.
    pub item: u32,
    /// How often the channel was sent before on purpose (`--resend`).
    pub pass: u32,
}

/// What asked for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    /// An input from outside.
    Input {
        /// Where it stands.
        place: Place<'a>,
        /// Who published it.
        publisher: &'a str,
    },
    /// A run's next step.
    Run,
}

/// The form in which inputs of a channel arrive: from it and the command, the same bytes can be
/// built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A row of a file of the market directory.
    MarketCsv = 1,
    /// A protobuf message of `clearfold.v1`.
    Protobuf = 2,
    /// A run's step: no bytes came from outside.
    Internal = 3,
}

/// An input as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    /// What it asks for; `None` when it cannot be read.
    pub command: Option<Command<'a>>,
    /// The form it came in.
    pub form: Form,
    /// Its bytes; `None` when the form's writer gives the same bytes from the command.
    pub verbatim: Option<&'a [u8]>,
}

/// What became of an input. Every input has exactly one verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Accepted: these facts follow, in this order.
    Accepted(Vec<Event<'a>>),
    /// Refused, with a stable reason.
    Rejected(Rejection),
    /// It could not be read.
    DeadLettered(DeadLetterReason),
}

/// What one input caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Its place in the journal.
    pub seq: Seq,
    /// What asked for it.
    pub cause: Cause<'a>,
    /// The day last opened when it was decided; `None` before the first.
    pub business_date: Option<Date>,
    /// The input.
    pub input: Input<'a>,
    /// What became of it.
    pub verdict: Verdict<'a>,
}
