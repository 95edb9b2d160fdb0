//! The money of a settlement run: earlier failed payments first, then one payment for each
//! account and currency. A payment that cash does not cover is not made, not even in part; the
//! CCP advances it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, EntryNo, Seq};
use ledger::MoneyComponents;
use model::Event;
use model::event::{AdvanceTried, PaymentDecided, PaymentStatus, RunRounded};

use crate::State;

/// Settled cash by account and currency, in minor units.
pub(crate) type Cash = BTreeMap<(AccountId, CurrencyId), i128>;

/// Payments that failed and were advanced: by account, due date and currency; positive.
pub(crate) type Advances = BTreeMap<(AccountId, Date, CurrencyId), i128>;

/// An advance to try again.
pub(crate) type AdvanceKey = (AccountId, Date, CurrencyId);

/// The advances that a run of this date tries again, in order of account code, the oldest
/// first; those in a currency that is closed wait.
pub(crate) fn advances_to_try(state: &State, date: Date) -> Vec<AdvanceKey> {
    let mut keys: Vec<AdvanceKey> = state
        .advances
        .keys()
        .filter(|(_, _, currency)| state.registry.currency_is_open(*currency, date))
        .copied()
        .collect();
    keys.sort_by_key(|(account, due, currency)| {
        (&state.registry.account_record(*account).code, *due, *currency)
    });
    keys
}

/// A day's payment of one account in one currency.
pub(crate) type PaymentDue = (AccountId, CurrencyId, MoneyComponents);

/// The payments of a run, in order of account code, then currency; those of zero left out.
pub(crate) fn payments_to_make(
    state: &State,
    due: &BTreeMap<(AccountId, CurrencyId), MoneyComponents>,
) -> Vec<PaymentDue> {
    let mut payments: Vec<PaymentDue> = due
        .iter()
        .filter(|(_, money)| money.mark + money.delivery != 0)
        .map(|((account, currency), money)| (*account, *currency, *money))
        .collect();
    payments.sort_by_key(|(account, currency, _)| {
        (&state.registry.account_record(*account).code, *currency)
    });
    payments
}

/// Tries advances again. Each is repaid in full or stays as it is.
pub(crate) fn try_advances(
    state: &State,
    run: Seq,
    date: Date,
    keys: &[AdvanceKey],
    entry: &mut EntryNo,
) -> Vec<Event<'static>> {
    let mut spent = Cash::new();
    let mut events = Vec::with_capacity(keys.len());
    for (account, due, currency) in keys {
        let amount = state.advances[&(*account, *due, *currency)];
        let spent = spent.entry((*account, *currency)).or_default();
        let covered = state.cash_of(*account, *currency) - *spent >= amount;
        let status = if covered { PaymentStatus::Paid } else { PaymentStatus::Failed };
        events.push(Event::AdvanceTried(AdvanceTried {
            run,
            date,
            account: *account,
            currency: *currency,
            due: *due,
            amount,
            status,
            entry: *entry,
        }));
        if covered {
            *spent += amount;
            entry.0 += 1;
        }
    }
    events
}

/// Makes payments, or records that they could not be made.
pub(crate) fn pay(
    state: &State,
    run: Seq,
    date: Date,
    payments: &[PaymentDue],
    entry: &mut EntryNo,
) -> Vec<Event<'static>> {
    let mut events = Vec::with_capacity(payments.len());
    for (account, currency, components) in payments {
        let amount = components.mark + components.delivery;
        // Cash is never negative, so that what an account receives is always covered.
        let covered = state.cash_of(*account, *currency) >= -amount;
        events.push(Event::PaymentDecided(PaymentDecided {
            run,
            date,
            account: *account,
            currency: *currency,
            amount,
            components: *components,
            status: if covered { PaymentStatus::Paid } else { PaymentStatus::Failed },
            entry: *entry,
        }));
        entry.0 += 1;
    }
    events
}

/// What rounding left, per currency: the sum of all the run's money.
pub(crate) fn round_off(
    due: &BTreeMap<(AccountId, CurrencyId), MoneyComponents>,
    run: Seq,
    date: Date,
    entry: &mut EntryNo,
) -> Vec<Event<'static>> {
    let mut sums: BTreeMap<CurrencyId, i128> = BTreeMap::new();
    for ((_, currency), money) in due {
        *sums.entry(*currency).or_default() += money.mark + money.delivery;
    }
    let mut events = Vec::new();
    for (currency, amount) in sums {
        if amount != 0 {
            let rounded = RunRounded { run, date, currency, amount, entry: *entry };
            events.push(Event::RunRounded(rounded));
            entry.0 += 1;
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use testkit::market;

    const RUN: Seq = Seq(9);
    const DAY: Date = Date(50);

    /// The market, with cash of the account with this code in USD.
    fn with_cash(code: &str, amount: i128) -> (State, AccountId, CurrencyId) {
        let mut state = given::market();
        let account = state.registry.account(code).expect("an account");
        let usd = state.registry.currency("USD").expect("a currency");
        state.cash.insert((account, usd), amount);
        (state, account, usd)
    }

    /// Amount, whether it was paid, and the number of its entry.
    fn said(event: &Event<'_>) -> (i128, bool, u64) {
        let paid = |status| status == PaymentStatus::Paid;
        if let Event::AdvanceTried(event) = event {
            (event.amount, paid(event.status), event.entry.0)
        } else if let Event::PaymentDecided(event) = event {
            (event.amount, paid(event.status), event.entry.0)
        } else if let Event::RunRounded(event) = event {
            (event.amount, true, event.entry.0)
        } else {
            panic!("{event:?} is no payment")
        }
    }

    #[test]
    fn advances_are_repaid_oldest_first_and_each_in_full_or_not_at_all() {
        let (mut state, account, usd) = with_cash("A", 100);
        for (day, amount) in [(3, 40), (1, 60), (2, 50)] {
            state.advances.insert((account, Date(day), usd), amount);
        }
        let keys = advances_to_try(&state, DAY);
        let mut entry = EntryNo(7);
        let events = try_advances(&state, RUN, DAY, &keys, &mut entry);
        let found: Vec<_> = events.iter().map(said).collect();
        assert_eq!(found, [(60, true, 7), (50, false, 8), (40, true, 8)]);
        assert_eq!(entry, EntryNo(9));
    }

    #[test]
    fn advances_wait_for_their_currency_and_go_by_account_code() {
        let (mut state, _, usd) = with_cash("A", 0);
        let jpy = state.registry.currency("JPY").expect("a currency");
        for (code, currency) in [("D", usd), ("A", usd), ("B", jpy)] {
            let account = state.registry.account(code).expect("an account");
            state.advances.insert((account, Date(1), currency), 5);
        }
        let codes = |date: &str| -> Vec<_> {
            let keys = advances_to_try(&state, market::date(date));
            keys.iter()
                .map(|(account, ..)| &*state.registry.account_record(*account).code)
                .collect()
        };
        assert_eq!(codes("2013-10-08"), ["A", "B", "D"]);
        // FED is closed on the 11th, TOK is open.
        assert_eq!(codes("2013-10-11"), ["B"]);
    }

    #[test]
    fn cash_covers_a_payment_to_the_last_cent_or_not_at_all() {
        let (state, account, usd) = with_cash("A", 100);
        let money = |mark, delivery| (account, usd, MoneyComponents { mark, delivery });
        for (components, paid) in [
            (money(-60, -40), true),
            (money(-60, -41), false),
            (money(-161, 60), false),
            (money(-160, 60), true),
            (money(1, 0), true),
        ] {
            let mut entry = EntryNo(3);
            let events = pay(&state, RUN, DAY, &[components], &mut entry);
            let amount = components.2.mark + components.2.delivery;
            assert_eq!(events.iter().map(said).collect::<Vec<_>>(), [(amount, paid, 3)]);
            assert_eq!(entry, EntryNo(4));
        }
    }

    #[test]
    fn rounding_is_the_sum_of_all_money_of_a_currency() {
        let money = |mark, delivery| MoneyComponents { mark, delivery };
        let due = BTreeMap::from([
            ((AccountId(0), CurrencyId(0)), money(7, -2)),
            ((AccountId(1), CurrencyId(0)), money(-3, -1)),
            ((AccountId(0), CurrencyId(1)), money(4, 1)),
            ((AccountId(1), CurrencyId(1)), money(-5, 0)),
            ((AccountId(1), CurrencyId(2)), money(-2, 0)),
        ]);
        let mut entry = EntryNo(3);
        let events = round_off(&due, RUN, DAY, &mut entry);
        let found: Vec<_> = events.iter().map(said).collect();
        assert_eq!((found, entry), (Vec::from([(1, true, 3), (-2, true, 4)]), EntryNo(5)));
    }
}
