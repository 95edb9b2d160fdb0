//! What an account was due of an instrument on a settlement date: which trades were netted into
//! it, and what became of it.

use std::collections::BTreeMap;

use basics::{AccountId, CurrencyId, Date, InstrumentId, TradeId};
use ledger::postings::Cleared;
use model::event::SettlementDateMoved;
use model::{Event, TradeKey, TradeVerdict, Verdict};
use node::DecisionRef;
use relay::Directory;

use crate::failure::Failure;
use crate::place::Place;

use super::document::{Column, Document, Row, Section, Story, numbers, words};
use super::leg::{Leg, LegKey};
use super::reference::ObligationKey;
use super::story::{follow, obligations};
use super::words::{account, money, reference, units};
use super::{not_found, scan};

/// Trades that are listed at most.
const TRADES_SHOWN: usize = 50;

const TRADES: &[Column] = &[
    numbers("seq"),
    words("trade"),
    words("side"),
    words("counter_side"),
    numbers("units"),
    numbers("money"),
];

/// What the reference data says about the names in an obligation.
#[derive(Default)]
struct Names {
    account: Option<AccountId>,
    /// The instrument with its currency's code.
    instrument: Option<(InstrumentId, String)>,
    currencies: BTreeMap<String, CurrencyId>,
    moves: Vec<SettlementDateMoved>,
}

impl Names {
    fn learn(&mut self, event: &Event<'_>, key: &ObligationKey) {
        if let Event::AccountPublished { id, change } = event
            && change.account == key.account
        {
            self.account = Some(*id);
        }
        if let Event::InstrumentPublished { id, change } = event
            && change.isin == key.isin
        {
            self.instrument = Some((*id, change.currency.to_owned()));
        }
        if let Event::CurrencyPublished { id, change, .. } = event {
            self.currencies.insert(change.code.to_owned(), *id);
        }
        if let Event::SettlementDateMoved(moved) = event {
            self.moves.push(moved.clone());
        }
    }

    /// Whose obligation it is.
    fn leg(&self, key: &ObligationKey) -> Result<LegKey, Failure> {
        let account = self.account.ok_or_else(|| {
            not_found(format!("no account {} is published; check its code", key.account))
        })?;
        let (instrument, currency) = self.instrument.as_ref().ok_or_else(|| {
            not_found(format!("no instrument {} is published; check its ISIN", key.isin))
        })?;
        let currency = self.currencies.get(currency);
        let currency = *currency.expect("an instrument's currency is published before it");
        Ok(LegKey { account, instrument: *instrument, currency })
    }

    /// The dates from which obligations moved to `date`, and `date` itself, last.
    fn dates(&self, instrument: InstrumentId, date: Date) -> Vec<Date> {
        let mut dates = vec![date];
        for moved in self.moves.iter().rev().filter(|moved| moved.instrument == instrument) {
            if dates.contains(&moved.to) && !dates.contains(&moved.from) {
                dates.insert(0, moved.from);
            }
        }
        dates
    }

    /// Where the obligations of a date moved to; `None` if they did not.
    fn moved_to(&self, instrument: InstrumentId, date: Date) -> Option<Date> {
        let mut moves = self.moves.iter().filter(|moved| moved.instrument == instrument);
        moves.rfind(|moved| moved.from == date).map(|moved| moved.to)
    }
}

/// A trade that is netted.
struct Netted {
    seq: u64,
    reference: String,
    cleared: Cleared,
}

/// The live trades of one leg.
struct Trades {
    key: LegKey,
    dates: Vec<Date>,
    live: BTreeMap<TradeId, Netted>,
}

impl Trades {
    fn put(&mut self, trade: TradeId, key: &TradeKey<'_>, cleared: Cleared, seq: u64) {
        let LegKey { account, instrument, .. } = self.key;
        let mine = cleared.instrument == instrument
            && (cleared.buyer == account || cleared.seller == account);
        if mine && self.dates.contains(&cleared.settlement_date) {
            self.live.insert(trade, Netted { seq, reference: reference(key), cleared });
        }
    }

    fn see(&mut self, decision: &DecisionRef<'_>) {
        let seq = decision.seq().0;
        match decision {
            DecisionRef::Trade(trade) => match &trade.verdict {
                TradeVerdict::Captured(captured, _) => {
                    self.put(captured.trade, &captured.key, captured.terms.cleared, seq);
                }
                TradeVerdict::Amended(amended) => {
                    self.live.remove(&amended.trade);
                    self.put(amended.trade, &amended.key, amended.terms.cleared, seq);
                }
                TradeVerdict::Cancelled(cancelled) => {
                    self.live.remove(&cancelled.trade);
                }
                TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => {}
            },
            DecisionRef::Other(other) => {
                let Verdict::Accepted(events) = &other.verdict else { return };
                for event in events {
                    if let Event::SettlementDateMoved(moved) = event
                        && moved.instrument == self.key.instrument
                    {
                        self.moved(moved);
                    }
                }
            }
        }
    }

    fn moved(&mut self, moved: &SettlementDateMoved) {
        for trade in self.live.values_mut() {
            if trade.cleared.settlement_date == moved.from {
                trade.cleared.settlement_date = moved.to;
            }
        }
    }

    /// The trades that are netted on a date.
    fn section(&self, date: Date, names: &Directory) -> Section {
        let mut section = Section::new("trades", "Trades netted into it", TRADES);
        let on_date = |trade: &&Netted| trade.cleared.settlement_date == date;
        let all = self.live.values().filter(on_date).count();
        for trade in self.live.values().filter(on_date).take(TRADES_SHOWN) {
            let cleared = &trade.cleared;
            let (side, counter_side, sign) = match cleared.buyer == self.key.account {
                true => ("buys", cleared.seller, 1),
                false => ("sells", cleared.buyer, -1),
            };
            let quantity = sign * i128::from(cleared.quantity.0);
            let amount = -sign * i128::from(cleared.consideration.0);
            section.rows.push(Row::new(vec![
                trade.seq.into(),
                trade.reference.as_str().into(),
                side.into(),
                account(names, counter_side).into(),
                units(names, cleared.instrument, quantity).into(),
                money(names, cleared.currency, amount).into(),
            ]));
        }
        if all > TRADES_SHOWN {
            section.notes.push(format!(
                "… and {} more, {all} in all; `clearfold export trades` has every one",
                all - TRADES_SHOWN
            ));
        }
        section
    }
}

/// Tells of an obligation.
pub fn explain(key: &ObligationKey, place: &Place) -> Result<Document, Failure> {
    let mut known = Names::default();
    scan(place, |decision| {
        if let DecisionRef::Other(other) = decision
            && let Verdict::Accepted(events) = &other.verdict
        {
            events.iter().for_each(|event| known.learn(event, key));
        }
    })?;
    let leg = known.leg(key)?;
    let dates = known.dates(leg.instrument, key.date);
    let mut trades = Trades { key: leg, dates: dates.clone(), live: BTreeMap::new() };
    let mut leg = Leg::new(leg, dates);
    let mut names = Directory::default();
    scan(place, |decision| {
        trades.see(decision);
        follow(decision, &mut names, std::iter::once(&mut leg));
    })?;
    let name = format!("{}/{}/{}", key.account, key.isin, key.date);
    if leg.netted().trades == 0 {
        let moved = known.moved_to(leg.key.instrument, key.date);
        return Err(not_found(match moved {
            Some(to) => format!(
                "{} is no settlement day any more; explain obligation:{}/{}/{to}",
                key.date, key.account, key.isin
            ),
            None => format!(
                "no live trade of {} in {} settles on {}; `clearfold explain account:{}` lists \
                 what fell due",
                key.account, key.isin, key.date, key.account
            ),
        }));
    }
    let title = "Netted: what the account is due on the settlement date";
    let side = match leg.netted().units().signum() {
        1 => "receives",
        -1 => "delivers",
        _ => "flat",
    };
    let told = obligations(title, std::iter::once((&leg, side)), &names);
    let mut sections = told.sections;
    sections.insert(1, trades.section(key.date, &names));
    sections.push(told.shared);
    let summary = vec![leg.sentence(&names)];
    let story = Story { kind: "obligation", name, summary, sections };
    Ok(Document { stories: vec![story], notes: Vec::new() })
}
