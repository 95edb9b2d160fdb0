//! NET-1: the net equals the sum of the gross, by account, instrument, currency and date.

use std::collections::BTreeMap;

use basics::Date;
use engine::State;
use engine::netting::Cell;
use proptest::prelude::*;
use testkit::{histories, market};

use crate::drive::play;
use crate::naive::{Naive, Pair};

/// The texts for a position's account and instrument.
pub fn pair(state: &State, cell: &Cell) -> Pair {
    codes(state, cell.account, cell.instrument)
}

/// The texts for an account and an instrument.
pub fn codes(state: &State, account: basics::AccountId, instrument: basics::InstrumentId) -> Pair {
    let code = &*state.registry.account_record(account).code;
    let isin = state.registry.isin_on(instrument, Date::MIN);
    let known = |list: &[&'static str], text: &str| {
        list.iter().copied().find(|known| *known == text).expect("a code of the market")
    };
    (known(&market::ACCOUNTS, code), known(&market::ISINS, isin))
}

/// What a state says is due.
fn obligations(state: &State) -> BTreeMap<(Date, Pair), [i128; 2]> {
    let dues = state.netting.obligations();
    dues.map(|(date, cell, due)| ((date, pair(state, cell)), [due.units, due.money])).collect()
}

proptest! {
    /// NET-1: obligations are the sums of the accepted reports, recomputed after every decision
    /// outside of runs.
    #[test]
    fn net_1_obligations_are_the_sum_of_live_trades(history in histories()) {
        let mut naive = Naive::default();
        play(&history, |decided| {
            if decided.verdict.is_ok() {
                naive.accept(decided.command);
            }
            if decided.after.run.is_none() {
                assert_eq!(obligations(decided.after), naive.obligations());
            }
        });
    }
}
