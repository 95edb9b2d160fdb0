//! Figures of a state, for people who watch it. They decide nothing.

use basics::CurrencyId;
use ledger::Asset;

use crate::State;

/// Counts and sums over a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Figures {
    /// Trades ever captured.
    pub captured: u64,
    /// Trades whose references are kept.
    pub kept: u64,
    /// Open positions carried from the last settlement: fails.
    pub open_positions: u64,
    /// The age of the oldest of them, in settlement days.
    pub oldest_age: u32,
    /// Account, instrument and date with something due.
    pub pending_obligations: u64,
    /// Payments that failed and were not repaid yet.
    pub advances: u64,
    /// Entries of the ledger so far.
    pub entries: u64,
}

impl State {
    /// Counts and sums of this state.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let open = self.netting.cells.iter().filter(|cell| cell.carried != 0);
        let columns = self.netting.dues.iter().flat_map(|(_, column)| column);
        Figures {
            captured: self.trades.captured,
            kept: self.trades.len() as u64,
            open_positions: open.clone().count() as u64,
            oldest_age: open.map(|cell| cell.age).max().unwrap_or(0),
            pending_obligations: columns.filter(|due| **due != Default::default()).count() as u64,
            advances: self.advances.len() as u64,
            entries: self.next_entry.0 - 1,
        }
    }

    /// Gross value of all trades cleared so far in a currency, in minor units.
    #[must_use]
    pub fn gross_cleared(&self, currency: CurrencyId) -> i128 {
        self.books.of(Asset::Currency(currency)).gross
    }
}
