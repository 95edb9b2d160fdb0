//! The tables that several explanations share: obligations, positions day by day, payments.

use model::event::{AdvanceTried, PaymentDecided, PaymentStatus, PositionSettled};
use relay::Directory;

use super::document::{Cell, Column, Row, numbers, words};
use super::words::{Moment, account, money, units};

/// Columns of a leg's netting.
pub const NETTING: &[Column] = &[
    numbers("fell_due_seq"),
    words("business_date"),
    words("side"),
    words("account"),
    words("isin"),
    words("settlement_date"),
    numbers("trades"),
    numbers("gross_to_receive"),
    numbers("gross_to_deliver"),
    numbers("net_units"),
    numbers("net_money"),
    words("currency"),
];

/// Columns of a position's days.
pub const DAYS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("account"),
    numbers("open_before"),
    numbers("moved"),
    numbers("open_after"),
    numbers("age"),
    numbers("price"),
    numbers("mark"),
    numbers("delivery"),
    numbers("money"),
    numbers("open_value"),
    numbers("final_since"),
];

/// Columns of payments.
pub const PAYMENTS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("account"),
    words("due"),
    words("currency"),
    numbers("amount"),
    numbers("mark"),
    numbers("delivery"),
    numbers("entry"),
    words("status"),
];

/// A position's turn, as [`DAYS`] without the last column.
pub fn position_row(day: &PositionSettled, moment: Moment, directory: &Directory) -> Row {
    let quantity = |amount| Cell::from(units(directory, day.instrument, amount));
    let amount = |amount| Cell::from(money(directory, day.currency, amount));
    moment.row([
        account(directory, day.account).into(),
        quantity(day.open_before),
        quantity(day.moved),
        quantity(day.open_after),
        u64::from(day.age).into(),
        day.price.map(|price| price.to_string()).into(),
        amount(day.money.mark),
        amount(day.money.delivery),
        amount(day.payment()),
        amount(-day.money_after),
    ])
}

/// A day's payment, as [`PAYMENTS`].
pub fn payment_row(payment: &PaymentDecided, moment: Moment, directory: &Directory) -> Row {
    let amount = |amount| Cell::from(money(directory, payment.currency, amount));
    let status = match payment.status {
        PaymentStatus::Paid => "paid",
        PaymentStatus::Failed => "failed: not covered by its cash, advanced by the CCP",
    };
    moment.row([
        account(directory, payment.account).into(),
        payment.date.to_string().into(),
        directory.currency(payment.currency).code.into(),
        amount(payment.amount),
        amount(payment.components.mark),
        amount(payment.components.delivery),
        payment.entry.0.into(),
        status.into(),
    ])
}

/// A try to collect an advance, as [`PAYMENTS`].
pub fn advance_row(advance: &AdvanceTried, moment: Moment, directory: &Directory) -> Row {
    let (entry, status) = match advance.status {
        PaymentStatus::Paid => (Some(advance.entry.0), "advance repaid"),
        PaymentStatus::Failed => (None, "failed again: the advance stays"),
    };
    moment.row([
        account(directory, advance.account).into(),
        advance.due.to_string().into(),
        directory.currency(advance.currency).code.into(),
        money(directory, advance.currency, -advance.amount).into(),
        Cell::Nothing,
        Cell::Nothing,
        entry.into(),
        status.into(),
    ])
}
