//! Reference data as published, by id and by the date from which it is in force.

use model::public::{DayOpenedRecord, ReferenceRecord};

use crate::change::PriorityRow;
use crate::{Change, View};

/// One row for each currency, closure, member, account, instrument, policy and priority, and date.
pub const VIEW: View = View { name: "reference", version: 1 };

/// Reference data is known, or changed.
pub fn published(record: &ReferenceRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    emit(match record {
        ReferenceRecord::Currency { id, change } => Change::Currency(*id, *change),
        ReferenceRecord::Closure(closure) => Change::Closure(*closure),
        ReferenceRecord::Member { id, change } => Change::Member(*id, *change),
        ReferenceRecord::Account { id, change } => Change::Account(*id, *change),
        ReferenceRecord::Instrument { id, change } => Change::Instrument(*id, *change),
        ReferenceRecord::Policy(policy) => Change::Policy(*policy),
        ReferenceRecord::Priority { account, instrument, change } => {
            Change::Priority(PriorityRow {
                account: account.id,
                instrument: instrument.map(|instrument| instrument.id),
                from: change.from,
                group: change.group,
            })
        }
    });
}

/// A new ISIN can wait for a day; it has come.
pub fn day_opened(day: &DayOpenedRecord, emit: &mut impl FnMut(Change<'_>)) {
    emit(Change::InForce(day.date));
}
