//! Journal entries. A trade's entry is one compact row; its eight postings follow from it
//! whenever someone looks (`crate::export::trade_lines`). All other entries keep their lines.

use ledger::Posting;
use model::public::{EntryRecord, Envelope, PostingRecord, TradeEntryRecord};

use crate::change::{EntryRow, TradeEntryRow};
use crate::{Change, View};

/// One row for each entry; one for each posting of an entry that is not a trade's.
pub const VIEW: View = View { name: "entries", version: 1 };

/// A trade was booked, or a booking undone.
#[inline]
pub fn trade_booked(
    envelope: &Envelope<'_>,
    entry: &TradeEntryRecord<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    emit(Change::TradeEntry(TradeEntryRow {
        entry: entry.entry,
        seq: envelope.seq,
        business_date: envelope.business_date,
        trade: entry.trade,
        reverses: entry.reverses,
        cleared: entry.cleared.cleared(),
    }));
}

/// Any other entry was posted.
pub fn posted(envelope: &Envelope<'_>, entry: &EntryRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    emit(Change::Entry(EntryRow {
        entry: entry.entry,
        seq: envelope.seq,
        business_date: envelope.business_date,
        kind: entry.kind,
        value_date: entry.value_date,
        reverses: entry.reverses,
        components: entry.components,
    }));
    let number = entry.entry;
    for (line, record) in (0_u8..).zip(&entry.postings) {
        emit(Change::Posting { entry: number, line, posting: posting(record) });
    }
}

/// The line without its texts.
pub(crate) fn posting(record: &PostingRecord<'_>) -> Posting {
    Posting {
        class: record.class,
        account: record.account.key,
        asset: record.asset.asset(),
        side: record.side,
        amount: record.amount,
    }
}
