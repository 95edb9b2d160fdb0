//! The rows of a run, one after the other: each column gives what the row's mark says it has.

use basics::{
    AccountId, ContractId, CurrencyId, Date, Decimal, EntryNo, InstrumentId, Minor, Numeral, Seq,
    TradeId, Units,
};
use ledger::postings::Cleared;
use model::decision::Place;
use model::event::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};
use model::trade::Terms;
use model::{
    Action, DeadLetterReason, Rejection, ReportedTerms, TradeDecision, TradeKey, TradeReport,
    TradeVerdict,
};

use super::columns::{Columns, Dictionaries, Head, Parts};
use super::entry::{AccountEntry, InstrumentEntry, InstrumentFacts, Origin};
use super::layout::{self, Column, place, verdict};
use super::number::{Clock, price, scaled};
use crate::error::{Fault, Flaw};
use crate::words::{MAX_SCALE, action};

/// A row as it is read.
pub(super) type Row<'r> = Result<TradeDecision<'r>, Fault>;

/// A run while its rows are read.
#[derive(Clone, Debug)]
pub(super) struct Rows<'a> {
    pub(super) head: Head<'a>,
    pub(super) dictionaries: Dictionaries<'a>,
    pub(super) columns: Columns<'a>,
    /// Place of the row before; before the first row, the first row's own.
    place: Option<(u64, u32)>,
    /// How many bytes of the references are taken.
    taken: usize,
    pub(super) clock: Clock,
    pub(super) trade: u64,
    entry: u64,
}

/// Reported terms with the dictionary entries that they were read from.
struct Read<'a> {
    terms: ReportedTerms<'a>,
    instrument: InstrumentEntry<'a>,
    buyer: AccountEntry<'a>,
    seller: AccountEntry<'a>,
}

impl<'a> Rows<'a> {
    pub fn new(parts: Parts<'a>) -> Self {
        let Parts { head, dictionaries, columns } = parts;
        Self {
            place: None,
            taken: 0,
            clock: Clock::at_second(head.first_second),
            trade: head.first_trade,
            entry: head.first_entry,
            head,
            dictionaries,
            columns,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty(Column::Mark)
    }

    /// An error if a column has values that no row took.
    pub fn finish(&self) -> Result<(), Fault> {
        self.columns.finish()
    }

    /// The next row.
    #[inline]
    pub fn read<'r>(&mut self, seq: Seq, references: &'r str) -> Row<'r>
    where
        'a: 'r,
    {
        let mark = self.columns.u32(Column::Mark)?;
        if mark & !place::MASK == verdict::CAPTURED {
            self.plain(mark, seq, references)
        } else {
            self.any(mark, seq, references)
        }
    }

    /// Any row.
    #[inline(never)]
    fn any<'r>(&mut self, mark: u32, seq: Seq, references: &'r str) -> Row<'r>
    where
        'a: 'r,
    {
        if mark & !layout::ALL_BITS != 0 {
            return Err(self.columns.fault(Flaw::UnknownMark));
        }
        let place = self.place(mark)?;
        let (report, verdict) = if mark & verdict::MASK == verdict::DEAD_LETTER {
            let reason = self.columns.read(Column::DeadLetter, DeadLetterReason::from_number)?;
            (None, TradeVerdict::DeadLettered(reason))
        } else {
            let (report, read) = self.report(mark, references)?;
            (Some(report), self.verdict(mark, seq, &report, read)?)
        };
        let verbatim = match mark & layout::VERBATIM {
            0 => None,
            _ => Some(self.columns.item(Column::Verbatim)?),
        };
        let Head { publisher, business_date, form, .. } = self.head;
        Ok(TradeDecision { seq, place, publisher, business_date, report, form, verbatim, verdict })
    }

    /// The CCP steps in: the contracts, and the numbers that the trade takes.
    #[inline]
    pub(super) const fn novated(
        &mut self,
        trade: TradeId,
        seq: Seq,
        cleared: Cleared,
    ) -> TradeNovated {
        let entry = self.entries(1);
        self.trade = trade.0.wrapping_add(1);
        let offset = self.head.contract_offset.cast_unsigned();
        let contract = trade.0.wrapping_mul(2).wrapping_add(offset);
        TradeNovated {
            trade,
            buyer_contract: ContractId(contract),
            seller_contract: ContractId(contract.wrapping_add(1)),
            guaranteed_from: seq,
            cleared,
            entry,
        }
    }

    /// Who buys and who sells.
    #[inline]
    pub(super) fn sides(&mut self) -> Result<(AccountEntry<'a>, AccountEntry<'a>), Fault> {
        let Self { columns, dictionaries, .. } = self;
        let buyer = *entry(&dictionaries.accounts, columns.u32(Column::Buyer)?, columns)?;
        let seller = *entry(&dictionaries.accounts, columns.u32(Column::Seller)?, columns)?;
        Ok((buyer, seller))
    }

    /// The row's origin and its reference.
    #[inline]
    pub(super) fn origin<'r>(&mut self, references: &'r str) -> Result<(Origin<'a>, &'r str), Fault>
    where
        'a: 'r,
    {
        let Self { columns, dictionaries, taken, .. } = self;
        let origin = entry(&dictionaries.origins, columns.u32(Column::Origin)?, columns)?.entry;
        if origin.reference_width == 0 {
            return Ok((origin, columns.text(Column::ReferenceText)?));
        }
        let start = *taken;
        *taken += usize::from(origin.reference_width);
        let reference = references.get(start..*taken);
        Ok((origin, reference.ok_or_else(|| columns.fault(Flaw::ShortColumn))?))
    }

    #[inline]
    pub(super) fn place(&mut self, mark: u32) -> Result<Place<'a>, Fault> {
        let Head { channel, pass, first_position, first_item, .. } = self.head;
        let (position, item) = match (mark & place::MASK, self.place) {
            (place::NEXT_POSITION, None) => (first_position, first_item),
            (place::NEXT_POSITION, Some((position, _))) => (position.wrapping_add(1), 0),
            (place::NEXT_ITEM, Some((position, item))) => (position, item.wrapping_add(1)),
            (place::STATED, _) => {
                (self.columns.number(Column::Position)?, self.columns.u32(Column::Item)?)
            }
            _ => return Err(self.columns.fault(Flaw::UnknownMark)),
        };
        self.place = Some((position, item));
        Ok(Place { channel, position, item, pass })
    }

    fn report<'r>(
        &mut self,
        mark: u32,
        references: &'r str,
    ) -> Result<(TradeReport<'r>, Option<Read<'a>>), Fault>
    where
        'a: 'r,
    {
        let (origin, reference) = self.origin(references)?;
        let columns = &mut self.columns;
        let (asked, version) = match mark & layout::REVISION {
            0 => (Action::New, 1),
            _ => (columns.read(Column::Action, action)?, columns.u32(Column::Version)?),
        };
        let read = match asked {
            Action::New | Action::Amend => Some(self.terms(mark, &origin)?),
            Action::Cancel => None,
        };
        let key = TradeKey { source: origin.source, trade_date: origin.trade_date, reference };
        let terms = read.as_ref().map(|read| read.terms);
        Ok((TradeReport { key, version, action: asked, terms }, read))
    }

    fn terms(&mut self, mark: u32, origin: &Origin<'a>) -> Result<Read<'a>, Fault> {
        let (buyer, seller) = self.sides()?;
        let Self { columns, dictionaries, clock, .. } = self;
        let index = columns.u32(Column::Instrument)?;
        let Some(known) = dictionaries.instruments.get_mut(index as usize) else {
            return Err(columns.fault(Flaw::UnknownEntry));
        };
        let instrument = known.entry;
        let quantity = match mark & layout::ODD_QUANTITY {
            0 => exact(columns.i64(Column::Quantity)?, instrument.quantity_scale, columns)?,
            _ => columns.message(Column::OddQuantity)?,
        };
        let price = match mark & layout::ODD_PRICE {
            0 => {
                known.before = known.before.wrapping_add(columns.zigzag(Column::Price)?);
                exact(known.before, instrument.price_scale, columns)?
            }
            _ => columns.message(Column::OddPrice)?,
        };
        let executed_at = match mark & layout::ODD_EXECUTED {
            0 => {
                *clock = columns.read(Column::Executed, |code| clock.after(code))?;
                clock.moment()
            }
            _ => columns.message(Column::OddExecuted)?,
        };
        let mut attributes = origin.attributes;
        if mark & layout::ORIGINAL_REFERENCE != 0 {
            attributes.original_reference = columns.text(Column::OriginalReference)?;
        }
        let terms = ReportedTerms {
            isin: instrument.isin,
            quantity,
            price,
            currency: instrument.currency,
            executed_at,
            buyer: buyer.code,
            seller: seller.code,
            venue: origin.venue,
            attributes,
        };
        Ok(Read { terms, instrument, buyer, seller })
    }

    fn verdict<'r>(
        &mut self,
        mark: u32,
        seq: Seq,
        report: &TradeReport<'r>,
        read: Option<Read<'a>>,
    ) -> Result<TradeVerdict<'r>, Fault>
    where
        'a: 'r,
    {
        let (key, version) = (report.key, report.version);
        match mark & verdict::MASK {
            verdict::CAPTURED => {
                let terms = self.made(read)?;
                let trade = TradeId(self.trade);
                let novated = self.novated(trade, seq, terms.cleared);
                let captured = TradeCaptured { trade, key, terms };
                Ok(TradeVerdict::Captured(captured, novated))
            }
            verdict::AMENDED => {
                let terms = self.made(read)?;
                let (trade, reverses) = self.revised()?;
                let Cleared { instrument, currency, .. } = terms.cleared;
                let previous = self.previous(instrument, currency)?;
                let entry = self.entries(2);
                let amended =
                    TradeAmended { trade, key, version, terms, previous, reverses, entry };
                Ok(TradeVerdict::Amended(amended))
            }
            verdict::CANCELLED if read.is_none() => {
                let (trade, reverses) = self.revised()?;
                let instrument = InstrumentId(self.columns.u32(Column::PreviousInstrument)?);
                let currency = CurrencyId(self.columns.u32(Column::PreviousCurrency)?);
                let previous = self.previous(instrument, currency)?;
                let entry = self.entries(1);
                let cancelled = TradeCancelled { trade, key, version, previous, reverses, entry };
                Ok(TradeVerdict::Cancelled(cancelled))
            }
            verdict::REJECTED => {
                let rejection = self.columns.read(Column::Rejection, Rejection::from_number)?;
                Ok(TradeVerdict::Rejected(rejection))
            }
            _ => Err(self.columns.fault(Flaw::UnknownMark)),
        }
    }

    /// The next journal entry, of which this row takes `count`.
    const fn entries(&mut self, count: u64) -> EntryNo {
        let entry = self.entry;
        self.entry = entry.wrapping_add(count);
        EntryNo(entry)
    }

    /// What capture made of the terms.
    fn made(&mut self, read: Option<Read<'a>>) -> Result<Terms<'a>, Fault> {
        let columns = &mut self.columns;
        let consideration = Minor(columns.i64(Column::Consideration)?);
        let Some(Read { terms, instrument, buyer, seller }) = read else {
            return Err(columns.fault(Flaw::UnknownMark));
        };
        let ids = (instrument.facts, buyer.id, seller.id);
        let (Some(facts), Some(buyer), Some(seller)) = ids else {
            return Err(columns.fault(Flaw::EntryWithoutIds));
        };
        let made = (units(terms.quantity, facts.quantity_decimals), price(terms.price));
        let (Some(quantity), Some(price)) = made else {
            return Err(columns.fault(Flaw::OutOfRange));
        };
        let InstrumentFacts { instrument, currency, contractual_date, settlement_date, .. } = facts;
        Ok(Terms {
            cleared: Cleared {
                instrument,
                currency,
                buyer,
                seller,
                quantity,
                consideration,
                settlement_date,
            },
            price,
            contractual_date,
            executed_at: terms.executed_at,
            venue: terms.venue,
            attributes: terms.attributes,
        })
    }

    fn revised(&mut self) -> Result<(TradeId, EntryNo), Fault> {
        let trade = TradeId(self.columns.number(Column::Trade)?);
        Ok((trade, EntryNo(self.columns.number(Column::Reverses)?)))
    }

    fn previous(
        &mut self,
        instrument: InstrumentId,
        currency: CurrencyId,
    ) -> Result<Cleared, Fault> {
        let columns = &mut self.columns;
        Ok(Cleared {
            instrument,
            currency,
            buyer: AccountId(columns.u32(Column::PreviousBuyer)?),
            seller: AccountId(columns.u32(Column::PreviousSeller)?),
            quantity: Units(columns.i64(Column::PreviousQuantity)?),
            consideration: Minor(columns.i64(Column::PreviousConsideration)?),
            settlement_date: {
                let days = columns.zigzag(Column::PreviousSettlementDate)?;
                Date(i32::try_from(days).map_err(|_| columns.fault(Flaw::OutOfRange))?)
            },
        })
    }
}

#[inline]
fn entry<'d, E>(entries: &'d [E], index: u32, columns: &Columns<'_>) -> Result<&'d E, Fault> {
    entries.get(index as usize).ok_or_else(|| columns.fault(Flaw::UnknownEntry))
}

#[inline]
pub(super) fn exact(digits: i64, scale: u8, columns: &Columns<'_>) -> Result<Numeral, Fault> {
    if scale > MAX_SCALE {
        return Err(columns.fault(Flaw::OutOfRange));
    }
    Ok(Numeral::Exact(Decimal { mantissa: i128::from(digits), scale }))
}

/// A reported quantity in smallest units.
#[inline]
pub(super) fn units(quantity: Numeral, decimals: u8) -> Option<Units> {
    let Decimal { mantissa, scale } = quantity.exact()?;
    let units = scaled(mantissa, scale, decimals)?;
    i64::try_from(units).ok().map(Units)
}
