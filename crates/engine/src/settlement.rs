//! The settlement of one instrument: what is due becomes position, the short deliver what they
//! hold, the long receive in a stated order, and what stays open is marked.
//!
//! Sources: NSCC Rule 11 and Procedure VII (continuous net settlement, money apart from
//! deliveries, allocation by priority group and age), with the day's committed draw for ties.

use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, Price};
use ledger::MoneyComponents;
use ledger::postings::NetObligation;
use model::event::{ObligationFellDue, PositionSettled};
use model::{Event, Rejection};
use sha2::{Digest, Sha256};

use crate::State;
use crate::netting::Cell;

/// Values and money of a position stay below this, 2^90 minor units: then the sums of a run fit
/// over any number of positions.
const VALUE_LIMIT: u128 = 1 << 90;

/// Every open position that settles on `date` must have a price, and a value that fits.
///
/// # Errors
/// [`Rejection::PriceMissing`], [`Rejection::ValueOutOfRange`].
pub(crate) fn all_can_be_marked(state: &State, date: Date) -> Result<(), Rejection> {
    for instrument in state.registry.instrument_ids() {
        if !state.registry.settles_on(instrument, date) {
            continue;
        }
        let price = state.prices.latest(instrument, date);
        let scale = state.registry.scale(instrument);
        for at in state.netting.cells_of(instrument) {
            let open = open_before(state, *at as usize, date);
            if open.units == 0 {
                continue;
            }
            let price = price.ok_or(Rejection::PriceMissing)?;
            let fits = |amount: i128| amount.unsigned_abs() < VALUE_LIMIT;
            let value = basics::value(open.units, price, scale).filter(|value| fits(*value));
            if value.is_none() || !fits(open.money) {
                return Err(Rejection::ValueOutOfRange);
            }
        }
    }
    Ok(())
}

/// Position and money before settlement: carried, and all that falls due.
fn open_before(state: &State, at: usize, date: Date) -> crate::netting::Due {
    let cell = &state.netting.cells[at];
    let mut open = crate::netting::Due { units: cell.carried, money: cell.money };
    for (_, due) in state.netting.overdue(at, date) {
        open.units += due.units;
        open.money += due.money;
    }
    open
}

/// One position on its way through the settlement of its instrument.
struct Turn<'s> {
    at: usize,
    cell: &'s Cell,
    before: i128,
    money_before: i128,
    moved: i128,
}

/// What one instrument's settlement shares.
pub(crate) struct Settlement<'s> {
    pub state: &'s State,
    pub run: basics::Seq,
    pub date: Date,
    pub draw: &'s str,
}

impl Settlement<'_> {
    /// Settles an instrument: its events, in order of account code. `entry` is the next free
    /// number of a journal entry, and moves on.
    pub(crate) fn instrument(
        &self,
        id: InstrumentId,
        entry: &mut EntryNo,
        events: &mut Vec<Event<'static>>,
    ) {
        let mut turns = self.turns(id);
        let pool = deliver(&mut turns);
        self.allocate(id, &mut turns, pool);
        let currency = self.state.registry.instrument_record(id).currency;
        let price = self.state.prices.latest(id, self.date);
        for turn in &turns {
            self.fall_due(turn, currency, entry, events);
            if let Some(mut settled) = self.settled(turn, currency, price) {
                settled.entry = *entry;
                let event = Event::PositionSettled(settled);
                entry.0 += model::entries::entries(&event, self.date).len() as u64;
                events.push(event);
            }
        }
    }

    /// The instrument's positions, in order of account code.
    fn turns(&self, id: InstrumentId) -> Vec<Turn<'_>> {
        let netting = &self.state.netting;
        let mut turns: Vec<Turn<'_>> = netting
            .cells_of(id)
            .iter()
            .map(|at| {
                let at = *at as usize;
                let open = open_before(self.state, at, self.date);
                let cell = &netting.cells[at];
                Turn { at, cell, before: open.units, money_before: open.money, moved: 0 }
            })
            .collect();
        turns.sort_by_key(|turn| self.code(turn.cell.account));
        turns
    }

    fn code(&self, account: AccountId) -> &str {
        &self.state.registry.account_record(account).code
    }

    /// The long receive from the pool: by priority group, then age, then the day's draw.
    fn allocate(&self, id: InstrumentId, turns: &mut [Turn<'_>], mut pool: i128) {
        if pool == 0 {
            return;
        }
        let isin = self.state.registry.isin_on(id, self.date);
        let mut order: Vec<_> = turns
            .iter()
            .enumerate()
            .filter(|(_, turn)| turn.before > 0)
            .map(|(at, turn)| {
                let group = self.state.registry.priority(turn.cell.account, id, self.date);
                let age = if turn.cell.carried > 0 { turn.cell.age } else { 0 };
                let ticket = ticket(self.draw, isin, self.code(turn.cell.account));
                (group, core::cmp::Reverse(age), ticket, at)
            })
            .collect();
        order.sort_unstable();
        for (_, _, _, at) in order {
            let turn = &mut turns[at];
            turn.moved = turn.before.min(pool);
            pool -= turn.moved;
        }
    }

    /// Obligations of past and present dates become position.
    fn fall_due(
        &self,
        turn: &Turn<'_>,
        currency: CurrencyId,
        entry: &mut EntryNo,
        events: &mut Vec<Event<'static>>,
    ) {
        for (settlement_date, due) in self.state.netting.overdue(turn.at, self.date) {
            let net = NetObligation {
                account: turn.cell.account,
                instrument: turn.cell.instrument,
                currency,
                units: due.units,
                money: due.money,
            };
            let fell_due = ObligationFellDue { net, settlement_date, entry: *entry };
            events.push(Event::ObligationFellDue(fell_due));
            entry.0 += 1;
        }
    }

    /// What became of a position; `None` if there was none and no money either.
    fn settled(
        &self,
        turn: &Turn<'_>,
        currency: CurrencyId,
        price: Option<Price>,
    ) -> Option<PositionSettled> {
        let cell = turn.cell;
        let nothing = cell.carried == 0 && cell.money == 0;
        if nothing && turn.before == 0 && turn.money_before == 0 {
            return None;
        }
        let open_after = turn.before - turn.moved;
        let value_before = self.value(cell.instrument, turn.before, price);
        let value_after = self.value(cell.instrument, open_after, price);
        let money = MoneyComponents {
            mark: turn.money_before + value_before,
            delivery: value_after - value_before,
        };
        Some(PositionSettled {
            run: self.run,
            date: self.date,
            account: cell.account,
            sub_account: 0,
            instrument: cell.instrument,
            currency,
            location: 0,
            open_before: turn.before,
            moved: turn.moved,
            open_after,
            age: age_after(cell, open_after),
            price: price.filter(|_| turn.before != 0),
            money,
            money_after: -value_after,
            entry: EntryNo(0),
        })
    }

    /// R(units × price) in minor units.
    fn value(&self, id: InstrumentId, units: i128, price: Option<Price>) -> i128 {
        if units == 0 {
            return 0;
        }
        let price = price.expect("the run began only because every open position has a price");
        let scale = self.state.registry.scale(id);
        basics::value(units, price, scale).expect("the run began only because all values fit")
    }
}

/// The short deliver what they hold; the sum is the pool.
fn deliver(turns: &mut [Turn<'_>]) -> i128 {
    let mut pool = 0;
    for turn in turns.iter_mut().filter(|turn| turn.before < 0) {
        let delivered = (-turn.before).min(turn.cell.holding);
        turn.moved = -delivered;
        pool += delivered;
    }
    pool
}

/// Consecutive settlement days at whose end the position was open on the same side.
fn age_after(cell: &Cell, open_after: i128) -> u32 {
    match open_after.signum() {
        0 => 0,
        side if side == cell.carried.signum() => cell.age + 1,
        _ => 1,
    }
}

/// The draw's ticket for an account: SHA-256 of `{draw}/{isin}/{account}`. Its bytes order as
/// its hexadecimal text does.
fn ticket(draw: &str, isin: &str, account: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [draw, "/", isin, "/", account] {
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use model::{Command, ReportedTerms};
    use testkit::{market, report};

    fn cell(carried: i128, age: u32, holding: i128) -> Cell {
        let (account, instrument) = (AccountId(0), InstrumentId(0));
        Cell { account, instrument, carried, money: 0, age, mark: None, holding }
    }

    #[test]
    fn age_begins_anew_when_a_position_opens_or_changes_side() {
        for (carried, age, after, expected) in [
            (0, 0, 0, 0),
            (0, 0, 5, 1),
            (0, 0, -5, 1),
            (5, 3, 0, 0),
            (5, 3, 1, 4),
            (5, 3, 900, 4),
            (5, 3, -1, 1),
            (-5, 3, -1, 4),
            (-5, 3, 1, 1),
        ] {
            let found = age_after(&cell(carried, age, 0), after);
            assert_eq!(found, expected, "{carried} aged {age} becomes {after}");
        }
    }

    #[test]
    fn the_short_deliver_what_they_hold_and_owe_no_more() {
        let cells = [cell(0, 0, 7), cell(0, 0, 7), cell(0, 0, 0), cell(0, 0, 9)];
        let befores = [-5, -9, -3, 4];
        let mut turns: Vec<Turn<'_>> = cells
            .iter()
            .zip(befores)
            .map(|(cell, before)| Turn { at: 0, cell, before, money_before: 0, moved: 0 })
            .collect();
        assert_eq!(deliver(&mut turns), 12);
        let moved: Vec<i128> = turns.iter().map(|turn| turn.moved).collect();
        assert_eq!(moved, [-5, -7, 0, 0]);
    }

    #[test]
    fn a_ticket_is_the_digest_of_draw_isin_and_account() {
        let expected: [u8; 32] = Sha256::digest("x/US0268747849/A").into();
        assert_eq!(ticket("x", market::AIG, "A"), expected);
    }

    /// The worked example of the books: buy 100 at 10.00, receive 40, mark 11.00.
    #[test]
    fn a_purchase_that_arrives_in_part_is_paid_and_marked() {
        let day = market::date(market::FIRST_DAY);
        let mut state = given::market();
        let holdings = [("A", market::FUND, "40"), ("B", "BHD", "340")];
        given::accepted(
            &mut state,
            holdings.map(|(account, asset, quantity)| {
                Command::Reference(market::holding(account, asset, quantity))
            }),
        );
        let terms = ReportedTerms { isin: market::FUND, currency: "BHD", ..report::TERMS };
        let mark = market::mark(market::FUND, report::whole(11), day);
        let events = given::accepted(
            &mut state,
            [
                market::open_day(day),
                Command::Trade(report::new(report::key("1", day), terms)),
                market::close_trading(day),
                Command::Price(mark),
                market::settle(day),
            ],
        );
        let buyer = state.registry.account("B").expect("an account");
        let mut settled = events.iter().filter_map(|event| {
            if let Event::PositionSettled(settled) = event { Some(*settled) } else { None }
        });
        let settled = settled.find(|settled| settled.account == buyer).expect("a position");
        assert_eq!(
            (settled.open_before, settled.moved, settled.open_after, settled.age),
            (100_000, 40_000, 60_000, 1)
        );
        assert_eq!(settled.money, MoneyComponents { mark: 100_000, delivery: -440_000 });
        assert_eq!((settled.payment(), settled.money_after), (-340_000, -660_000));
        let currency = state.registry.currency("BHD").expect("a currency");
        assert_eq!(state.cash_of(buyer, currency), 0);
        given::accepted(&mut state, [market::close_day(day)]);
    }
}
