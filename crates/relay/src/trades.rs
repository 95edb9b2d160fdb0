//! The records of a trade report: its outcome for the publisher, what the CCP guarantees, and how
//! the ledger booked it. Nothing is allocated here.

use basics::EntryNo;
use model::event::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};
use model::public::{
    Body, DeadLetterRecord, NovatedRecord, PublicRecord, ReportRef, RevisedRecord,
    TradeEntryRecord, TradeOutcome, TradeRecord, TradeStatus,
};
use model::trade::Terms;
use model::{DeadLetterReason, Rejection};

use crate::directory::Directory;
use crate::outlet::Outlet;

/// A new trade's status. Its version is 1: no other `new` is accepted.
pub(crate) fn captured<F: FnMut(&PublicRecord<'_>)>(
    directory: &Directory,
    event: &TradeCaptured<'_>,
    outlet: &mut Outlet<'_, F>,
) {
    let record = trade(directory, event.trade, &event.terms);
    status(outlet, ReportRef { key: event.key, version: 1 }, TradeOutcome::Captured(record));
}

/// A novation: what the CCP guarantees, and its booking.
pub(crate) fn novated<F: FnMut(&PublicRecord<'_>)>(
    directory: &Directory,
    event: &TradeNovated,
    outlet: &mut Outlet<'_, F>,
) {
    let cleared = directory.cleared(&event.cleared);
    outlet.send(Body::TradeNovated(NovatedRecord {
        trade: event.trade,
        buyer_contract: event.buyer_contract,
        seller_contract: event.seller_contract,
        guaranteed_from: event.guaranteed_from,
        cleared,
    }));
    let (entry, trade) = (event.entry, event.trade);
    outlet.send(Body::TradeBooked(TradeEntryRecord { entry, trade, reverses: None, cleared }));
}

/// A correction: the old booking is undone, the new one made.
pub(crate) fn amended<F: FnMut(&PublicRecord<'_>)>(
    directory: &Directory,
    event: &TradeAmended<'_>,
    outlet: &mut Outlet<'_, F>,
) {
    let record = trade(directory, event.trade, &event.terms);
    let report = ReportRef { key: event.key, version: event.version };
    status(outlet, report, TradeOutcome::Amended(record));
    let (trade, now) = (event.trade, record.cleared);
    let previous = directory.cleared(&event.previous);
    outlet.send(Body::TradeRevised(RevisedRecord { trade, previous, now: Some(now) }));
    let (entry, reverses) = (event.entry, Some(event.reverses));
    outlet.send(Body::TradeBooked(TradeEntryRecord { entry, trade, reverses, cleared: previous }));
    let entry = EntryNo(entry.0 + 1);
    outlet.send(Body::TradeBooked(TradeEntryRecord { entry, trade, reverses: None, cleared: now }));
}

/// A cancellation: the booking is undone.
pub(crate) fn cancelled<F: FnMut(&PublicRecord<'_>)>(
    directory: &Directory,
    event: &TradeCancelled<'_>,
    outlet: &mut Outlet<'_, F>,
) {
    let trade = event.trade;
    let previous = directory.cleared(&event.previous);
    let report = ReportRef { key: event.key, version: event.version };
    status(outlet, report, TradeOutcome::Cancelled { trade, previous });
    outlet.send(Body::TradeRevised(RevisedRecord { trade, previous, now: None }));
    let (entry, reverses) = (event.entry, Some(event.reverses));
    outlet.send(Body::TradeBooked(TradeEntryRecord { entry, trade, reverses, cleared: previous }));
}

/// A refusal.
pub(crate) fn rejected<F: FnMut(&PublicRecord<'_>)>(
    report: ReportRef<'_>,
    rejection: Rejection,
    outlet: &mut Outlet<'_, F>,
) {
    status(outlet, report, TradeOutcome::Rejected(rejection));
}

/// A report that cannot be read: its publisher learns of it, and its bytes are kept.
pub(crate) fn dead_lettered<F: FnMut(&PublicRecord<'_>)>(
    reason: DeadLetterReason,
    bytes: &[u8],
    outlet: &mut Outlet<'_, F>,
) {
    let outcome = TradeOutcome::DeadLettered(reason);
    outlet.send(Body::TradeStatus(TradeStatus { report: None, outcome }));
    outlet.send(Body::DeadLetter(DeadLetterRecord { reason, bytes }));
}

#[inline]
fn status<F: FnMut(&PublicRecord<'_>)>(
    outlet: &mut Outlet<'_, F>,
    report: ReportRef<'_>,
    outcome: TradeOutcome<'_>,
) {
    outlet.send(Body::TradeStatus(TradeStatus { report: Some(report), outcome }));
}

#[inline]
fn trade<'a>(
    directory: &'a Directory,
    trade: basics::TradeId,
    terms: &Terms<'a>,
) -> TradeRecord<'a> {
    TradeRecord {
        trade,
        cleared: directory.cleared(&terms.cleared),
        price: terms.price,
        contractual_date: terms.contractual_date,
        executed_at: terms.executed_at,
        venue: terms.venue,
        attributes: terms.attributes,
    }
}
