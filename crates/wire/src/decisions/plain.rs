//! The row that nearly all rows are: a new trade without anything odd.

use basics::{Minor, Seq, TradeId};
use ledger::postings::Cleared;
use model::event::TradeCaptured;
use model::trade::Terms;
use model::{Action, ReportedTerms, TradeDecision, TradeKey, TradeReport, TradeVerdict};

use super::columns::{Counted, Head};
use super::entry::{InstrumentEntry, Origin};
use super::layout::Column;
use super::number;
use super::rows::{Row, Rows, exact, units};
use crate::error::Flaw;

impl<'a> Rows<'a> {
    /// A new trade without anything odd, as nearly all are: the same as `Rows::any`, in one
    /// piece, so that each value is written once, where it stays.
    #[inline]
    pub(super) fn plain<'r>(&mut self, mark: u32, seq: Seq, references: &'r str) -> Row<'r>
    where
        'a: 'r,
    {
        let place = self.place(mark)?;
        let (origin, reference) = self.origin(references)?;
        let (buyer, seller) = self.sides()?;
        let Self { columns, dictionaries, clock, .. } = self;
        let index = columns.u32(Column::Instrument)?;
        let Some(Counted { entry: known, before }) =
            dictionaries.instruments.get_mut(index as usize)
        else {
            return Err(columns.fault(Flaw::UnknownEntry));
        };
        let (Some(facts), Some(buyer_id), Some(seller_id)) = (known.facts, buyer.id, seller.id)
        else {
            return Err(columns.fault(Flaw::EntryWithoutIds));
        };
        *before = before.wrapping_add(columns.zigzag(Column::Price)?);
        let price = exact(*before, known.price_scale, columns)?;
        let quantity = exact(columns.i64(Column::Quantity)?, known.quantity_scale, columns)?;
        let made = (units(quantity, facts.quantity_decimals), number::price(price));
        let (Some(made_quantity), Some(made_price)) = made else {
            return Err(columns.fault(Flaw::OutOfRange));
        };
        *clock = columns.read(Column::Executed, |code| clock.after(code))?;
        let executed_at = clock.moment();
        let consideration = Minor(columns.i64(Column::Consideration)?);
        let InstrumentEntry { isin, currency, .. } = *known;
        let Origin { source, venue, trade_date, attributes, .. } = origin;
        let key = TradeKey { source, trade_date, reference };
        let trade = TradeId(self.trade);
        let cleared = Cleared {
            instrument: facts.instrument,
            currency: facts.currency,
            buyer: buyer_id,
            seller: seller_id,
            quantity: made_quantity,
            consideration,
            settlement_date: facts.settlement_date,
        };
        let terms = Terms {
            cleared,
            price: made_price,
            contractual_date: facts.contractual_date,
            executed_at,
            venue,
            attributes,
        };
        let verdict = TradeVerdict::Captured(
            TradeCaptured { trade, key, terms },
            self.novated(trade, seq, cleared),
        );
        let terms = Some(ReportedTerms {
            isin,
            quantity,
            price,
            currency,
            executed_at,
            buyer: buyer.code,
            seller: seller.code,
            venue,
            attributes,
        });
        let report = Some(TradeReport { key, version: 1, action: Action::New, terms });
        let Head { publisher, business_date, form, .. } = self.head;
        let verbatim = None;
        Ok(TradeDecision { seq, place, publisher, business_date, report, form, verbatim, verdict })
    }
}
