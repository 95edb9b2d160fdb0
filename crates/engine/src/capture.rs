//! Capture: the outcome of each trade report, by guards in a fixed order.
//!
//! CAPTURE-1: one source reference is captured at most once. Ids are resolved once, against the
//! reference data in force on the trade date. A refused report leaves no trace.

use basics::decimal::Numeral;
use basics::money::consideration;
use basics::{ContractId, Date, EntryNo, Price, Seq, TradeId, Units};
use ledger::postings::Cleared;
use model::event::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};
use model::reference::Status;
use model::trade::{Attributes, Terms, TradeType};
use model::{Action, Rejection, ReportedTerms, TradeReport, TradeVerdict};

use crate::State;
use crate::refdata::Today;
use crate::trades::{Content, Slot, Trade};

/// Decides a trade report. `seq` is the place that the decision will have in the journal.
#[must_use]
pub fn capture<'a>(state: &State, report: &TradeReport<'a>, seq: Seq) -> TradeVerdict<'a> {
    if report.key.trade_date < state.days.purged_before {
        return TradeVerdict::Rejected(Rejection::WrongTradeDate);
    }
    let decided = match state.trades.find(&report.key) {
        None => new_trade(state, report, seq),
        Some(at) => known_trade(state, report, at),
    };
    decided.unwrap_or_else(TradeVerdict::Rejected)
}

type Decided<'a> = Result<TradeVerdict<'a>, Rejection>;

/// A report of a reference that is not in.
fn new_trade<'a>(state: &State, report: &TradeReport<'a>, seq: Seq) -> Decided<'a> {
    let Some(reported) = new_terms(report) else { return Err(Rejection::UnknownTrade) };
    if report.version != 1 {
        return Err(Rejection::VersionGap);
    }
    let terms = accept(state, report.key.trade_date, reported)?;
    let trade = TradeId(state.trades.captured + 1);
    let captured = TradeCaptured { trade, key: report.key, terms };
    Ok(TradeVerdict::Captured(captured, novate(trade, &terms, seq, state.next_entry)))
}

/// The terms of a `new`; nothing else can begin a trade.
fn new_terms<'r, 'a>(report: &'r TradeReport<'a>) -> Option<&'r ReportedTerms<'a>> {
    match report.action {
        Action::New => report.terms.as_ref(),
        Action::Amend | Action::Cancel => None,
    }
}

/// The CCP steps in at once: a locked-in trade is matched when it arrives.
fn novate(trade: TradeId, terms: &Terms<'_>, seq: Seq, entry: EntryNo) -> TradeNovated {
    TradeNovated {
        trade,
        buyer_contract: ContractId(trade.0 * 2 - 1),
        seller_contract: ContractId(trade.0 * 2),
        guaranteed_from: seq,
        cleared: terms.cleared,
        entry,
    }
}

/// A report of a reference that is in.
fn known_trade<'a>(state: &State, report: &TradeReport<'a>, at: Slot) -> Decided<'a> {
    let trade = state.trades.get(at);
    if report.version <= trade.version {
        let same = same_content(state, report, at);
        return Err(if same { Rejection::Duplicate } else { Rejection::Conflict });
    }
    if !trade.live || !state.days.is_trading(report.key.trade_date) {
        return Err(Rejection::TradeClosed);
    }
    if report.action == Action::New {
        return Err(Rejection::Conflict);
    }
    if report.version != trade.version + 1 {
        return Err(Rejection::VersionGap);
    }
    let currency = state.registry.instrument_record(trade.content.instrument).currency;
    let (id, key, version) = (state.trades.id(at), report.key, report.version);
    let (previous, reverses, entry) = (trade.cleared(currency), trade.entry, state.next_entry);
    let Some(reported) = &report.terms else {
        let cancelled = TradeCancelled { trade: id, key, version, previous, reverses, entry };
        return Ok(TradeVerdict::Cancelled(cancelled));
    };
    let same_isin = state.registry.instrument(reported.isin) == Some(trade.content.instrument);
    if !same_isin || *state.registry.currency_record(currency).code != *reported.currency {
        return Err(Rejection::NotAmendable);
    }
    let contractual_date = trade.contractual_date;
    let terms = accept(state, key.trade_date, reported)?;
    let terms = Terms { contractual_date, ..terms };
    let amended = TradeAmended { trade: id, key, version, terms, previous, reverses, entry };
    Ok(TradeVerdict::Amended(amended))
}

/// Whether a version that is in was reported with the same content, by value.
fn same_content(state: &State, report: &TradeReport<'_>, at: Slot) -> bool {
    let trade = state.trades.get(at);
    if !trade.live && report.version == trade.version {
        return report.action == Action::Cancel;
    }
    let expected = if report.version == 1 { Action::New } else { Action::Amend };
    let Some(reported) = report.terms.as_ref().filter(|_| report.action == expected) else {
        return false;
    };
    let content = if report.version == trade.content_version() {
        Some(&trade.content)
    } else {
        state.trades.older(state.trades.id(at), report.version)
    };
    content.is_some_and(|content| says(state, reported, content))
}

/// Whether reported terms say, by value, what was captured.
fn says(state: &State, reported: &ReportedTerms<'_>, content: &Content) -> bool {
    let registry = &state.registry;
    let record = registry.instrument_record(content.instrument);
    registry.instrument(reported.isin) == Some(content.instrument)
        && units(reported.quantity, record.quantity_decimals) == Some(content.quantity)
        && price(reported.price) == Some(content.price)
        && *registry.currency_record(record.currency).code == *reported.currency
        && reported.executed_at == content.executed_at
        && registry.account(reported.buyer) == Some(content.buyer)
        && registry.account(reported.seller) == Some(content.seller)
        && state.trades.venues.get(reported.venue) == Some(content.venue)
        && state.attributes(content.attributes) == reported.attributes
}

/// A positive quantity in the instrument's smallest units.
fn units(quantity: Numeral, decimals: u8) -> Option<Units> {
    let units = quantity.exact()?.scaled_to(decimals).ok()?;
    i64::try_from(units).ok().filter(|units| *units > 0).map(Units)
}

/// A positive price with at most nine decimals.
fn price(price: Numeral) -> Option<Price> {
    Price::new(price.exact()?).ok().filter(|price| price.0 > 0)
}

/// Checks terms in the published order and resolves them into facts.
fn accept<'a>(
    state: &State,
    trade_date: Date,
    reported: &ReportedTerms<'a>,
) -> Result<Terms<'a>, Rejection> {
    let registry = &state.registry;
    let Some((instrument, version)) = registry.instrument_on(reported.isin, trade_date) else {
        return Err(match basics::Isin::parse(reported.isin) {
            None => Rejection::InvalidIsin,
            Some(_) => Rejection::UnknownInstrument,
        });
    };
    if version.status != Status::Active {
        return Err(Rejection::InactiveInstrument);
    }
    let record = registry.instrument_record(instrument);
    let quantity =
        units(reported.quantity, record.quantity_decimals).ok_or(Rejection::InvalidQuantity)?;
    let price = price(reported.price).ok_or(Rejection::InvalidPrice)?;
    let consideration = consideration(quantity, price, registry.scale(instrument))
        .ok_or(Rejection::InvalidPrice)?;
    let currency = record.currency;
    if *registry.currency_record(currency).code != *reported.currency {
        return Err(Rejection::CurrencyMismatch);
    }
    let (buyer, seller) = sides(state, trade_date, reported)?;
    if !is_cleared_here(&reported.attributes) {
        return Err(Rejection::UnsupportedTradeType);
    }
    let settlement_date = open_for(state, trade_date, &record.today)?;
    let cleared =
        Cleared { instrument, currency, buyer, seller, quantity, consideration, settlement_date };
    Ok(Terms {
        cleared,
        price,
        contractual_date: settlement_date,
        executed_at: reported.executed_at,
        venue: reported.venue,
        attributes: reported.attributes,
    })
}

/// Buyer and seller: known, then active, then different.
fn sides(
    state: &State,
    trade_date: Date,
    reported: &ReportedTerms<'_>,
) -> Result<(basics::AccountId, basics::AccountId), Rejection> {
    let registry = &state.registry;
    let known = |code| {
        let id = registry.account(code)?;
        registry.account_status(id, trade_date).map(|status| (id, status))
    };
    let buyer = known(reported.buyer).ok_or(Rejection::UnknownAccount)?;
    let seller = known(reported.seller).ok_or(Rejection::UnknownAccount)?;
    if buyer.1 != Status::Active || seller.1 != Status::Active {
        return Err(Rejection::InactiveAccount);
    }
    if buyer.0 == seller.0 {
        return Err(Rejection::SameAccount);
    }
    Ok((buyer.0, seller.0))
}

/// Only plain trades priced per unit are cleared so far; the rest is recorded for later.
fn is_cleared_here(attributes: &Attributes<'_>) -> bool {
    matches!(attributes.trade_type, TradeType::Regular | TradeType::AsOf)
        && attributes.price_unit == basics::PriceUnit::PerUnit
}

/// The settlement date of a trade of this date, if the date is open for trading.
fn open_for(state: &State, trade_date: Date, today: &Today) -> Result<Date, Rejection> {
    if state.days.open_day() != Some(trade_date) || !today.trades {
        return Err(Rejection::WrongTradeDate);
    }
    if !state.days.is_trading(trade_date) {
        return Err(Rejection::TradingClosed);
    }
    Ok(today.settlement_date)
}

/// What evolve needs of a trade that was captured or amended.
pub(crate) fn content(terms: &Terms<'_>, venue: u32, attributes: u32) -> Content {
    Content {
        price: terms.price,
        executed_at: terms.executed_at,
        quantity: terms.quantity(),
        consideration: terms.consideration(),
        instrument: terms.instrument(),
        buyer: terms.buyer(),
        seller: terms.seller(),
        venue,
        attributes,
    }
}

/// Records a corrected trade: the version before goes to the history.
pub(crate) fn replace(trade: &mut Trade, content: Content, amended: &TradeAmended<'_>) {
    trade.content = content;
    trade.version = amended.version;
    trade.entry = EntryNo(amended.entry.0 + 1);
    trade.settlement_date = amended.terms.cleared.settlement_date;
}
