//! SETTLE-1 to SETTLE-6: what moves, who receives, what ages, what is paid.

use std::collections::BTreeMap;

use basics::{AccountId, CurrencyId, Date, InstrumentId};
use engine::State;
use model::Event;
use model::event::{PaymentStatus, RunCompleted, RunKind};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use testkit::{History, histories, market};

use crate::drive::play;
use crate::naive::{Naive, Outcome, Position, Settled};
use crate::netting::{codes, pair};

fn currency_code(state: &State, currency: CurrencyId) -> &'static str {
    let code = &*state.registry.currency_record(currency).code;
    ["USD", "JPY", "BHD"].into_iter().find(|known| *known == code).expect("a currency")
}

fn account_code(state: &State, account: AccountId) -> &'static str {
    let code = &*state.registry.account_record(account).code;
    market::ACCOUNTS.into_iter().find(|known| *known == code).expect("an account")
}

/// Adds what an event says about a settlement.
fn note(outcome: &mut Outcome, state: &State, event: &Event<'static>) {
    match event {
        Event::PositionSettled(event) => {
            let settled = Settled {
                before: event.open_before,
                moved: event.moved,
                after: event.open_after,
                age: event.age,
                mark: event.money.mark,
                delivery: event.money.delivery,
            };
            let key = codes(state, event.account, event.instrument);
            assert_eq!(outcome.positions.insert(key, settled), None, "one turn each");
        }
        Event::PaymentDecided(event) => {
            let (account, currency) =
                (account_code(state, event.account), currency_code(state, event.currency));
            let made = event.status == PaymentStatus::Paid;
            assert_eq!(event.components.mark + event.components.delivery, event.amount);
            outcome.payments.push((account, currency, event.amount, made));
        }
        Event::AdvanceTried(event) => {
            let (account, currency) =
                (account_code(state, event.account), currency_code(state, event.currency));
            let made = event.status == PaymentStatus::Paid;
            outcome.tried.push((account, event.due, currency, event.amount, made));
        }
        Event::RunRounded(event) => {
            let currency = currency_code(state, event.currency);
            assert_eq!(outcome.rounding.insert(currency, event.amount), None);
        }
        _ => {}
    }
}

/// Positions that say nothing are as good as none.
fn telling(mut outcome: Outcome) -> Outcome {
    outcome.positions.retain(|_, settled| {
        *settled != Settled { before: 0, moved: 0, after: 0, age: 0, mark: 0, delivery: 0 }
    });
    // Codes decide the order of payments, and currencies the order of their publishing.
    outcome.payments.sort();
    outcome.tried.sort();
    outcome
}

/// What the state carries and holds is what the naive segment carries and holds.
fn same_positions(state: &State, naive: &Naive) {
    for cell in state.netting.positions() {
        let key = pair(state, cell);
        let expected = naive.positions.get(&key).copied().unwrap_or_default();
        let found = Position { units: cell.carried, money: cell.money, age: cell.age };
        assert_eq!(found, expected, "{key:?}");
        assert_eq!(cell.holding, naive.holdings.get(&key).copied().unwrap_or(0), "{key:?}");
    }
    for ((account, currency), amount) in &naive.cash {
        let account = state.registry.account(account).expect("an account");
        let currency = state.registry.currency(currency).expect("a currency");
        assert_eq!(state.cash_of(account, currency), *amount);
    }
    let advances = state.advances().map(|(account, due, currency, owed)| {
        ((account_code(state, account), due, currency_code(state, currency)), owed)
    });
    assert_eq!(advances.collect::<BTreeMap<_, _>>(), naive.advances);
}

/// Plays a history on both segments and compares what each settlement did.
fn against_the_plain_rules(history: &History, compare: impl Fn(&Outcome, &Outcome)) {
    let mut naive = Naive::default();
    let (mut expected, mut found) = (Outcome::default(), Outcome::default());
    play(history, |decided| {
        if decided.verdict.is_ok()
            && let Some(outcome) = naive.accept(decided.command)
        {
            expected = telling(outcome);
            found = Outcome::default();
        }
        for event in decided.events() {
            note(&mut found, decided.after, event);
            if settlement_ends(event) {
                compare(&telling(found.clone()), &expected);
            }
        }
        if decided.after.run.is_none() {
            same_positions(decided.after, &naive);
        }
    });
}

/// Units in all settled positions, by instrument; none is short.
fn held(state: &State) -> BTreeMap<InstrumentId, i128> {
    let mut sums: BTreeMap<InstrumentId, i128> = BTreeMap::new();
    for cell in state.netting.positions() {
        assert!(cell.holding >= 0);
        *sums.entry(cell.instrument).or_default() += cell.holding;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

proptest! {
    /// SETTLE-1: both legs or neither: units are conserved in every step, nobody delivers more
    /// than it holds or owes, nobody receives more than it is owed.
    #[test]
    fn settle_1_units_are_conserved(history in histories()) {
        play(&history, |decided| {
            let opened =
                decided.events().iter().any(|event| matches!(event, Event::HoldingOpened(_)));
            if !opened {
                assert_eq!(held(decided.before), held(decided.after));
            }
            for event in decided.events() {
                let Event::PositionSettled(event) = event else { continue };
                assert_eq!(event.open_after, event.open_before - event.moved);
                assert!(event.moved == 0 || event.moved.signum() == event.open_before.signum());
                assert!(event.moved.abs() <= event.open_before.abs());
            }
        });
    }

    /// SETTLE-2: the parts add up: what the short deliver is what the long receive.
    #[test]
    fn settle_2_what_is_delivered_is_received(history in histories()) {
        play(&history, |decided| {
            let mut moved: BTreeMap<InstrumentId, i128> = BTreeMap::new();
            for event in decided.events() {
                if let Event::PositionSettled(event) = event {
                    *moved.entry(event.instrument).or_default() += event.moved;
                }
            }
            assert!(moved.values().all(|sum| *sum == 0), "{moved:?}");
        });
    }

    /// SETTLE-3: the long receive by priority group, then age, then the day's draw.
    #[test]
    fn settle_3_the_long_receive_in_the_published_order(history in histories()) {
        let moved = |outcome: &Outcome| -> Vec<_> {
            outcome.positions.iter().map(|(key, settled)| (*key, settled.moved)).collect()
        };
        against_the_plain_rules(&history, |found, expected| {
            assert_eq!(moved(found), moved(expected));
        });
    }

    /// SETTLE-4: age counts consecutive settlement days at whose end a position was open on the
    /// same side.
    #[test]
    fn settle_4_positions_age_by_settlement_days(history in histories()) {
        let ages = |outcome: &Outcome| -> Vec<_> {
            outcome.positions.iter().map(|(key, s)| (*key, s.before, s.after, s.age)).collect()
        };
        against_the_plain_rules(&history, |found, expected| {
            assert_eq!(ages(found), ages(expected));
        });
    }

    /// SETTLE-5: money, payments, advances and rounding follow the published arithmetic.
    #[test]
    fn settle_5_money_follows_the_published_arithmetic(history in histories()) {
        against_the_plain_rules(&history, |found, expected| assert_eq!(found, expected));
    }

    /// SETTLE-6: money: a run's payments and the CCP's rounding add up to zero in each currency,
    /// and the money carried is minus the value of the position.
    #[test]
    fn settle_6_money_adds_up(history in histories()) {
        let mut paid: BTreeMap<CurrencyId, i128> = BTreeMap::new();
        play(&history, |decided| {
            for event in decided.events() {
                match event {
                    Event::PositionSettled(event) => {
                        let value = event.price.map_or(0, |price| {
                            let scale = decided.after.registry.scale(event.instrument);
                            basics::value(event.open_after, price, scale).expect("it fits")
                        });
                        assert_eq!(event.money_after, -value);
                        assert_eq!(event.price.is_some(), event.open_before != 0);
                    }
                    Event::PaymentDecided(event) => {
                        assert_ne!(event.amount, 0);
                        *paid.entry(event.currency).or_default() += event.amount;
                    }
                    Event::RunRounded(event) => {
                        assert_ne!(event.amount, 0);
                        *paid.entry(event.currency).or_default() -= event.amount;
                    }
                    event if settlement_ends(event) => {
                        assert!(paid.values().all(|left| *left == 0), "{paid:?}");
                    }
                    _ => {}
                }
            }
        });
    }
}

fn settlement_ends(event: &Event<'_>) -> bool {
    matches!(event, Event::RunCompleted(RunCompleted { kind: RunKind::Settlement, .. }))
}

/// Histories reach what these laws are about, or they would prove little.
#[test]
fn histories_reach_every_part_of_a_settlement() {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..200 {
        let history = histories().new_tree(&mut runner).expect("a history").current();
        play(&history, |decided| {
            if let Err(rejection) = decided.verdict {
                *seen.entry(rejection.name()).or_default() += 1;
            }
            for event in decided.events() {
                *seen.entry(name(event)).or_default() += 1;
            }
        });
    }
    for wanted in [
        "allocated",
        "delivered",
        "aged",
        "failed",
        "repaid",
        "tried",
        "rounded",
        "amended",
        "cancelled",
        "moved",
        "captured",
        "price_missing",
        "duplicate",
        "conflict",
        "trade_closed",
        "version_gap",
        "unknown_trade",
        "not_amendable",
        "wrong_trade_date",
        "trading_closed",
        "inactive_account",
        "inactive_instrument",
        "wrong_draw",
        "commitment_missing",
        "previous_day_open",
        "day_already_opened",
        "not_settled",
        "already_settled",
    ] {
        assert!(seen.contains_key(wanted), "{wanted}: {seen:?}");
    }
}

fn name(event: &Event<'_>) -> &'static str {
    match event {
        Event::PositionSettled(event) if event.age > 1 => "aged",
        Event::PositionSettled(event) if event.moved > 0 => "allocated",
        Event::PositionSettled(event) if event.moved < 0 => "delivered",
        Event::PaymentDecided(event) if event.status == PaymentStatus::Failed => "failed",
        Event::AdvanceTried(event) if event.status == PaymentStatus::Paid => "repaid",
        Event::AdvanceTried(_) => "tried",
        Event::RunRounded(_) => "rounded",
        Event::TradeCaptured(_) => "captured",
        Event::TradeAmended(_) => "amended",
        Event::TradeCancelled(_) => "cancelled",
        Event::SettlementDateMoved(_) => "moved",
        _ => "other",
    }
}

/// The date of a run is an open day of what it settles.
#[test]
fn nothing_settles_on_a_day_that_is_closed_for_it() {
    let closed: Date = market::date("2013-10-09");
    let segment = crate::drive::market();
    for instrument in segment.state.registry.instrument_ids() {
        let fund = segment.state.registry.isin_on(instrument, closed) == market::FUND;
        assert!(!segment.state.registry.settles_on(instrument, closed), "fund: {fund}");
    }
    assert!(!segment.state.registry.is_settlement_day(closed));
}
