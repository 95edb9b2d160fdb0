//! Public records of days, runs, obligations, deliveries and payments.

use alloc::vec::Vec;

use basics::{ContractId, Date, EntryNo, Price, Seq, TradeId};
use ledger::{Class, MoneyComponents};

use super::{AccountRef, AssetRef, ClearedRecord, CurrencyRef, InstrumentRef};
use crate::event::{AdjustmentReason, EquationKind, PaymentStatus, RunKind};

/// A business day began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOpenedRecord {
    /// The day.
    pub date: Date,
    /// SHA-256 of the draw to come; `None` exactly on a day without settlement.
    pub commitment: Option<[u8; 32]>,
    /// Reports for trades of earlier dates are refused from now on.
    pub purged_before: Date,
}

/// The CCP became buyer to the seller and seller to the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NovatedRecord<'a> {
    /// The trade.
    pub trade: TradeId,
    /// The contract of the buyer with the CCP.
    pub buyer_contract: ContractId,
    /// The contract of the seller with the CCP.
    pub seller_contract: ContractId,
    /// From this sequence on the CCP guarantees it.
    pub guaranteed_from: Seq,
    /// What the contracts oblige to.
    pub cleared: ClearedRecord<'a>,
}

/// What a guaranteed trade obliges to changed: it was amended or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisedRecord<'a> {
    /// The trade.
    pub trade: TradeId,
    /// What it obliged to before, at the settlement date it had then.
    pub previous: ClearedRecord<'a>,
    /// What it obliges to now; `None` when it is cancelled.
    pub now: Option<ClearedRecord<'a>>,
}

/// Obligations of one instrument moved to another settlement date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateMovedRecord<'a> {
    /// The instrument.
    pub instrument: InstrumentRef<'a>,
    /// Its currency; `None` when nothing had to move.
    pub currency: Option<CurrencyRef<'a>>,
    /// The date that is no longer a settlement day.
    pub from: Date,
    /// The next one.
    pub to: Date,
    /// What moved, in account order.
    pub moved: Vec<AccountNet<'a>>,
}

/// One account's net in an instrument and its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountNet<'a> {
    /// The account.
    pub account: AccountRef<'a>,
    /// Smallest units: + to receive, − to deliver.
    pub units: i128,
    /// Minor units: + to be paid, − to pay.
    pub money: i128,
}

/// A run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunStartedRecord<'a> {
    /// The run: the sequence of the decision that began it.
    pub run: Seq,
    /// What it does.
    pub kind: RunKind,
    /// For which day.
    pub date: Date,
    /// The day's draw, revealed; empty for a day close.
    pub draw: &'a str,
}

/// Net obligations of a settlement date became open position and its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FellDueRecord<'a> {
    /// The instrument.
    pub instrument: InstrumentRef<'a>,
    /// Its currency.
    pub currency: CurrencyRef<'a>,
    /// The account, and what it is to receive and to be paid.
    pub net: AccountNet<'a>,
    /// The settlement date they were due on.
    pub settlement_date: Date,
}

/// A position after its turn in a settlement run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionSettledRecord<'a> {
    /// The run.
    pub run: Seq,
    /// The business date.
    pub date: Date,
    /// The account.
    pub account: AccountRef<'a>,
    /// The sub-account; 0 is the account itself.
    pub sub_account: u32,
    /// The instrument.
    pub instrument: InstrumentRef<'a>,
    /// Its currency.
    pub currency: CurrencyRef<'a>,
    /// Where the units moved; 0 is the segment's depository.
    pub location: u32,
    /// Units before, + long.
    pub open_before: i128,
    /// Units moved: + received, − delivered.
    pub moved: i128,
    /// Units carried, + long.
    pub open_after: i128,
    /// Consecutive settlement days at whose end it was open on this side; 0 when flat.
    pub age: u32,
    /// The day's price; `None` when it is flat before and after and has none.
    pub price: Option<Price>,
    /// The money for the day in its two parts, in minor units, + the account receives.
    pub money: MoneyComponents,
    /// Money carried, in minor units.
    pub money_after: i128,
}

/// A position changed that no trade caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionAdjustedRecord<'a> {
    /// The account, and the change of units and money.
    pub change: AccountNet<'a>,
    /// The sub-account; 0 is the account itself.
    pub sub_account: u32,
    /// The instrument.
    pub instrument: InstrumentRef<'a>,
    /// Its currency.
    pub currency: CurrencyRef<'a>,
    /// Why.
    pub reason: AdjustmentReason,
    /// The decision it follows from; `None` if it stands alone.
    pub link: Option<Seq>,
    /// The date it counts for.
    pub date: Date,
}

/// A payment was made or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentRecord<'a> {
    /// The run that tried it.
    pub run: Seq,
    /// The business date of this try.
    pub date: Date,
    /// The business date on which it was due; earlier than `date` exactly for an advance.
    pub due: Date,
    /// The account.
    pub account: AccountRef<'a>,
    /// The currency.
    pub currency: CurrencyRef<'a>,
    /// Minor units: + the account receives. An advance is negative: the account repays.
    pub amount: i128,
    /// The same in its two parts; `None` for an advance.
    pub components: Option<MoneyComponents>,
    /// Paid or failed.
    pub status: PaymentStatus,
}

/// What rounding left the CCP in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundedRecord<'a> {
    /// The run.
    pub run: Seq,
    /// The business date.
    pub date: Date,
    /// The currency.
    pub currency: CurrencyRef<'a>,
    /// Minor units, + the CCP paid out.
    pub amount: i128,
}

/// Equations of the books, proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksProvedRecord<'a> {
    /// The run.
    pub run: Seq,
    /// The day.
    pub date: Date,
    /// The equations, each with both its sides.
    pub equations: Vec<EquationRecord<'a>>,
}

/// One equation about one asset, in the asset's smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquationRecord<'a> {
    /// Which equation.
    pub kind: EquationKind,
    /// Which class it speaks of.
    pub class: Class,
    /// The asset.
    pub asset: AssetRef<'a>,
    /// The left side.
    pub left: i128,
    /// The right side.
    pub right: i128,
}

/// A run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCompletedRecord {
    /// The run.
    pub run: Seq,
    /// What it did.
    pub kind: RunKind,
    /// For which day.
    pub date: Date,
    /// How many steps it took.
    pub steps: u32,
    /// The last journal entry so far.
    pub last_entry: EntryNo,
}
