//! The decision on one trade report, by value: the hot path allocates nothing for it.

use alloc::vec;

use basics::{Date, Seq};

use crate::decision::{Cause, Decision, Form, Input, Place, Verdict};
use crate::event::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};
use crate::outcome::Acceptance;
use crate::{Command, DeadLetterReason, Event, Rejection, TradeReport};

/// What became of a trade report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeVerdict<'a> {
    /// A new trade is in, and novated at once: it came locked in, both sides agreed.
    Captured(TradeCaptured<'a>, TradeNovated),
    /// A trade is corrected.
    Amended(TradeAmended<'a>),
    /// A trade is cancelled.
    Cancelled(TradeCancelled<'a>),
    /// Refused.
    Rejected(Rejection),
    /// Not readable.
    DeadLettered(DeadLetterReason),
}

impl<'a> TradeVerdict<'a> {
    /// The outcome's name, one of those that reports and tables count.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Captured(..) => Acceptance::Captured.name(),
            Self::Amended(_) => Acceptance::Amended.name(),
            Self::Cancelled(_) => Acceptance::Cancelled.name(),
            Self::Rejected(rejection) => rejection.name(),
            Self::DeadLettered(_) => crate::outcome::DEAD_LETTER,
        }
    }

    /// The same as a verdict of any decision.
    #[must_use]
    pub fn general(self) -> Verdict<'a> {
        match self {
            Self::Captured(captured, novated) => Verdict::Accepted(vec![
                Event::TradeCaptured(captured),
                Event::TradeNovated(novated),
            ]),
            Self::Amended(amended) => Verdict::Accepted(vec![Event::TradeAmended(amended)]),
            Self::Cancelled(cancelled) => Verdict::Accepted(vec![Event::TradeCancelled(cancelled)]),
            Self::Rejected(rejection) => Verdict::Rejected(rejection),
            Self::DeadLettered(reason) => Verdict::DeadLettered(reason),
        }
    }
}

/// The decision on one trade report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeDecision<'a> {
    /// Its place in the journal.
    pub seq: Seq,
    /// Where the report stands.
    pub place: Place<'a>,
    /// Who published it.
    pub publisher: &'a str,
    /// The day last opened when it was decided; `None` before the first.
    pub business_date: Option<Date>,
    /// The report; `None` when it could not be read.
    pub report: Option<TradeReport<'a>>,
    /// The form it came in.
    pub form: Form,
    /// Its bytes; `None` when they can be built again from the report.
    pub verbatim: Option<&'a [u8]>,
    /// What became of it.
    pub verdict: TradeVerdict<'a>,
}

impl<'a> TradeDecision<'a> {
    /// The same as any decision.
    #[must_use]
    pub fn general(self) -> Decision<'a> {
        Decision {
            seq: self.seq,
            cause: Cause::Input { place: self.place, publisher: self.publisher },
            business_date: self.business_date,
            input: Input {
                command: self.report.map(Command::Trade),
                form: self.form,
                verbatim: self.verbatim,
            },
            verdict: self.verdict.general(),
        }
    }
}
