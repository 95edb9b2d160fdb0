//! Trades that are in: one slab for each trade date, found by source and reference, dropped
//! whole when the date is purged.
//!
//! A trade's record holds its newest content; older versions of corrected trades lie in a side
//! table, so that every version that is in can be compared by value.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use basics::{AccountId, Date, EntryNo, Instant, InstrumentId, Minor, Price, TradeId, Units};
use hashbrown::HashTable;
use ledger::postings::Cleared;
use model::TradeKey;

use crate::interner::{Interner, Key};

/// The content of one version of a trade, ids resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Price.
    pub price: Price,
    /// When it was traded.
    pub executed_at: Instant,
    /// Units; positive.
    pub quantity: Units,
    /// What the buyer pays, in minor units.
    pub consideration: Minor,
    /// The instrument.
    pub instrument: InstrumentId,
    /// The account that buys.
    pub buyer: AccountId,
    /// The account that sells.
    pub seller: AccountId,
    /// Place of trading, interned.
    pub venue: u32,
    /// Attributes and original reference, interned; 0 is the default.
    pub attributes: u32,
}

/// A trade that is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Its newest content; of a cancelled trade the content before.
    pub content: Content,
    /// The journal entry that books it.
    pub entry: EntryNo,
    /// The source, interned.
    pub source: u32,
    /// Where its reference ends in the day's arena; it begins where the one before ends.
    reference_end: u32,
    /// The newest version that is in, the cancellation included.
    pub version: u32,
    /// The settlement date that the cycle gave at capture.
    pub contractual_date: Date,
    /// The settlement date.
    pub settlement_date: Date,
    /// False once it is cancelled.
    pub live: bool,
}

impl Trade {
    /// What it obliges to.
    #[must_use]
    pub const fn cleared(&self, currency: basics::CurrencyId) -> Cleared {
        Cleared {
            instrument: self.content.instrument,
            currency,
            buyer: self.content.buyer,
            seller: self.content.seller,
            quantity: self.content.quantity,
            consideration: self.content.consideration,
            settlement_date: self.settlement_date,
        }
    }

    /// The version that its content states: a cancellation states none.
    #[must_use]
    pub const fn content_version(&self) -> u32 {
        if self.live { self.version } else { self.version - 1 }
    }
}

/// What a new record needs beside its reference.
pub(crate) struct NewTrade {
    pub content: Content,
    pub entry: EntryNo,
    pub source: u32,
    pub version: u32,
    pub contractual_date: Date,
    pub settlement_date: Date,
    pub live: bool,
}

/// The trades of one trade date. Their ids are consecutive.
#[derive(Clone)]
pub(crate) struct TradeDay {
    pub date: Date,
    pub first: TradeId,
    pub trades: Vec<Trade>,
    references: Vec<u8>,
    /// Slots by the tag of source and reference.
    index: HashTable<(u32, u32)>,
}

/// The places of the index that a neighbourhood has, less one: one cache line of its marks.
const NEAR: u32 = 63;

/// The hash under which a trade is found: 32 bits are kept beside the slot, and all of it
/// follows from them, so that a growing index never goes back to the references.
///
/// References mostly count upwards. Those that differ in their last character alone share a
/// neighbourhood of the index, so that reports that follow each other find it in the cache.
#[inline]
fn tag(source: u32, reference: &str) -> u32 {
    let (last, others) = reference.as_bytes().split_last().unwrap_or((&0, &[]));
    let neighbourhood = (Key::of(others).hash() >> 32) as u32;
    let place = u32::from(*last & 15) | source << 4;
    (neighbourhood & !NEAR) | (place & NEAR)
}

/// The hash that the index places a tag by: the tag says where, the rest tells tags apart.
#[inline]
const fn spread(tag: u32) -> u64 {
    let mixed = (tag as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed & !(u32::MAX as u64)) | tag as u64
}

impl TradeDay {
    /// A day with room for so many trades and bytes of references.
    pub(crate) fn with_capacity(
        date: Date,
        first: TradeId,
        trades: usize,
        reference_bytes: usize,
    ) -> Self {
        Self {
            date,
            first,
            trades: Vec::with_capacity(trades),
            references: Vec::with_capacity(reference_bytes),
            index: HashTable::with_capacity(trades),
        }
    }

    /// The reference of the trade in a slot.
    pub(crate) fn reference(&self, slot: usize) -> &str {
        core::str::from_utf8(self.reference_bytes(slot)).expect("references are text")
    }

    /// All references, one behind the other.
    pub(crate) fn references(&self) -> &[u8] {
        &self.references
    }

    pub(crate) fn reference_bytes(&self, slot: usize) -> &[u8] {
        let begin = match slot {
            0 => 0,
            slot => self.trades[slot - 1].reference_end as usize,
        };
        &self.references[begin..self.trades[slot].reference_end as usize]
    }

    #[inline]
    fn find(&self, source: u32, reference: &str) -> Option<usize> {
        let tag = tag(source, reference);
        self.index
            .find(spread(tag), |(known, slot)| {
                let slot = *slot as usize;
                *known == tag
                    && self.trades[slot].source == source
                    && self.reference_bytes(slot) == reference.as_bytes()
            })
            .map(|(_, slot)| *slot as usize)
    }

    /// Adds a trade; its id is the next of the day.
    #[inline]
    pub(crate) fn push(&mut self, reference: &str, new: NewTrade) {
        let slot = u32::try_from(self.trades.len()).expect("fewer than 2^32 trades a day");
        self.references.extend_from_slice(reference.as_bytes());
        let reference_end =
            u32::try_from(self.references.len()).expect("under 4 GiB of references a day");
        let NewTrade { content, entry, source, version, contractual_date, settlement_date, live } =
            new;
        self.trades.push(Trade {
            content,
            entry,
            source,
            reference_end,
            version,
            contractual_date,
            settlement_date,
            live,
        });
        let tag = tag(source, reference);
        self.index.insert_unique(spread(tag), (tag, slot), |(tag, _)| spread(*tag));
    }
}

/// Where a trade lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    day: usize,
    slot: usize,
}

/// All trades that are in.
#[derive(Clone, Default)]
pub struct TradeBook {
    /// In order of date.
    pub(crate) days: Vec<TradeDay>,
    pub(crate) sources: Interner,
    pub(crate) venues: Interner,
    /// Contents of older versions of corrected trades.
    pub(crate) history: BTreeMap<(TradeId, u32), Content>,
    /// How many trades were ever captured: the newest id.
    pub(crate) captured: u64,
    /// The day of the newest trade.
    pub(crate) newest_day: usize,
}

impl TradeBook {
    fn day_at(&self, date: Date) -> Result<usize, usize> {
        match self.days.last() {
            Some(last) if last.date == date => Ok(self.days.len() - 1),
            _ => self.days.binary_search_by_key(&date, |day| day.date),
        }
    }

    /// Where the trade with this key lies.
    #[inline]
    pub(crate) fn find(&self, key: &TradeKey<'_>) -> Option<Slot> {
        let day = self.day_at(key.trade_date).ok()?;
        let source = self.sources.get(key.source)?;
        self.days[day].find(source, key.reference).map(|slot| Slot { day, slot })
    }

    /// The trade in a place.
    #[inline]
    pub(crate) fn get(&self, at: Slot) -> &Trade {
        &self.days[at.day].trades[at.slot]
    }

    /// The id of the trade in a place.
    pub(crate) fn id(&self, at: Slot) -> TradeId {
        TradeId(self.days[at.day].first.0 + at.slot as u64)
    }

    /// The trade with this id and date, to change it.
    pub(crate) fn get_mut(&mut self, date: Date, id: TradeId) -> &mut Trade {
        let day = self.day_at(date).expect("a trade that changes has its day");
        let day = &mut self.days[day];
        let slot = usize::try_from(id.0 - day.first.0).expect("ids of a day are consecutive");
        &mut day.trades[slot]
    }

    /// The trade that was captured last.
    pub(crate) fn newest(&mut self, id: TradeId) -> &mut Trade {
        assert!(id.0 == self.captured, "a locked-in trade is novated when it is captured");
        let day = &mut self.days[self.newest_day];
        day.trades.last_mut().expect("it was just captured")
    }

    /// The instruments with a live trade that settles on a date.
    pub(crate) fn settling_on(&self, date: Date) -> BTreeSet<InstrumentId> {
        let trades = self.days.iter().flat_map(|day| &day.trades);
        let due = trades.filter(|trade| trade.live && trade.settlement_date == date);
        due.map(|trade| trade.content.instrument).collect()
    }

    /// The settlement date of an instrument's trades moved.
    pub(crate) fn move_date(&mut self, instrument: InstrumentId, from: Date, to: Date) {
        for trade in self.days.iter_mut().flat_map(|day| &mut day.trades) {
            if trade.content.instrument == instrument && trade.settlement_date == from {
                trade.settlement_date = to;
            }
        }
    }

    /// The trade with this id, and who calls it what; `None` once it is purged.
    pub(crate) fn by_id(&self, id: TradeId) -> Option<(TradeKey<'_>, &Trade)> {
        let day = self
            .days
            .iter()
            .find(|day| id.0 >= day.first.0 && id.0 - day.first.0 < day.trades.len() as u64)?;
        let slot = usize::try_from(id.0 - day.first.0).expect("a slot");
        let trade = &day.trades[slot];
        let source = self.sources.text(trade.source);
        let key = TradeKey { source, trade_date: day.date, reference: day.reference(slot) };
        Some((key, trade))
    }

    /// The content of an older version.
    pub(crate) fn older(&self, id: TradeId, version: u32) -> Option<&Content> {
        self.history.get(&(id, version))
    }

    /// The day of a new trade, begun if it is the first.
    pub(crate) fn day_for(&mut self, date: Date, id: TradeId) -> &mut TradeDay {
        let at = match self.day_at(date) {
            Ok(at) => at,
            Err(at) => {
                let day = self.new_day(date, id);
                self.days.insert(at, day);
                at
            }
        };
        self.newest_day = at;
        &mut self.days[at]
    }

    /// A day with room for as much as the one before: a day is much like another, and room that
    /// is not used costs next to nothing.
    #[cold]
    fn new_day(&self, date: Date, id: TradeId) -> TradeDay {
        let (trades, bytes) =
            self.days.last().map_or((0, 0), |day| (day.trades.len(), day.references.len()));
        TradeDay::with_capacity(date, id, trades, bytes)
    }

    /// Drops all trades of dates before this one.
    pub(crate) fn purge_before(&mut self, date: Date) {
        let keep = self.days.partition_point(|day| day.date < date);
        if keep == 0 {
            return;
        }
        self.days.drain(..keep);
        let oldest = self.days.first().map_or(TradeId(self.captured + 1), |day| day.first);
        self.history = self.history.split_off(&(oldest, 0));
    }

    /// How many trades are in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.days.iter().map(|day| day.trades.len()).sum()
    }

    /// True when no trade is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
