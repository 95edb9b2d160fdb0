//! Which decisions on trade reports follow the rules of the columns, and by what they are known.

use ledger::postings::Cleared;
use model::trade::Terms;
use model::{
    Action, Attributes, ReportedTerms, TradeDecision, TradeKey, TradeReport, TradeVerdict,
};

use super::dictionary::Resolved;
use super::layout::verdict;
use super::number::price;
use crate::text::same;

/// What columns need to know of a decision that follows the rules.
pub(super) struct Shape<'a> {
    /// The verdict's number in the mark.
    pub verdict: u32,
    /// The report; `None` for a dead letter.
    pub report: Option<&'a TradeReport<'a>>,
    /// What capture made of the terms: captured and amended.
    pub made: Option<Resolved<'a>>,
    /// The first journal entry and how many there are: captured, amended and cancelled.
    pub entries: Option<(u64, u64)>,
    /// What was booked before: amended and cancelled.
    pub revised: Option<Revised<'a>>,
    /// The trade's id and the offset of its contracts: captured.
    pub captured: Option<(u64, u64)>,
}

/// What an amendment or a cancellation undoes.
#[derive(Clone, Copy)]
pub(super) struct Revised<'a> {
    pub trade: u64,
    pub reverses: u64,
    pub previous: &'a Cleared,
}

impl<'a> Shape<'a> {
    /// The shape of a decision; `None` if it does not follow the rules.
    pub fn of(decision: &'a TradeDecision<'a>) -> Option<Self> {
        let report = decision.report.as_ref();
        if let TradeVerdict::DeadLettered(_) = decision.verdict {
            let shape = Self::new(verdict::DEAD_LETTER, None);
            return report.is_none().then_some(shape);
        }
        let report = report?;
        if report.terms.is_some() == (report.action == Action::Cancel) {
            return None;
        }
        match &decision.verdict {
            TradeVerdict::Captured(captured, novated) => {
                let follows = same_key(&captured.key, &report.key)
                    && novated.trade == captured.trade
                    && novated.cleared == captured.terms.cleared
                    && novated.guaranteed_from == decision.seq
                    && novated.seller_contract.0 == novated.buyer_contract.0.wrapping_add(1);
                let trade = captured.trade.0;
                let offset = novated.buyer_contract.0.wrapping_sub(trade.wrapping_mul(2));
                let mut shape = Self::new(verdict::CAPTURED, Some(report));
                shape.made = Some(made(report.terms.as_ref()?, &captured.terms)?);
                shape.entries = Some((novated.entry.0, 1));
                shape.captured = Some((trade, offset));
                follows.then_some(shape)
            }
            TradeVerdict::Amended(amended) => {
                let (now, previous) = (&amended.terms.cleared, &amended.previous);
                let follows = is_of(report, &amended.key, amended.version)
                    && now.instrument == previous.instrument
                    && now.currency == previous.currency;
                let (trade, reverses) = (amended.trade.0, amended.reverses.0);
                let mut shape = Self::new(verdict::AMENDED, Some(report));
                shape.made = Some(made(report.terms.as_ref()?, &amended.terms)?);
                shape.entries = Some((amended.entry.0, 2));
                shape.revised = Some(Revised { trade, reverses, previous });
                follows.then_some(shape)
            }
            TradeVerdict::Cancelled(cancelled) => {
                let follows = is_of(report, &cancelled.key, cancelled.version)
                    && report.action == Action::Cancel;
                let previous = &cancelled.previous;
                let (trade, reverses) = (cancelled.trade.0, cancelled.reverses.0);
                let mut shape = Self::new(verdict::CANCELLED, Some(report));
                shape.entries = Some((cancelled.entry.0, 1));
                shape.revised = Some(Revised { trade, reverses, previous });
                follows.then_some(shape)
            }
            TradeVerdict::Rejected(_) => Some(Self::new(verdict::REJECTED, Some(report))),
            TradeVerdict::DeadLettered(_) => None,
        }
    }

    const fn new(verdict: u32, report: Option<&'a TradeReport<'a>>) -> Self {
        Self { verdict, report, made: None, entries: None, revised: None, captured: None }
    }
}

fn is_of(report: &TradeReport<'_>, key: &TradeKey<'_>, version: u32) -> bool {
    same_key(&report.key, key) && report.version == version
}

fn same_key(a: &TradeKey<'_>, b: &TradeKey<'_>) -> bool {
    a.trade_date == b.trade_date && same(a.source, b.source) && same(a.reference, b.reference)
}

fn same_attributes(a: &Attributes<'_>, b: &Attributes<'_>) -> bool {
    let Attributes { trade_type, cum_ex, short_sale, capacity, price_unit, .. } = *a;
    trade_type == b.trade_type
        && cum_ex == b.cum_ex
        && short_sale == b.short_sale
        && capacity == b.capacity
        && price_unit == b.price_unit
        && same(a.original_reference, b.original_reference)
}

/// What capture made of reported terms, if that follows from them and from ids and dates.
fn made<'a>(reported: &ReportedTerms<'_>, terms: &'a Terms<'_>) -> Option<Resolved<'a>> {
    let follows = terms.executed_at == reported.executed_at
        && same(terms.venue, reported.venue)
        && same_attributes(&terms.attributes, &reported.attributes)
        && price(reported.price) == Some(terms.price);
    let contractual_date = terms.contractual_date;
    follows.then_some(Resolved { cleared: &terms.cleared, contractual_date })
}
