//! Obligations per account, instrument and settlement date: the net of live trades, and what of
//! it fell due. A fold of the entries on `due` accounts.

use ledger::LedgerAccount;
use model::public::{EntryRecord, TradeEntryRecord};

use crate::entries::posting;
use crate::tally::Booking;
use crate::{Change, Delta, View};

/// One row for each settlement date, instrument and account.
pub const VIEW: View = View { name: "obligations", version: 1 };

/// A trade was booked, or a booking undone.
#[inline]
pub fn trade_booked(entry: &TradeEntryRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let booking = match entry.reverses {
        None => Booking::Made,
        Some(_) => Booking::Undone,
    };
    emit(Change::Add(Delta::Obligations(booking, entry.cleared.cleared())));
}

/// Any other entry: those on `due` accounts fell due, or moved to another date.
pub fn posted(entry: &EntryRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let dues = entry.postings.iter().filter(|p| matches!(p.account.key, LedgerAccount::Due { .. }));
    for record in dues {
        emit(Change::Add(Delta::Due(entry.kind, posting(record))));
    }
}
