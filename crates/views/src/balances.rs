//! Turnover and balance of every ledger account but the `due` accounts, whose balance the view of
//! obligations has. Holdings and cash are balances too.

use ledger::LedgerAccount;
use model::public::{EntryRecord, TradeEntryRecord};

use crate::entries::posting;
use crate::{Change, Delta, View};

/// One row for each class, ledger account and asset.
pub const VIEW: View = View { name: "balances", version: 1 };

/// A trade was booked, or a booking undone: both go through the same account.
#[inline]
pub fn trade_booked(entry: &TradeEntryRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    emit(Change::Add(Delta::Novations(entry.cleared.cleared())));
}

/// Any other entry.
pub fn posted(entry: &EntryRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let other =
        |p: &&model::public::PostingRecord<'_>| !matches!(p.account.key, LedgerAccount::Due { .. });
    for record in entry.postings.iter().filter(other) {
        emit(Change::Add(Delta::Posted(posting(record))));
    }
}
