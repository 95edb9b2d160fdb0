//! TIME-1: the same log gives the same state, and decisions follow from it alone.

use engine::{State, decide, evolve};
use model::Command;
use proptest::collection::vec;
use proptest::prelude::*;
use testkit::{histories, market, report};

use crate::drive::{Segment, market as segment, play};

proptest! {
    /// TIME-1: deciding is pure, and the fold of the events is the state that decided them.
    #[test]
    fn time_1_the_fold_of_the_log_is_the_state(history in histories()) {
        let mut log = Vec::new();
        let mut seq = 0;
        let end = play(&history, |decided| {
            seq += 1;
            let again = decide(decided.before, decided.command, basics::Seq(seq));
            assert_eq!(&again, decided.verdict);
            if decided.verdict.is_err() {
                assert_eq!(decided.before.hash(), decided.after.hash());
            }
            log.extend_from_slice(decided.events());
        });
        let mut folded = State::default();
        log.iter().for_each(|event| evolve(&mut folded, event));
        prop_assert_eq!(folded.hash(), end.state.hash());
        prop_assert_eq!(play(&history, |_| ()).state.hash(), end.state.hash());
    }

    /// TIME-1: the order of independent trades within a day shows nowhere in the state.
    #[test]
    fn time_1_the_order_of_independent_trades_does_not_count(
        (first, second) in vec((0..4_usize, 0..4_usize, 1..60_i128, 1..4_000_i128), 1..20)
            .prop_flat_map(|trades| {
                let trades: Vec<_> = trades.into_iter().enumerate().collect();
                (Just(trades.clone()), Just(trades).prop_shuffle())
            })
    ) {
        prop_assert_eq!(day_of(&first), day_of(&second));
    }
}

/// References for independent trades.
const REFERENCES: [&str; 20] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
    "t",
];

type Drawn = (usize, (usize, usize, i128, i128));

/// The state hashes after the trades of a day and after its close.
fn day_of(trades: &[Drawn]) -> [[u8; 32]; 2] {
    let day = market::date(market::FIRST_DAY);
    let mut segment: Segment = segment();
    segment.accept(["20", "7"].into_iter().zip(market::ACCOUNTS).map(|(quantity, account)| {
        Command::Reference(market::holding(account, market::FUND, quantity))
    }));
    segment.accept([market::open_day(day)]);
    for (number, (buyer, isin, quantity, cents)) in trades {
        let isin = market::ISINS[*isin];
        let terms = model::ReportedTerms {
            isin,
            quantity: report::whole(*quantity),
            price: basics::Numeral::Exact(basics::Decimal { mantissa: *cents, scale: 2 }),
            currency: market::published(isin).currency,
            buyer: market::ACCOUNTS[*buyer],
            seller: market::ACCOUNTS[*buyer + 1],
            ..report::TERMS
        };
        let key = report::key(REFERENCES[*number], day);
        segment.accept([Command::Trade(report::new(key, terms))]);
    }
    let traded = segment.state.hash();
    segment.accept([market::close_trading(day)]);
    for isin in market::ISINS {
        let mark = market::mark(isin, market::numeral("10.005"), day);
        segment.accept([Command::Price(mark)]);
    }
    segment.accept([market::settle(day), market::close_day(day)]);
    [traded, segment.state.hash()]
}
