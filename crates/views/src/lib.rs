//! Read models as pure folds: a public record becomes changes of rows.
//!
//! [`project`] holds the only big match: it says for every record which views look at it. Each
//! view is a module with its name, its version and the rows that it makes of a record. Raising a
//! version builds the read model anew.
//!
//! Two kinds of change come out. A row [`Change`] is written as it is. A [`Delta`] is a part of a
//! sum; a [`Tally`] adds deltas up in memory, so that a sum is written once for a whole batch.
//!
//! [`export`] is the other end: the tables that people and other systems get, column by column.
//!
//! Laws: a view can be thrown away, the same records give the same rows; no sum is ever rounded
//! or cut (sums have 128 bits); a record that is new makes the match in [`project`] fail to
//! compile.
#![no_std]

extern crate alloc;

pub mod change;
pub mod detail;
pub mod export;
pub mod tally;

pub mod balances;
pub mod days;
pub mod entries;
pub mod inputs;
pub mod obligations;
pub mod payments;
pub mod positions;
pub mod prices;
pub mod reference;
pub mod trades;

use model::public::{Body, PublicRecord};

pub use basics;
pub use change::Change;
pub use export::Export;
pub use ledger;
pub use model;
pub use tally::{Delta, Tally};

/// A view's name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// Its version, from 1. A higher one has other rows and is built from the first record.
    pub version: u32,
}

/// Every view.
pub const VIEWS: &[View] = &[
    balances::VIEW,
    days::VIEW,
    entries::VIEW,
    inputs::VIEW,
    obligations::VIEW,
    payments::VIEW,
    positions::VIEW,
    prices::VIEW,
    reference::VIEW,
    trades::VIEW,
];

/// Hands on what a public record changes.
#[inline]
pub fn project(record: &PublicRecord<'_>, emit: &mut impl FnMut(Change<'_>)) {
    let envelope = &record.envelope;
    match &record.body {
        Body::TradeStatus(status) => trades::status(envelope, status, emit),
        Body::TradeBooked(entry) => {
            entries::trade_booked(envelope, entry, emit);
            obligations::trade_booked(entry, emit);
            balances::trade_booked(entry, emit);
        }
        Body::EntryPosted(entry) => {
            entries::posted(envelope, entry, emit);
            obligations::posted(entry, emit);
            balances::posted(entry, emit);
        }
        Body::Reference(reference) => reference::published(reference, emit),
        Body::InputRefused(refused) => inputs::refused(envelope, refused, emit),
        Body::DeadLetter(letter) => inputs::dead_letter(envelope, letter, emit),
        Body::DayOpened(day) => {
            days::opened(envelope, day, emit);
            reference::day_opened(day, emit);
        }
        Body::TradingClosed { date } => days::trading_closed(envelope, *date, emit),
        Body::RunStarted(run) => days::run_started(run, emit),
        Body::RunCompleted(run) => days::run_completed(envelope, run, emit),
        Body::SettlementDateMoved(moved) => trades::date_moved(moved, emit),
        Body::PositionSettled(position) => positions::settled(position, emit),
        Body::PositionAdjusted(position) => positions::adjusted(position, emit),
        Body::PaymentTried(payment) => payments::tried(envelope, payment, emit),
        Body::PricePublished(price) => prices::published(envelope, price, emit),
        // The ledger's entries say the same, once: bookings of trades, of what fell due and of
        // rounding. Proofs stay with the journal. Watermarks concern whoever reads topics.
        Body::TradeNovated(_)
        | Body::TradeRevised(_)
        | Body::ObligationFellDue(_)
        | Body::RunRounded(_)
        | Body::BooksProved(_)
        | Body::Watermark(_) => {}
    }
}

#[cfg(test)]
mod tests;
