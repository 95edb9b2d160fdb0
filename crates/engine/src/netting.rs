//! Continuous net settlement: what each account is due on each date, and what it carries.
//!
//! A pair of account and instrument has one cell, found by hash once and then by its small
//! number; the dues of a date are a column over the cells. NET-1: net equals the sum of gross.
//! NOVATE-1: over all accounts the units of an instrument add up to zero after every decision.

use alloc::vec::Vec;
use core::hash::BuildHasher;

use basics::{AccountId, Date, InstrumentId, Price};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use ledger::postings::{Cleared, NetObligation};

/// One account's open and settled position in one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Open position carried, in units: + long.
    pub carried: i128,
    /// Money carried with it, in minor units: + to be paid to the account.
    pub money: i128,
    /// Consecutive settlement days at whose end it was open on its side; 0 when flat.
    pub age: u32,
    /// The price at which it was last marked.
    pub mark: Option<Price>,
    /// Settled units held.
    pub holding: i128,
}

/// What a cell is due on one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Due {
    /// Units: + to receive.
    pub units: i128,
    /// Minor units: + to be paid.
    pub money: i128,
}

/// All positions and obligations.
#[derive(Clone, Default)]
pub struct Netting {
    index: HashTable<u32>,
    pub(crate) cells: Vec<Cell>,
    /// Cells of each instrument, in order of first sight.
    pub(crate) by_instrument: Vec<Vec<u32>>,
    /// Dues by date, in order of date; a column may be shorter than the cells.
    pub(crate) dues: Vec<(Date, Vec<Due>)>,
}

const HASHER: FixedState = FixedState::with_seed(0x6e65_7474_696e_6721);

#[inline]
fn pair_hash(account: AccountId, instrument: InstrumentId) -> u64 {
    HASHER.hash_one(u64::from(account.0) << 32 | u64::from(instrument.0))
}

impl Netting {
    /// Every open and settled position, in order of first sight; flat ones included.
    pub fn positions(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter()
    }

    /// What is due on each date and has not fallen due yet, by date; zeros left out.
    pub fn obligations(&self) -> impl Iterator<Item = (Date, &Cell, Due)> {
        self.dues.iter().flat_map(|(date, column)| {
            let dues = self.cells.iter().zip(column).filter(|(_, due)| **due != Due::default());
            dues.map(|(cell, due)| (*date, cell, *due))
        })
    }

    /// The number of a cell that exists.
    #[inline]
    pub(crate) fn find(&self, account: AccountId, instrument: InstrumentId) -> Option<usize> {
        self.index
            .find(pair_hash(account, instrument), |at| {
                let cell = &self.cells[*at as usize];
                cell.account == account && cell.instrument == instrument
            })
            .map(|at| *at as usize)
    }

    /// The number of a cell, made if need be.
    #[inline]
    pub(crate) fn cell(&mut self, account: AccountId, instrument: InstrumentId) -> usize {
        match self.find(account, instrument) {
            Some(at) => at,
            None => self.add(account, instrument),
        }
    }

    fn add(&mut self, account: AccountId, instrument: InstrumentId) -> usize {
        let at = self.cells.len();
        let number = u32::try_from(at).expect("fewer than 2^32 positions");
        let (carried, money, age, mark, holding) = (0, 0, 0, None, 0);
        self.cells.push(Cell { account, instrument, carried, money, age, mark, holding });
        let cells = &self.cells;
        let rehash = |at: &u32| {
            let cell = &cells[*at as usize];
            pair_hash(cell.account, cell.instrument)
        };
        self.index.insert_unique(pair_hash(account, instrument), number, rehash);
        let instrument = instrument.0 as usize;
        if self.by_instrument.len() <= instrument {
            self.by_instrument.resize_with(instrument + 1, Vec::new);
        }
        self.by_instrument[instrument].push(number);
        at
    }

    /// The column of a date, begun if need be.
    #[inline]
    fn column(&mut self, date: Date) -> &mut Vec<Due> {
        let at = match self.dues.last() {
            Some((last, _)) if *last == date => self.dues.len() - 1,
            _ => match self.dues.binary_search_by_key(&date, |(date, _)| *date) {
                Ok(at) => at,
                Err(at) => {
                    self.dues.insert(at, (date, Vec::new()));
                    at
                }
            },
        };
        &mut self.dues[at].1
    }

    fn add_due(&mut self, date: Date, at: usize, units: i128, money: i128) {
        let column = self.column(date);
        if column.len() <= at {
            column.resize(at + 1, Due::default());
        }
        column[at].units += units;
        column[at].money += money;
    }

    /// Adds the obligations of a trade (`sign` 1) or takes them back (`sign` −1).
    pub(crate) fn oblige(&mut self, trade: &Cleared, sign: i128) {
        let units = sign * i128::from(trade.quantity.0);
        let money = sign * i128::from(trade.consideration.0);
        let buyer = self.cell(trade.buyer, trade.instrument);
        let seller = self.cell(trade.seller, trade.instrument);
        self.add_due(trade.settlement_date, buyer, units, -money);
        self.add_due(trade.settlement_date, seller, -units, money);
    }

    /// What is due of an instrument on a date, by account; zeros left out.
    pub(crate) fn due_on(
        &self,
        date: Date,
        instrument: InstrumentId,
    ) -> impl Iterator<Item = (AccountId, i128, i128)> + '_ {
        let column = self.dues.iter().find(|(due, _)| *due == date).map(|(_, column)| column);
        let mut found: Vec<_> = column
            .into_iter()
            .flat_map(move |column| {
                self.cells_of(instrument).iter().filter_map(move |at| {
                    let due = column.get(*at as usize).copied().unwrap_or_default();
                    let account = self.cells[*at as usize].account;
                    (due != Due::default()).then_some((account, due.units, due.money))
                })
            })
            .collect();
        found.sort_unstable();
        found.into_iter()
    }

    /// The cells of an instrument.
    pub(crate) fn cells_of(&self, instrument: InstrumentId) -> &[u32] {
        self.by_instrument.get(instrument.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// What a cell is due on dates up to `date` and has not fallen due yet, oldest first.
    pub(crate) fn overdue(&self, at: usize, date: Date) -> impl Iterator<Item = (Date, Due)> + '_ {
        self.dues.iter().take_while(move |(due, _)| *due <= date).filter_map(
            move |(due, column)| {
                let amount = column.get(at).copied().unwrap_or_default();
                (amount != Due::default()).then_some((*due, amount))
            },
        )
    }

    /// Obligations of a date became open position.
    pub(crate) fn fall_due(&mut self, date: Date, net: &NetObligation) {
        let at = self.cell(net.account, net.instrument);
        self.add_due(date, at, -net.units, -net.money);
        self.cells[at].carried += net.units;
        self.cells[at].money += net.money;
    }

    /// Obligations moved to another date.
    pub(crate) fn move_date(&mut self, from: Date, to: Date, net: &NetObligation) {
        let at = self.cell(net.account, net.instrument);
        self.add_due(from, at, -net.units, -net.money);
        self.add_due(to, at, net.units, net.money);
    }

    /// Drops columns of past dates in which nothing is due any more.
    pub(crate) fn drop_settled(&mut self, date: Date) {
        self.dues.retain(|(due, column)| {
            *due > date || column.iter().any(|amount| *amount != Due::default())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basics::{CurrencyId, Minor, Units};

    const SHARE: InstrumentId = InstrumentId(7);
    const DAY: Date = Date(40);

    fn trade(buyer: u32, seller: u32, quantity: i64) -> Cleared {
        Cleared {
            instrument: SHARE,
            currency: CurrencyId(0),
            buyer: AccountId(buyer),
            seller: AccountId(seller),
            quantity: Units(quantity),
            consideration: Minor(quantity * 10),
            settlement_date: DAY,
        }
    }

    fn net(account: u32, units: i128) -> NetObligation {
        NetObligation {
            account: AccountId(account),
            instrument: SHARE,
            currency: CurrencyId(0),
            units,
            money: units * -10,
        }
    }

    fn due(netting: &Netting) -> Vec<(i32, u32, i128, i128)> {
        let dues = netting.obligations();
        dues.map(|(date, cell, due)| (date.0, cell.account.0, due.units, due.money)).collect()
    }

    #[test]
    fn the_buyer_receives_and_pays_the_seller_delivers_and_is_paid() {
        let mut netting = Netting::default();
        netting.oblige(&trade(1, 2, 5), 1);
        netting.oblige(&trade(2, 3, 4), 1);
        assert_eq!(due(&netting), [(40, 1, 5, -50), (40, 2, -1, 10), (40, 3, -4, 40)]);
        netting.oblige(&trade(1, 2, 5), -1);
        assert_eq!(due(&netting), [(40, 2, 4, -40), (40, 3, -4, 40)]);
        let on: Vec<_> = netting.due_on(DAY, SHARE).collect();
        assert_eq!(on, [(AccountId(2), 4, -40), (AccountId(3), -4, 40)]);
        assert_eq!(netting.due_on(Date(41), SHARE).count(), 0);
        assert_eq!(netting.due_on(DAY, InstrumentId(1)).count(), 0);
    }

    #[test]
    fn what_falls_due_is_carried_from_then_on() {
        let mut netting = Netting::default();
        netting.oblige(&trade(1, 2, 5), 1);
        netting.cells[0].carried = 100;
        netting.cells[0].money = -7;
        netting.fall_due(DAY, &net(1, 5));
        assert_eq!((netting.cells[0].carried, netting.cells[0].money), (105, -57));
        assert_eq!(due(&netting), [(40, 2, -5, 50)]);
    }

    #[test]
    fn overdue_is_what_was_due_up_to_a_date() {
        let mut netting = Netting::default();
        for date in [42, 40, 41] {
            netting.oblige(&Cleared { settlement_date: Date(date), ..trade(1, 2, date.into()) }, 1);
        }
        netting.fall_due(Date(41), &net(1, 41));
        let overdue = |date| -> Vec<_> {
            netting.overdue(0, Date(date)).map(|(date, due)| (date.0, due.units)).collect()
        };
        assert_eq!(overdue(39), []);
        assert_eq!(overdue(40), [(40, 40)]);
        assert_eq!(overdue(41), [(40, 40)]);
        assert_eq!(overdue(42), [(40, 40), (42, 42)]);
    }

    #[test]
    fn dates_of_which_something_is_left_are_kept() {
        let mut netting = Netting::default();
        for date in [40, 41, 42] {
            netting.oblige(&Cleared { settlement_date: Date(date), ..trade(1, 2, 5) }, 1);
        }
        netting.fall_due(Date(41), &net(1, 5));
        netting.fall_due(Date(41), &net(2, -5));
        let dates = |netting: &Netting| -> Vec<i32> {
            netting.dues.iter().map(|(date, _)| date.0).collect()
        };
        netting.drop_settled(Date(40));
        assert_eq!(dates(&netting), [40, 41, 42]);
        netting.drop_settled(Date(41));
        assert_eq!(dates(&netting), [40, 42]);
    }
}
