//! Events: recorded facts, past tense. They hold what was decided, not what follows from it:
//! contracts, obligations and postings are derived by the pure functions of `entries`.

use alloc::vec::Vec;

mod run;
mod settlement;
mod trade;

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, MemberId, Price};
use ledger::Asset;
use ledger::postings::NetObligation;

use crate::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};

pub use run::{
    BooksProved, Equation, EquationKind, RunAdvanced, RunCompleted, RunKind, RunStage, RunStarted,
};
pub use settlement::{
    AdjustmentReason, AdvanceTried, ObligationFellDue, PaymentDecided, PaymentStatus,
    PositionAdjusted, PositionSettled, RunRounded,
};
pub use trade::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};

/// A recorded fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A currency is known, or changed.
    CurrencyPublished {
        /// Its id.
        id: CurrencyId,
        /// What was published.
        change: CurrencyChange<'a>,
        /// True when nobody published it: ISO 4217 and open weekdays are assumed, because the
        /// segment's reference data names no currencies at all.
        assumed: bool,
    },
    /// A calendar is closed on a day.
    CalendarClosed(Closure<'a>),
    /// A member is known, or changed.
    MemberPublished {
        /// Its id.
        id: MemberId,
        /// What was published.
        change: MemberChange<'a>,
    },
    /// An account is known, or changed.
    AccountPublished {
        /// Its id.
        id: AccountId,
        /// What was published.
        change: AccountChange<'a>,
    },
    /// An instrument is known, or changed.
    InstrumentPublished {
        /// Its id.
        id: InstrumentId,
        /// What was published.
        change: InstrumentChange<'a>,
    },
    /// The segment's policy is known, or changed.
    PolicyPublished(PolicyChange<'a>),
    /// An account's priority group is known, or changed.
    PriorityPublished {
        /// The account.
        account: AccountId,
        /// One instrument, or all.
        instrument: Option<InstrumentId>,
        /// What was published.
        change: PriorityChange<'a>,
    },
    /// An account holds something at the start.
    HoldingOpened(HoldingOpened),
    /// Obligations of one date moved to another, because a calendar closed.
    SettlementDateMoved(SettlementDateMoved),
    /// A business day began.
    DayOpened(DayOpened),
    /// Trading of the open day ended.
    TradingClosed {
        /// The day.
        date: Date,
    },
    /// A new trade is in.
    TradeCaptured(TradeCaptured<'a>),
    /// The CCP stands between the two sides.
    TradeNovated(TradeNovated),
    /// A trade is corrected; its obligations with it.
    TradeAmended(TradeAmended<'a>),
    /// A trade is cancelled; its obligations with it.
    TradeCancelled(TradeCancelled<'a>),
    /// A price is known.
    PricePublished {
        /// The instrument.
        instrument: InstrumentId,
        /// The day that it is the price of.
        price_date: Date,
        /// The price.
        price: Price,
    },
    /// A run began.
    RunStarted(RunStarted<'a>),
    /// A step of a run was done; this is where the next one begins.
    RunAdvanced(RunAdvanced),
    /// The obligations of an account, instrument and date became open position.
    ObligationFellDue(ObligationFellDue),
    /// A position was settled as far as it could be, and marked.
    PositionSettled(PositionSettled),
    /// A position changed that no trade caused.
    PositionAdjusted(PositionAdjusted),
    /// What an account is to pay or be paid for the day.
    PaymentDecided(PaymentDecided),
    /// An advance was repaid, or could again not be.
    AdvanceTried(AdvanceTried),
    /// The rounding of a run, per currency.
    RunRounded(RunRounded),
    /// Equations of the books were proved at the close of a day.
    BooksProved(BooksProved),
    /// A run ended.
    RunCompleted(RunCompleted),
}

/// An account holds something at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldingOpened {
    /// The account.
    pub account: AccountId,
    /// Instrument or currency.
    pub asset: Asset,
    /// In the asset's smallest units; zero or positive.
    pub quantity: i128,
    /// The journal entry.
    pub entry: EntryNo,
}

/// Obligations of one instrument moved to another settlement date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementDateMoved {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The date that is no longer a settlement day.
    pub from: Date,
    /// The next one.
    pub to: Date,
    /// What moved, one for each account, in account order.
    pub moved: Vec<NetObligation>,
    /// The first of its journal entries, one for each that moved.
    pub entry: EntryNo,
}

/// A business day began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOpened {
    /// The day.
    pub date: Date,
    /// SHA-256 of the draw to come; `None` exactly on a day without settlement.
    pub commitment: Option<[u8; 32]>,
    /// Trades of earlier dates than this are purged: no report for them is accepted any more.
    pub purged_before: Date,
}
