//! Words from short lists: on the wire each is its stable number.

use basics::PriceUnit;
use ledger::{Class, EntryKind, Side};
use model::decision::Form;
use model::event::{AdjustmentReason, EquationKind, PaymentStatus, RunKind, RunStage};
use model::public::Topic;
use model::reference::ClearingModel;
use model::trade::{Capacity, CumEx, ShortSale, TradeType};
use model::{AccountKind, Action, DeadLetterReason, Rejection, Status};

use crate::cursor::Value;
use crate::error::{Fault, Flaw};
use crate::field::{Field, once, plain};
use crate::writer::{WireType, put_key, put_number};

plain! {
    Flaw::UnknownNumber;
    TradeType: v => u64::from(v.number()), n => Self::from_number(n);
    CumEx: v => u64::from(v.number()), n => Self::from_number(n);
    ShortSale: v => u64::from(v.number()), n => Self::from_number(n);
    Capacity: v => u64::from(v.number()), n => Self::from_number(n);
    Status: v => u64::from(v.number()), n => Self::from_number(n);
    AccountKind: v => u64::from(v.number()), n => Self::from_number(n);
    ClearingModel: v => u64::from(v.number()), n => Self::from_number(n);
    RunKind: v => u64::from(v.number()), n => Self::from_number(n);
    RunStage: v => u64::from(v.number()), n => Self::from_number(n);
    AdjustmentReason: v => u64::from(v.number()), n => Self::from_number(n);
    PaymentStatus: v => u64::from(v.number()), n => Self::from_number(n);
    EquationKind: v => u64::from(v.number()), n => Self::from_number(n);
    PriceUnit: v => price_unit_number(v), n => price_unit(n);
    Class: v => class_number(v), n => class(n);
    Action: v => action_number(v), n => action(n);
    Rejection: v => u64::from(v.number()), n => Self::from_number(n);
    DeadLetterReason: v => u64::from(v.number()), n => Self::from_number(n);
    Topic: v => u64::from(v.number()), n => Self::from_number(n);
    Side: v => side_number(v), n => side(n);
    EntryKind: v => entry_kind_number(v), n => entry_kind(n);
    Form: v => v as u64, n => form(n);
}

/// The wire's number of a price unit.
pub(crate) const fn price_unit_number(unit: PriceUnit) -> u64 {
    match unit {
        PriceUnit::PerUnit => 0,
        PriceUnit::PerCent => 1,
    }
}

/// The price unit with this number.
pub(crate) const fn price_unit(number: u64) -> Option<PriceUnit> {
    match number {
        0 => Some(PriceUnit::PerUnit),
        1 => Some(PriceUnit::PerCent),
        _ => None,
    }
}

const fn class_number(class: Class) -> u64 {
    match class {
        Class::Contract => 0,
        Class::Settled => 1,
    }
}

const fn class(number: u64) -> Option<Class> {
    match number {
        0 => Some(Class::Contract),
        1 => Some(Class::Settled),
        _ => None,
    }
}

/// The wire's number of an action; 0 stands for none.
pub(crate) const fn action_number(action: Action) -> u64 {
    match action {
        Action::New => 1,
        Action::Amend => 2,
        Action::Cancel => 3,
    }
}

/// The action with this number.
pub(crate) const fn action(number: u64) -> Option<Action> {
    match number {
        1 => Some(Action::New),
        2 => Some(Action::Amend),
        3 => Some(Action::Cancel),
        _ => None,
    }
}

const fn side_number(side: Side) -> u64 {
    match side {
        Side::Debit => 1,
        Side::Credit => 2,
    }
}

const fn side(number: u64) -> Option<Side> {
    match number {
        1 => Some(Side::Debit),
        2 => Some(Side::Credit),
        _ => None,
    }
}

/// Kinds are numbered from 1, in the order of the life of a trade.
const fn entry_kind_number(kind: EntryKind) -> u64 {
    match kind {
        EntryKind::Opening => 1,
        EntryKind::Novation => 2,
        EntryKind::Reversal => 3,
        EntryKind::DateMove => 4,
        EntryKind::Due => 5,
        EntryKind::Delivery => 6,
        EntryKind::Allocation => 7,
        EntryKind::Money => 8,
        EntryKind::Payment => 9,
        EntryKind::Advance => 10,
        EntryKind::Repayment => 11,
        EntryKind::Rounding => 12,
        EntryKind::Adjustment => 13,
    }
}

fn entry_kind(number: u64) -> Option<EntryKind> {
    EntryKind::ALL.into_iter().find(|kind| entry_kind_number(*kind) == number)
}

/// The form with this number.
pub(crate) const fn form(number: u64) -> Option<Form> {
    match number {
        1 => Some(Form::MarketCsv),
        2 => Some(Form::Protobuf),
        3 => Some(Form::Internal),
        _ => None,
    }
}
