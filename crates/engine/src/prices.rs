//! Prices that are known: by instrument and price date, as far back as a settlement can ask.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{Date, InstrumentId, Price};

/// Drops all prices before the latest up to `date`.
fn forget_unusable(prices: &mut BTreeMap<Date, Price>, date: Date) {
    if let Some(latest) = prices.range(..=date).next_back().map(|(date, _)| *date) {
        *prices = prices.split_off(&latest);
    }
}

/// Prices by instrument and price date.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices {
    by_instrument: Vec<BTreeMap<Date, Price>>,
}

impl Prices {
    /// Records a price: the last one accepted for a date counts.
    pub(crate) fn set(&mut self, instrument: InstrumentId, date: Date, price: Price) {
        let at = instrument.0 as usize;
        if self.by_instrument.len() <= at {
            self.by_instrument.resize_with(at + 1, BTreeMap::new);
        }
        self.by_instrument[at].insert(date, price);
    }

    fn of(&self, instrument: InstrumentId) -> Option<&BTreeMap<Date, Price>> {
        self.by_instrument.get(instrument.0 as usize)
    }

    /// The price of exactly this date.
    pub(crate) fn exactly(&self, instrument: InstrumentId, date: Date) -> Option<Price> {
        self.of(instrument)?.get(&date).copied()
    }

    /// The price of the latest date up to this one.
    pub(crate) fn latest(&self, instrument: InstrumentId, date: Date) -> Option<Price> {
        self.of(instrument)?.range(..=date).next_back().map(|(_, price)| *price)
    }

    /// Forgets prices that no later settlement can use: all before the latest up to `date`.
    pub(crate) fn forget_before(&mut self, date: Date) {
        self.by_instrument.iter_mut().for_each(|prices| forget_unusable(prices, date));
    }

    /// The same for one instrument: a late price of a past date changes nothing any more.
    pub(crate) fn forget_of_before(&mut self, instrument: InstrumentId, date: Date) {
        if let Some(prices) = self.by_instrument.get_mut(instrument.0 as usize) {
            forget_unusable(prices, date);
        }
    }

    /// Every price, by instrument and date.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (InstrumentId, Date, Price)> + '_ {
        self.by_instrument.iter().enumerate().flat_map(|(id, prices)| {
            let id = InstrumentId(u32::try_from(id).expect("fewer than 2^32 instruments"));
            prices.iter().map(move |(date, price)| (id, *date, *price))
        })
    }
}
