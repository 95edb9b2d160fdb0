//! However changes are cut into batches, the same rows come of them, in both databases.

use store::{Batch, Export, Store};
use views::Change;
use views::basics::{AccountId, CurrencyId, Date, InstrumentId, Price, Seq, TradeId};
use views::change::{AdjustmentRow, AdvanceRow, DayStage, PriceRow, Settles};

use crate::changes::{DAY, carried, instrument, reference, trade};
use crate::places::places;
use crate::{everything, rows, write};

const ACCOUNT: AccountId = AccountId(0);
const INSTRUMENT: InstrumentId = InstrumentId(0);

/// Changes of the same rows, again and again.
fn story() -> Vec<Change<'static>> {
    let moved = |from, to| Change::TradesMoved { instrument: INSTRUMENT, from, to };
    let cancelled =
        |id, seq| Change::TradeCancelled { trade: TradeId(id), version: 3, seq: Seq(seq) };
    let adjusted = |units| {
        let (account, instrument, currency) = (ACCOUNT, INSTRUMENT, CurrencyId(0));
        Change::Adjusted(AdjustmentRow { account, instrument, currency, units, money: 3 })
    };
    let advance = |tried_on| {
        let (account, currency, due) = (ACCOUNT, CurrencyId(0), DAY);
        AdvanceRow { account, currency, due, amount: 7, tried_on }
    };
    let price = |price| {
        let (instrument, price_date) = (INSTRUMENT, DAY);
        Change::Price(PriceRow { instrument, price_date, price: Price(price), seq: Seq(1) })
    };
    let next = Date(DAY.0 + 1);
    vec![
        Change::DayOpened { date: DAY, seq: Seq(1), settles: Settles::Yes },
        Change::TradeCaptured(trade(1, "1", 1)),
        Change::TradeCaptured(trade(2, "2", 1)),
        Change::TradeAmended(trade(1, "1", 2)),
        adjusted(5),
        moved(DAY, next),
        Change::TradeCaptured(trade(3, "3", 1)),
        cancelled(1, 30),
        price(5),
        Change::Carried(carried(9, 1)),
        Change::Flat(ACCOUNT, INSTRUMENT),
        adjusted(1),
        adjusted(1),
        Change::AdvanceOpened(advance(DAY)),
        Change::AdvanceStands(advance(next)),
        moved(next, DAY),
        cancelled(3, 31),
        price(6),
        Change::AdvanceRepaid(advance(next)),
        Change::DayReached { date: DAY, stage: DayStage::TradingClosed, seq: Seq(32) },
        Change::DayReached { date: DAY, stage: DayStage::Closed, seq: Seq(33) },
        Change::Instrument(INSTRUMENT, instrument("US0378331005", next)),
        Change::DayOpened { date: next, seq: Seq(34), settles: Settles::No },
        Change::InForce(next),
        Change::Carried(carried(2, 1)),
        adjusted(3),
    ]
}

#[test]
fn batches_of_any_size_lead_to_the_same_rows_in_both_databases() {
    let mut seen = Vec::new();
    for size in [1, 4, 100] {
        for place in places() {
            let mut store = Store::open(&place.location).expect("a store");
            write(&mut store, &reference(), 1);
            for (seq, changes) in (2..).zip(story().chunks(size)) {
                let mut batch = Batch::default();
                changes.iter().for_each(|change| batch.push(change));
                write(&mut store, &batch, seq);
            }
            assert_eq!(
                rows(&store, Export::Trades),
                [
                    "XNYS,2013-10-07,1,3,cancelled,US0378331005,100,0.05,USD,2013-10-08,A,B,5.00,30",
                    "XNYS,2013-10-07,2,1,live,US0378331005,100,0.05,USD,2013-10-07,A,B,5.00,21",
                    "XNYS,2013-10-07,3,3,cancelled,US0378331005,100,0.05,USD,2013-10-07,A,B,5.00,31",
                ],
                "batches of {size}"
            );
            let position = "A,US0378331005,5,1,0.01,0.000000001";
            assert_eq!(rows(&store, Export::Positions), [position]);
            seen.push((
                everything(&store),
                store.days().expect("days"),
                store.codes().expect("codes"),
            ));
            let advances = place.query("SELECT count(*) FROM v_advances");
            let prices = place.query("SELECT count(*) FROM v_prices");
            assert_eq!((&*advances[0][0], &*prices[0][0]), ("0", "1"));
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}
