//! The settlement run: falling due, delivery, allocation, ageing, money, payments.
//!
//! The guards of the operation stand in `day`; here only a missing price refuses the run, before
//! anything changes. Units are smallest units, money is minor units; long and owed to the
//! account are positive.

use std::collections::BTreeMap;

use crate::auditor::{Auditor, FailedPayment, Net, Position, Settlement};
use crate::date::Date;
use crate::day::sha256;
use crate::ledger::{contract, settled};
use crate::number::{Int, Numeral, PRICE_DECIMALS};

/// The clearing house's own account in the `money` export.
const CLEARING_HOUSE: &str = "CCP";

/// One account in one instrument on the day it settles.
#[derive(Default)]
struct Line {
    /// Position, age and money from the last settlement.
    carried: Position,
    /// Units and money before this settlement.
    before: Net,
    /// Units received, negative when delivered.
    moved: Int,
}

/// One instrument on the day it settles: its lines by account.
struct Book {
    isin: String,
    currency: String,
    lines: BTreeMap<String, Line>,
    /// `None`: no price is known, and none is needed because every line is flat.
    price: Option<Numeral>,
    /// Settlement date, account and net that fall due in this run.
    falling: Vec<(Date, String, Net)>,
}

impl Auditor {
    /// Settles every instrument that can settle on `date`.
    pub(crate) fn run_settlement(&mut self, date: Date, draw: &str) -> Result<(), String> {
        let mut books = Vec::new();
        for (isin, instrument) in &self.reference.instruments {
            if self.reference.can_settle(instrument, date) {
                books.push(self.gather(isin, &instrument.currency, date));
            }
        }
        for book in &books {
            let open = book.lines.values().any(|line| line.before.quantity != Int::ZERO);
            if open && book.price.is_none() {
                return Err(format!("no price is known for {}", book.isin));
            }
        }
        self.retry_failed_payments(date);
        let mut payments: BTreeMap<(String, String), Int> = BTreeMap::new();
        for mut book in books {
            self.fall_due(&book);
            self.deliver(&mut book);
            self.allocate(&mut book, draw);
            self.carry(book, date, &mut payments);
        }
        let mut rounding: BTreeMap<String, Int> = BTreeMap::new();
        for ((account, currency), amount) in payments {
            *rounding.entry(currency.clone()).or_default() += &amount;
            self.pay(date, &account, &currency, &amount);
        }
        for (currency, rest) in rounding {
            self.ledger.post(contract("ccp-money", "rounding-claim"), &currency, &rest);
            self.ledger.post(settled("rounding-cash", "ccp-cash"), &currency, &rest);
        }
        Ok(())
    }

    /// Open before = position carried + trades with a settlement date up to today that have not
    /// fallen due yet; money likewise.
    fn gather(&self, isin: &str, currency: &str, date: Date) -> Book {
        let mut lines: BTreeMap<String, Line> = BTreeMap::new();
        for ((of, account), position) in &self.positions {
            if of == isin {
                let line = lines.entry(account.clone()).or_default();
                line.carried = position.clone();
                line.before.quantity += &position.quantity;
                line.before.money += &position.money;
            }
        }
        let mut falling = Vec::new();
        for ((due, account, of), net) in &self.obligations {
            if &**of == isin && *due <= date && !self.fallen.contains(&(isin.to_string(), *due)) {
                let line = lines.entry(account.to_string()).or_default();
                line.before.quantity += &net.quantity;
                line.before.money += &net.money;
                falling.push((*due, account.to_string(), net.clone()));
            }
        }
        let price = self.price_on(isin, date).cloned();
        Book { isin: isin.to_string(), currency: currency.to_string(), lines, price, falling }
    }

    fn fall_due(&mut self, book: &Book) {
        let Book { isin, currency, .. } = book;
        for (date, account, net) in &book.falling {
            let due = format!("due:{account}:{isin}:{date}");
            let units = contract(due.clone(), format!("cns:{account}:{isin}"));
            self.ledger.post(units, isin, &net.quantity);
            let money = contract(due, format!("cns-money:{account}:{isin}"));
            self.ledger.post(money, currency, &net.money);
            self.fallen.insert((isin.clone(), *date));
        }
    }

    /// Each short account delivers min(short, units it holds).
    fn deliver(&mut self, book: &mut Book) {
        let isin = &book.isin;
        for (account, line) in &mut book.lines {
            if line.before.quantity >= Int::ZERO {
                continue;
            }
            let held = self.holdings.entry((account.clone(), isin.clone())).or_default();
            let delivered = (-&line.before.quantity).min(held.clone());
            *held -= &delivered;
            line.moved = -&delivered;
            self.ledger.post(
                settled(format!("holding:{account}"), "holding:ccp"),
                isin,
                &delivered,
            );
            self.ledger.post(
                contract("ccp-delivery", format!("cns:{account}:{isin}")),
                isin,
                &delivered,
            );
        }
    }

    /// Long accounts receive from the pool: oldest long position first, then by the draw.
    fn allocate(&mut self, book: &mut Book, draw: &str) {
        let isin = &book.isin;
        let mut pool = Int::ZERO;
        let mut queue = Vec::new();
        for (account, line) in &book.lines {
            pool -= &line.moved;
            if line.before.quantity > Int::ZERO {
                let was_long = line.carried.quantity > Int::ZERO;
                let age = if was_long { line.carried.age } else { 0 };
                let ticket = sha256(&format!("{draw}/{isin}/{account}"));
                queue.push((std::cmp::Reverse(age), ticket, account.clone()));
            }
        }
        queue.sort();
        for (_, _, account) in queue {
            let line = book.lines.get_mut(&account).expect("the queue is made of lines");
            let received = line.before.quantity.clone().min(pool.clone());
            pool -= &received;
            *self.holdings.entry((account.clone(), isin.clone())).or_default() += &received;
            self.ledger.post(settled("holding:ccp", format!("holding:{account}")), isin, &received);
            self.ledger.post(
                contract(format!("cns:{account}:{isin}"), "ccp-delivery"),
                isin,
                &received,
            );
            line.moved = received;
        }
    }

    /// What stays open is marked and aged; the rest of the money becomes part of the payment.
    fn carry(&mut self, book: Book, date: Date, payments: &mut BTreeMap<(String, String), Int>) {
        let Book { isin, currency, lines, price, .. } = book;
        for (account, line) in lines {
            let Line { carried, before, moved } = line;
            let after = &before.quantity - &moved;
            let age = age_after(&carried, &after);
            let value = match &price {
                Some(price) => {
                    let price = price.scaled(PRICE_DECIMALS).expect("accepted prices fit");
                    self.value(&isin, &after, &price)
                }
                None => Int::ZERO,
            };
            let paid = &before.money + &value;
            let money = contract(format!("cns-money:{account}:{isin}"), "ccp-money");
            self.ledger.post(money, &currency, &paid);
            *payments.entry((account.clone(), currency.clone())).or_default() += &paid;
            if before.quantity != Int::ZERO {
                let open_before = before.quantity;
                let settlement = Settlement { open_before, moved, open_after: after.clone(), age };
                self.settlements.insert((date, account.clone(), isin.clone()), settlement);
            }
            let position = Position { quantity: after, age, money: -value };
            self.positions.insert((isin.clone(), account), position);
        }
        if let Some(price) = price {
            self.marks.insert(isin.clone(), price);
        }
        self.last_settled.insert(isin, date);
    }

    /// Payments that failed in earlier runs, each by itself: in account order, oldest first.
    fn retry_failed_payments(&mut self, date: Date) {
        let mut failed = std::mem::take(&mut self.failed);
        failed.sort_by_key(|payment| {
            (payment.account.clone(), payment.date, payment.currency.clone())
        });
        for payment in failed {
            let FailedPayment { account, currency, amount, .. } = &payment;
            let covered = self.holding(account, currency) >= *amount;
            if covered && self.reference.can_pay(currency, date) {
                let pair = settled(format!("cash:{account}"), format!("advance:{account}"));
                self.ledger.post(pair, currency, amount);
                self.move_cash(date, account, currency, &-amount);
            } else {
                self.failed.push(payment);
            }
        }
    }

    /// Pays `amount` to the account, or takes it when negative; if the account's cash does not
    /// cover it, nothing is taken and the clearing house advances it.
    fn pay(&mut self, date: Date, account: &str, currency: &str, amount: &Int) {
        if self.holding(account, currency) + amount < Int::ZERO && *amount < Int::ZERO {
            let pair = settled("ccp-cash", format!("advance:{account}"));
            self.ledger.post(pair, currency, amount);
            self.failed.push(FailedPayment {
                account: account.to_string(),
                date,
                currency: currency.to_string(),
                amount: -amount,
            });
            return;
        }
        let pair = settled("ccp-cash", format!("cash:{account}"));
        self.ledger.post(pair, currency, amount);
        self.move_cash(date, account, currency, amount);
    }

    /// Records a payment made: the account's cash, and both sides of the `money` export.
    fn move_cash(&mut self, date: Date, account: &str, currency: &str, amount: &Int) {
        let key = (account.to_string(), currency.to_string());
        *self.holdings.entry(key).or_default() += amount;
        let mut add = |name: &str, amount: Int| {
            let key = (date, name.to_string(), currency.to_string());
            *self.money.entry(key).or_default() += amount;
        };
        add(account, amount.clone());
        add(CLEARING_HOUSE, -amount);
    }

    fn holding(&self, account: &str, asset: &str) -> Int {
        let key = (account.to_string(), asset.to_string());
        self.holdings.get(&key).cloned().unwrap_or_default()
    }
}

/// 0 when flat, 1 when it opened or changed side, one more than before otherwise.
fn age_after(carried: &Position, after: &Int) -> u64 {
    let (was, is) = (carried.quantity.sign(), after.sign());
    if *after == Int::ZERO {
        0
    } else if was == is {
        carried.age + 1
    } else {
        1
    }
}
