//! Dictionaries while a run of decisions is written: what repeats gets an index, in order of
//! first use.
//!
//! Two texts can stand for different ids within one run (a code that changes hands), so an entry
//! is what a report says together with what capture made of it. A row that was not accepted has
//! no ids and takes the first entry with its texts.

use std::hash::{BuildHasher, Hasher};

use basics::{AccountId, Date, Numeral, PriceUnit, Units};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use ledger::postings::Cleared;
use model::trade::{Capacity, CumEx, ShortSale, TradeType};
use model::{Attributes, ReportedTerms};

use super::entry::{AccountEntry, InstrumentEntry, InstrumentFacts, OriginEntry};
use super::number::scaled;
use crate::field::Field;
use crate::text::same_bytes;

/// Two texts of an entry, one after the other in the dictionary's bytes.
#[derive(Clone, Copy, Debug)]
struct Texts {
    start: u32,
    middle: u32,
    end: u32,
}

/// Entries with two texts and what else makes them different.
#[derive(Debug)]
struct Dictionary<E> {
    table: HashTable<u32>,
    entries: Vec<Entry<E>>,
    texts: String,
}

#[derive(Debug)]
struct Entry<E> {
    hash: u64,
    texts: Texts,
    /// The next entry with the same texts; `None` for the last one.
    next: Option<u32>,
    rest: E,
}

impl<E> Default for Dictionary<E> {
    fn default() -> Self {
        Self { table: HashTable::new(), entries: Vec::new(), texts: String::new() }
    }
}

fn hash(first: &str, second: &str) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(first.as_bytes());
    hasher.write(second.as_bytes());
    hasher.finish()
}

impl<E> Dictionary<E> {
    fn clear(&mut self) {
        self.table.clear();
        self.entries.clear();
        self.texts.clear();
    }

    /// Bytes of its texts and a little more for each entry: about what it takes when written.
    fn estimated_len(&self) -> usize {
        self.texts.len() + 64 * self.entries.len()
    }

    fn texts(&self, entry: &Entry<E>) -> (&str, &str) {
        let Texts { start, middle, end } = entry.texts;
        let text = |from: u32, to: u32| &self.texts[from as usize..to as usize];
        (text(start, middle), text(middle, end))
    }

    /// The index of the entry with these texts that `same` accepts, which may complete it.
    fn find(
        &mut self,
        hash: u64,
        (first, second): (&str, &str),
        mut same: impl FnMut(&mut E) -> bool,
    ) -> Found {
        let head = self.table.find(hash, |index| {
            let Texts { start, middle, end } = self.entries[*index as usize].texts;
            let known = self.texts.as_bytes();
            same_bytes(&known[start as usize..middle as usize], first.as_bytes())
                && same_bytes(&known[middle as usize..end as usize], second.as_bytes())
        });
        let Some(mut index) = head.copied() else { return Found::Nothing };
        loop {
            let entry = &mut self.entries[index as usize];
            if same(&mut entry.rest) {
                return Found::Entry(index);
            }
            match entry.next {
                Some(next) => index = next,
                None => return Found::Others { last: index },
            }
        }
    }

    fn add(&mut self, hash: u64, (first, second): (&str, &str), found: Found, rest: E) -> u32 {
        let index = self.entries.len() as u32;
        let start = self.texts.len() as u32;
        self.texts.push_str(first);
        let middle = self.texts.len() as u32;
        self.texts.push_str(second);
        let texts = Texts { start, middle, end: self.texts.len() as u32 };
        self.entries.push(Entry { hash, texts, next: None, rest });
        match found {
            Found::Others { last } => self.entries[last as usize].next = Some(index),
            Found::Nothing | Found::Entry(_) => {
                let Self { table, entries, .. } = self;
                table.insert_unique(hash, index, |index| entries[*index as usize].hash);
            }
        }
        index
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug)]
enum Found {
    /// The entry.
    Entry(u32),
    /// Entries with the same texts, but none of them fits.
    Others { last: u32 },
    /// No entry with these texts.
    Nothing,
}

/// Accounts: code and id.
#[derive(Debug, Default)]
pub(super) struct Accounts(Dictionary<Option<AccountId>>);

impl Accounts {
    /// The index of an account; without an id any entry with its code will do.
    pub fn index(&mut self, code: &str, id: Option<AccountId>) -> u32 {
        let (hash, texts) = (hash(code, ""), (code, ""));
        let found = self.0.find(hash, texts, |known| match (*known, id) {
            (_, None) => true,
            (None, Some(_)) => {
                *known = id;
                true
            }
            (Some(known), Some(id)) => known == id,
        });
        match found {
            Found::Entry(index) => index,
            Found::Others { .. } | Found::Nothing => self.0.add(hash, texts, found, id),
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn estimated_len(&self) -> usize {
        self.0.estimated_len()
    }

    pub fn write(&self, field: u32, out: &mut Vec<u8>) {
        for entry in &self.0.entries {
            let (code, _) = self.0.texts(entry);
            AccountEntry { code, id: entry.rest }.write(field, out);
        }
    }
}

/// An instrument's scales, ids and last price.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instrument {
    pub price_scale: u8,
    pub quantity_scale: u8,
    /// Digits of the price of the row before.
    pub price: i64,
    facts: Option<InstrumentFacts>,
}

/// What capture made of the terms of a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolved<'a> {
    pub cleared: &'a Cleared,
    pub contractual_date: Date,
}

impl Resolved<'_> {
    fn facts(&self, quantity_decimals: u8) -> InstrumentFacts {
        InstrumentFacts {
            instrument: self.cleared.instrument,
            currency: self.cleared.currency,
            quantity_decimals,
            contractual_date: self.contractual_date,
            settlement_date: self.cleared.settlement_date,
        }
    }
}

/// Decimals of a quantity that the search for an instrument's own tries.
const DECIMALS: std::ops::RangeInclusive<u8> = 0..=18;

/// Instruments: ISIN, currency, and what capture made of them.
#[derive(Debug, Default)]
pub(super) struct Instruments(Dictionary<Instrument>);

impl Instruments {
    /// The index of an instrument; `None` if no decimals explain the quantity in smallest units.
    pub fn index(&mut self, terms: &ReportedTerms<'_>, made: Option<Resolved<'_>>) -> Option<u32> {
        let texts = (terms.isin, terms.currency);
        let hash = hash(terms.isin, terms.currency);
        let found = self.0.find(hash, texts, |known| match (&known.facts, made) {
            (_, None) => true,
            (Some(facts), Some(made)) => {
                *facts == made.facts(facts.quantity_decimals)
                    && explains(terms.quantity, facts.quantity_decimals, made.cleared.quantity)
            }
            (None, Some(made)) => {
                known.facts = decimals(terms.quantity, made.cleared.quantity)
                    .map(|decimals| made.facts(decimals));
                known.facts.is_some()
            }
        });
        if let Found::Entry(index) = found {
            return Some(index);
        }
        let facts = match made {
            None => None,
            Some(made) => Some(made.facts(decimals(terms.quantity, made.cleared.quantity)?)),
        };
        let scale = |numeral: Numeral| numeral.exact().map_or(0, |decimal| decimal.scale);
        let (price_scale, quantity_scale) = (scale(terms.price), scale(terms.quantity));
        let rest = Instrument { price_scale, quantity_scale, price: 0, facts };
        Some(self.0.add(hash, texts, found, rest))
    }

    /// The entry with this index.
    pub fn entry(&mut self, index: u32) -> &mut Instrument {
        &mut self.0.entries[index as usize].rest
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn estimated_len(&self) -> usize {
        self.0.estimated_len()
    }

    pub fn write(&self, field: u32, out: &mut Vec<u8>) {
        for entry in &self.0.entries {
            let (isin, currency) = self.0.texts(entry);
            let Instrument { price_scale, quantity_scale, facts, .. } = entry.rest;
            let entry = InstrumentEntry { isin, currency, price_scale, quantity_scale, facts };
            entry.write(field, out);
        }
    }
}

/// True if a reported quantity, with this many decimals, is this many smallest units.
fn explains(quantity: Numeral, decimals: u8, units: Units) -> bool {
    quantity.exact().is_some_and(|quantity| {
        scaled(quantity.mantissa, quantity.scale, decimals) == Some(i128::from(units.0))
    })
}

/// The fewest decimals that make a reported quantity this many smallest units.
fn decimals(quantity: Numeral, units: Units) -> Option<u8> {
    DECIMALS.into_iter().find(|decimals| explains(quantity, *decimals, units))
}

/// What makes an origin besides its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    trade_date: Date,
    reference_width: u8,
    trade_type: TradeType,
    cum_ex: CumEx,
    short_sale: ShortSale,
    capacity: Capacity,
    price_unit: PriceUnit,
}

/// An origin's kind, and the number of its last reference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    kind: Kind,
    /// The number in the reference of the row before.
    pub reference: i64,
}

/// Origins: source, venue, trade date, width of references, attributes.
#[derive(Debug, Default)]
pub(super) struct Origins(Dictionary<Origin>);

impl Origins {
    /// The index of an origin.
    pub fn index(
        &mut self,
        texts: (&str, &str),
        trade_date: Date,
        reference_width: u8,
        attributes: &Attributes<'_>,
    ) -> u32 {
        // Written out, because the original reference of the argument does not live long enough.
        let Attributes { trade_type, cum_ex, short_sale, capacity, price_unit, .. } = *attributes;
        let kind = Kind {
            trade_date,
            reference_width,
            trade_type,
            cum_ex,
            short_sale,
            capacity,
            price_unit,
        };
        let hash = hash(texts.0, texts.1);
        let found = self.0.find(hash, texts, |known| known.kind == kind);
        if let Found::Entry(index) = found {
            return index;
        }
        let rest = Origin { kind, reference: 0 };
        self.0.add(hash, texts, found, rest)
    }

    /// The entry with this index.
    pub fn entry(&mut self, index: u32) -> &mut Origin {
        &mut self.0.entries[index as usize].rest
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn estimated_len(&self) -> usize {
        self.0.estimated_len()
    }

    pub fn write(&self, field: u32, out: &mut Vec<u8>) {
        for entry in &self.0.entries {
            let (source, venue) = self.0.texts(entry);
            let Kind {
                trade_date,
                reference_width,
                trade_type,
                cum_ex,
                short_sale,
                capacity,
                price_unit,
            } = entry.rest.kind;
            let entry = OriginEntry {
                source,
                venue,
                trade_date,
                reference_width,
                trade_type,
                cum_ex,
                short_sale,
                capacity,
                price_unit,
            };
            entry.write(field, out);
        }
    }
}
