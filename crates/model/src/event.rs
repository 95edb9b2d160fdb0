//! Events: recorded facts, past tense. They hold what was decided, not what follows from it:
//! contracts, obligations and postings are derived by the pure functions of `entries`.

use alloc::vec::Vec;

use basics::{
    AccountId, ContractId, CurrencyId, Date, EntryNo, InstrumentId, MemberId, Price, Seq, TradeId,
};
use ledger::postings::{Cleared, NetObligation};
use ledger::{Asset, Class, MoneyComponents};

use crate::TradeKey;
use crate::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};
use crate::trade::{Terms, words};

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

/// A new trade is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeCaptured<'a> {
    /// Its id.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// Its terms.
    pub terms: Terms<'a>,
}

/// The CCP became buyer to the seller and seller to the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeNovated {
    /// The trade.
    pub trade: TradeId,
    /// The contract of the buyer with the CCP.
    pub buyer_contract: ContractId,
    /// The contract of the seller with the CCP.
    pub seller_contract: ContractId,
    /// From this sequence on the CCP guarantees it.
    pub guaranteed_from: Seq,
    /// What the contracts oblige to.
    pub cleared: Cleared,
    /// The journal entry.
    pub entry: EntryNo,
}

/// A trade is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeAmended<'a> {
    /// The trade.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// The version it has now.
    pub version: u32,
    /// Its terms now.
    pub terms: Terms<'a>,
    /// What it obliged to before.
    pub previous: Cleared,
    /// The journal entry that booked it before.
    pub reverses: EntryNo,
    /// The reversal's journal entry; the new booking is the one after it.
    pub entry: EntryNo,
}

/// A trade is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeCancelled<'a> {
    /// The trade.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// The version it has now.
    pub version: u32,
    /// What it obliged to before.
    pub previous: Cleared,
    /// The journal entry that booked it before.
    pub reverses: EntryNo,
    /// The reversal's journal entry.
    pub entry: EntryNo,
}

words!(
    /// What a run does.
    RunKind {
        /// The settlement of a business day.
        #[default]
        Settlement = 0 "settlement",
        /// The close of a business day.
        DayClose = 1 "day_close",
    }
);

/// A run began. Its id is the sequence of the decision that holds this event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunStarted<'a> {
    /// The run.
    pub run: Seq,
    /// What it does.
    pub kind: RunKind,
    /// For which day.
    pub date: Date,
    /// The day's draw, revealed; empty for a day close.
    pub draw: &'a str,
}

words!(
    /// Where a run stands.
    RunStage {
        /// Settlement: instruments are settled, one after the other.
        #[default]
        Positions = 0 "positions",
        /// Settlement: earlier failed payments are tried again.
        Advances = 1 "advances",
        /// Settlement: the day's payments are made.
        Payments = 2 "payments",
        /// Settlement: rounding is booked, and the run ends.
        Rounding = 3 "rounding",
        /// Day close: the equations of each instrument.
        InstrumentBooks = 4 "instrument_books",
        /// Day close: the equations of each currency, and the run ends.
        CurrencyBooks = 5 "currency_books",
    }
);

/// A step of a run was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunAdvanced {
    /// The run.
    pub run: Seq,
    /// The step that was done, from 1.
    pub step: u32,
    /// The stage of the next step.
    pub stage: RunStage,
    /// The first item of that stage that is still to do, from 0.
    pub next: u32,
}

/// Net obligations became open position and its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObligationFellDue {
    /// Account, instrument, currency, units and money.
    pub net: NetObligation,
    /// The settlement date they were due on.
    pub settlement_date: Date,
    /// The journal entry.
    pub entry: EntryNo,
}

/// A position after its turn in a settlement run: what moved, what stayed, what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionSettled {
    /// The run.
    pub run: Seq,
    /// The business date.
    pub date: Date,
    /// The account.
    pub account: AccountId,
    /// The sub-account; 0 is the account itself.
    pub sub_account: u32,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
    /// Where the units moved; 0 is the segment's depository.
    pub location: u32,
    /// Units before, + long: carried and fallen due.
    pub open_before: i128,
    /// Units moved: + received, − delivered.
    pub moved: i128,
    /// Units carried.
    pub open_after: i128,
    /// Consecutive settlement days at whose end it was open on this side; 0 when flat.
    pub age: u32,
    /// The day's price; `None` when it is flat before and after and has none.
    pub price: Option<Price>,
    /// The money for the day in its two parts, + the account receives.
    pub money: MoneyComponents,
    /// Money carried, in minor units: minus the value of the open position.
    pub money_after: i128,
    /// The first of its journal entries, if it has any.
    pub entry: EntryNo,
}

impl PositionSettled {
    /// What the account is paid for it (− pays), in minor units.
    #[must_use]
    pub const fn payment(&self) -> i128 {
        self.money.mark + self.money.delivery
    }
}

words!(
    /// Why a position changed that no trade caused.
    AdjustmentReason {
        /// A corporate action.
        #[default]
        CorporateAction = 0 "corporate_action",
        /// A buy-in.
        BuyIn = 1 "buy_in",
        /// A member's default.
        Default = 2 "default",
        /// A transfer between accounts.
        Transfer = 3 "transfer",
        /// An operator's correction.
        Correction = 4 "correction",
    }
);

/// A position changed that no trade caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionAdjusted {
    /// Account, instrument, currency, and the change of units and money.
    pub change: NetObligation,
    /// The sub-account; 0 is the account itself.
    pub sub_account: u32,
    /// Why.
    pub reason: AdjustmentReason,
    /// The decision it follows from; `None` if it stands alone.
    pub link: Option<Seq>,
    /// The date it counts for.
    pub date: Date,
    /// The journal entry.
    pub entry: EntryNo,
}

words!(
    /// What became of a payment.
    PaymentStatus {
        /// It was made.
        #[default]
        Paid = 0 "paid",
        /// The account's cash did not cover it; the CCP advanced it.
        Failed = 1 "failed",
    }
);

/// The day's payment of an account in a currency, over all its instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentDecided {
    /// The run.
    pub run: Seq,
    /// The business date on which it is due.
    pub date: Date,
    /// The account.
    pub account: AccountId,
    /// The currency.
    pub currency: CurrencyId,
    /// Minor units: + the account receives. Never zero.
    pub amount: i128,
    /// The same in its two parts.
    pub components: MoneyComponents,
    /// Paid or failed.
    pub status: PaymentStatus,
    /// The journal entry.
    pub entry: EntryNo,
}

/// An earlier failed payment was tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvanceTried {
    /// The run.
    pub run: Seq,
    /// The business date of this try.
    pub date: Date,
    /// The account.
    pub account: AccountId,
    /// The currency.
    pub currency: CurrencyId,
    /// The business date on which it was due.
    pub due: Date,
    /// Minor units that the account owes; positive.
    pub amount: i128,
    /// Paid now, or failed again.
    pub status: PaymentStatus,
    /// The journal entry, if it was paid.
    pub entry: EntryNo,
}

/// What rounding left the CCP in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunRounded {
    /// The run.
    pub run: Seq,
    /// The business date.
    pub date: Date,
    /// The currency.
    pub currency: CurrencyId,
    /// Minor units: the sum of all the run's money, + the CCP paid out. Never zero.
    pub amount: i128,
    /// The journal entry.
    pub entry: EntryNo,
}

/// Equations of the books, proved. A broken one stops the node and is never recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksProved {
    /// The run.
    pub run: Seq,
    /// The day.
    pub date: Date,
    /// The equations, each with both its sides.
    pub equations: Vec<Equation>,
}

words!(
    /// The equations of a day's close.
    EquationKind {
        /// `due:*:D` is zero for every D up to today.
        #[default]
        DueIsEmpty = 0 "due_is_empty",
        /// `ccp-novation` is zero.
        NovationIsFlat = 1 "novation_is_flat",
        /// `ccp-delivery` is zero.
        DeliveryIsFlat = 2 "delivery_is_flat",
        /// `ccp-money` is zero.
        MoneyIsFlat = 3 "money_is_flat",
        /// `holding:ccp` is zero.
        CcpHoldsNothing = 4 "ccp_holds_nothing",
        /// `ccp-cash` is zero.
        CcpCashIsFlat = 5 "ccp_cash_is_flat",
        /// Σ `cns-money` = − Σ R(position × mark), and so for each position.
        MoneyIsMarked = 6 "money_is_marked",
        /// `rounding-claim` + `rounding-cash` is zero.
        RoundingIsOwned = 7 "rounding_is_owned",
        /// `depository-mirror` = Σ holdings, or `bank-mirror` = Σ cash + rounding + advances.
        MirrorsAgree = 8 "mirrors_agree",
        /// Debits equal credits over all accounts of the contract class.
        ContractsBalance = 9 "contracts_balance",
        /// Debits equal credits over all accounts of the settled class.
        SettledBalance = 10 "settled_balance",
        /// Debit turnover of `ccp-novation` less twice what was reversed: gross value cleared.
        GrossCleared = 11 "gross_cleared",
    }
);

/// One equation about one asset: both sides, in the asset's smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equation {
    /// Which equation.
    pub kind: EquationKind,
    /// Which class it speaks of.
    pub class: Class,
    /// The asset.
    pub asset: Asset,
    /// The left side.
    pub left: i128,
    /// The right side. Both are equal.
    pub right: i128,
}

/// A run ended. Deliveries of a settlement run are final from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCompleted {
    /// The run.
    pub run: Seq,
    /// What it did.
    pub kind: RunKind,
    /// For which day.
    pub date: Date,
    /// How many steps it took.
    pub steps: u32,
    /// Entries of the ledger so far.
    pub last_entry: EntryNo,
}
