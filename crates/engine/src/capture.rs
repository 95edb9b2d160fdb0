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
    match state.trades.find(&report.key) {
        None => new_trade(state, report, seq),
        Some(at) => known_trade(state, report, at).unwrap_or_else(TradeVerdict::Rejected),
    }
}

type Decided<'a> = Result<TradeVerdict<'a>, Rejection>;

/// A report of a reference that is not in. The verdict is large: it is made where it goes.
#[inline]
fn new_trade<'a>(state: &State, report: &TradeReport<'a>, seq: Seq) -> TradeVerdict<'a> {
    let Some(reported) = new_terms(report) else {
        return TradeVerdict::Rejected(Rejection::UnknownTrade);
    };
    if report.version != 1 {
        return TradeVerdict::Rejected(Rejection::VersionGap);
    }
    match accept(state, report.key.trade_date, reported) {
        Err(rejection) => TradeVerdict::Rejected(rejection),
        Ok(terms) => {
            let trade = TradeId(state.trades.captured + 1);
            let novated = novate(trade, &terms, seq, state.next_entry);
            TradeVerdict::Captured(TradeCaptured { trade, key: report.key, terms }, novated)
        }
    }
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
    let same_isin = is_isin_of(state, trade.content.instrument, key.trade_date, reported.isin);
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
    content.is_some_and(|content| says(state, report.key.trade_date, reported, content))
}

/// Whether reported terms say, by value, what was captured.
fn says(state: &State, trade_date: Date, reported: &ReportedTerms<'_>, content: &Content) -> bool {
    let registry = &state.registry;
    let record = registry.instrument_record(content.instrument);
    is_isin_of(state, content.instrument, trade_date, reported.isin)
        && units(reported.quantity, record.quantity_decimals) == Some(content.quantity)
        && price(reported.price) == Some(content.price)
        && *registry.currency_record(record.currency).code == *reported.currency
        && reported.executed_at == content.executed_at
        && registry.account(reported.buyer) == Some(content.buyer)
        && registry.account(reported.seller) == Some(content.seller)
        && state.trades.venues.get(reported.venue) == Some(content.venue)
        && state.attributes(content.attributes) == reported.attributes
}

/// Whether an ISIN is the instrument's on a trade date: another one that it had or will have is
/// another text.
fn is_isin_of(state: &State, id: basics::InstrumentId, trade_date: Date, isin: &str) -> bool {
    *state.registry.isin_on(id, trade_date) == *isin
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
#[inline]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use model::reference::{AccountChange, InstrumentChange};
    use model::{Command, ReferenceChange};
    use testkit::{market, report};

    type Change = fn(&mut ReportedTerms<'static>);

    fn day() -> Date {
        market::date(market::FIRST_DAY)
    }

    fn key(reference: &'static str) -> model::TradeKey<'static> {
        report::key(reference, day())
    }

    /// The first day is open; one account and one instrument are suspended.
    fn trading() -> State {
        let mut state = given::market();
        let suspended = Status::Suspended;
        let account = AccountChange { status: suspended, ..market::account("S") };
        let instrument =
            InstrumentChange { status: suspended, ..market::instrument("DE0007100000") };
        given::accepted(
            &mut state,
            [
                Command::Reference(ReferenceChange::Account(account)),
                Command::Reference(ReferenceChange::Instrument(instrument)),
                market::open_day(day()),
            ],
        );
        state
    }

    /// The outcome of a report, which is applied if it is accepted.
    fn outcome(state: &mut State, report: &TradeReport<'static>) -> &'static str {
        let verdict = crate::decide_trade(state, report, Seq(1));
        crate::evolve_trade(state, &verdict);
        verdict.outcome()
    }

    fn changed(change: Change) -> ReportedTerms<'static> {
        let mut terms = report::TERMS;
        change(&mut terms);
        terms
    }

    /// Everything that a new trade can be refused for, in the order of checking.
    const FAULTS: [(&str, Change); 17] = [
        ("invalid_isin", |terms| terms.isin = "US0268747840"),
        ("unknown_instrument", |terms| terms.isin = market::UNUSED_ISIN),
        ("inactive_instrument", |terms| terms.isin = "DE0007100000"),
        ("invalid_quantity", |terms| terms.quantity = report::whole(0)),
        ("invalid_quantity", |terms| terms.quantity = report::whole(-1)),
        ("invalid_quantity", |terms| terms.quantity = market::numeral("1.5")),
        ("invalid_quantity", |terms| terms.quantity = report::whole(1 << 63)),
        ("invalid_quantity", |terms| terms.quantity = Numeral::TooLong),
        ("invalid_price", |terms| terms.price = report::whole(0)),
        ("invalid_price", |terms| terms.price = market::numeral("-0.1")),
        ("invalid_price", |terms| terms.price = market::numeral("1.0000000001")),
        ("currency_mismatch", |terms| terms.currency = "JPY"),
        ("unknown_account", |terms| terms.buyer = market::STRANGER),
        ("unknown_account", |terms| terms.seller = market::STRANGER),
        ("inactive_account", |terms| terms.buyer = "S"),
        ("same_account", |terms| terms.seller = terms.buyer),
        ("unsupported_trade_type", |terms| terms.attributes.trade_type = TradeType::Repo),
    ];

    #[test]
    fn of_two_faults_the_first_in_the_published_order_counts() {
        let mut state = trading();
        for (first, (name, fault)) in FAULTS.iter().enumerate() {
            for (_, later) in &FAULTS[first..] {
                let mut terms = report::TERMS;
                later(&mut terms);
                fault(&mut terms);
                let found = outcome(&mut state, &report::new(key("1"), terms));
                assert_eq!(found, *name);
            }
        }
        assert_eq!(outcome(&mut state, &report::new(key("1"), report::TERMS)), "captured");
    }

    #[test]
    fn dates_are_checked_last() {
        let mut state = trading();
        let yesterday = report::key("1", Date(day().0 - 1));
        let tomorrow = report::key("1", day().next());
        for (name, fault) in FAULTS {
            assert_eq!(outcome(&mut state, &report::new(tomorrow, changed(fault))), name);
        }
        for other in [yesterday, tomorrow] {
            let report = report::new(other, report::TERMS);
            assert_eq!(outcome(&mut state, &report), "wrong_trade_date");
        }
        given::accepted(&mut state, [market::close_trading(day())]);
        let report = report::new(key("1"), report::TERMS);
        assert_eq!(outcome(&mut state, &report), "trading_closed");
        given::accepted(&mut state, given::marks(day()));
        given::accepted(&mut state, [market::settle(day())]);
        assert_eq!(outcome(&mut state, &report), "trading_closed");
        given::accepted(&mut state, [market::close_day(day())]);
        assert_eq!(outcome(&mut state, &report), "wrong_trade_date");
    }

    #[test]
    fn an_instrument_trades_on_the_days_of_its_own_calendar() {
        let mut state = trading();
        given::end_day(&mut state);
        let second = day().next();
        given::accepted(&mut state, [market::open_day(second)]);
        let toyota = ReportedTerms { isin: market::TOYOTA, currency: "JPY", ..report::TERMS };
        let report = report::new(report::key("1", second), toyota);
        assert_eq!(outcome(&mut state, &report), "wrong_trade_date");
        let report = report::new(report::key("1", second), report::TERMS);
        assert_eq!(outcome(&mut state, &report), "captured");
    }

    #[test]
    fn the_largest_numbers_that_fit_are_accepted() {
        let mut state = trading();
        let quantity = report::whole((1 << 63) - 1);
        let most = ReportedTerms { quantity, price: market::numeral("0.01"), ..report::TERMS };
        let more = ReportedTerms { price: market::numeral("0.010000001"), ..most };
        assert_eq!(outcome(&mut state, &report::new(key("1"), more)), "invalid_price");
        assert_eq!(outcome(&mut state, &report::new(key("1"), most)), "captured");
    }

    #[test]
    fn a_reference_that_is_not_in_begins_with_a_new_trade_of_version_one() {
        let mut state = trading();
        let amendment = report::amendment(key("1"), 2, report::TERMS);
        assert_eq!(outcome(&mut state, &amendment), "unknown_trade");
        let cancellation = report::cancellation(key("1"), 1);
        assert_eq!(outcome(&mut state, &cancellation), "unknown_trade");
        let second = TradeReport { version: 2, ..report::new(key("1"), report::TERMS) };
        assert_eq!(outcome(&mut state, &second), "version_gap");
        let first = report::new(key("1"), report::TERMS);
        assert_eq!(outcome(&mut state, &first), "captured");
        let other_source = model::TradeKey { source: "BATS", ..key("1") };
        assert_eq!(outcome(&mut state, &report::new(other_source, report::TERMS)), "captured");
    }

    /// Every part of the content, changed to another valid one.
    const OTHERS: [Change; 10] = [
        |terms| terms.quantity = report::whole(101),
        |terms| terms.price = market::numeral("10.01"),
        |terms| terms.executed_at.attos += 1,
        |terms| terms.buyer = "C",
        |terms| terms.seller = "C",
        |terms| terms.venue = "XNAS",
        |terms| terms.attributes.trade_type = TradeType::AsOf,
        |terms| terms.attributes.original_reference = "0",
        |terms| terms.isin = market::APPLE,
        |terms| terms.currency = "JPY",
    ];

    #[test]
    fn the_same_version_is_a_duplicate_by_value_and_a_conflict_otherwise() {
        let mut state = trading();
        let first = report::new(key("1"), report::TERMS);
        assert_eq!(outcome(&mut state, &first), "captured");
        assert_eq!(outcome(&mut state, &first), "duplicate");
        let zeros = ReportedTerms {
            quantity: market::numeral("100.000"),
            price: market::numeral("10.00"),
            ..report::TERMS
        };
        assert_eq!(outcome(&mut state, &report::new(key("1"), zeros)), "duplicate");
        for other in OTHERS {
            let other = report::new(key("1"), changed(other));
            assert_eq!(outcome(&mut state, &other), "conflict", "{:?}", other.terms);
        }
        assert_eq!(outcome(&mut state, &report::amendment(key("1"), 1, zeros)), "conflict");
        assert_eq!(outcome(&mut state, &report::cancellation(key("1"), 1)), "conflict");
    }

    #[test]
    fn every_version_that_is_in_is_compared_with_its_own_content() {
        let mut state = trading();
        let second = changed(|terms| terms.quantity = report::whole(200));
        let third = changed(|terms| terms.quantity = report::whole(300));
        let reports = [
            report::new(key("1"), report::TERMS),
            report::amendment(key("1"), 2, second),
            report::amendment(key("1"), 3, third),
            report::cancellation(key("1"), 4),
        ];
        for (report, accepted) in
            reports.iter().zip(["captured", "amended", "amended", "cancelled"])
        {
            assert_eq!(outcome(&mut state, report), accepted);
        }
        for report in &reports {
            assert_eq!(outcome(&mut state, report), "duplicate");
        }
        for (version, terms) in [(2, third), (3, second), (2, report::TERMS)] {
            let other = report::amendment(key("1"), version, terms);
            assert_eq!(outcome(&mut state, &other), "conflict");
        }
        let as_new = TradeReport { version: 2, ..report::new(key("1"), second) };
        assert_eq!(outcome(&mut state, &as_new), "conflict");
        assert_eq!(outcome(&mut state, &report::cancellation(key("1"), 3)), "conflict");
        assert_eq!(outcome(&mut state, &report::amendment(key("1"), 4, third)), "conflict");
        // Its reference is never used again, whatever the version.
        for version in [5, 9] {
            let newer = report::amendment(key("1"), version, third);
            assert_eq!(outcome(&mut state, &newer), "trade_closed");
            let again = TradeReport { version, ..report::new(key("1"), third) };
            assert_eq!(outcome(&mut state, &again), "trade_closed");
        }
    }

    #[test]
    fn a_live_trade_takes_the_next_version_alone() {
        let mut state = trading();
        assert_eq!(outcome(&mut state, &report::new(key("1"), report::TERMS)), "captured");
        let newer = TradeReport { version: 2, ..report::new(key("1"), report::TERMS) };
        assert_eq!(outcome(&mut state, &newer), "conflict");
        let newest = TradeReport { version: 9, ..newer };
        assert_eq!(outcome(&mut state, &newest), "conflict");
        let skipped = report::amendment(key("1"), 3, report::TERMS);
        assert_eq!(outcome(&mut state, &skipped), "version_gap");
        assert_eq!(outcome(&mut state, &report::cancellation(key("1"), 3)), "version_gap");
        let next = report::amendment(key("1"), 2, report::TERMS);
        assert_eq!(outcome(&mut state, &next), "amended");
        assert_eq!(outcome(&mut state, &report::cancellation(key("1"), 3)), "cancelled");
    }

    #[test]
    fn a_correction_names_the_entry_that_booked_the_trade_before() {
        let mut state = trading();
        let other = changed(|terms| terms.quantity = report::whole(7));
        let mut entries = alloc::vec::Vec::new();
        for report in [
            report::new(key("1"), report::TERMS),
            report::new(key("2"), report::TERMS),
            report::amendment(key("1"), 2, other),
            report::amendment(key("1"), 3, report::TERMS),
            report::cancellation(key("1"), 4),
        ] {
            let verdict = crate::decide_trade(&state, &report, Seq(1));
            crate::evolve_trade(&mut state, &verdict);
            entries.push(match verdict {
                TradeVerdict::Captured(_, novated) => (0, novated.entry.0, 0),
                TradeVerdict::Amended(amended) => {
                    (amended.reverses.0, amended.entry.0, amended.previous.quantity.0)
                }
                TradeVerdict::Cancelled(cancelled) => {
                    (cancelled.reverses.0, cancelled.entry.0, cancelled.previous.quantity.0)
                }
                TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => (0, 0, 0),
            });
        }
        // Reversed entry, first entry of its own, quantity before. A correction has two entries.
        assert_eq!(entries, [(0, 1, 0), (0, 2, 0), (1, 3, 100), (4, 5, 7), (6, 7, 100)]);
        assert_eq!(state.next_entry, EntryNo(8));
    }

    #[test]
    fn isin_and_currency_are_not_amendable_and_the_rest_is_checked_again() {
        let mut state = trading();
        assert_eq!(outcome(&mut state, &report::new(key("1"), report::TERMS)), "captured");
        let fixed: [Change; 3] = [
            |terms| terms.isin = market::APPLE,
            |terms| terms.isin = "nothing",
            |terms| terms.currency = "JPY",
        ];
        for fixed in fixed {
            let mut terms = changed(fixed);
            terms.quantity = report::whole(0);
            let report = report::amendment(key("1"), 2, terms);
            assert_eq!(outcome(&mut state, &report), "not_amendable");
        }
        for (name, fault) in &FAULTS[3..] {
            if *name == "currency_mismatch" {
                continue;
            }
            let report = report::amendment(key("1"), 2, changed(*fault));
            assert_eq!(outcome(&mut state, &report), *name);
        }
    }

    #[test]
    fn after_trading_what_is_in_is_a_duplicate_and_nothing_newer_comes_in() {
        let mut state = trading();
        let first = report::new(key("1"), report::TERMS);
        assert_eq!(outcome(&mut state, &first), "captured");
        given::accepted(&mut state, [market::close_trading(day())]);
        assert_eq!(outcome(&mut state, &first), "duplicate");
        let newer = report::amendment(key("1"), 2, report::TERMS);
        assert_eq!(outcome(&mut state, &newer), "trade_closed");
        let as_new = TradeReport { version: 2, ..first };
        assert_eq!(outcome(&mut state, &as_new), "trade_closed");
        assert_eq!(outcome(&mut state, &report::cancellation(key("1"), 7)), "trade_closed");
    }

    /// Trades of 7 October settle on the 15th at the latest, two settlement days later is the
    /// 17th; on the 18th they are gone.
    #[test]
    fn references_are_kept_until_two_settlement_days_after_settlement() {
        let mut state = trading();
        let first = report::new(key("1"), report::TERMS);
        assert_eq!(outcome(&mut state, &first), "captured");
        given::end_day(&mut state);
        let cancellation = report::cancellation(key("2"), 1);
        for (date, known, unknown) in [
            ("2013-10-15", "duplicate", "unknown_trade"),
            ("2013-10-17", "duplicate", "unknown_trade"),
            ("2013-10-18", "wrong_trade_date", "wrong_trade_date"),
        ] {
            given::accepted(&mut state, [market::open_day(market::date(date))]);
            assert_eq!(outcome(&mut state, &first), known, "{date}");
            assert_eq!(outcome(&mut state, &cancellation), unknown, "{date}");
            given::end_day(&mut state);
        }
        assert!(state.trades.is_empty());
    }
}
