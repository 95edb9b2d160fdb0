//! Settlements, one row for each turn of a position, and the positions carried.

use model::public::{PositionAdjustedRecord, PositionSettledRecord};

use crate::change::{AdjustmentRow, PositionRow, SettlementRow};
use crate::{Change, View};

/// One row for each business date, account and instrument; one for each open position.
pub const VIEW: View = View { name: "positions", version: 1 };

/// A position had its turn.
pub fn settled(record: &PositionSettledRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let (account, instrument) = (record.account.id, record.instrument.id);
    let currency = record.currency.id;
    emit(Change::Settled(SettlementRow {
        date: record.date,
        account,
        instrument,
        currency,
        open_before: record.open_before,
        moved: record.moved,
        open_after: record.open_after,
        age: record.age,
        price: record.price,
        money: record.money,
        money_after: record.money_after,
    }));
    if record.open_after == 0 {
        emit(Change::Flat(account, instrument));
        return;
    }
    emit(Change::Carried(PositionRow {
        account,
        instrument,
        currency,
        quantity: record.open_after,
        age: record.age,
        money: record.money_after,
        mark: record.price,
    }));
}

/// A position changed that no trade caused.
pub fn adjusted(record: &PositionAdjustedRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    emit(Change::Adjusted(AdjustmentRow {
        account: record.change.account.id,
        instrument: record.instrument.id,
        currency: record.currency.id,
        units: record.change.units,
        money: record.change.money,
    }));
}
