//! Inputs that had no effect: refused operations, prices and reference data, and what could not be
//! read. Refused trade reports stand with the trades.

use model::public::{DeadLetterRecord, Envelope, InputRefused};

use crate::change::{DeadLetterRow, InputRow};
use crate::{Change, View};

/// One row for each refused input that is no trade report; one for each dead letter.
pub const VIEW: View = View { name: "inputs", version: 1 };

/// An input was refused.
pub fn refused(
    envelope: &Envelope<'_>,
    refused: &InputRefused<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    emit(Change::InputRefused(InputRow {
        seq: envelope.seq,
        business_date: envelope.business_date,
        what: refused.what,
        subject: refused.subject,
        date: refused.date,
        reason: refused.reason,
        place: envelope.place,
    }));
}

/// An input could not be read.
pub fn dead_letter(
    envelope: &Envelope<'_>,
    letter: &DeadLetterRecord<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    emit(Change::DeadLetter(DeadLetterRow {
        seq: envelope.seq,
        business_date: envelope.business_date,
        reason: letter.reason,
        place: envelope.place,
        bytes: letter.bytes,
    }));
}
