//! Evolve: from a state and a fact to the next state. Total: a fact cannot be refused.

use basics::EntryNo;
use ledger::Asset;
use model::event::{
    AdvanceTried, DayOpened, HoldingOpened, PaymentDecided, PaymentStatus, PositionAdjusted,
    PositionSettled, RunAdvanced, RunCompleted, RunKind, RunStage, RunStarted, SettlementDateMoved,
    TradeAmended, TradeCancelled, TradeCaptured, TradeNovated,
};
use model::{Event, TradeVerdict, entries};

use crate::State;
use crate::capture;
use crate::day::{Days, Phase};
use crate::payment;
use crate::run::Run;
use crate::trades::NewTrade;

/// Applies a fact.
pub fn evolve(state: &mut State, event: &Event<'_>) {
    match event {
        Event::TradeCaptured(event) => captured(state, event),
        Event::TradeNovated(event) => novated(state, event),
        Event::TradeAmended(event) => amended(state, event),
        Event::TradeCancelled(event) => cancelled(state, event),
        Event::CurrencyPublished { .. }
        | Event::CalendarClosed(_)
        | Event::MemberPublished { .. }
        | Event::AccountPublished { .. }
        | Event::InstrumentPublished { .. }
        | Event::PolicyPublished(_)
        | Event::PriorityPublished { .. } => {
            state.registry.evolve(event);
            let open_day = state.days.open_day();
            state.registry.refresh_today(open_day);
        }
        Event::PricePublished { instrument, price_date, price } => {
            state.prices.set(*instrument, *price_date, *price);
            if let Some(today) = state.days.last_opened {
                state.prices.forget_of_before(*instrument, today);
            }
        }
        Event::DayOpened(event) => day_opened(state, event),
        Event::TradingClosed { .. } => state.days.phase = Phase::TradingClosed,
        Event::RunStarted(event) => run_started(state, event),
        Event::RunAdvanced(event) => run_advanced(state, event),
        Event::RunCompleted(event) => run_completed(state, event),
        Event::BooksProved(_) => {}
        Event::HoldingOpened(fact) => {
            post(state, event);
            holding_opened(state, fact);
        }
        Event::SettlementDateMoved(fact) => {
            post(state, event);
            date_moved(state, fact);
        }
        Event::ObligationFellDue(fact) => {
            post(state, event);
            state.netting.fall_due(fact.settlement_date, &fact.net);
        }
        Event::PositionSettled(fact) => {
            post(state, event);
            position_settled(state, fact);
        }
        Event::PositionAdjusted(fact) => {
            post(state, event);
            position_adjusted(state, fact);
        }
        Event::PaymentDecided(fact) => {
            post(state, event);
            payment_decided(state, fact);
        }
        Event::AdvanceTried(fact) => {
            post(state, event);
            advance_tried(state, fact);
        }
        Event::RunRounded(_) => post(state, event),
    }
}

/// Applies the verdict on a trade report.
#[inline]
pub fn evolve_trade(state: &mut State, verdict: &TradeVerdict<'_>) {
    match verdict {
        TradeVerdict::Captured(event, novation) => {
            captured(state, event);
            novated(state, novation);
        }
        TradeVerdict::Amended(event) => amended(state, event),
        TradeVerdict::Cancelled(event) => cancelled(state, event),
        TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => {}
    }
}

fn captured(state: &mut State, event: &TradeCaptured<'_>) {
    let terms = &event.terms;
    let attributes = state.intern_attributes(&terms.attributes);
    let trades = &mut state.trades;
    let venue = trades.venues.intern(terms.venue);
    let source = trades.sources.intern(event.key.source);
    trades.captured = event.trade.0;
    let new = NewTrade {
        content: capture::content(terms, venue, attributes),
        entry: EntryNo(0),
        source,
        version: 1,
        contractual_date: terms.contractual_date,
        settlement_date: terms.cleared.settlement_date,
        live: true,
    };
    trades.day_for(event.key.trade_date, event.trade).push(event.key.reference, new);
}

fn novated(state: &mut State, event: &TradeNovated) {
    state.netting.oblige(&event.cleared, 1);
    state.books.novate(&event.cleared);
    state.trades.newest(event.trade).entry = event.entry;
    state.next_entry = EntryNo(event.entry.0 + 1);
}

fn amended(state: &mut State, event: &TradeAmended<'_>) {
    let terms = &event.terms;
    let attributes = state.intern_attributes(&terms.attributes);
    let venue = state.trades.venues.intern(terms.venue);
    let content = capture::content(terms, venue, attributes);
    let trade = state.trades.get_mut(event.key.trade_date, event.trade);
    let before = (trade.content_version(), trade.content);
    capture::replace(trade, content, event);
    state.trades.history.insert((event.trade, before.0), before.1);
    state.netting.oblige(&event.previous, -1);
    state.netting.oblige(&terms.cleared, 1);
    state.books.reverse(&event.previous);
    state.books.novate(&terms.cleared);
    state.next_entry = EntryNo(event.entry.0 + 2);
}

fn cancelled(state: &mut State, event: &TradeCancelled<'_>) {
    let trade = state.trades.get_mut(event.key.trade_date, event.trade);
    trade.live = false;
    trade.version = event.version;
    state.netting.oblige(&event.previous, -1);
    state.books.reverse(&event.previous);
    state.next_entry = EntryNo(event.entry.0 + 1);
}

fn day_opened(state: &mut State, event: &DayOpened) {
    state.days = Days {
        last_opened: Some(event.date),
        phase: Phase::Trading,
        commitment: event.commitment,
        purged_before: event.purged_before,
    };
    state.trades.purge_before(event.purged_before);
    state.prices.forget_before(event.date);
    state.registry.refresh_today(Some(event.date));
}

fn run_started(state: &mut State, event: &RunStarted<'_>) {
    state.days.phase = match event.kind {
        RunKind::Settlement => Phase::Settled,
        RunKind::DayClose => Phase::Closing,
    };
    state.run = Some(Run::begin(state, event));
}

fn run_advanced(state: &mut State, event: &RunAdvanced) {
    let mut run = state.run.take().expect("a run that advances is under way");
    run.steps = event.step;
    if event.stage == RunStage::Payments && run.stage != RunStage::Payments {
        run.payments = payment::payments_to_make(state, &run.due);
    }
    run.stage = event.stage;
    run.next = event.next;
    state.run = Some(run);
}

fn run_completed(state: &mut State, event: &RunCompleted) {
    state.run = None;
    match event.kind {
        RunKind::Settlement => state.netting.drop_settled(event.date),
        RunKind::DayClose => state.days.phase = Phase::Closed,
    }
}

/// Books a fact that moves units or money: its postings to the house's accounts. The members'
/// side is kept where it is used.
fn post(state: &mut State, event: &Event<'_>) {
    let today = state.days.last_opened.unwrap_or_default();
    let booked = entries::entries(event, today);
    for posting in booked.iter().flat_map(|entry| &entry.postings) {
        state.books.post(posting);
    }
    state.next_entry.0 += booked.len() as u64;
}

fn date_moved(state: &mut State, event: &SettlementDateMoved) {
    for net in &event.moved {
        state.netting.move_date(event.from, event.to, net);
    }
    state.trades.move_date(event.instrument, event.from, event.to);
    let open_day = state.days.open_day();
    state.registry.refresh_today(open_day);
}

fn holding_opened(state: &mut State, event: &HoldingOpened) {
    state.openings.insert((event.account, event.asset), event.quantity);
    match event.asset {
        Asset::Instrument(id) => {
            let at = state.netting.cell(event.account, id);
            state.netting.cells[at].holding += event.quantity;
        }
        Asset::Currency(id) => {
            *state.cash.entry((event.account, id)).or_default() += event.quantity;
        }
    }
}

fn position_settled(state: &mut State, event: &PositionSettled) {
    let at = state.netting.cell(event.account, event.instrument);
    let cell = &mut state.netting.cells[at];
    cell.carried = event.open_after;
    cell.money = event.money_after;
    cell.age = event.age;
    cell.holding += event.moved;
    cell.mark = event.price.or(cell.mark);
    let run = state.run.as_mut().expect("positions settle in a run");
    let due = run.due.entry((event.account, event.currency)).or_default();
    due.mark += event.money.mark;
    due.delivery += event.money.delivery;
}

fn position_adjusted(state: &mut State, event: &PositionAdjusted) {
    let at = state.netting.cell(event.change.account, event.change.instrument);
    state.netting.cells[at].carried += event.change.units;
    state.netting.cells[at].money += event.change.money;
}

fn payment_decided(state: &mut State, event: &PaymentDecided) {
    let (account, currency) = (event.account, event.currency);
    match event.status {
        PaymentStatus::Paid => *state.cash.entry((account, currency)).or_default() += event.amount,
        PaymentStatus::Failed => {
            state.advances.insert((account, event.date, currency), -event.amount);
        }
    }
}

fn advance_tried(state: &mut State, event: &AdvanceTried) {
    if event.status == PaymentStatus::Paid {
        state.advances.remove(&(event.account, event.due, event.currency));
        *state.cash.entry((event.account, event.currency)).or_default() -= event.amount;
    }
}
