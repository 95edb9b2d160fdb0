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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use alloc::string::String;
    use basics::AccountId;
    use ledger::Side;
    use model::Command;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use testkit::{market, report};

    extern crate std;

    const DAY: &str = "2013-10-08";

    /// A settled day with positions, holdings, cash, an advance and rounding.
    fn settled() -> State {
        let (first, second) = (market::date(market::FIRST_DAY), market::date(DAY));
        let mut state = given::market();
        let holdings = [("A", market::APPLE, "30"), ("B", "USD", "5000"), ("A", "USD", "10")];
        given::accepted(
            &mut state,
            holdings.map(|(account, asset, quantity)| {
                Command::Reference(market::holding(account, asset, quantity))
            }),
        );
        given::accepted(&mut state, [market::open_day(first)]);
        let terms = model::ReportedTerms {
            isin: market::APPLE,
            price: market::numeral("10.005"),
            ..report::TERMS
        };
        let trades = ["1", "2"].map(|reference| report::new(report::key(reference, first), terms));
        given::accepted(&mut state, trades.map(Command::Trade));
        given::accepted(
            &mut state,
            [Command::Trade(report::cancellation(report::key("2", first), 2))],
        );
        given::end_day(&mut state);
        given::accepted(&mut state, [market::open_day(second), market::close_trading(second)]);
        given::accepted(&mut state, given::marks(second));
        given::accepted(&mut state, [market::settle(second)]);
        state
    }

    fn apple(state: &State) -> InstrumentId {
        state.registry.instrument(market::APPLE).expect("an instrument")
    }

    fn usd(state: &State) -> CurrencyId {
        state.registry.currency("USD").expect("a currency")
    }

    /// What the proof of all assets says when something was changed behind its back.
    fn fault(change: impl FnOnce(&mut State)) -> Option<String> {
        let mut state = settled();
        change(&mut state);
        let date = market::date(DAY);
        let proof = catch_unwind(AssertUnwindSafe(|| {
            state.registry.instrument_ids().for_each(|id| drop(instrument(&state, id, date)));
            state.registry.currency_ids().for_each(|id| drop(currency(&state, id, date)));
        }));
        proof.err().map(|said| match said.downcast::<String>() {
            Ok(text) => *text,
            Err(said) => (*said.downcast::<&str>().expect("a text")).into(),
        })
    }

    #[test]
    fn sound_books_prove() {
        assert_eq!(fault(|_| ()), None);
    }

    /// One unit or one cent too many anywhere is found.
    #[test]
    fn every_number_of_the_members_stands_in_an_equation() {
        type Change = fn(&mut State);
        let members: [(&str, Change); 7] = [
            ("mirrors_agree", |state| state.netting.cells[0].holding += 1),
            ("contracts_balance", |state| state.netting.cells[0].carried += 1),
            ("other money than minus its value", |state| state.netting.cells[0].money += 1),
            ("due_is_empty", |state| due(state, 1, 0)),
            ("due_is_empty", |state| due(state, 0, 1)),
            ("mirrors_agree", |state| {
                let key = (AccountId(1), usd(state));
                *state.cash.entry(key).or_default() += 1;
            }),
            ("mirrors_agree", |state| {
                let key = (AccountId(1), market::date(DAY), usd(state));
                *state.advances.entry(key).or_default() += 1;
            }),
        ];
        for (name, change) in members {
            let said = fault(change).expect(name);
            assert!(said.contains(name), "{name}: {said}");
        }
    }

    #[test]
    fn every_number_of_the_house_stands_in_an_equation() {
        type Account = fn(&mut crate::books::AssetBooks) -> &mut ledger::Turnover;
        let house: [(&str, Account); 9] = [
            ("novation_is_flat", |books| &mut books.novation),
            ("delivery_is_flat", |books| &mut books.delivery),
            ("money_is_flat", |books| &mut books.money),
            ("ccp_holds_nothing", |books| &mut books.holding),
            ("ccp_cash_is_flat", |books| &mut books.cash),
            ("rounding_is_owned", |books| &mut books.rounding_cash),
            ("rounding_is_owned", |books| &mut books.rounding_claim),
            ("mirrors_agree", |books| &mut books.mirror),
            ("contracts_balance", |books| &mut books.adjustment),
        ];
        let of_units = [
            "novation_is_flat",
            "delivery_is_flat",
            "ccp_holds_nothing",
            "mirrors_agree",
            "contracts_balance",
        ];
        let of_money = [
            "novation_is_flat",
            "money_is_flat",
            "ccp_cash_is_flat",
            "rounding_is_owned",
            "mirrors_agree",
            "contracts_balance",
        ];
        for (name, account) in house {
            if of_units.contains(&name) {
                let said = fault(|state| {
                    let at = apple(state).0 as usize;
                    account(&mut state.books.instruments[at]).post(Side::Credit, 1);
                });
                assert!(said.expect(name).contains(name));
            }
            if of_money.contains(&name) {
                let said = fault(|state| {
                    let at = usd(state).0 as usize;
                    account(&mut state.books.currencies[at]).post(Side::Debit, 1);
                });
                assert!(said.expect(name).contains(name));
            }
        }
        type Sum = fn(&mut crate::books::AssetBooks) -> &mut i128;
        let sums: [Sum; 2] = [|books| &mut books.gross, |books| &mut books.reversed];
        for sum in sums {
            let said = fault(|state| *sum(&mut state.books.currencies[0]) += 1);
            assert!(said.expect("gross").contains("gross_cleared"));
            let said = fault(|state| *sum(&mut state.books.instruments[0]) += 1);
            assert!(said.expect("gross").contains("gross_cleared"));
        }
    }

    /// Something left over that was due today, from one account to another.
    fn due(state: &mut State, units: i128, money: i128) {
        let day = market::date(DAY);
        let entry = |sign| crate::netting::Due { units: sign * units, money: sign * money };
        state.netting.dues.insert(0, (day, alloc::vec![entry(1), entry(-1)]));
    }

    /// Nothing adjusts positions yet; the books know what it will mean.
    #[test]
    fn a_position_that_was_adjusted_stands_against_the_ccp() {
        let adjusted = |state: &mut State| {
            state.days.commitment = None;
            let change = ledger::postings::NetObligation {
                account: AccountId(1),
                instrument: apple(state),
                currency: usd(state),
                units: 5,
                money: -70,
            };
            let before = state.next_entry.0;
            let event = model::event::PositionAdjusted {
                change,
                sub_account: 0,
                reason: model::event::AdjustmentReason::Transfer,
                link: None,
                date: market::date(DAY),
                entry: state.next_entry,
            };
            let open = |state: &State| {
                let at = state.netting.find(AccountId(1), apple(state)).expect("a position");
                (state.netting.cells[at].carried, state.netting.cells[at].money)
            };
            let (units, money) = open(state);
            crate::evolve(state, &model::Event::PositionAdjusted(event));
            assert_eq!(open(state), (units + 5, money - 70));
            assert_eq!(state.next_entry.0, before + 1);
        };
        assert_eq!(fault(adjusted), None);
    }

    /// What is due and what is carried are one side of the contracts.
    #[test]
    fn due_and_carried_balance_together() {
        let shifted = |state: &mut State| {
            state.days.commitment = None;
            let tomorrow = market::date(DAY).next();
            let due = crate::netting::Due { units: 3, money: 4 };
            state.netting.dues.push((tomorrow, alloc::vec![due]));
            state.netting.cells[0].carried -= 3;
            state.netting.cells[0].money -= 4;
        };
        assert_eq!(fault(shifted), None);
    }

    #[test]
    fn what_is_due_tomorrow_is_not_overdue() {
        let later = |state: &mut State| {
            due(state, 1, 1);
            state.netting.dues[0].0 = market::date(DAY).next();
        };
        assert_eq!(fault(later), None);
    }

    #[test]
    fn nothing_is_overdue_or_marked_on_a_day_without_settlement() {
        let unsettled = |state: &mut State| {
            due(state, 1, 1);
            state.netting.cells[0].money += 1;
            state.netting.cells[1].money -= 1;
            state.days.commitment = None;
        };
        assert_eq!(fault(unsettled), None);
    }
}
