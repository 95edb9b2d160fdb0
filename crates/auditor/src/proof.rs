//! Proofs at day close: every equation of the books, and the auditor's own records against them.
//!
//! An equation that fails is a finding; nothing is repaired.

use std::collections::BTreeMap;

use crate::auditor::Auditor;
use crate::date::Date;
use crate::ledger::{CONTRACT, SETTLED};
use crate::number::{Int, PRICE_DECIMALS};

impl Auditor {
    /// Checks everything that holds at the close of a day.
    pub(crate) fn prove_day(&mut self, today: Date) {
        self.prove_books_balance();
        self.prove_clearing_house_is_flat();
        self.prove_nothing_is_overdue(today);
        self.prove_positions();
        self.prove_rounding();
        self.prove_mirrors();
        self.prove_turnover();
        self.prove_members();
    }

    fn equal(&mut self, what: &str, left: &Int, right: &Int) {
        if left != right {
            self.find(format!("{what}: {left} is not {right}"));
        }
    }

    /// Sum of balances by class and asset over the ledger accounts whose name `wanted` accepts.
    fn sums(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<(&'static str, String), Int> {
        let mut sums: BTreeMap<(&'static str, String), Int> = BTreeMap::new();
        for (class, name, asset, turnover) in self.ledger.iter() {
            if wanted(name) {
                *sums.entry((class, asset.to_string())).or_default() += turnover.balance();
            }
        }
        sums
    }

    /// Each class balances per asset.
    fn prove_books_balance(&mut self) {
        for ((class, asset), sum) in self.sums(|_| true) {
            self.equal(&format!("book {class} {asset}"), &sum, &Int::ZERO);
        }
    }

    /// The clearing house's passage accounts are zero.
    fn prove_clearing_house_is_flat(&mut self) {
        for name in ["ccp-novation", "ccp-delivery", "ccp-money", "holding:ccp", "ccp-cash"] {
            for ((class, asset), sum) in self.sums(|account| account == name) {
                self.equal(&format!("{class} {name} {asset}"), &sum, &Int::ZERO);
            }
        }
    }

    /// `due:*:D` is zero for every D up to the last day on which the instrument settled, and on
    /// a settlement day of the instrument up to today.
    fn prove_nothing_is_overdue(&mut self, today: Date) {
        let mut overdue = Vec::new();
        for (_, name, asset, turnover) in self.ledger.iter() {
            let Some((_, isin, due)) = due_account(name) else { continue };
            let instrument = &self.reference.instruments[isin];
            let settled_until = if self.reference.can_settle(instrument, today) {
                Some(today)
            } else {
                self.last_settled.get(isin).copied()
            };
            let fallen = settled_until.is_some_and(|last| due <= last);
            if fallen && turnover.balance() != Int::ZERO {
                overdue.push(format!("{name} {asset}: {} is not 0", turnover.balance()));
            }
        }
        overdue.into_iter().for_each(|text| self.find(text));
    }

    /// `cns` and `cns-money` are the positions, and the money carried is minus the value of the
    /// position at the mark of its last settlement.
    fn prove_positions(&mut self) {
        let mut sides = Vec::new();
        for (class, name, asset, turnover) in self.ledger.iter() {
            let named =
                |prefix| name.strip_prefix(prefix).and_then(|rest: &str| rest.rsplit_once(':'));
            if let Some((account, isin)) = named("cns:") {
                let key = (isin.to_string(), account.to_string());
                let quantity = self.positions.get(&key).map(|position| position.quantity.clone());
                let text = format!("{class} {name} {asset}");
                sides.push((text, turnover.balance(), quantity.unwrap_or_default()));
            }
            if let Some((account, isin)) = named("cns-money:") {
                let cns = format!("cns:{account}:{isin}");
                let quantity = self.ledger.turnover(CONTRACT, &cns, isin).balance();
                let mark = self.marks.get(isin).and_then(|mark| mark.scaled(PRICE_DECIMALS));
                let value = mark.map(|mark| self.value(isin, &quantity, &mark));
                let text = format!("{class} {name} {asset}");
                sides.push((text, turnover.balance(), -value.unwrap_or_default()));
            }
        }
        for ((isin, account), position) in &self.positions {
            let currency = &self.reference.instruments[isin].currency;
            let cns = format!("cns:{account}:{isin}");
            let quantity = self.ledger.turnover(CONTRACT, &cns, isin).balance();
            sides.push((cns, quantity, position.quantity.clone()));
            let name = format!("cns-money:{account}:{isin}");
            let money = self.ledger.turnover(CONTRACT, &name, currency).balance();
            sides.push((name, money, position.money.clone()));
        }
        sides.into_iter().for_each(|(text, left, right)| self.equal(&text, &left, &right));
    }

    /// Rounding is one amount in two books, and gone when every position is flat.
    fn prove_rounding(&mut self) {
        let claims = self.sums(|name| name == "rounding-claim");
        for ((_, currency), claim) in claims {
            let cash = self.ledger.turnover(SETTLED, "rounding-cash", &currency).balance();
            self.equal(&format!("rounding-cash {currency}"), &cash, &-&claim);
            let instruments = &self.reference.instruments;
            let open = self.positions.iter().any(|((isin, _), position)| {
                instruments[isin].currency == currency && position.quantity != Int::ZERO
            });
            if !open {
                self.equal(&format!("rounding-claim {currency}, all flat"), &claim, &Int::ZERO);
            }
        }
    }

    /// What the depository and the bank hold is what the accounts hold.
    fn prove_mirrors(&mut self) {
        let units = self.sums(|name| name == "depository-mirror" || name.starts_with("holding:"));
        let cash = self.sums(|name| {
            let members = name.starts_with("cash:") || name.starts_with("advance:");
            members || name == "bank-mirror" || name == "rounding-cash"
        });
        for ((class, asset), sum) in units.into_iter().chain(cash) {
            self.equal(&format!("{class} mirror of {asset}"), &sum, &Int::ZERO);
        }
    }

    /// The debit turnover of novation less twice what was reversed is the gross value cleared.
    fn prove_turnover(&mut self) {
        for (asset, cleared) in self.cleared.clone() {
            let turnover = self.ledger.turnover(CONTRACT, "ccp-novation", &asset);
            let gross = &turnover.debit - &cleared.reversed * Int::from(2);
            let live = &cleared.captured - &cleared.reversed;
            self.equal(&format!("gross value cleared {asset}"), &gross, &live);
        }
    }

    /// Settled units, cash and advances in the books are those the auditor counted itself.
    fn prove_members(&mut self) {
        let mut sides = Vec::new();
        for ((account, asset), held) in &self.holdings {
            let kind =
                if self.reference.instruments.contains_key(asset) { "holding" } else { "cash" };
            let name = format!("{kind}:{account}");
            let balance = self.ledger.turnover(SETTLED, &name, asset).balance();
            sides.push((format!("{name} {asset}"), balance, held.clone()));
            if *held < Int::ZERO {
                sides.push((format!("{name} {asset} below zero"), held.clone(), Int::ZERO));
            }
        }
        let mut owed: BTreeMap<(String, String), Int> = BTreeMap::new();
        for failed in &self.failed {
            let key = (format!("advance:{}", failed.account), failed.currency.clone());
            *owed.entry(key).or_default() += &failed.amount;
        }
        for (_, name, asset, turnover) in self.ledger.iter() {
            if name.starts_with("advance:") {
                let owed = owed.get(&(name.to_string(), asset.to_string())).cloned();
                sides.push((
                    format!("{name} {asset}"),
                    turnover.balance(),
                    -owed.unwrap_or_default(),
                ));
            }
        }
        sides.into_iter().for_each(|(text, left, right)| self.equal(&text, &left, &right));
    }

    /// Obligations, counted once more from the trades as they stand, are those kept, and what
    /// has not fallen due stands in the `due` accounts.
    pub(crate) fn prove_obligations(&mut self) {
        let mut counted: BTreeMap<String, (Int, Int)> = BTreeMap::new();
        for trade in self.trades.values().filter(|trade| !trade.cancelled) {
            let (terms, booking) = (trade.terms(), &trade.booking);
            for (account, side) in [(&terms.buyer, 1), (&terms.seller, -1)] {
                let name = format!("due:{account}:{}:{}", terms.isin, booking.settlement_date);
                let net = counted.entry(name).or_default();
                net.0 += &booking.quantity * side;
                net.1 -= &booking.consideration * side;
            }
        }
        let mut sides = Vec::new();
        for ((date, account, isin), net) in &self.obligations {
            let name = format!("due:{account}:{isin}:{date}");
            let (quantity, money) = counted.get(&name).cloned().unwrap_or_default();
            sides.push((format!("trades of {name}"), quantity.clone(), net.quantity.clone()));
            sides.push((format!("trades of {name}, money"), money.clone(), net.money.clone()));
            if !self.fallen.contains(&(isin.to_string(), *date)) {
                let currency = &self.reference.instruments[&**isin].currency;
                let units = self.ledger.turnover(CONTRACT, &name, isin).balance();
                let cash = self.ledger.turnover(CONTRACT, &name, currency).balance();
                sides.push((name.clone(), units, quantity));
                sides.push((format!("{name}, money"), cash, money));
            }
        }
        sides.into_iter().for_each(|(text, left, right)| self.equal(&text, &left, &right));
    }
}

/// Account, ISIN and date of a `due` ledger account. `None`: another kind of account.
fn due_account(name: &str) -> Option<(&str, &str, Date)> {
    let (rest, date) = name.strip_prefix("due:")?.rsplit_once(':')?;
    let (account, isin) = rest.rsplit_once(':')?;
    Some((account, isin, Date::parse(date)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{contract, settled};

    /// What is found when one pair too many was posted.
    fn found(pair: crate::ledger::Pair) -> usize {
        let mut auditor = Auditor::default();
        auditor.ledger.post(pair, "USD", &Int::from(1));
        auditor.prove_day(Date::parse("2013-10-07").unwrap());
        auditor.findings.len()
    }

    #[test]
    fn each_stray_posting_is_found() {
        assert_eq!(found(contract("ccp-money", "elsewhere")), 1);
        assert_eq!(found(contract("ccp-novation", "ccp-delivery")), 2);
        assert_eq!(found(settled("ccp-cash", "elsewhere")), 1);
        assert_eq!(found(contract("elsewhere", "cns:A:US0268747849")), 1);
        assert_eq!(found(contract("elsewhere", "cns-money:A:US0268747849")), 1);
        assert_eq!(found(contract("rounding-claim", "elsewhere")), 2);
        assert_eq!(found(settled("bank-mirror", "elsewhere")), 1);
        assert_eq!(found(settled("advance:A", "cash:A")), 1);
        assert_eq!(found(contract("elsewhere", "somewhere")), 0);
    }
}
