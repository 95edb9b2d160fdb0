//! The close of a day: the equations of the books, proved for each asset.
//!
//! Both sides of an equation come from different places: the members' from obligations,
//! positions and cash, the house's from postings. An equation that does not hold is a broken
//! invariant, and the node stops.

use alloc::vec::Vec;

use basics::{CurrencyId, Date, InstrumentId};
use ledger::{Asset, Class};
use model::event::{Equation, EquationKind};

use crate::State;

/// The equations of one instrument at the close of `date`.
pub(crate) fn instrument(state: &State, id: InstrumentId, date: Date) -> Vec<Equation> {
    let asset = Asset::Instrument(id);
    let house = state.books.of(asset);
    let sums = UnitSums::of(state, id, date);
    let mut proof = Proof { asset, equations: Vec::with_capacity(8) };
    if settled_today(state, id, date) {
        proof.contract(EquationKind::DueIsEmpty, sums.overdue, 0);
    }
    proof.contract(EquationKind::NovationIsFlat, house.novation.balance(), 0);
    proof.contract(EquationKind::DeliveryIsFlat, house.delivery.balance(), 0);
    proof.settled(EquationKind::CcpHoldsNothing, house.holding.balance(), 0);
    proof.settled(EquationKind::MirrorsAgree, -house.mirror.balance(), sums.holding);
    let contracts = sums.due + sums.carried + house.adjustment.balance();
    let ccp = house.novation.balance() + house.delivery.balance();
    proof.contract(EquationKind::ContractsBalance, contracts, -ccp);
    let settled = sums.holding + house.mirror.balance();
    proof.settled(EquationKind::SettledBalance, settled, -house.holding.balance());
    proof.contract(EquationKind::GrossCleared, gross(&house), house.gross);
    proof.equations
}

/// Debit turnover of `ccp-novation` less twice what was reversed.
fn gross(house: &crate::books::AssetBooks) -> i128 {
    house.novation.debit - 2 * house.reversed
}

/// The equations of one currency at the close of `date`.
pub(crate) fn currency(state: &State, id: CurrencyId, date: Date) -> Vec<Equation> {
    let asset = Asset::Currency(id);
    let house = state.books.of(asset);
    let sums = MoneySums::of(state, id, date);
    let mut proof = Proof { asset, equations: Vec::with_capacity(10) };
    proof.contract(EquationKind::DueIsEmpty, sums.overdue, 0);
    proof.contract(EquationKind::NovationIsFlat, house.novation.balance(), 0);
    proof.contract(EquationKind::MoneyIsFlat, house.money.balance(), 0);
    proof.settled(EquationKind::CcpCashIsFlat, house.cash.balance(), 0);
    proof.contract(EquationKind::MoneyIsMarked, sums.marked_money, -sums.marked_value);
    let rounding = house.rounding_claim.balance() + house.rounding_cash.balance();
    proof.contract(EquationKind::RoundingIsOwned, rounding, 0);
    // Advances are debit balances: what members owe is what the banks' mirror lacks.
    let members = sums.cash + house.rounding_cash.balance() - sums.advances;
    proof.settled(EquationKind::MirrorsAgree, -house.mirror.balance(), members);
    let contracts = sums.due + sums.money + house.rounding_claim.balance();
    let ccp = house.novation.balance() + house.money.balance() + house.adjustment.balance();
    proof.contract(EquationKind::ContractsBalance, contracts, -ccp);
    let settled = members + house.mirror.balance();
    proof.settled(EquationKind::SettledBalance, settled, -house.cash.balance());
    proof.contract(EquationKind::GrossCleared, gross(&house), house.gross);
    proof.equations
}

/// Whether an instrument had its turn in today's settlement.
fn settled_today(state: &State, id: InstrumentId, date: Date) -> bool {
    state.days.commitment.is_some() && state.registry.settles_on(id, date)
}

/// Equations of one asset, each checked as it is written down.
struct Proof {
    asset: Asset,
    equations: Vec<Equation>,
}

impl Proof {
    fn contract(&mut self, kind: EquationKind, left: i128, right: i128) {
        self.add(kind, Class::Contract, left, right);
    }

    fn settled(&mut self, kind: EquationKind, left: i128, right: i128) {
        self.add(kind, Class::Settled, left, right);
    }

    fn add(&mut self, kind: EquationKind, class: Class, left: i128, right: i128) {
        let asset = self.asset;
        assert!(
            left == right,
            "the books do not balance: {} of {asset:?}: {left} is not {right}",
            kind.name(),
        );
        self.equations.push(Equation { kind, class, asset, left, right });
    }
}

/// What members have and are due in units of one instrument.
#[derive(Default)]
struct UnitSums {
    due: i128,
    /// Sum of the sizes of what is due on past dates: zero only if each is.
    overdue: i128,
    carried: i128,
    holding: i128,
}

impl UnitSums {
    fn of(state: &State, id: InstrumentId, date: Date) -> Self {
        let netting = &state.netting;
        let mut sums = Self::default();
        for at in netting.cells_of(id) {
            let at = *at as usize;
            sums.carried += netting.cells[at].carried;
            sums.holding += netting.cells[at].holding;
            for (due_date, column) in &netting.dues {
                let units = column.get(at).map_or(0, |due| due.units);
                sums.due += units;
                if *due_date <= date {
                    sums.overdue += units.abs();
                }
            }
        }
        sums
    }
}

/// What members have and are due in one currency.
#[derive(Default)]
struct MoneySums {
    due: i128,
    overdue: i128,
    money: i128,
    marked_money: i128,
    marked_value: i128,
    cash: i128,
    advances: i128,
}

impl MoneySums {
    fn of(state: &State, id: CurrencyId, date: Date) -> Self {
        let mut sums = Self::default();
        for instrument in state.registry.instrument_ids() {
            if state.registry.instrument_record(instrument).currency == id {
                sums.add_instrument(state, instrument, date);
            }
        }
        for ((_, currency), amount) in &state.cash {
            sums.cash += if *currency == id { *amount } else { 0 };
        }
        for ((_, _, currency), amount) in &state.advances {
            sums.advances += if *currency == id { *amount } else { 0 };
        }
        sums
    }

    fn add_instrument(&mut self, state: &State, id: InstrumentId, date: Date) {
        let netting = &state.netting;
        let settled = settled_today(state, id, date);
        for at in netting.cells_of(id) {
            let at = *at as usize;
            let cell = &netting.cells[at];
            self.money += cell.money;
            if settled {
                self.add_mark(state, cell);
            }
            for (due_date, column) in &netting.dues {
                let money = column.get(at).map_or(0, |due| due.money);
                self.due += money;
                if settled && *due_date <= date {
                    self.overdue += money.abs();
                }
            }
        }
    }

    /// Each position's money is minus its value, not only their sums.
    fn add_mark(&mut self, state: &State, cell: &crate::netting::Cell) {
        let scale = state.registry.scale(cell.instrument);
        let value = match (cell.carried, cell.mark) {
            (0, _) => 0,
            (units, mark) => mark
                .and_then(|mark| basics::value(units, mark, scale))
                .expect("an open position that settled was marked"),
        };
        assert!(cell.money == -value, "a position carries other money than minus its value");
        self.marked_money += cell.money;
        self.marked_value += value;
    }
}
