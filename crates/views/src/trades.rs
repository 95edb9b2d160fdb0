//! Trades as they stand, refused reports, and counts by outcome.

use model::public::{DateMovedRecord, Envelope, TradeOutcome, TradeRecord, TradeStatus};

use crate::change::{RefusalRow, TradeRow};
use crate::{Change, Delta, View};

/// One row for each trade, one for each refused report, one count for each day and outcome.
pub const VIEW: View = View { name: "trades", version: 1 };

/// The outcome of a trade report.
#[inline]
pub fn status(
    envelope: &Envelope<'_>,
    status: &TradeStatus<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    let business_date = envelope.business_date;
    let outcome = status.outcome.name();
    emit(Change::Add(Delta::Outcome { business_date, outcome }));
    let report = status.report.map(|report| (report.key, report.version));
    match (&status.outcome, report) {
        (TradeOutcome::Captured(trade), Some(report)) => {
            emit(Change::TradeCaptured(row(envelope, trade, report)));
        }
        (TradeOutcome::Amended(trade), Some(report)) => {
            emit(Change::TradeAmended(row(envelope, trade, report)));
        }
        (TradeOutcome::Cancelled { trade, .. }, Some((_, version))) => {
            emit(Change::TradeCancelled { trade: *trade, version, seq: envelope.seq });
        }
        (TradeOutcome::Rejected(_) | TradeOutcome::DeadLettered(_), report) => {
            let seq = envelope.seq;
            emit(Change::ReportRefused(RefusalRow { seq, business_date, report, outcome }));
        }
        (TradeOutcome::Captured(_) | TradeOutcome::Amended(_), None)
        | (TradeOutcome::Cancelled { .. }, None) => {
            unreachable!("what was accepted was read")
        }
    }
}

#[inline]
fn row<'a>(
    envelope: &Envelope<'_>,
    trade: &TradeRecord<'a>,
    (key, version): (model::TradeKey<'a>, u32),
) -> TradeRow<'a> {
    TradeRow {
        trade: trade.trade,
        key,
        version,
        cleared: trade.cleared.cleared(),
        price: trade.price,
        seq: envelope.seq,
    }
}

/// Live trades of the instrument settle on another date. Obligations and balances move with the
/// entries.
pub fn date_moved(moved: &DateMovedRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let instrument = moved.instrument.id;
    emit(Change::TradesMoved { instrument, from: moved.from, to: moved.to });
}
