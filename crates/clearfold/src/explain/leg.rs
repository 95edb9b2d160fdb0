//! One account's side of an obligation: what was netted into it, how it fell due, how the
//! position it became part of was settled, and what was paid for it.
//!
//! From the settlement date on only the net exists. A leg therefore follows the account's whole
//! position in the instrument until it is flat or has changed side: then nothing of the
//! obligation is open any more. A cursor over the journal feeds it; it decides nothing.

use std::collections::BTreeMap;

use basics::{AccountId, CurrencyId, Date, InstrumentId, Seq};
use ledger::postings::Cleared;
use model::event::{
    AdvanceTried, ObligationFellDue, PaymentDecided, PaymentStatus, PositionSettled, RunKind,
    SettlementDateMoved,
};
use model::{Event, TradeVerdict, entries};
use relay::Directory;

use super::document::Row;
use super::rows::{advance_row, payment_row, position_row};
use super::words::{self as say, Moment, money, postings, priced, units};

/// Whose leg, in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegKey {
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
}

/// What was netted into an obligation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gross {
    /// Live trades.
    pub trades: u64,
    /// Units to receive, in smallest units.
    pub receive: i128,
    /// Units to deliver, in smallest units.
    pub deliver: i128,
    /// Money to be paid to the account less what it pays, in minor units.
    pub money: i128,
}

impl Gross {
    /// Units: + to receive, − to deliver.
    pub fn units(&self) -> i128 {
        self.receive - self.deliver
    }
}

/// Where the position that the obligation became part of stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The settlement date has not been settled.
    NotDue,
    /// Open on one side.
    Open(PositionSettled),
    /// Nothing is left.
    Flat(PositionSettled),
    /// Later obligations outweighed what was left.
    ChangedSide(PositionSettled),
}

/// A leg.
#[derive(Debug)]
pub struct Leg {
    /// Whose, in what.
    pub key: LegKey,
    /// The settlement dates it has had, the latest last.
    dates: Vec<Date>,
    gross: BTreeMap<Date, Gross>,
    fell_due: Option<(Moment, ObligationFellDue)>,
    standing: Standing,
    /// When each run of its days ended; `None` while one is under way.
    runs: BTreeMap<Seq, Option<Seq>>,
    days: Vec<(Seq, Row)>,
    /// Due dates of payments that failed and are not repaid.
    owed: Vec<Date>,
    /// Its payments.
    pub payments: Vec<Row>,
    /// The journal entries that it shares with whatever else was netted into it.
    pub shared: Vec<Row>,
}

impl Leg {
    /// A leg at the start of the journal. `dates`: the settlement dates it has had, the latest
    /// last.
    pub fn new(key: LegKey, dates: Vec<Date>) -> Self {
        Self {
            key,
            dates,
            gross: BTreeMap::new(),
            fell_due: None,
            standing: Standing::NotDue,
            runs: BTreeMap::new(),
            days: Vec::new(),
            owed: Vec::new(),
            payments: Vec::new(),
            shared: Vec::new(),
        }
    }

    /// The settlement date it has now.
    pub fn date(&self) -> Date {
        *self.dates.last().expect("an obligation has a settlement date")
    }

    /// What was netted into it.
    pub fn netted(&self) -> Gross {
        self.gross.get(&self.date()).copied().unwrap_or_default()
    }

    /// Whether it has fallen due.
    pub fn is_due(&self) -> bool {
        self.fell_due.is_some()
    }

    /// Follows what became of a trade report.
    #[inline]
    pub fn trade(&mut self, verdict: &TradeVerdict<'_>) {
        match verdict {
            TradeVerdict::Captured(_, novated) => self.oblige(&novated.cleared, 1),
            TradeVerdict::Amended(amended) => {
                self.oblige(&amended.previous, -1);
                self.oblige(&amended.terms.cleared, 1);
            }
            TradeVerdict::Cancelled(cancelled) => self.oblige(&cancelled.previous, -1),
            TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => {}
        }
    }

    /// Adds the obligation of a trade (`sign` 1) or takes it back (`sign` −1).
    #[inline]
    fn oblige(&mut self, trade: &Cleared, sign: i128) {
        let LegKey { account, instrument, .. } = self.key;
        if trade.instrument != instrument || (trade.buyer != account && trade.seller != account) {
            return;
        }
        let gross = self.gross.entry(trade.settlement_date).or_default();
        gross.trades = gross.trades.checked_add_signed(sign as i64).expect("a live trade");
        let quantity = sign * i128::from(trade.quantity.0);
        let money = sign * i128::from(trade.consideration.0);
        if trade.buyer == account {
            gross.receive += quantity;
            gross.money -= money;
        } else {
            gross.deliver += quantity;
            gross.money += money;
        }
    }

    /// Follows a fact that is none of a trade report.
    pub fn event(&mut self, event: &Event<'_>, moment: Moment, directory: &Directory) {
        match event {
            Event::SettlementDateMoved(moved) => self.moved(event, moved, moment, directory),
            Event::ObligationFellDue(due) if self.owns(due.net.account, due.net.instrument) => {
                if due.settlement_date == self.date() {
                    self.fell_due = Some((moment, *due));
                    self.share(event, moment, directory);
                }
            }
            Event::PositionSettled(day) if self.owns(day.account, day.instrument) => {
                self.settled(day, moment, directory);
            }
            Event::PositionAdjusted(adjusted) => {
                let change = &adjusted.change;
                if self.owns(change.account, change.instrument) && self.is_open() {
                    self.share(event, moment, directory);
                }
            }
            Event::PaymentDecided(payment) => self.paid(event, payment, moment, directory),
            Event::AdvanceTried(advance) => self.advanced(event, advance, moment, directory),
            Event::RunCompleted(run) if run.kind == RunKind::Settlement => {
                if let Some(end) = self.runs.get_mut(&run.run) {
                    *end = Some(moment.seq);
                }
            }
            Event::CurrencyPublished { .. }
            | Event::CalendarClosed(_)
            | Event::MemberPublished { .. }
            | Event::AccountPublished { .. }
            | Event::InstrumentPublished { .. }
            | Event::PolicyPublished(_)
            | Event::PriorityPublished { .. }
            | Event::HoldingOpened(_)
            | Event::ObligationFellDue(_)
            | Event::PositionSettled(_)
            | Event::DayOpened(_)
            | Event::TradingClosed { .. }
            | Event::TradeCaptured(_)
            | Event::TradeNovated(_)
            | Event::TradeAmended(_)
            | Event::TradeCancelled(_)
            | Event::PricePublished { .. }
            | Event::RunStarted(_)
            | Event::RunAdvanced(_)
            | Event::RunRounded(_)
            | Event::BooksProved(_)
            | Event::RunCompleted(_) => {}
        }
    }

    fn owns(&self, account: AccountId, instrument: InstrumentId) -> bool {
        self.key.account == account && self.key.instrument == instrument
    }

    fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open(_))
    }

    /// Keeps the entries of an event that books for this account alone.
    fn share(&mut self, event: &Event<'_>, moment: Moment, directory: &Directory) {
        let date = moment.date.unwrap_or(Date::MIN);
        for entry in entries::entries(event, date) {
            self.shared.extend(postings(directory, &entry, moment));
        }
    }

    fn moved(
        &mut self,
        event: &Event<'_>,
        moved: &SettlementDateMoved,
        moment: Moment,
        directory: &Directory,
    ) {
        if moved.instrument != self.key.instrument {
            return;
        }
        if let Some(from) = self.gross.remove(&moved.from) {
            let to = self.gross.entry(moved.to).or_default();
            to.trades += from.trades;
            to.receive += from.receive;
            to.deliver += from.deliver;
            to.money += from.money;
        }
        if !self.dates.contains(&moved.from) || !self.dates.contains(&moved.to) {
            return;
        }
        let mine = moved.moved.iter().position(|net| net.account == self.key.account);
        let date = moment.date.unwrap_or(Date::MIN);
        let all = entries::entries(event, date);
        let entry = mine.and_then(|at| all.get(at));
        self.shared.extend(entry.into_iter().flat_map(|e| postings(directory, e, moment)));
    }

    /// The position had its turn in a run.
    fn settled(&mut self, day: &PositionSettled, moment: Moment, directory: &Directory) {
        let before = match self.standing {
            Standing::NotDue if self.is_due() => day.open_before,
            Standing::Open(last) => last.open_after,
            Standing::NotDue | Standing::Flat(_) | Standing::ChangedSide(_) => return,
        };
        self.standing = if day.open_after == 0 {
            Standing::Flat(*day)
        } else if before.signum() * day.open_before.signum() < 0 {
            Standing::ChangedSide(*day)
        } else {
            Standing::Open(*day)
        };
        self.runs.insert(day.run, None);
        self.days.push((day.run, position_row(day, moment, directory)));
        self.share(&Event::PositionSettled(*day), moment, directory);
    }

    fn paid(
        &mut self,
        event: &Event<'_>,
        payment: &PaymentDecided,
        moment: Moment,
        directory: &Directory,
    ) {
        let LegKey { account, currency, .. } = self.key;
        let mine = payment.account == account && payment.currency == currency;
        if !mine || !self.runs.contains_key(&payment.run) {
            return;
        }
        if payment.status == PaymentStatus::Failed {
            self.owed.push(payment.date);
        }
        self.payments.push(payment_row(payment, moment, directory));
        self.share(event, moment, directory);
    }

    fn advanced(
        &mut self,
        event: &Event<'_>,
        advance: &AdvanceTried,
        moment: Moment,
        directory: &Directory,
    ) {
        let LegKey { account, currency, .. } = self.key;
        let mine = advance.account == account && advance.currency == currency;
        if !mine || !self.owed.contains(&advance.due) {
            return;
        }
        if advance.status == PaymentStatus::Paid {
            self.owed.retain(|due| *due != advance.due);
        }
        self.payments.push(advance_row(advance, moment, directory));
        self.share(event, moment, directory);
    }

    /// Its row among the obligations, as [`super::rows::NETTING`]; `side` is the word for it.
    pub fn netting(&self, side: &str, directory: &Directory) -> Row {
        let LegKey { account, instrument, currency } = self.key;
        let gross = self.netted();
        let moment = self.fell_due.map(|(moment, _)| moment);
        let date = moment.and_then(|moment| moment.date).map(|date| date.to_string());
        Row::new(vec![
            moment.map(|moment| moment.seq.0).into(),
            date.into(),
            side.into(),
            say::account(directory, account).into(),
            directory.instrument(instrument).isin.into(),
            self.date().to_string().into(),
            gross.trades.into(),
            units(directory, instrument, gross.receive).into(),
            units(directory, instrument, gross.deliver).into(),
            units(directory, instrument, gross.units()).into(),
            money(directory, currency, gross.money).into(),
            directory.currency(currency).code.into(),
        ])
    }

    /// The position, day by day, as [`super::rows::DAYS`].
    pub fn days(&self) -> Vec<Row> {
        let final_since = |(run, row): &(Seq, Row)| {
            let mut row = row.clone();
            let end = self.runs.get(run).copied().flatten();
            row.cells.push(end.map(|seq| seq.0).into());
            row
        };
        self.days.iter().map(final_since).collect()
    }

    /// Where it stands, in one sentence.
    pub fn sentence(&self, directory: &Directory) -> String {
        let account = say::account(directory, self.key.account);
        match &self.standing {
            Standing::NotDue => format!("{account}: {}", self.not_due(directory)),
            Standing::Flat(day) if self.days.len() == 1 && day.moved == 0 => format!(
                "{account}: netted against the position carried on {}; nothing had to move{}.",
                day.date,
                self.finality(day)
            ),
            Standing::Flat(day) => {
                format!("{account}: settled in full on {}{}.", day.date, self.finality(day))
            }
            Standing::ChangedSide(day) => format!(
                "{account}: closed on {} by later obligations the other way{}; what is open since \
                 then is theirs.",
                day.date,
                self.finality(day)
            ),
            Standing::Open(day) => self.fail(day, directory),
        }
    }

    fn not_due(&self, directory: &Directory) -> String {
        let gross = self.netted();
        if self.is_due() {
            return "fallen due, and not settled yet; the run is under way.".to_owned();
        }
        if gross.units() == 0 && gross.money == 0 {
            return format!("the trades of {} net to nothing.", self.date());
        }
        let quantity = units(directory, self.key.instrument, gross.units().abs());
        let what = if gross.units() < 0 { "deliver" } else { "receive" };
        format!(
            "not due yet; on {} it is to {what} {quantity}, unless more is netted.",
            self.date()
        )
    }

    fn finality(&self, day: &PositionSettled) -> String {
        match self.runs.get(&day.run).copied().flatten() {
            Some(seq) => format!(", final since sequence {seq}"),
            None => ", not final before the run is completed".to_owned(),
        }
    }

    fn fail(&self, day: &PositionSettled, directory: &Directory) -> String {
        let quantity = units(directory, day.instrument, day.open_after.abs());
        let what = if day.open_after < 0 { "deliver" } else { "receive" };
        format!(
            "{}: still open after the run of {}, with {quantity} to {what}: a fail of age {}, \
             value {}{}.",
            say::account(directory, self.key.account),
            day.date,
            day.age,
            priced(directory, day.currency, day.money_after.abs()),
            self.finality(day),
        )
    }
}
