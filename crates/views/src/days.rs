//! Business days: when each was opened, closed to trading, settled and closed.

use basics::Date;
use model::event::RunKind;
use model::public::{DayOpenedRecord, Envelope, RunCompletedRecord, RunStartedRecord};

use crate::change::{DayStage, Settles};
use crate::{Change, View};

/// One row for each business day.
pub const VIEW: View = View { name: "days", version: 1 };

/// A day began.
pub fn opened(envelope: &Envelope<'_>, day: &DayOpenedRecord, emit: &mut impl FnMut(Change<'_>)) {
    let settles = if day.commitment.is_some() { Settles::Yes } else { Settles::No };
    emit(Change::DayOpened { date: day.date, seq: envelope.seq, settles });
}

/// Trading of the open day ended.
pub fn trading_closed(envelope: &Envelope<'_>, date: Date, emit: &mut impl FnMut(Change<'_>)) {
    emit(Change::DayReached { date, stage: DayStage::TradingClosed, seq: envelope.seq });
}

/// A run began.
pub fn run_started(run: &RunStartedRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let stage = match run.kind {
        RunKind::Settlement => DayStage::SettlementStarted,
        RunKind::DayClose => DayStage::CloseStarted,
    };
    emit(Change::DayReached { date: run.date, stage, seq: run.run });
}

/// A run ended.
pub fn run_completed(
    envelope: &Envelope<'_>,
    run: &RunCompletedRecord,
    emit: &mut impl FnMut(Change<'_>),
) {
    let stage = match run.kind {
        RunKind::Settlement => DayStage::Settled,
        RunKind::DayClose => DayStage::Closed,
    };
    emit(Change::DayReached { date: run.date, stage, seq: envelope.seq });
}
