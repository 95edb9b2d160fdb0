//! Continuous net settlement once more, from accepted inputs alone and as plainly as can be: texts
//! for keys, every sum over every trade, one account after the other.

use std::collections::{BTreeMap, BTreeSet};

use basics::{Date, Numeral};
use model::{Action, Command, Operation, ReferenceChange, ReportedTerms, TradeKey, TradeReport};
use sha2::{Digest, Sha256};

/// An account's code and the ISIN under which an instrument was first published.
pub type Pair = (&'static str, &'static str);

/// What became of one position in a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    pub before: i128,
    pub moved: i128,
    pub after: i128,
    pub age: u32,
    pub mark: i128,
    pub delivery: i128,
}

/// What a settlement did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub positions: BTreeMap<Pair, Settled>,
    /// Account, currency, amount, and whether it was made.
    pub payments: Vec<(&'static str, &'static str, i128, bool)>,
    /// Account, due date, currency, amount, and whether it was repaid.
    pub tried: Vec<(&'static str, Date, &'static str, i128, bool)>,
    /// What rounding left, by currency; zeros left out.
    pub rounding: BTreeMap<&'static str, i128>,
}

/// An open position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub units: i128,
    pub money: i128,
    pub age: u32,
}

struct Instrument {
    currency: &'static str,
    decimals: u8,
    settlement_calendar: &'static str,
    /// ISIN and cycle, by the date from which they hold.
    versions: BTreeMap<Date, (&'static str, u16)>,
}

struct Trade {
    isin: &'static str,
    buyer: &'static str,
    seller: &'static str,
    units: i128,
    consideration: i128,
    settles: Date,
    live: bool,
    fell_due: bool,
}

/// The segment, plainly.
#[derive(Default)]
pub struct Naive {
    closed: BTreeSet<(&'static str, Date)>,
    /// Decimals and calendar.
    currencies: BTreeMap<&'static str, (u8, &'static str)>,
    instruments: BTreeMap<&'static str, Instrument>,
    /// The first ISIN behind every ISIN.
    first_isin: BTreeMap<&'static str, &'static str>,
    groups: BTreeMap<Pair, BTreeMap<Date, u32>>,
    prices: BTreeMap<(&'static str, Date), i128>,
    trades: BTreeMap<TradeKey<'static>, Trade>,
    pub positions: BTreeMap<Pair, Position>,
    pub holdings: BTreeMap<Pair, i128>,
    /// By account and currency.
    pub cash: BTreeMap<Pair, i128>,
    /// By account, due date and currency.
    pub advances: BTreeMap<(&'static str, Date, &'static str), i128>,
}

impl Naive {
    /// Takes in an input that was accepted; a settlement says what it did.
    pub fn accept(&mut self, command: &Command<'static>) -> Option<Outcome> {
        match command {
            Command::Trade(report) => self.report(report),
            Command::Reference(change) => self.change(change),
            Command::Price(report) => {
                let isin = self.first_isin[report.isin];
                self.prices.insert((isin, report.price_date), scaled(report.price, 9));
            }
            Command::Operation(Operation::Settle { date, draw }) => {
                return Some(self.settle(*date, draw));
            }
            Command::Operation(_) | Command::Step(_) => {}
        }
        None
    }

    fn report(&mut self, report: &TradeReport<'static>) {
        match (report.action, &report.terms) {
            (Action::Cancel, _) => self.trades.get_mut(&report.key).expect("it is in").live = false,
            (_, Some(terms)) => {
                let trade = self.trade(report.key.trade_date, terms);
                self.trades.insert(report.key, trade);
            }
            (_, None) => unreachable!("only a cancellation has no terms"),
        }
    }

    fn trade(&self, trade_date: Date, terms: &ReportedTerms<'static>) -> Trade {
        let isin = self.first_isin[terms.isin];
        let instrument = &self.instruments[isin];
        let (units, price) = (scaled(terms.quantity, instrument.decimals), scaled(terms.price, 9));
        let (_, (_, cycle)) = instrument.versions.range(..=trade_date).next_back().expect("known");
        let mut settles = trade_date;
        let mut left = *cycle;
        while left > 0 || !self.is_open(isin, settles) {
            settles = settles.next();
            left -= u16::from(left > 0 && self.is_open(isin, settles));
        }
        Trade {
            isin,
            buyer: terms.buyer,
            seller: terms.seller,
            units,
            consideration: self.value(isin, units, price),
            settles,
            live: true,
            fell_due: false,
        }
    }

    fn change(&mut self, change: &ReferenceChange<'static>) {
        match change {
            ReferenceChange::Currency(change) => {
                self.currencies.insert(change.code, (change.minor_decimals, change.calendar));
            }
            ReferenceChange::Closure(change) => {
                self.closed.insert((change.calendar, change.closed_on));
                self.move_dates(change.closed_on);
            }
            ReferenceChange::Instrument(change) => {
                let known = if change.replaces.is_empty() { change.isin } else { change.replaces };
                let first = self.first_isin.get(known).copied().unwrap_or(change.isin);
                self.first_isin.insert(change.isin, first);
                let instrument = self.instruments.entry(first).or_insert_with(|| Instrument {
                    currency: change.currency,
                    decimals: change.quantity_decimals,
                    settlement_calendar: change.settlement_calendar,
                    versions: BTreeMap::new(),
                });
                instrument.versions.insert(change.from, (change.isin, change.cycle));
            }
            ReferenceChange::Holding(change) => match self.first_isin.get(change.asset) {
                Some(isin) => {
                    let units = scaled(change.quantity, self.instruments[isin].decimals);
                    *self.holdings.entry((change.account, isin)).or_default() += units;
                }
                None => {
                    let amount = scaled(change.quantity, self.currencies[change.asset].0);
                    *self.cash.entry((change.account, change.asset)).or_default() += amount;
                }
            },
            ReferenceChange::Priority(change) => {
                let isin = self.first_isin.get(change.isin).copied().unwrap_or("");
                let groups = self.groups.entry((change.account, isin)).or_default();
                groups.insert(change.from, change.group);
            }
            ReferenceChange::Member(_)
            | ReferenceChange::Account(_)
            | ReferenceChange::Policy(_) => {}
        }
    }

    fn move_dates(&mut self, closed_on: Date) {
        let mut trades = std::mem::take(&mut self.trades);
        for trade in trades.values_mut() {
            if trade.settles == closed_on && !trade.fell_due {
                while !self.is_open(trade.isin, trade.settles) {
                    trade.settles = trade.settles.next();
                }
            }
        }
        self.trades = trades;
    }

    fn is_open(&self, isin: &'static str, date: Date) -> bool {
        let instrument = &self.instruments[isin];
        let calendars = [instrument.settlement_calendar, self.currencies[instrument.currency].1];
        !date.is_weekend() && calendars.iter().all(|name| !self.closed.contains(&(name, date)))
    }

    /// Units times price in minor units, rounded half away from zero.
    fn value(&self, isin: &str, units: i128, price: i128) -> i128 {
        let instrument = &self.instruments[isin];
        let minor = self.currencies[instrument.currency].0;
        let unit = 10_i128.pow(9 + u32::from(instrument.decimals) - u32::from(minor));
        ((units * price).abs() * 2 + unit) / (unit * 2) * (units * price).signum()
    }

    /// NET-1: what is due and has not fallen due, by settlement date; zeros left out.
    pub fn obligations(&self) -> BTreeMap<(Date, Pair), [i128; 2]> {
        let mut sums: BTreeMap<_, [i128; 2]> = BTreeMap::new();
        for trade in self.trades.values().filter(|trade| trade.live && !trade.fell_due) {
            for (account, sign) in [(trade.buyer, 1), (trade.seller, -1)] {
                let sum = sums.entry((trade.settles, (account, trade.isin))).or_default();
                *sum = [sum[0] + sign * trade.units, sum[1] - sign * trade.consideration];
            }
        }
        sums.retain(|_, sum| *sum != [0, 0]);
        sums
    }

    fn settle(&mut self, date: Date, draw: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let mut pay: BTreeMap<Pair, i128> = BTreeMap::new();
        let isins = self.instruments.keys().copied();
        let isins: Vec<_> = isins.filter(|isin| self.is_open(isin, date)).collect();
        for isin in isins {
            let open = self.open_before(isin, date);
            let moved = self.move_units(isin, date, draw, &open);
            let price = self.prices.range((isin, Date::MIN)..=(isin, date)).next_back();
            let price = price.map_or(0, |(_, price)| *price);
            for (account, before) in open {
                let moved = moved.get(&account).copied().unwrap_or(0);
                let position = self.positions.get(&(account, isin)).copied().unwrap_or_default();
                let after = before.units - moved;
                let same_side = after.signum() == position.units.signum();
                let age = match after {
                    0 => 0,
                    _ if same_side => position.age + 1,
                    _ => 1,
                };
                let value_before = self.value(isin, before.units, price);
                let value_after = self.value(isin, after, price);
                let mark = before.money + value_before;
                let delivery = value_after - value_before;
                let settled = Settled { before: before.units, moved, after, age, mark, delivery };
                outcome.positions.insert((account, isin), settled);
                let position = Position { units: after, money: -value_after, age };
                self.positions.insert((account, isin), position);
                *self.holdings.entry((account, isin)).or_default() += moved;
                let currency = self.instruments[isin].currency;
                *pay.entry((account, currency)).or_default() += mark + delivery;
            }
        }
        self.repay(date, &mut outcome);
        for ((account, currency), amount) in pay {
            *outcome.rounding.entry(currency).or_default() += amount;
            self.pay(date, (account, currency), amount, &mut outcome);
        }
        outcome.rounding.retain(|_, amount| *amount != 0);
        outcome
    }

    /// Carried, and all that falls due up to a date.
    fn open_before(&mut self, isin: &'static str, date: Date) -> BTreeMap<&'static str, Position> {
        let mut open: BTreeMap<_, Position> = BTreeMap::new();
        for ((account, held), position) in &self.positions {
            if *held == isin {
                open.insert(*account, *position);
            }
        }
        for trade in self.trades.values_mut() {
            if trade.isin == isin && trade.settles <= date && trade.live && !trade.fell_due {
                trade.fell_due = true;
                for (account, sign) in [(trade.buyer, 1), (trade.seller, -1)] {
                    let position = open.entry(account).or_default();
                    position.units += sign * trade.units;
                    position.money -= sign * trade.consideration;
                }
            }
        }
        open
    }

    /// Units received by each account; delivered ones are negative.
    fn move_units(
        &self,
        isin: &'static str,
        date: Date,
        draw: &str,
        open: &BTreeMap<&'static str, Position>,
    ) -> BTreeMap<&'static str, i128> {
        let mut moved = BTreeMap::new();
        let mut pool = 0;
        for (account, position) in open.iter().filter(|(_, position)| position.units < 0) {
            let held = self.holdings.get(&(*account, isin)).copied().unwrap_or(0);
            let delivered = held.min(-position.units);
            moved.insert(*account, -delivered);
            pool += delivered;
        }
        let (_, (name, _)) =
            self.instruments[isin].versions.range(..=date).next_back().expect("known");
        let mut order: Vec<_> = open
            .iter()
            .filter(|(_, position)| position.units > 0)
            .map(|(account, position)| {
                let carried = self.positions.get(&(*account, isin)).copied().unwrap_or_default();
                let age = if carried.units > 0 { carried.age } else { 0 };
                let digest = Sha256::digest(format!("{draw}/{name}/{account}"));
                let ticket: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                let group = self.group(account, isin, date);
                (group, u32::MAX - age, ticket, *account, position.units)
            })
            .collect();
        order.sort();
        for (_, _, _, account, wanted) in order {
            let received = wanted.min(pool);
            pool -= received;
            moved.insert(account, received);
        }
        assert_eq!(pool, 0, "longs are owed what shorts deliver");
        moved
    }

    fn group(&self, account: &'static str, isin: &'static str, date: Date) -> u32 {
        let stated = |isin| {
            let groups = self.groups.get(&(account, isin))?;
            groups.range(..=date).next_back().map(|(_, group)| *group)
        };
        stated(isin).or_else(|| stated("")).unwrap_or(0)
    }

    fn repay(&mut self, date: Date, outcome: &mut Outcome) {
        let advances: Vec<_> = self.advances.iter().map(|(key, owed)| (*key, *owed)).collect();
        for ((account, due, currency), owed) in advances {
            if date.is_weekend() || self.closed.contains(&(self.currencies[currency].1, date)) {
                continue;
            }
            let cash = self.cash.entry((account, currency)).or_default();
            let repaid = *cash >= owed;
            if repaid {
                *cash -= owed;
                self.advances.remove(&(account, due, currency));
            }
            outcome.tried.push((account, due, currency, owed, repaid));
        }
    }

    fn pay(&mut self, date: Date, (account, currency): Pair, amount: i128, outcome: &mut Outcome) {
        if amount == 0 {
            return;
        }
        let cash = self.cash.entry((account, currency)).or_default();
        let made = *cash + amount >= 0;
        if made {
            *cash += amount;
        } else {
            self.advances.insert((account, date, currency), -amount);
        }
        outcome.payments.push((account, currency, amount, made));
    }
}

/// A numeral in units of 10^−`decimals`; it fits.
fn scaled(numeral: Numeral, decimals: u8) -> i128 {
    let decimal = numeral.exact().expect("an accepted number");
    let (up, down) = (10_i128.pow(decimals.into()), 10_i128.pow(decimal.scale.into()));
    decimal.mantissa * up / down
}
