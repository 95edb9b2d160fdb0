//! Decides changes of reference data and prices. The same change again is a duplicate; one that
//! would rewrite the past is refused.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use basics::money::{MAX_MINOR_DECIMALS, MAX_QUANTITY_DECIMALS};
use basics::{AccountId, Currency, CurrencyId, Date, InstrumentId, Isin, Lei, MemberId, Price};
use ledger::Asset;
use ledger::postings::NetObligation;
use model::event::{HoldingOpened, SettlementDateMoved};
use model::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, OpeningHolding,
    PolicyChange, PriorityChange,
};
use model::{Event, PriceReport, ReferenceChange, Rejection};

use crate::State;
use crate::refdata::{InstrumentVersion, MemberVersion, Registry};

type Decided<'a> = Result<Vec<Event<'a>>, Rejection>;

/// Settlement cycles longer than this are a mistake.
const MAX_CYCLE: u16 = 99;

/// Decides a change of reference data.
///
/// # Errors
/// A [`Rejection`] with the reason; nothing changes then.
pub fn reference<'a>(state: &State, change: &ReferenceChange<'a>) -> Decided<'a> {
    if state.run.is_some() {
        return Err(Rejection::RunUnderWay);
    }
    match change {
        ReferenceChange::Currency(change) => currency(state, change),
        ReferenceChange::Closure(change) => closure(state, change),
        ReferenceChange::Member(change) => member(state, change),
        ReferenceChange::Account(change) => account(state, change),
        ReferenceChange::Instrument(change) => instrument(state, change),
        ReferenceChange::Holding(change) => holding(state, change),
        ReferenceChange::Policy(change) => policy(state, change),
        ReferenceChange::Priority(change) => priority(state, change),
    }
}

/// A change of something known must begin after the day last opened: the past stays.
fn not_in_the_past(state: &State, from: Date) -> Result<(), Rejection> {
    match state.days.last_opened {
        Some(today) if from <= today => Err(Rejection::InThePast),
        _ => Ok(()),
    }
}

/// The next free id of a list.
fn next_id(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 records")
}

fn currency<'a>(state: &State, change: &CurrencyChange<'a>) -> Decided<'a> {
    Currency::parse(change.code).ok_or(Rejection::InvalidCurrency)?;
    if change.minor_decimals > MAX_MINOR_DECIMALS {
        return Err(Rejection::TooManyDecimals);
    }
    let registry = &state.registry;
    let published = |id| vec![Event::CurrencyPublished { id, change: *change, assumed: false }];
    let Some(id) = registry.currency(change.code) else {
        return Ok(published(CurrencyId(next_id(registry.currencies.len()))));
    };
    let known = registry.currency_record(id);
    if known.minor_decimals != change.minor_decimals {
        return Err(Rejection::ImmutableField);
    }
    let same = known.calendar.beginning_on(change.from).is_some_and(|n| **n == *change.calendar);
    match (same, registry.currencies_stated) {
        (true, true) => return Err(Rejection::Duplicate),
        // What was only assumed is stated now: from here on no currency is assumed.
        (true, false) => {}
        (false, _) => not_in_the_past(state, change.from)?,
    }
    Ok(published(id))
}

/// The currency with this code; if reference data names none at all, the one that ISO 4217 has,
/// and the event that says so.
fn currency_or_iso<'a>(
    registry: &Registry,
    code: &'a str,
) -> Result<(CurrencyId, Vec<Event<'a>>), Rejection> {
    if let Some(id) = registry.currency(code) {
        return Ok((id, Vec::new()));
    }
    let currency = Currency::parse(code).ok_or(Rejection::InvalidCurrency)?;
    if registry.currencies_stated {
        return Err(Rejection::UnknownCurrency);
    }
    let id = CurrencyId(next_id(registry.currencies.len()));
    let minor_decimals = currency.iso_minor_decimals();
    let change = CurrencyChange { code, minor_decimals, calendar: "", from: Date::MIN };
    Ok((id, vec![Event::CurrencyPublished { id, change, assumed: true }]))
}

fn closure<'a>(state: &State, change: &Closure<'a>) -> Decided<'a> {
    if change.calendar.is_empty() {
        return Err(Rejection::MissingCode);
    }
    let known = state.registry.calendars.get(change.calendar);
    if known.is_some_and(|calendar| calendar.closed_days().any(|day| day == change.closed_on)) {
        return Err(Rejection::Duplicate);
    }
    not_in_the_past(state, change.closed_on)?;
    let mut events = vec![Event::CalendarClosed(*change)];
    events.extend(date_moves(state, change));
    Ok(events)
}

/// Obligations that are due on a day that now closes, moved to the next settlement day. Trades
/// whose obligations net to nothing move too: one of them may still be corrected.
fn date_moves(state: &State, change: &Closure<'_>) -> Vec<Event<'static>> {
    let from = change.closed_on;
    let traded = state.trades.settling_on(from);
    if traded.is_empty() {
        return Vec::new();
    }
    let mut registry = state.registry.clone();
    registry.evolve(&Event::CalendarClosed(*change));
    let mut entry = state.next_entry;
    let mut events = Vec::new();
    for instrument in traded {
        let stays = registry.settles_on(instrument, from);
        if stays || !state.registry.settles_on(instrument, from) {
            continue;
        }
        let currency = registry.instrument_record(instrument).currency;
        let moved: Vec<NetObligation> = state
            .netting
            .due_on(from, instrument)
            .map(|(account, units, money)| NetObligation {
                account,
                instrument,
                currency,
                units,
                money,
            })
            .collect();
        let to = registry.next_settlement_day(instrument, from);
        let entries = moved.len() as u64;
        events.push(Event::SettlementDateMoved(SettlementDateMoved {
            instrument,
            from,
            to,
            moved,
            entry,
        }));
        entry.0 += entries;
    }
    events
}

fn member<'a>(state: &State, change: &MemberChange<'a>) -> Decided<'a> {
    if change.member.is_empty() {
        return Err(Rejection::MissingCode);
    }
    Lei::parse(change.lei).ok_or(Rejection::InvalidLei)?;
    let registry = &state.registry;
    let Some(id) = registry.member(change.member) else {
        let id = MemberId(next_id(registry.members.len()));
        return Ok(vec![Event::MemberPublished { id, change: *change }]);
    };
    let stated =
        MemberVersion { lei: change.lei.into(), name: change.name.into(), status: change.status };
    if registry.members[id.0 as usize].versions.beginning_on(change.from) == Some(&stated) {
        return Err(Rejection::Duplicate);
    }
    not_in_the_past(state, change.from)?;
    Ok(vec![Event::MemberPublished { id, change: *change }])
}

fn account<'a>(state: &State, change: &AccountChange<'a>) -> Decided<'a> {
    if change.account.is_empty() {
        return Err(Rejection::MissingCode);
    }
    // The house itself appears under this name beside the members' accounts.
    if change.account.eq_ignore_ascii_case("CCP") {
        return Err(Rejection::ReservedCode);
    }
    let registry = &state.registry;
    let member = registry.member(change.member).ok_or(Rejection::UnknownMember)?;
    let Some(id) = registry.account(change.account) else {
        let id = AccountId(next_id(registry.accounts.len()));
        return Ok(vec![Event::AccountPublished { id, change: *change }]);
    };
    let known = registry.account_record(id);
    if known.member != member || known.kind != change.kind {
        return Err(Rejection::ImmutableField);
    }
    if known.status.beginning_on(change.from) == Some(&change.status) {
        return Err(Rejection::Duplicate);
    }
    not_in_the_past(state, change.from)?;
    Ok(vec![Event::AccountPublished { id, change: *change }])
}

fn instrument<'a>(state: &State, change: &InstrumentChange<'a>) -> Decided<'a> {
    Isin::parse(change.isin).ok_or(Rejection::InvalidIsin)?;
    if change.quantity_decimals > MAX_QUANTITY_DECIMALS || change.cycle > MAX_CYCLE {
        return Err(Rejection::TooManyDecimals);
    }
    let registry = &state.registry;
    let (currency, mut events) = currency_or_iso(registry, change.currency)?;
    let known = match change.replaces {
        "" => registry.instrument(change.isin),
        former => Some(registry.instrument(former).ok_or(Rejection::UnknownInstrument)?),
    };
    let id = known.unwrap_or_else(|| InstrumentId(next_id(registry.instruments.len())));
    if known.is_some() {
        let record = registry.instrument_record(id);
        let other = registry.instrument(change.isin).is_some_and(|owner| owner != id);
        let decimals = record.quantity_decimals != change.quantity_decimals;
        if other || decimals || record.currency != currency {
            return Err(Rejection::ImmutableField);
        }
        if record.versions.beginning_on(change.from) == Some(&InstrumentVersion::of(change)) {
            return Err(Rejection::Duplicate);
        }
        not_in_the_past(state, change.from)?;
    }
    events.push(Event::InstrumentPublished { id, change: *change });
    Ok(events)
}

fn holding<'a>(state: &State, change: &OpeningHolding<'a>) -> Decided<'a> {
    let registry = &state.registry;
    let account = registry.account(change.account).ok_or(Rejection::UnknownAccount)?;
    let (asset, decimals, mut events) = match registry.instrument(change.asset) {
        Some(id) => {
            let decimals = registry.instrument_record(id).quantity_decimals;
            (Asset::Instrument(id), decimals, Vec::new())
        }
        None if Isin::parse(change.asset).is_some() => {
            return Err(Rejection::UnknownInstrument);
        }
        None => {
            let (id, events) = currency_or_iso(registry, change.asset)?;
            let decimals = registry.currencies.get(id.0 as usize).map(|c| c.minor_decimals);
            let iso = || Currency::parse(change.asset).map(|c| c.iso_minor_decimals());
            (Asset::Currency(id), decimals.or_else(iso).unwrap_or(0), events)
        }
    };
    let stated = change.quantity.exact().ok_or(Rejection::InvalidQuantity)?;
    let quantity = stated.scaled_to(decimals).map_err(|_| Rejection::InvalidQuantity)?;
    if quantity < 0 || i64::try_from(quantity).is_err() {
        return Err(Rejection::InvalidQuantity);
    }
    match state.openings.get(&(account, asset)) {
        Some(known) if *known == quantity => return Err(Rejection::Duplicate),
        Some(_) => return Err(Rejection::Conflict),
        None => {}
    }
    let entry = state.next_entry;
    events.push(Event::HoldingOpened(HoldingOpened { account, asset, quantity, entry }));
    Ok(events)
}

fn policy<'a>(state: &State, change: &PolicyChange<'a>) -> Decided<'a> {
    if state.registry.policy.beginning_on(change.from) == Some(&change.model) {
        return Err(Rejection::Duplicate);
    }
    not_in_the_past(state, change.from)?;
    Ok(vec![Event::PolicyPublished(*change)])
}

fn priority<'a>(state: &State, change: &PriorityChange<'a>) -> Decided<'a> {
    let registry = &state.registry;
    let account = registry.account(change.account).ok_or(Rejection::UnknownAccount)?;
    let instrument = match change.isin {
        "" => None,
        isin => Some(registry.instrument(isin).ok_or(Rejection::UnknownInstrument)?),
    };
    let groups = registry.priorities.get(&(account, instrument));
    if groups.and_then(|groups| groups.beginning_on(change.from)) == Some(&change.group) {
        return Err(Rejection::Duplicate);
    }
    not_in_the_past(state, change.from)?;
    Ok(vec![Event::PriorityPublished { account, instrument, change: *change }])
}

/// Marks of 10^18 currency units and more are a mistake, and would not fit the arithmetic.
const MAX_PRICE: i128 = 1_000_000_000_000_000_000_000_000_000;

/// Decides a price.
///
/// # Errors
/// A [`Rejection`] with the reason; nothing changes then.
pub fn price(state: &State, report: &PriceReport<'_>) -> Decided<'static> {
    if state.run.is_some() {
        return Err(Rejection::RunUnderWay);
    }
    let registry = &state.registry;
    Isin::parse(report.isin).ok_or(Rejection::InvalidIsin)?;
    let instrument = registry.instrument(report.isin).ok_or(Rejection::UnknownInstrument)?;
    let currency = registry.instrument_record(instrument).currency;
    if *registry.currency_record(currency).code != *report.currency {
        return Err(Rejection::CurrencyMismatch);
    }
    if report.kind != "mark" {
        return Err(Rejection::UnknownPriceKind);
    }
    let stated = report.price.exact().and_then(|decimal| Price::new(decimal).ok());
    let price = stated.filter(|price| price.0 > 0 && price.0 < MAX_PRICE);
    let price = price.ok_or(Rejection::InvalidPrice)?;
    let price_date = report.price_date;
    if state.prices.exactly(instrument, price_date) == Some(price) {
        return Err(Rejection::Duplicate);
    }
    Ok(vec![Event::PricePublished { instrument, price_date, price }])
}

/// Opening holdings stated so far, so that stating one again changes nothing.
pub(crate) type Openings = BTreeMap<(AccountId, Asset), i128>;

/// Drops all prices before the latest up to `date`.
fn forget_unusable(prices: &mut BTreeMap<Date, Price>, date: Date) {
    if let Some(latest) = prices.range(..=date).next_back().map(|(date, _)| *date) {
        *prices = prices.split_off(&latest);
    }
}

/// Prices by instrument and price date.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices {
    by_instrument: Vec<BTreeMap<Date, Price>>,
}

impl Prices {
    /// Records a price: the last one accepted for a date counts.
    pub(crate) fn set(&mut self, instrument: InstrumentId, date: Date, price: Price) {
        let at = instrument.0 as usize;
        if self.by_instrument.len() <= at {
            self.by_instrument.resize_with(at + 1, BTreeMap::new);
        }
        self.by_instrument[at].insert(date, price);
    }

    fn of(&self, instrument: InstrumentId) -> Option<&BTreeMap<Date, Price>> {
        self.by_instrument.get(instrument.0 as usize)
    }

    /// The price of exactly this date.
    fn exactly(&self, instrument: InstrumentId, date: Date) -> Option<Price> {
        self.of(instrument)?.get(&date).copied()
    }

    /// The price of the latest date up to this one.
    pub(crate) fn latest(&self, instrument: InstrumentId, date: Date) -> Option<Price> {
        self.of(instrument)?.range(..=date).next_back().map(|(_, price)| *price)
    }

    /// Forgets prices that no later settlement can use: all before the latest up to `date`.
    pub(crate) fn forget_before(&mut self, date: Date) {
        self.by_instrument.iter_mut().for_each(|prices| forget_unusable(prices, date));
    }

    /// The same for one instrument: a late price of a past date changes nothing any more.
    pub(crate) fn forget_of_before(&mut self, instrument: InstrumentId, date: Date) {
        if let Some(prices) = self.by_instrument.get_mut(instrument.0 as usize) {
            forget_unusable(prices, date);
        }
    }

    /// Every price, by instrument and date.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (InstrumentId, Date, Price)> + '_ {
        self.by_instrument.iter().enumerate().flat_map(|(id, prices)| {
            let id = InstrumentId(next_id(id));
            prices.iter().map(move |(date, price)| (id, *date, *price))
        })
    }
}
