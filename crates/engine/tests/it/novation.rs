//! NOVATE-1: the CCP is flat in every instrument after every decision; in every currency after
//! every run, its rounding account apart.

use std::collections::BTreeMap;

use engine::State;
use ledger::Asset;
use model::Event;
use proptest::prelude::*;
use testkit::histories;

use crate::drive::play;

proptest! {
    /// NOVATE-1: what members are owed and owe in units adds up to zero after every decision.
    #[test]
    fn novate_1_the_ccp_is_flat(history in histories()) {
        play(&history, |decided| {
            let state = decided.after;
            for (instrument, [units, _]) in sums(state) {
                assert_eq!(units, 0, "instrument {instrument}");
                let house = state.books.of(Asset::Instrument(instrument));
                assert_eq!(house.novation.balance(), 0);
            }
            if state.run.is_none() {
                houses_accounts_are_flat(state);
            }
            for event in decided.events() {
                if let Event::TradeNovated(event) = event {
                    assert_eq!(event.buyer_contract.0, event.trade.0 * 2 - 1);
                    assert_eq!(event.seller_contract.0, event.trade.0 * 2);
                }
            }
        });
    }
}

/// Units and money that are due or carried, over all accounts, by instrument.
fn sums(state: &State) -> BTreeMap<basics::InstrumentId, [i128; 2]> {
    let mut sums: BTreeMap<_, [i128; 2]> = BTreeMap::new();
    let carried = state.netting.positions().map(|cell| (cell, cell.carried, cell.money));
    let due = state.netting.obligations().map(|(_, cell, due)| (cell, due.units, due.money));
    for (cell, units, money) in carried.chain(due) {
        let sum = sums.entry(cell.instrument).or_default();
        *sum = [sum[0] + units, sum[1] + money];
    }
    sums
}

fn houses_accounts_are_flat(state: &State) {
    let mut money: BTreeMap<_, i128> = BTreeMap::new();
    for (instrument, [_, amount]) in sums(state) {
        let house = state.books.of(Asset::Instrument(instrument));
        let accounts = [house.delivery, house.holding, house.adjustment];
        assert!(accounts.iter().all(|account| account.balance() == 0));
        *money.entry(state.registry.instrument_record(instrument).currency).or_default() += amount;
    }
    for (currency, amount) in money {
        let house = state.books.of(Asset::Currency(currency));
        let accounts = [house.novation, house.money, house.cash, house.adjustment];
        assert!(accounts.iter().all(|account| account.balance() == 0));
        // Rounding is the only thing that the CCP has a share in.
        assert_eq!(amount, -house.rounding_claim.balance());
        assert_eq!(house.rounding_claim.balance(), -house.rounding_cash.balance());
    }
}
