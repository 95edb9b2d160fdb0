//! From events to journal entries: what each fact means for the books.
//!
//! The same function serves the core (which numbers entries), the relay and every reader.

use alloc::vec;
use alloc::vec::Vec;

use basics::{Date, EntryNo};
use ledger::{Asset, EntryKind, JournalEntry, MoneyComponents, Posting, postings};

use crate::Event;
use crate::event::{
    AdvanceTried, PaymentDecided, PaymentStatus, PositionSettled, SettlementDateMoved,
};

/// The journal entries of an event, in order. Their numbers follow the one in the event.
#[must_use]
pub fn entries(event: &Event<'_>, business_date: Date) -> Vec<JournalEntry> {
    match event {
        Event::HoldingOpened(e) => {
            let lines = match e.asset {
                Asset::Instrument(id) => postings::opening_units(e.account, id, e.quantity),
                Asset::Currency(id) => postings::opening_cash(e.account, id, e.quantity),
            };
            some(entry(e.entry, EntryKind::Opening, business_date, lines))
        }
        Event::TradeNovated(e) => {
            let date = e.cleared.settlement_date;
            vec![entry(e.entry, EntryKind::Novation, date, postings::novation(&e.cleared))]
        }
        Event::TradeAmended(e) => {
            let undone = reversal(e.entry, e.reverses, &e.previous);
            let number = EntryNo(e.entry.0 + 1);
            let lines = postings::novation(&e.terms.cleared);
            let date = e.terms.cleared.settlement_date;
            vec![undone, entry(number, EntryKind::Novation, date, lines)]
        }
        Event::TradeCancelled(e) => vec![reversal(e.entry, e.reverses, &e.previous)],
        Event::SettlementDateMoved(e) => date_moves(e),
        Event::ObligationFellDue(e) => {
            let lines = e.net.fell_due(e.settlement_date);
            some(entry(e.entry, EntryKind::Due, e.settlement_date, lines))
        }
        Event::PositionSettled(e) => position(e),
        Event::PositionAdjusted(e) => {
            some(entry(e.entry, EntryKind::Adjustment, e.date, e.change.adjusted()))
        }
        Event::PaymentDecided(e) => vec![payment(e)],
        Event::AdvanceTried(e) => repayment(e),
        Event::RunRounded(e) => {
            let lines = postings::rounding(e.currency, e.amount);
            vec![entry(e.entry, EntryKind::Rounding, e.date, lines)]
        }
        Event::CurrencyPublished { .. }
        | Event::CalendarClosed(_)
        | Event::MemberPublished { .. }
        | Event::AccountPublished { .. }
        | Event::InstrumentPublished { .. }
        | Event::PolicyPublished(_)
        | Event::PriorityPublished { .. }
        | Event::DayOpened(_)
        | Event::TradingClosed { .. }
        | Event::TradeCaptured(_)
        | Event::PricePublished { .. }
        | Event::RunStarted(_)
        | Event::RunAdvanced(_)
        | Event::BooksProved(_)
        | Event::RunCompleted(_) => Vec::new(),
    }
}

fn entry(number: EntryNo, kind: EntryKind, date: Date, postings: Vec<Posting>) -> JournalEntry {
    JournalEntry { number, kind, value_date: date, reverses: None, components: None, postings }
}

/// The entry, unless it has nothing to post.
fn some(entry: JournalEntry) -> Vec<JournalEntry> {
    if entry.postings.is_empty() { Vec::new() } else { vec![entry] }
}

fn reversal(number: EntryNo, reverses: EntryNo, previous: &postings::Cleared) -> JournalEntry {
    let lines = postings::reversal(postings::novation(previous));
    JournalEntry {
        reverses: Some(reverses),
        ..entry(number, EntryKind::Reversal, previous.settlement_date, lines)
    }
}

fn date_moves(event: &SettlementDateMoved) -> Vec<JournalEntry> {
    let lines = event.moved.iter().map(|net| net.date_moved(event.from, event.to));
    (event.entry.0..)
        .zip(lines)
        .map(|(number, lines)| entry(EntryNo(number), EntryKind::DateMove, event.to, lines))
        .collect()
}

/// Delivery or allocation first, then the money.
fn position(event: &PositionSettled) -> Vec<JournalEntry> {
    let mut out = Vec::with_capacity(2);
    let mut number = event.entry.0;
    let mut push = |kind, lines: Vec<Posting>, components: Option<MoneyComponents>| {
        if !lines.is_empty() {
            let entry = entry(EntryNo(number), kind, event.date, lines);
            out.push(JournalEntry { components, ..entry });
            number += 1;
        }
    };
    let (account, instrument) = (event.account, event.instrument);
    if event.moved < 0 {
        let lines = postings::delivery(account, instrument, -event.moved);
        push(EntryKind::Delivery, lines, None);
    } else {
        let lines = postings::allocation(account, instrument, event.moved);
        push(EntryKind::Allocation, lines, None);
    }
    let lines = postings::money(account, instrument, event.currency, event.payment());
    push(EntryKind::Money, lines, Some(event.money));
    out
}

fn payment(event: &PaymentDecided) -> JournalEntry {
    match event.status {
        PaymentStatus::Paid => {
            let lines = postings::payment(event.account, event.currency, event.amount);
            entry(event.entry, EntryKind::Payment, event.date, lines)
        }
        PaymentStatus::Failed => {
            let lines = postings::advance(event.account, event.currency, -event.amount);
            entry(event.entry, EntryKind::Advance, event.date, lines)
        }
    }
}

fn repayment(event: &AdvanceTried) -> Vec<JournalEntry> {
    match event.status {
        PaymentStatus::Paid => {
            let lines = postings::repayment(event.account, event.currency, event.amount);
            vec![entry(event.entry, EntryKind::Repayment, event.date, lines)]
        }
        PaymentStatus::Failed => Vec::new(),
    }
}
