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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use crate::prices::Prices;
    use basics::Numeral;
    use model::Command;
    use model::reference::{AccountKind, ClearingModel, Status};
    use testkit::{market, report};

    fn day() -> Date {
        market::date(market::FIRST_DAY)
    }

    /// The market on its first day.
    fn opened() -> State {
        let mut state = given::market();
        given::accepted(&mut state, [market::open_day(day())]);
        state
    }

    /// What becomes of a change: its last event's name, or the reason of the refusal.
    fn outcome(state: &State, change: ReferenceChange<'static>) -> &'static str {
        match reference(state, &change) {
            Ok(_) => "accepted",
            Err(rejection) => rejection.name(),
        }
    }

    fn check(state: &State, cases: &[(&str, ReferenceChange<'static>)]) {
        for (expected, change) in cases {
            assert_eq!(outcome(state, *change), *expected, "{change:?}");
        }
    }

    /// On and after the open day: the same change is refused, accepted from the next day on.
    fn from_tomorrow(state: &State, change: impl Fn(Date) -> ReferenceChange<'static>) {
        for from in [Date::MIN.next(), Date(day().0 - 1), day()] {
            assert_eq!(outcome(state, change(from)), "in_the_past");
        }
        assert_eq!(outcome(state, change(day().next())), "accepted");
    }

    #[test]
    fn currencies_are_checked() {
        let state = opened();
        let usd = CurrencyChange { calendar: "FED", ..market::currency("USD", 2) };
        let change = ReferenceChange::Currency;
        check(
            &state,
            &[
                ("invalid_currency", change(market::currency("US", 2))),
                ("invalid_currency", change(market::currency("usd", 10))),
                ("too_many_decimals", change(market::currency("EUR", 10))),
                ("accepted", change(market::currency("EUR", 9))),
                ("accepted", change(CurrencyChange { from: day(), ..market::currency("EUR", 9) })),
                ("immutable_field", change(CurrencyChange { minor_decimals: 3, ..usd })),
                ("duplicate", change(usd)),
                ("in_the_past", change(CurrencyChange { calendar: "TOK", ..usd })),
            ],
        );
        from_tomorrow(&state, |from| change(CurrencyChange { calendar: "TOK", from, ..usd }));
    }

    #[test]
    fn closures_are_checked() {
        let state = opened();
        let change = |calendar, date| ReferenceChange::Closure(market::closure(calendar, date));
        check(
            &state,
            &[
                ("missing_code", change("", day().next())),
                ("duplicate", change("DTC", market::date("2013-10-09"))),
                ("in_the_past", change("DTC", day())),
                ("accepted", change("DTC", day().next())),
                ("accepted", change("NEW", day().next())),
            ],
        );
    }

    #[test]
    fn members_and_accounts_are_checked() {
        let state = opened();
        let member = |member| ReferenceChange::Member(member);
        let m1 = market::member("M1");
        check(
            &state,
            &[
                ("missing_code", member(market::member(""))),
                ("invalid_lei", member(MemberChange { lei: "5493001KJTIIGC8Y1R13", ..m1 })),
                ("duplicate", member(m1)),
                ("accepted", member(MemberChange { from: day(), ..market::member("M4") })),
            ],
        );
        for other in [
            MemberChange { name: "Another", ..m1 },
            MemberChange { lei: "54930000000000000196", ..m1 },
            MemberChange { status: Status::Closed, ..m1 },
        ] {
            from_tomorrow(&state, |from| member(MemberChange { from, ..other }));
        }
        let account = |account| ReferenceChange::Account(account);
        let a = market::account("A");
        check(
            &state,
            &[
                ("missing_code", account(market::account(""))),
                ("reserved_code", account(market::account("CCP"))),
                ("reserved_code", account(market::account("ccp"))),
                ("unknown_member", account(AccountChange { member: "M9", ..a })),
                ("immutable_field", account(AccountChange { member: "M2", ..a })),
                (
                    "immutable_field",
                    account(AccountChange { kind: AccountKind::ClientOmnibus, ..a }),
                ),
                ("duplicate", account(a)),
                ("accepted", account(AccountChange { from: day(), ..market::account("F") })),
            ],
        );
        from_tomorrow(&state, |from| {
            account(AccountChange { status: Status::Suspended, from, ..a })
        });
    }

    #[test]
    fn instruments_are_checked() {
        let mut state = opened();
        let change = ReferenceChange::Instrument;
        let (aig, new) = (market::published(market::AIG), market::instrument("DE0007100000"));
        check(
            &state,
            &[
                ("invalid_isin", change(market::instrument("DE0007100001"))),
                ("too_many_decimals", change(InstrumentChange { quantity_decimals: 10, ..new })),
                ("too_many_decimals", change(InstrumentChange { cycle: 100, ..new })),
                ("accepted", change(InstrumentChange { cycle: 99, quantity_decimals: 9, ..new })),
                ("invalid_currency", change(InstrumentChange { currency: "Euro", ..new })),
                ("unknown_currency", change(InstrumentChange { currency: "EUR", ..new })),
                ("unknown_instrument", change(InstrumentChange { replaces: "X", ..new })),
                ("immutable_field", change(InstrumentChange { currency: "JPY", ..aig })),
                ("immutable_field", change(InstrumentChange { quantity_decimals: 1, ..aig })),
                ("immutable_field", change(InstrumentChange { replaces: market::APPLE, ..aig })),
                ("duplicate", change(aig)),
                ("accepted", change(InstrumentChange { from: day(), ..new })),
            ],
        );
        from_tomorrow(&state, |from| change(InstrumentChange { name: "Another", from, ..aig }));
        let renamed = InstrumentChange { replaces: market::AIG, from: day().next(), ..new };
        let known = state.registry.instrument(market::AIG);
        given::accepted(&mut state, [Command::Reference(change(renamed))]);
        assert_eq!(state.registry.instrument("DE0007100000"), known);
        assert_eq!(state.registry.isin_on(known.expect("AIG"), day()), market::AIG);
        assert_eq!(state.registry.isin_on(known.expect("AIG"), day().next()), "DE0007100000");
        // A former ISIN is no longer the name of an instrument that trades.
        given::end_day(&mut state);
        given::accepted(&mut state, [market::open_day(day().next())]);
        let trade = report::new(report::key("1", day().next()), report::TERMS);
        let decided = crate::decide(&state, &Command::Trade(trade), basics::Seq(1));
        assert_eq!(decided, Err(Rejection::UnknownInstrument));
    }

    #[test]
    fn a_currency_that_nobody_states_is_the_one_of_iso_until_one_is_stated() {
        let mut state = State::default();
        let instrument = InstrumentChange { currency: "JPY", ..market::instrument(market::AIG) };
        let jpy = CurrencyChange { minor_decimals: 0, ..market::currency("JPY", 0) };
        let events = given::accepted(
            &mut state,
            [Command::Reference(ReferenceChange::Instrument(instrument))],
        );
        let id = CurrencyId(0);
        let assumed = Event::CurrencyPublished { id, change: jpy, assumed: true };
        assert_eq!((events.len(), &events[0]), (2, &assumed));
        given::accepted(
            &mut state,
            [
                Command::Reference(ReferenceChange::Member(market::member("M1"))),
                Command::Reference(ReferenceChange::Account(market::account("A"))),
                Command::Reference(market::holding("A", "KWD", "1.234")),
                Command::Reference(ReferenceChange::Currency(market::currency("EUR", 2))),
            ],
        );
        let kwd = state.registry.currency("KWD").expect("assumed");
        assert_eq!(state.cash_of(AccountId(0), kwd), 1_234);
        assert_eq!(outcome(&state, market::holding("A", "USD", "1")), "unknown_currency");
        assert_eq!(outcome(&state, market::holding("A", "usd", "1")), "invalid_currency");
    }

    #[test]
    fn a_holding_is_stated_once() {
        let mut state = opened();
        check(
            &state,
            &[
                ("unknown_account", market::holding(market::STRANGER, "USD", "1")),
                ("unknown_instrument", market::holding("A", market::UNUSED_ISIN, "1")),
                ("unknown_currency", market::holding("A", "EUR", "1")),
                ("invalid_quantity", market::holding("A", "USD", "-0.01")),
                ("invalid_quantity", market::holding("A", "USD", "0.001")),
                ("invalid_quantity", market::holding("A", market::FUND, "0.0001")),
                ("invalid_quantity", market::holding("A", market::AIG, "9223372036854775808")),
                ("accepted", market::holding("A", market::AIG, "9223372036854775807")),
                ("accepted", market::holding("A", "USD", "0.01")),
            ],
        );
        let too_long = OpeningHolding { account: "A", asset: "USD", quantity: Numeral::TooLong };
        check(&state, &[("invalid_quantity", ReferenceChange::Holding(too_long))]);
        let fund = market::holding("A", market::FUND, "1.234");
        let nothing = market::holding("B", market::FUND, "0");
        given::accepted(&mut state, [fund, nothing].map(Command::Reference));
        let id = state.registry.instrument(market::FUND).expect("the fund");
        let account = state.registry.account("A").expect("an account");
        let at = state.netting.find(account, id).expect("a position");
        assert_eq!(state.netting.cells[at].holding, 1_234);
        check(
            &state,
            &[
                ("duplicate", fund),
                ("duplicate", nothing),
                ("conflict", market::holding("A", market::FUND, "1.235")),
                ("conflict", market::holding("B", market::FUND, "1")),
            ],
        );
    }

    #[test]
    fn policies_and_priorities_are_in_force_from_a_date() {
        let state = opened();
        let policy = |from| {
            let model = ClearingModel::ContinuousNetSettlement;
            let (trading_cut_off, settlement_cut_off) = ("", "");
            ReferenceChange::Policy(PolicyChange {
                model,
                trading_cut_off,
                settlement_cut_off,
                from,
            })
        };
        check(&state, &[("duplicate", policy(Date::MIN))]);
        from_tomorrow(&state, policy);
        let group = |from| {
            ReferenceChange::Priority(PriorityChange { from, ..market::priority("A", "", 1) })
        };
        from_tomorrow(&state, group);
        let priority =
            |account, isin| ReferenceChange::Priority(market::priority(account, isin, 1));
        check(
            &state,
            &[
                ("unknown_account", priority(market::STRANGER, "")),
                ("unknown_instrument", priority("A", market::UNUSED_ISIN)),
                ("in_the_past", priority("A", market::AIG)),
            ],
        );
        let mut early = given::market();
        let groups = [("", 3), (market::AIG, 0)];
        given::accepted(
            &mut early,
            groups.map(|(isin, group)| {
                Command::Reference(ReferenceChange::Priority(market::priority("A", isin, group)))
            }),
        );
        check(&early, &[("accepted", priority("A", "")), ("accepted", priority("B", ""))]);
        let same = ReferenceChange::Priority(market::priority("A", "", 3));
        check(&early, &[("duplicate", same)]);
        let account = early.registry.account("A").expect("an account");
        let groups: Vec<u32> = market::ISINS
            .iter()
            .map(|isin| early.registry.instrument(isin).expect("an instrument"))
            .map(|id| early.registry.priority(account, id, day()))
            .collect();
        assert_eq!(groups, [3, 0, 3, 3]);
    }

    #[test]
    fn prices_are_checked() {
        let mut state = opened();
        let mark = market::mark(market::AIG, market::numeral("10.5"), day());
        let highest = report::whole(999_999_999_999_999_999);
        let cases = [
            ("invalid_isin", PriceReport { isin: "US0268747840", ..mark }),
            ("unknown_instrument", PriceReport { isin: market::UNUSED_ISIN, ..mark }),
            ("currency_mismatch", PriceReport { currency: "JPY", ..mark }),
            ("unknown_price_kind", PriceReport { kind: "close", ..mark }),
            ("invalid_price", PriceReport { price: report::whole(0), ..mark }),
            ("invalid_price", PriceReport { price: report::whole(-1), ..mark }),
            ("invalid_price", PriceReport { price: market::numeral("0.0000000001"), ..mark }),
            ("invalid_price", PriceReport { price: Numeral::TooLong, ..mark }),
            (
                "invalid_price",
                PriceReport { price: report::whole(1_000_000_000_000_000_000), ..mark },
            ),
        ];
        for (expected, report) in cases {
            let decided = price(&state, &report);
            assert_eq!(decided.map_err(Rejection::name), Err(expected), "{report:?}");
        }
        assert!(price(&state, &PriceReport { price: highest, ..mark }).is_ok());
        given::accepted(&mut state, [Command::Price(mark)]);
        let zeros = PriceReport { price: market::numeral("10.50"), ..mark };
        assert_eq!(price(&state, &zeros), Err(Rejection::Duplicate));
        let other = PriceReport { price: report::whole(11), ..mark };
        given::accepted(&mut state, [Command::Price(other), Command::Price(mark)]);
    }

    #[test]
    fn the_last_price_of_the_latest_date_counts() {
        let (mut prices, id) = (Prices::default(), InstrumentId(2));
        assert_eq!(prices.latest(id, Date(5)), None);
        for (date, value) in [(3, 30), (7, 70), (5, 50), (5, 51)] {
            prices.set(id, Date(date), Price(value));
        }
        for (date, value) in [(2, None), (3, Some(30)), (4, Some(30)), (5, Some(51)), (9, Some(70))]
        {
            assert_eq!(prices.latest(id, Date(date)), value.map(Price), "date {date}");
        }
        prices.forget_before(Date(6));
        assert_eq!(prices.latest(id, Date(4)), None);
        assert_eq!(prices.latest(id, Date(6)), Some(Price(51)));
        prices.forget_before(Date(1));
        assert_eq!(prices.iter().count(), 2);
    }
}
