//! Words from short lists: on the wire each is its stable number.

use basics::PriceUnit;
use ledger::Class;
use model::decision::Form;
use model::event::{AdjustmentReason, EquationKind, PaymentStatus, RunKind, RunStage};
use model::reference::ClearingModel;
use model::trade::{Capacity, CumEx, ShortSale, TradeType};
use model::{AccountKind, Action, Status};

use crate::cursor::Value;
use crate::error::{Fault, Flaw};
use crate::field::{Field, once, plain};
use crate::writer::{WireType, put_key, put_number};

plain! {
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

/// The form with this number.
pub(crate) const fn form(number: u64) -> Option<Form> {
    match number {
        1 => Some(Form::MarketCsv),
        2 => Some(Form::Protobuf),
        3 => Some(Form::Internal),
        _ => None,
    }
}
