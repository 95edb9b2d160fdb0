//! Public records: what other systems and our own read models are told, topic by topic.
//!
//! A record stands for itself: where an event holds an id, a record says the code as well (ISIN,
//! account, currency) and the decimals that its integers are counted in. Ids stay beside the
//! codes, because an instrument keeps its id when its ISIN changes.
//!
//! Texts are borrowed from the decision and from the relay's directory: a trade report's records
//! allocate nothing. Which records follow from which decision is the relay's matter.

mod books;
mod refs;
mod settlement;
mod trades;

pub use books::{EntryRecord, LedgerAccountRef, PostingRecord, TradeEntryRecord};
pub use refs::{AccountRef, AssetRef, ClearedRecord, CurrencyRef, InstrumentRef};
pub use settlement::{
    AccountNet, BooksProvedRecord, DateMovedRecord, DayOpenedRecord, EquationRecord, FellDueRecord,
    NovatedRecord, PaymentRecord, PositionAdjustedRecord, PositionSettledRecord, RevisedRecord,
    RoundedRecord, RunCompletedRecord, RunStartedRecord,
};
pub use trades::{ReportRef, TradeOutcome, TradeRecord, TradeStatus};

use basics::{AccountId, CurrencyId, Date, InstrumentId, MemberId, Price, Seq};

use crate::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};
use crate::trade::words;
use crate::{DeadLetterReason, Place, Rejection};

words!(
    /// A public topic. Each is ordered and gapless by itself.
    Topic {
        /// The outcome of every trade report, for its publisher.
        #[default]
        TradesStatus = 0 "trades.status",
        /// Days, runs, obligations, deliveries, payments, reference data, refused operations.
        SettlementEvents = 1 "settlement.events",
        /// Every journal entry of the ledger.
        LedgerEvents = 2 "ledger.events",
        /// Prices.
        RiskEvents = 3 "risk.events",
        /// Inputs that could not be read, verbatim.
        DeadLetters = 4 "deadletters",
    }
);

/// One public record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRecord<'a> {
    /// Where it stands and what caused it.
    pub envelope: Envelope<'a>,
    /// What it says.
    pub body: Body<'a>,
}

/// Where a record stands and what caused it.
///
/// A consumer needs one rule: skip if `topic_seq` is not above the last one, alarm if it is more
/// than one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The segment: partition i of every topic is segment i.
    pub segment: u32,
    /// The decision that it follows from.
    pub seq: Seq,
    /// The record's number in its topic and segment, gapless, from 1.
    pub topic_seq: u64,
    /// Where the input stands; `None` for a run's step and for a watermark.
    pub place: Option<Place<'a>>,
    /// The day last opened when it was decided; `None` before the first.
    pub business_date: Option<Date>,
    /// The version of the rules that decided.
    pub rules_version: u32,
    /// Who published the input; empty for a run's step and for a watermark.
    pub actor: &'a str,
}

/// What a record says, by topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// `trades.status`: the outcome of a trade report.
    TradeStatus(TradeStatus<'a>),

    /// `settlement.events`: reference data is known, or changed.
    Reference(ReferenceRecord<'a>),
    /// `settlement.events`: an operation, a price or a change of reference data was refused.
    InputRefused(InputRefused<'a>),
    /// `settlement.events`: a business day began.
    DayOpened(DayOpenedRecord),
    /// `settlement.events`: trading of the open day ended.
    TradingClosed {
        /// The day.
        date: Date,
    },
    /// `settlement.events`: the CCP stands between the two sides.
    TradeNovated(NovatedRecord<'a>),
    /// `settlement.events`: what a guaranteed trade obliges to changed.
    TradeRevised(RevisedRecord<'a>),
    /// `settlement.events`: obligations moved to another date, because a calendar closed.
    SettlementDateMoved(DateMovedRecord<'a>),
    /// `settlement.events`: a run began.
    RunStarted(RunStartedRecord<'a>),
    /// `settlement.events`: obligations became open position.
    ObligationFellDue(FellDueRecord<'a>),
    /// `settlement.events`: a position was settled as far as it could be, and marked.
    PositionSettled(PositionSettledRecord<'a>),
    /// `settlement.events`: a position changed that no trade caused.
    PositionAdjusted(PositionAdjustedRecord<'a>),
    /// `settlement.events`: a payment was made, or failed: the day's own, or an advance.
    PaymentTried(PaymentRecord<'a>),
    /// `settlement.events`: what rounding left the CCP in a run.
    RunRounded(RoundedRecord<'a>),
    /// `settlement.events`: equations of the books were proved.
    BooksProved(BooksProvedRecord<'a>),
    /// `settlement.events`: a run ended. Deliveries of a settlement run are final from here.
    RunCompleted(RunCompletedRecord),

    /// `ledger.events`: a trade was booked, or a booking undone.
    TradeBooked(TradeEntryRecord<'a>),
    /// `ledger.events`: any other journal entry.
    EntryPosted(EntryRecord<'a>),

    /// `risk.events`: a price is known.
    PricePublished(PriceRecord<'a>),

    /// `deadletters`: an input could not be read.
    DeadLetter(DeadLetterRecord<'a>),

    /// Any topic: it is complete up to the envelope's `seq`.
    Watermark(Topic),
}

impl Body<'_> {
    /// The topic it belongs to.
    #[must_use]
    pub const fn topic(&self) -> Topic {
        match self {
            Self::TradeStatus(_) => Topic::TradesStatus,
            Self::Reference(_)
            | Self::InputRefused(_)
            | Self::DayOpened(_)
            | Self::TradingClosed { .. }
            | Self::TradeNovated(_)
            | Self::TradeRevised(_)
            | Self::SettlementDateMoved(_)
            | Self::RunStarted(_)
            | Self::ObligationFellDue(_)
            | Self::PositionSettled(_)
            | Self::PositionAdjusted(_)
            | Self::PaymentTried(_)
            | Self::RunRounded(_)
            | Self::BooksProved(_)
            | Self::RunCompleted(_) => Topic::SettlementEvents,
            Self::TradeBooked(_) | Self::EntryPosted(_) => Topic::LedgerEvents,
            Self::PricePublished(_) => Topic::RiskEvents,
            Self::DeadLetter(_) => Topic::DeadLetters,
            Self::Watermark(topic) => *topic,
        }
    }
}

/// Reference data as published, with the id it has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceRecord<'a> {
    /// A currency.
    Currency {
        /// Its id.
        id: CurrencyId,
        /// What was published.
        change: CurrencyChange<'a>,
    },
    /// A day on which a calendar is closed.
    Closure(Closure<'a>),
    /// A clearing member.
    Member {
        /// Its id.
        id: MemberId,
        /// What was published.
        change: MemberChange<'a>,
    },
    /// A member's account.
    Account {
        /// Its id.
        id: AccountId,
        /// What was published.
        change: AccountChange<'a>,
    },
    /// An instrument.
    Instrument {
        /// Its id.
        id: InstrumentId,
        /// What was published.
        change: InstrumentChange<'a>,
    },
    /// How the segment clears.
    Policy(PolicyChange<'a>),
    /// The priority group of an account's long positions.
    Priority {
        /// The account.
        account: AccountRef<'a>,
        /// One instrument; `None` for all without a group of their own.
        instrument: Option<InstrumentRef<'a>>,
        /// What was published.
        change: PriorityChange<'a>,
    },
}

/// An input other than a trade report was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputRefused<'a> {
    /// What it asked for: `open_day`, `settle`, `price`, `account`, …
    pub what: &'static str,
    /// What it spoke of: an ISIN, an account, a calendar; empty for an operation.
    pub subject: &'a str,
    /// The date it named; `None` when it named none.
    pub date: Option<Date>,
    /// Why.
    pub reason: Rejection,
}

/// A price is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRecord<'a> {
    /// The instrument.
    pub instrument: InstrumentRef<'a>,
    /// The day that it is the price of.
    pub price_date: Date,
    /// The price.
    pub price: Price,
}

/// An input that could not be read. Its place is in the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLetterRecord<'a> {
    /// Why.
    pub reason: DeadLetterReason,
    /// Its bytes as received.
    pub bytes: &'a [u8],
}
