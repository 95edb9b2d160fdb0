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
        let covered = amount > 0 || state.cash_of(*account, *currency) >= -amount;
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
