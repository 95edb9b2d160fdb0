//! What can change in the read model: one variant for each kind of row and for what happens to
//! it. Rows hold ids where reference rows have the texts.

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, MemberId, Price, Seq, TradeId};
use ledger::postings::Cleared;
use ledger::{EntryKind, MoneyComponents, Posting};
use model::event::PaymentStatus;
use model::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
};
use model::{DeadLetterReason, Place, Rejection, TradeKey};

use crate::tally::Delta;

/// A change of the read model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// A part of a sum.
    Add(Delta),

    /// A new trade.
    TradeCaptured(TradeRow<'a>),
    /// A trade as it stands now.
    TradeAmended(TradeRow<'a>),
    /// A trade is cancelled.
    TradeCancelled {
        /// The trade.
        trade: TradeId,
        /// The version it has now.
        version: u32,
        /// The decision.
        seq: Seq,
    },
    /// Live trades of an instrument settle on another date.
    TradesMoved {
        /// The instrument.
        instrument: InstrumentId,
        /// The date before.
        from: Date,
        /// The date now.
        to: Date,
    },
    /// A trade report was refused or not readable.
    ReportRefused(RefusalRow<'a>),

    /// An input of another kind was refused.
    InputRefused(InputRow<'a>),
    /// An input could not be read.
    DeadLetter(DeadLetterRow<'a>),

    /// A currency is known, or changed.
    Currency(CurrencyId, CurrencyChange<'a>),
    /// A calendar is closed on a day.
    Closure(Closure<'a>),
    /// A member is known, or changed.
    Member(MemberId, MemberChange<'a>),
    /// An account is known, or changed.
    Account(AccountId, AccountChange<'a>),
    /// An instrument is known, or changed.
    Instrument(InstrumentId, InstrumentChange<'a>),
    /// The policy is known, or changed.
    Policy(PolicyChange<'a>),
    /// A priority group is known, or changed.
    Priority(PriorityRow),
    /// Reference data that waited for this day is in force.
    InForce(Date),

    /// A business day began.
    DayOpened {
        /// The day.
        date: Date,
        /// The decision.
        seq: Seq,
        /// Whether it is a settlement day.
        settles: Settles,
    },
    /// A day got on.
    DayReached {
        /// The day.
        date: Date,
        /// How far.
        stage: DayStage,
        /// The decision, or the run.
        seq: Seq,
    },

    /// A position had its turn in a settlement run.
    Settled(SettlementRow),
    /// A position carried, as it stands now.
    Carried(PositionRow),
    /// A position is flat.
    Flat(AccountId, InstrumentId),
    /// A position changed that no trade caused.
    Adjusted(AdjustmentRow),

    /// A payment was made or failed.
    Payment(PaymentRow),
    /// The CCP advanced a payment that failed.
    AdvanceOpened(AdvanceRow),
    /// An advance could again not be repaid.
    AdvanceStands(AdvanceRow),
    /// An advance is repaid.
    AdvanceRepaid(AdvanceRow),

    /// A trade was booked, or a booking undone.
    TradeEntry(TradeEntryRow),
    /// Any other journal entry.
    Entry(EntryRow),
    /// A line of the entry before it.
    Posting {
        /// The entry.
        entry: EntryNo,
        /// The line's number in it, from 0.
        line: u8,
        /// What it says.
        posting: Posting,
    },

    /// A price is known.
    Price(PriceRow),
}

/// A trade as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeRow<'a> {
    /// Its id.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// Its version.
    pub version: u32,
    /// What it obliges to.
    pub cleared: Cleared,
    /// Its price.
    pub price: Price,
    /// The decision that made it stand so.
    pub seq: Seq,
}

/// A trade report that was refused or not readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalRow<'a> {
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// Trade and version that it reported; `None` exactly for a dead letter.
    pub report: Option<(TradeKey<'a>, u32)>,
    /// The outcome's name.
    pub outcome: &'static str,
}

/// An input other than a trade report that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputRow<'a> {
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// What it asked for.
    pub what: &'static str,
    /// What it spoke of.
    pub subject: &'a str,
    /// The date it named, if any.
    pub date: Option<Date>,
    /// Why.
    pub reason: Rejection,
    /// Where it stands; `None` for a run's step.
    pub place: Option<Place<'a>>,
}

/// An input that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLetterRow<'a> {
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// Why.
    pub reason: DeadLetterReason,
    /// Where it stands.
    pub place: Option<Place<'a>>,
    /// Its bytes as received.
    pub bytes: &'a [u8],
}

/// The priority group of an account's long positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityRow {
    /// The account.
    pub account: AccountId,
    /// One instrument; `None` for all without a group of their own.
    pub instrument: Option<InstrumentId>,
    /// In force from.
    pub from: Date,
    /// The group; lower ones are served first.
    pub group: u32,
}

/// Whether a business day is a settlement day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settles {
    /// It is.
    Yes,
    /// The depository is closed.
    No,
}

/// How far a business day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayStage {
    /// Trading is closed.
    TradingClosed,
    /// Its settlement run began.
    SettlementStarted,
    /// Its settlement run ended: deliveries are final.
    Settled,
    /// Its close began.
    CloseStarted,
    /// Its books are closed.
    Closed,
}

/// A position's turn in a settlement run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementRow {
    /// The business date.
    pub date: Date,
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
    /// Units before, + long.
    pub open_before: i128,
    /// Units moved: + received, − delivered.
    pub moved: i128,
    /// Units carried, + long.
    pub open_after: i128,
    /// Settlement days in a row at whose end it was open on this side.
    pub age: u32,
    /// The day's price; `None` when it is flat before and after and has none.
    pub price: Option<Price>,
    /// The money for the day, in minor units, + the account receives.
    pub money: MoneyComponents,
    /// Money carried, in minor units.
    pub money_after: i128,
}

/// An open position carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionRow {
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
    /// Units, + long. Never zero.
    pub quantity: i128,
    /// Settlement days in a row at whose end it was open on this side.
    pub age: u32,
    /// Money carried, in minor units.
    pub money: i128,
    /// The mark of the last settlement.
    pub mark: Option<Price>,
}

/// A change of a position that no trade caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdjustmentRow {
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
    /// Change of units, + longer.
    pub units: i128,
    /// Change of the money carried, in minor units.
    pub money: i128,
}

/// A payment made or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// The decision.
    pub seq: Seq,
    /// The business date of this try.
    pub date: Date,
    /// The business date on which it was due.
    pub due: Date,
    /// The account.
    pub account: AccountId,
    /// The currency.
    pub currency: CurrencyId,
    /// Minor units, + the account receives.
    pub amount: i128,
    /// The same in its two parts; `None` for an advance.
    pub components: Option<MoneyComponents>,
    /// Paid or failed.
    pub status: PaymentStatus,
}

/// What an account owes the CCP for a payment that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvanceRow {
    /// The account.
    pub account: AccountId,
    /// The currency.
    pub currency: CurrencyId,
    /// The business date on which it was due.
    pub due: Date,
    /// Minor units owed; positive.
    pub amount: i128,
    /// The business date of the last try.
    pub tried_on: Date,
}

/// The booking of a trade, or its undoing. Its postings follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeEntryRow {
    /// Its number.
    pub entry: EntryNo,
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// The trade.
    pub trade: TradeId,
    /// The entry that this one undoes; `None` for a booking.
    pub reverses: Option<EntryNo>,
    /// What is booked or undone.
    pub cleared: Cleared,
}

/// A journal entry that is not a trade's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Its number.
    pub entry: EntryNo,
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// Why it was made.
    pub kind: EntryKind,
    /// The date it counts for.
    pub value_date: Date,
    /// The entry that this one undoes; `None` unless it is a reversal.
    pub reverses: Option<EntryNo>,
    /// The parts of the money; `None` unless it is a money entry.
    pub components: Option<MoneyComponents>,
}

/// A price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The day that it is the price of.
    pub price_date: Date,
    /// The price; a later one for the same day replaces it.
    pub price: Price,
    /// The decision.
    pub seq: Seq,
}
