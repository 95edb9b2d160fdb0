//! The state of a segment: everything that decisions depend on, and nothing else.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, EntryNo};
use model::RunStep;
use model::trade::Attributes;

use crate::books::Books;
use crate::day::Days;
use crate::netting::Netting;
use crate::payment::{Advances, Cash};
use crate::prices::Prices;
use crate::publishing::Openings;
use crate::refdata::Registry;
use crate::run::Run;
use crate::trades::TradeBook;

/// The state of a segment: a fold of its events.
#[derive(Clone)]
pub struct State {
    /// Reference data.
    pub registry: Registry,
    /// The business day.
    pub days: Days,
    /// Trades that are in.
    pub trades: TradeBook,
    /// Obligations and positions.
    pub netting: Netting,
    /// The house's own accounts.
    pub books: Books,
    /// The run under way.
    pub run: Option<Run>,
    /// The next free number of a journal entry.
    pub next_entry: EntryNo,
    pub(crate) cash: Cash,
    pub(crate) advances: Advances,
    pub(crate) prices: Prices,
    pub(crate) openings: Openings,
    pub(crate) attributes: Vec<StoredAttributes>,
}

/// Attributes of trades, each set once; the first is the default.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StoredAttributes {
    /// All but the original reference.
    pub plain: Attributes<'static>,
    /// The original reference.
    pub original_reference: Box<str>,
}

impl Default for State {
    fn default() -> Self {
        let first =
            StoredAttributes { plain: Attributes::default(), original_reference: Box::default() };
        Self {
            registry: Registry::default(),
            days: Days { purged_before: Date::MIN, ..Days::default() },
            trades: TradeBook::default(),
            netting: Netting::default(),
            books: Books::default(),
            run: None,
            next_entry: EntryNo(1),
            cash: Cash::new(),
            advances: Advances::new(),
            prices: Prices::default(),
            openings: Openings::new(),
            attributes: vec![first],
        }
    }
}

impl State {
    /// The day last opened; `None` before the first.
    #[must_use]
    pub fn business_date(&self) -> Option<Date> {
        self.days.last_opened
    }

    /// The step that the run under way waits for; `None` when there is no run.
    #[must_use]
    pub fn next_step(&self) -> Option<RunStep> {
        self.run.as_ref().map(Run::next_step)
    }

    /// Settled cash of an account, in minor units.
    #[must_use]
    pub fn cash_of(&self, account: AccountId, currency: CurrencyId) -> i128 {
        self.cash.get(&(account, currency)).copied().unwrap_or(0)
    }

    /// Payments that failed and were advanced: account, due date, currency, and what is owed in
    /// minor units.
    pub fn advances(&self) -> impl Iterator<Item = (AccountId, Date, CurrencyId, i128)> {
        self.advances
            .iter()
            .map(|((account, due, currency), owed)| (*account, *due, *currency, *owed))
    }

    /// The attributes behind a number.
    #[inline]
    pub(crate) fn attributes(&self, id: u32) -> Attributes<'_> {
        let stored = &self.attributes[id as usize];
        Attributes { original_reference: &stored.original_reference, ..stored.plain }
    }

    /// The number of a set of attributes, new if need be.
    pub(crate) fn intern_attributes(&mut self, attributes: &Attributes<'_>) -> u32 {
        if attributes.says_nothing() {
            return 0;
        }
        let known = (0..self.attributes.len()).find(|id| {
            let id = u32::try_from(*id).expect("few sets of attributes");
            self.attributes(id) == *attributes
        });
        let at = known.unwrap_or_else(|| {
            self.attributes.push(StoredAttributes {
                plain: Attributes {
                    trade_type: attributes.trade_type,
                    cum_ex: attributes.cum_ex,
                    short_sale: attributes.short_sale,
                    capacity: attributes.capacity,
                    price_unit: attributes.price_unit,
                    original_reference: "",
                },
                original_reference: attributes.original_reference.into(),
            });
            self.attributes.len() - 1
        });
        u32::try_from(at).expect("few sets of attributes")
    }
}
