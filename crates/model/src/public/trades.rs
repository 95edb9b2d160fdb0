//! Public records of trade reports: the outcome of every one, and the trade as it stands.

use basics::{Date, Instant, Price, TradeId};

use super::ClearedRecord;
use crate::{Attributes, DeadLetterReason, Rejection, TradeKey};

/// The outcome of a trade report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeStatus<'a> {
    /// Which trade and version it reported; `None` exactly for a dead letter.
    pub report: Option<ReportRef<'a>>,
    /// What became of it.
    pub outcome: TradeOutcome<'a>,
}

/// What a trade report calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRef<'a> {
    /// The trade.
    pub key: TradeKey<'a>,
    /// The version that the report states.
    pub version: u32,
}

/// What became of a trade report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeOutcome<'a> {
    /// A new trade is in.
    Captured(TradeRecord<'a>),
    /// A trade is corrected: as it stands now.
    Amended(TradeRecord<'a>),
    /// A trade is cancelled.
    Cancelled {
        /// The trade.
        trade: TradeId,
        /// What it obliged to.
        previous: ClearedRecord<'a>,
    },
    /// Refused.
    Rejected(Rejection),
    /// Not readable.
    DeadLettered(DeadLetterReason),
}

impl TradeOutcome<'_> {
    /// The outcome's name, one of those that reports and tables count.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        use crate::outcome::{Acceptance, DEAD_LETTER};
        match self {
            Self::Captured(_) => Acceptance::Captured.name(),
            Self::Amended(_) => Acceptance::Amended.name(),
            Self::Cancelled { .. } => Acceptance::Cancelled.name(),
            Self::Rejected(rejection) => rejection.name(),
            Self::DeadLettered(_) => DEAD_LETTER,
        }
    }
}

/// A trade as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeRecord<'a> {
    /// Its id.
    pub trade: TradeId,
    /// Instrument, currency, sides, quantity, consideration and settlement date.
    pub cleared: ClearedRecord<'a>,
    /// The price.
    pub price: Price,
    /// The settlement date that cycle and calendars gave at capture.
    pub contractual_date: Date,
    /// When it was traded.
    pub executed_at: Instant,
    /// Place of trading; may be empty.
    pub venue: &'a str,
    /// What else it says about itself.
    pub attributes: Attributes<'a>,
}
