//! The books: every posting, as debit and credit turnover per ledger account.
//!
//! Credit = owed to the account's owner. Every posting is a pair of one debit and one credit of
//! the same amount, class and asset, so each class balances per asset by construction; the day's
//! proofs check it all the same. What is posted when is decided elsewhere.

use std::collections::BTreeMap;

use crate::number::Int;

/// Book class: contract, open obligations.
pub(crate) const CONTRACT: &str = "C";
/// Book class: settled.
pub(crate) const SETTLED: &str = "S";

/// What went through one ledger account in one asset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turnover {
    /// Sum of all debits, in the asset's smallest unit.
    pub(crate) debit: Int,
    /// Sum of all credits, in the asset's smallest unit.
    pub(crate) credit: Int,
}

impl Turnover {
    /// Credit less debit.
    pub(crate) fn balance(&self) -> Int {
        &self.credit - &self.debit
    }
}

/// Book class, ledger account, asset.
type Key = (&'static str, String, String);

/// All ledger accounts ever posted to.
#[derive(Default)]
pub(crate) struct Ledger {
    accounts: BTreeMap<Key, Turnover>,
}

/// One debit and the credit that balances it.
pub(crate) struct Pair {
    /// Contract or settled.
    pub(crate) class: &'static str,
    /// The ledger account debited.
    pub(crate) debit: String,
    /// The ledger account credited.
    pub(crate) credit: String,
}

impl Ledger {
    /// Posts a pair. A negative amount posts the mirror; zero posts nothing.
    pub(crate) fn post(&mut self, pair: Pair, asset: &str, amount: &Int) {
        if *amount == Int::ZERO {
            return;
        }
        let Pair { class, mut debit, mut credit } = pair;
        if *amount < Int::ZERO {
            std::mem::swap(&mut debit, &mut credit);
        }
        let amount = Int::from(amount.magnitude().clone());
        self.accounts.entry((class, debit, asset.to_string())).or_default().debit += &amount;
        self.accounts.entry((class, credit, asset.to_string())).or_default().credit += &amount;
    }

    /// Turnover of one ledger account in one asset; zero when nothing was ever posted.
    pub(crate) fn turnover(&self, class: &'static str, account: &str, asset: &str) -> Turnover {
        let key = (class, account.to_string(), asset.to_string());
        self.accounts.get(&key).cloned().unwrap_or_default()
    }

    /// Every ledger account: class, name, asset, turnover; in that order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &str, &Turnover)> {
        self.accounts.iter().map(|((class, name, asset), turnover)| {
            (*class, name.as_str(), asset.as_str(), turnover)
        })
    }
}

/// A pair in the contract book.
pub(crate) fn contract(debit: impl Into<String>, credit: impl Into<String>) -> Pair {
    Pair { class: CONTRACT, debit: debit.into(), credit: credit.into() }
}

/// A pair in the settled book.
pub(crate) fn settled(debit: impl Into<String>, credit: impl Into<String>) -> Pair {
    Pair { class: SETTLED, debit: debit.into(), credit: credit.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_amounts_post_the_mirror_and_zero_posts_nothing() {
        let mut ledger = Ledger::default();
        ledger.post(contract("a", "b"), "USD", &Int::from(5));
        ledger.post(contract("a", "b"), "USD", &Int::from(-2));
        ledger.post(settled("a", "b"), "USD", &Int::ZERO);
        let a = ledger.turnover(CONTRACT, "a", "USD");
        assert_eq!((a.debit.clone(), a.credit.clone()), (Int::from(5), Int::from(2)));
        assert_eq!(a.balance(), Int::from(-3));
        assert_eq!(ledger.iter().count(), 2);
    }
}
