//! Facts about runs, and what the close of a day proves.

use alloc::vec::Vec;

use basics::{Date, EntryNo, Seq};
use ledger::{Asset, Class};

use crate::trade::words;

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
