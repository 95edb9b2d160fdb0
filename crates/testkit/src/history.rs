//! Whole histories: reference data, then days with reports, prices and operations, with
//! everything that goes wrong on the way.
//!
//! A plan is drawn first, in small numbers, so that a failing history shrinks well; inputs follow
//! from the plan alone. The plan keeps track of versions so that most amendments and cancellations
//! fit; it does not know what is accepted.

mod drawn;

use std::collections::BTreeMap;

use basics::{Date, Decimal, Numeral, PriceUnit};
use model::reference::{AccountChange, InstrumentChange, MemberChange, PriorityChange};
use model::{
    Action, Command, Operation, PriceReport, ReferenceChange, ReportedTerms, TradeKey, TradeReport,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{market, report};
use drawn::{Change, Choice, Day, Fault, Input, Report, Slip, Version};

/// Inputs of a segment, in order.
#[derive(Clone, Debug)]
pub struct History {
    /// The inputs; steps of runs are not among them.
    pub inputs: Vec<Command<'static>>,
}

impl History {
    /// The trade reports among the inputs.
    pub fn reports(&self) -> impl Iterator<Item = TradeReport<'static>> + '_ {
        self.inputs.iter().filter_map(|input| match input {
            Command::Trade(report) => Some(*report),
            Command::Reference(_)
            | Command::Price(_)
            | Command::Operation(_)
            | Command::Step(_) => None,
        })
    }
}

/// Histories of up to six days with up to a dozen reports each.
pub fn histories() -> impl Strategy<Value = History> {
    (vec(drawn::holding(), 0..10), vec(drawn::day(), 1..7)).prop_map(|(holdings, days)| {
        let mut plan = Plan { inputs: Vec::new(), versions: BTreeMap::new() };
        plan.inputs.extend(market::reference().into_iter().map(Command::Reference));
        plan.inputs.extend(holdings.into_iter().map(Command::Reference));
        let mut date = market::date(market::FIRST_DAY);
        for day in days {
            plan.day(date, &day);
            date = Date(date.0 + day.gap);
        }
        History { inputs: plan.inputs }
    })
}

/// A history under construction.
struct Plan {
    inputs: Vec<Command<'static>>,
    /// The newest version sent for each reference.
    versions: BTreeMap<TradeKey<'static>, u32>,
}

impl Plan {
    fn day(&mut self, date: Date, day: &Day) {
        let slipped = |slip| day.slips.contains(&slip);
        let draw = &market::DRAWS[usize::from(day.gap == 1)];
        let open = |date, commitment| Command::Operation(Operation::OpenDay { date, commitment });
        let settle = Command::Operation(Operation::Settle { date, draw: draw.draw });
        let close = Command::Operation(Operation::CloseDay { date });
        if slipped(Slip::OpenWithoutCommitment) {
            self.inputs.push(open(date, ""));
        }
        self.inputs.push(open(date, draw.commitment));
        if slipped(Slip::OpenTwice) {
            self.inputs.push(open(date, draw.commitment));
        }
        if slipped(Slip::OpenYesterday) {
            self.inputs.push(open(Date(date.0 - 1), draw.commitment));
        }
        self.all(date, &day.while_trading);
        if slipped(Slip::SettleWhileTrading) {
            self.inputs.push(settle);
        }
        self.inputs.push(Command::Operation(Operation::CloseTrading { date }));
        if slipped(Slip::CloseTradingTwice) {
            self.inputs.push(Command::Operation(Operation::CloseTrading { date }));
        }
        self.all(date, &day.after_trading);
        if slipped(Slip::MarksComeLate) {
            self.inputs.push(settle);
        }
        self.marks(date, day);
        if slipped(Slip::CloseDayBeforeSettlement) {
            self.inputs.push(close);
        }
        if slipped(Slip::WrongDraw) {
            self.inputs.push(Command::Operation(Operation::Settle { date, draw: "another" }));
        }
        self.inputs.push(settle);
        self.all(date, &day.between_runs);
        if slipped(Slip::SettleTwice) {
            self.inputs.push(settle);
        }
        if !slipped(Slip::NeverClosed) {
            self.inputs.push(close);
        }
    }

    fn marks(&mut self, date: Date, day: &Day) {
        for (isin, price) in market::ISINS.into_iter().zip(&day.marks) {
            let mark = market::mark(isin, Numeral::Exact(*price), date);
            self.inputs.push(Command::Price(mark));
            if day.slips.contains(&Slip::WrongMarks) {
                let wrong = [
                    mark,
                    PriceReport { currency: "EUR", ..mark },
                    PriceReport { kind: "close", ..mark },
                    PriceReport { price: report::whole(0), ..mark },
                    PriceReport { isin: market::UNUSED_ISIN, ..mark },
                ];
                self.inputs.extend(wrong.map(Command::Price));
                // The last price of a date counts, and one of an earlier date comes too late.
                let earlier = Date(date.0 - 1);
                let again = PriceReport { price: Numeral::Exact(day.marks[0]), ..mark };
                let late = PriceReport { price_date: earlier, ..mark };
                self.inputs.extend([again, late].map(Command::Price));
            }
        }
    }

    fn all(&mut self, date: Date, inputs: &[Input]) {
        for input in inputs {
            match input {
                Input::Report(report) => {
                    let report = self.report(date, report);
                    self.inputs.push(Command::Trade(report));
                }
                Input::Again(number) => self.again(*number),
                Input::Reference(change) => {
                    self.inputs.push(Command::Reference(changed(date, *change)));
                }
            }
        }
    }

    fn again(&mut self, number: usize) {
        let past: Vec<_> = History { inputs: self.inputs.clone() }.reports().collect();
        if !past.is_empty() {
            self.inputs.push(Command::Trade(past[number % past.len()]));
        }
    }

    fn report(&mut self, date: Date, plan: &Report) -> TradeReport<'static> {
        let trade_date = Date(date.0 + plan.day_shift);
        let key = TradeKey { source: plan.source, trade_date, reference: plan.reference };
        let newest = self.versions.get(&key).copied();
        let action = match (plan.action, newest) {
            (Choice::Forced(action), _) => action,
            (Choice::Cancellation, Some(_)) => Action::Cancel,
            (Choice::Fitting, Some(_)) => Action::Amend,
            (Choice::Fitting | Choice::Cancellation, None) => Action::New,
        };
        let newest = newest.unwrap_or(0);
        let version = match plan.version {
            Version::Next => newest + 1,
            Version::Same => newest.max(1),
            Version::First => 1,
            Version::Skipped => newest + 2,
        };
        let fits = matches!(plan.version, Version::Next) && plan.day_shift == 0;
        if fits && matches!(plan.fault, None | Some(Fault::MoreZeros)) {
            self.versions.insert(key, version);
        }
        let mut terms = plan.terms;
        if let Some(fault) = plan.fault {
            spoil(&mut terms, fault);
        }
        let terms = Some(terms).filter(|_| action != Action::Cancel);
        TradeReport { key, version, action, terms }
    }
}

fn spoil(terms: &mut ReportedTerms<'static>, fault: Fault) {
    match fault {
        Fault::Isin(isin) => terms.isin = isin,
        Fault::Quantity(quantity) => terms.quantity = Numeral::Exact(quantity),
        Fault::Price(price) => terms.price = Numeral::Exact(price),
        Fault::TooLong => terms.price = Numeral::TooLong,
        Fault::Currency => terms.currency = "EUR",
        Fault::Buyer => terms.buyer = market::STRANGER,
        Fault::Seller => terms.seller = market::STRANGER,
        Fault::SameAccount => terms.seller = terms.buyer,
        Fault::Type(kind) => terms.attributes.trade_type = kind,
        Fault::PricedPerCent => terms.attributes.price_unit = PriceUnit::PerCent,
        Fault::MoreZeros => {
            for number in [&mut terms.quantity, &mut terms.price] {
                if let Numeral::Exact(Decimal { mantissa, scale }) = number {
                    (*mantissa, *scale) = (*mantissa * 10, *scale + 1);
                }
            }
        }
    }
}

fn changed(date: Date, change: Change) -> ReferenceChange<'static> {
    let from = date.next();
    match change {
        Change::Close { calendar, days_ahead } => {
            ReferenceChange::Closure(market::closure(calendar, Date(date.0 + days_ahead)))
        }
        Change::Account(code, status) => {
            let known = market::accounts().find(|known| known.account == code);
            let known = known.expect("an account of the market");
            ReferenceChange::Account(AccountChange { status, from, ..known })
        }
        Change::Member(code, status) => {
            ReferenceChange::Member(MemberChange { status, from, ..market::member(code) })
        }
        Change::Instrument(isin, status) => {
            let published = market::published(isin);
            ReferenceChange::Instrument(InstrumentChange { status, from, ..published })
        }
        Change::Cycle(isin, cycle) => {
            let published = market::published(isin);
            ReferenceChange::Instrument(InstrumentChange { cycle, from, ..published })
        }
        Change::Rename(isin) => ReferenceChange::Instrument(InstrumentChange {
            isin: market::UNUSED_ISIN,
            replaces: isin,
            from,
            ..market::published(isin)
        }),
        Change::Priority { account, isin, group } => ReferenceChange::Priority(PriorityChange {
            from,
            ..market::priority(account, isin, group)
        }),
        Change::Holding { account, asset, quantity } => {
            ReferenceChange::Holding(model::reference::OpeningHolding {
                account,
                asset,
                quantity: report::whole(quantity),
            })
        }
    }
}
