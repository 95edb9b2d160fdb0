//! What the journal says of an account, by sequence: what it held at the start, what fell due,
//! its positions day by day, its payments and advances.

use std::collections::BTreeMap;

use basics::AccountId;
use model::event::{HoldingOpened, ObligationFellDue, PositionAdjusted};
use model::reference::AccountChange;
use model::{Event, Verdict};
use node::DecisionRef;
use relay::Directory;

use crate::failure::Failure;
use crate::place::Place;

use super::document::{Cell, Column, Document, Section, Story, numbers, words};
use super::rows::{DAYS, PAYMENTS, advance_row, payment_row, position_row};
use super::words::{Moment, amount, count, money, units};
use super::{not_found, scan};

const PUBLISHED: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("member"),
    words("kind"),
    words("status"),
    words("in_force_from"),
];

const HOLDINGS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("asset"),
    numbers("quantity"),
    numbers("entry"),
];

const DUE: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("isin"),
    words("settlement_date"),
    numbers("net_units"),
    numbers("net_money"),
    words("currency"),
    numbers("entry"),
];

const POSITIONS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("isin"),
    DAYS[3],
    DAYS[4],
    DAYS[5],
    DAYS[6],
    DAYS[7],
    DAYS[8],
    DAYS[9],
    DAYS[10],
    DAYS[11],
];

const ADJUSTED: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("isin"),
    numbers("units"),
    numbers("money"),
    words("reason"),
    numbers("entry"),
];

/// The story of an account as it grows.
struct Account<'c> {
    code: &'c str,
    id: Option<AccountId>,
    names: Directory,
    published: Section,
    holdings: Section,
    due: Section,
    positions: Section,
    adjusted: Section,
    payments: Section,
}

/// Tells of an account.
pub fn explain(code: &str, place: &Place) -> Result<Document, Failure> {
    let mut account = Account {
        code,
        id: None,
        names: Directory::default(),
        published: Section::new("account", "As published", PUBLISHED),
        holdings: Section::new("holdings", "What it held at the start", HOLDINGS),
        due: Section::new("obligations", "Net obligations that fell due", DUE),
        positions: Section::new("positions", "Open positions, day by day", POSITIONS),
        adjusted: Section::new("adjustments", "Positions adjusted without a trade", ADJUSTED),
        payments: Section::new("payments", "Payments and advances", PAYMENTS),
    };
    scan(place, |decision| account.see(decision))?;
    if account.id.is_none() {
        return Err(not_found(format!("no account {code} is published; check its code")));
    }
    Ok(account.document())
}

impl Account<'_> {
    fn see(&mut self, decision: &DecisionRef<'_>) {
        let DecisionRef::Other(other) = decision else { return };
        let Verdict::Accepted(events) = &other.verdict else { return };
        let moment = Moment::of(decision);
        for event in events {
            self.names.learn(event);
            self.event(event, moment);
        }
    }

    fn event(&mut self, event: &Event<'_>, moment: Moment) {
        let mine = |id: AccountId| self.id == Some(id);
        match event {
            Event::AccountPublished { id, change } if change.account == self.code => {
                self.id = Some(*id);
                self.published(change, moment);
            }
            Event::HoldingOpened(held) if mine(held.account) => self.held(held, moment),
            Event::ObligationFellDue(due) if mine(due.net.account) => self.fell_due(due, moment),
            Event::PositionSettled(day) if mine(day.account) => {
                let mut row = position_row(day, moment, &self.names);
                row.cells[2] = self.names.instrument(day.instrument).isin.into();
                self.positions.rows.push(row);
            }
            Event::PositionAdjusted(adjusted) if mine(adjusted.change.account) => {
                self.adjusted(adjusted, moment);
            }
            Event::PaymentDecided(payment) if mine(payment.account) => {
                self.payments.rows.push(payment_row(payment, moment, &self.names));
            }
            Event::AdvanceTried(advance) if mine(advance.account) => {
                self.payments.rows.push(advance_row(advance, moment, &self.names));
            }
            Event::CurrencyPublished { .. }
            | Event::CalendarClosed(_)
            | Event::MemberPublished { .. }
            | Event::AccountPublished { .. }
            | Event::InstrumentPublished { .. }
            | Event::PolicyPublished(_)
            | Event::PriorityPublished { .. }
            | Event::HoldingOpened(_)
            | Event::SettlementDateMoved(_)
            | Event::DayOpened(_)
            | Event::TradingClosed { .. }
            | Event::TradeCaptured(_)
            | Event::TradeNovated(_)
            | Event::TradeAmended(_)
            | Event::TradeCancelled(_)
            | Event::PricePublished { .. }
            | Event::RunStarted(_)
            | Event::RunAdvanced(_)
            | Event::ObligationFellDue(_)
            | Event::PositionSettled(_)
            | Event::PositionAdjusted(_)
            | Event::PaymentDecided(_)
            | Event::AdvanceTried(_)
            | Event::RunRounded(_)
            | Event::BooksProved(_)
            | Event::RunCompleted(_) => {}
        }
    }

    fn published(&mut self, change: &AccountChange<'_>, moment: Moment) {
        let from = Some(change.from).filter(|date| *date != basics::Date::MIN);
        let from = from.map_or_else(|| "always".to_owned(), |date| date.to_string());
        self.published.rows.push(moment.row([
            change.member.into(),
            change.kind.name().into(),
            change.status.name().into(),
            from.into(),
        ]));
    }

    fn held(&mut self, held: &HoldingOpened, moment: Moment) {
        self.holdings.rows.push(moment.row([
            self.names.asset(held.asset).code().into(),
            amount(&self.names, held.asset, held.quantity).into(),
            held.entry.0.into(),
        ]));
    }

    fn fell_due(&mut self, due: &ObligationFellDue, moment: Moment) {
        let net = &due.net;
        self.due.rows.push(moment.row([
            self.names.instrument(net.instrument).isin.into(),
            due.settlement_date.to_string().into(),
            units(&self.names, net.instrument, net.units).into(),
            money(&self.names, net.currency, net.money).into(),
            self.names.currency(net.currency).code.into(),
            due.entry.0.into(),
        ]));
    }

    fn adjusted(&mut self, adjusted: &PositionAdjusted, moment: Moment) {
        let change = &adjusted.change;
        self.adjusted.rows.push(moment.row([
            self.names.instrument(change.instrument).isin.into(),
            units(&self.names, change.instrument, change.units).into(),
            money(&self.names, change.currency, change.money).into(),
            adjusted.reason.name().into(),
            adjusted.entry.0.into(),
        ]));
    }

    /// How much is open at the end.
    fn summary(&self) -> String {
        let rows = &self.positions.rows;
        let Some(Cell::Text(date)) = rows.last().map(|row| &row.cells[1]) else {
            return "No position of it was settled yet.".to_owned();
        };
        // The latest row of each ISIN: an instrument may not settle on the last day.
        let latest: BTreeMap<String, &Cell> =
            rows.iter().map(|row| (row.cells[2].text(), &row.cells[5])).collect();
        let open = latest.values().filter(|after| ***after != Cell::from("0"));
        format!("{} after the run of {date}.", count(open.count() as u64, "open position"))
    }

    /// The whole story.
    fn document(self) -> Document {
        let summary = vec![self.summary()];
        let sections = vec![
            self.published,
            self.holdings,
            self.due,
            self.positions,
            self.adjusted,
            self.payments,
        ];
        let story = Story { kind: "account", name: self.code.to_owned(), summary, sections };
        Document { stories: vec![story], notes: Vec::new() }
    }
}
