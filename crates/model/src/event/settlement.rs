//! Facts about positions and payments.

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, Price, Seq};
use ledger::MoneyComponents;
use ledger::postings::NetObligation;

use crate::trade::words;

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
