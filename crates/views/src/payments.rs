//! Payments, one row for each try; advances that stand; and the money that moved, summed.

use model::event::PaymentStatus;
use model::public::{Envelope, PaymentRecord};

use crate::change::{AdvanceRow, PaymentRow};
use crate::{Change, Delta, View};

/// One row for each try; one for each advance; one sum for each day, account and currency.
pub const VIEW: View = View { name: "payments", version: 1 };

/// A payment was made or failed.
pub fn tried(
    envelope: &Envelope<'_>,
    payment: &PaymentRecord<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    let (account, currency) = (payment.account.id, payment.currency.id);
    let (date, due, amount) = (payment.date, payment.due, payment.amount);
    let (seq, components, status) = (envelope.seq, payment.components, payment.status);
    emit(Change::Payment(PaymentRow {
        seq,
        date,
        due,
        account,
        currency,
        amount,
        components,
        status,
    }));
    let advance = AdvanceRow { account, currency, due, amount: -amount, tried_on: date };
    match (status, components) {
        (PaymentStatus::Paid, Some(_)) => {}
        (PaymentStatus::Paid, None) => emit(Change::AdvanceRepaid(advance)),
        (PaymentStatus::Failed, Some(_)) => emit(Change::AdvanceOpened(advance)),
        (PaymentStatus::Failed, None) => emit(Change::AdvanceStands(advance)),
    }
    if status == PaymentStatus::Paid {
        emit(Change::Add(Delta::Paid { date, account, currency, amount }));
    }
}
