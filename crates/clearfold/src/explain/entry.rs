//! A journal entry: its lines, the fact that it books, the decision, and what caused that.

use basics::{Date, EntryNo, Seq};
use ledger::JournalEntry;
use model::event::RunStarted;
use model::{Event, TradeVerdict, Verdict, entries};
use node::DecisionRef;
use relay::Directory;

use crate::failure::Failure;
use crate::place::Place;

use super::document::{Cell, Column, Document, Section, Story, numbers, words};
use super::words::{
    self as say, Moment, PLACE, POSTINGS, input, place_cells, postings, priced, reference,
};
use super::{not_found, scan};

const CAUSE: &[Column] =
    &[numbers("seq"), words("business_date"), words("cause"), PLACE[0], PLACE[1], PLACE[2]];

/// Looks for one entry.
struct Search {
    number: EntryNo,
    names: Directory,
    /// The highest entry seen.
    last: EntryNo,
    /// The decision that began the last run, told.
    run: Option<(Seq, Section)>,
    found: Option<Story>,
}

/// Tells of a journal entry.
pub fn explain(number: EntryNo, place: &Place) -> Result<Document, Failure> {
    let (names, last) = (Directory::default(), EntryNo(0));
    let mut search = Search { number, names, last, run: None, found: None };
    scan(place, |decision| search.see(decision))?;
    match search.found {
        Some(story) => Ok(Document { stories: vec![story], notes: Vec::new() }),
        None => Err(not_found(format!(
            "there is no journal entry {number}; the last one is {}",
            search.last
        ))),
    }
}

impl Search {
    #[inline]
    fn see(&mut self, decision: &DecisionRef<'_>) {
        match decision {
            DecisionRef::Trade(trade) => match &trade.verdict {
                TradeVerdict::Captured(captured, novated) => {
                    self.last = novated.entry;
                    if self.last == self.number {
                        let fact = format!(
                            "trade {} is novated: {}",
                            reference(&captured.key),
                            say::terms(&self.names, &novated.cleared, captured.terms.price)
                        );
                        self.tell(&Event::TradeNovated(*novated), fact, decision);
                    }
                }
                TradeVerdict::Amended(amended) => {
                    self.last = EntryNo(amended.entry.0 + 1);
                    let fact = || {
                        let terms = &amended.terms;
                        let words = say::terms(&self.names, &terms.cleared, terms.price);
                        format!("trade {} is amended: {words}", reference(&amended.key))
                    };
                    if (amended.entry..=self.last).contains(&self.number) {
                        self.tell(&Event::TradeAmended(*amended), fact(), decision);
                    }
                    self.reversed(amended.reverses, amended.entry, decision);
                }
                TradeVerdict::Cancelled(cancelled) => {
                    self.last = cancelled.entry;
                    if self.last == self.number {
                        let fact = format!("trade {} is cancelled", reference(&cancelled.key));
                        self.tell(&Event::TradeCancelled(*cancelled), fact, decision);
                    }
                    self.reversed(cancelled.reverses, cancelled.entry, decision);
                }
                TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => {}
            },
            DecisionRef::Other(other) => {
                let Verdict::Accepted(events) = &other.verdict else { return };
                for event in events {
                    self.names.learn(event);
                    self.event(event, decision);
                }
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, decision: &DecisionRef<'_>) {
        if let Event::RunStarted(run) = event {
            self.run = Some((run.run, cause(run_words(run), decision)));
        }
        let date = Moment::of(decision).date.unwrap_or(Date::MIN);
        let all = entries::entries(event, date);
        let Some(last) = all.last() else { return };
        self.last = last.number;
        if all.iter().any(|entry| entry.number == self.number) {
            let fact = fact(event, self.number, &self.names);
            self.tell(event, fact, decision);
        }
    }

    /// A later entry undoes the one that is told.
    fn reversed(&mut self, reverses: EntryNo, by: EntryNo, decision: &DecisionRef<'_>) {
        if reverses == self.number
            && let Some(story) = &mut self.found
        {
            let seq = decision.seq();
            story.summary.push(format!("It is reversed by entry {by} at sequence {seq}."));
        }
    }

    fn tell(&mut self, event: &Event<'_>, fact: String, decision: &DecisionRef<'_>) {
        let moment = Moment::of(decision);
        let all = entries::entries(event, moment.date.unwrap_or(Date::MIN));
        let entry = all.iter().find(|entry| entry.number == self.number);
        let entry = entry.expect("the event books the entry");
        let mut lines = Section::new("postings", "Its postings", POSTINGS);
        lines.rows = postings(&self.names, entry, moment);
        let by_run = matches!(place_cells(decision)[0], Cell::Nothing);
        let why = match by_run {
            true => "a step of a run, made by the node",
            false => "an input",
        };
        let mut cause = cause(why.to_owned(), decision);
        if by_run && let Some((_, run)) = &self.run {
            cause.rows.splice(0..0, run.rows.iter().cloned());
        }
        self.found = Some(Story {
            kind: "entry",
            name: self.number.to_string(),
            summary: summary(entry, fact, moment),
            sections: vec![lines, cause],
        });
    }
}

fn summary(entry: &JournalEntry, fact: String, moment: Moment) -> Vec<String> {
    let mut out = vec![
        format!("It books at sequence {}: {fact}.", moment.seq),
        format!("Kind {}, value date {}.", entry.kind.name(), entry.value_date),
    ];
    if let Some(reverses) = entry.reverses {
        out.push(format!("It reverses entry {reverses}."));
    }
    out
}

/// What caused a decision: its input with its bytes.
fn cause(why: String, decision: &DecisionRef<'_>) -> Section {
    let mut section = Section::new("cause", "Its cause", CAUSE);
    let [file, row, publisher] = place_cells(decision);
    let mut line = Moment::of(decision).row([why.into(), file, row, publisher]);
    if let Some((bytes, kept)) = input(decision) {
        line.below.push(("received", bytes));
        line.data.push(("kept", kept.into()));
    }
    section.rows.push(line);
    section
}

fn run_words(run: &RunStarted<'_>) -> String {
    format!("the run began: {} of {}", run.kind.name().replace('_', " "), run.date)
}

/// What an event other than a trade's says, in short.
fn fact(event: &Event<'_>, number: EntryNo, names: &Directory) -> String {
    let account = |id| say::account(names, id);
    match event {
        Event::HoldingOpened(held) => format!("{} holds it at the start", account(held.account)),
        Event::SettlementDateMoved(moved) => {
            let at = usize::try_from(number.0 - moved.entry.0).expect("few accounts");
            let owner = moved.moved.get(at).map_or("", |net| account(net.account));
            format!("obligations of {owner} moved from {} to {}", moved.from, moved.to)
        }
        Event::ObligationFellDue(due) => format!(
            "the net obligation of {} for {} fell due: it {}; see obligation:{}/{}/{}",
            account(due.net.account),
            due.settlement_date,
            say::net(names, &due.net),
            account(due.net.account),
            names.instrument(due.net.instrument).isin,
            due.settlement_date
        ),
        Event::PositionSettled(day) => format!(
            "the position of {} in {} was settled: {} open before, {} moved, {} open after",
            account(day.account),
            names.instrument(day.instrument).isin,
            say::units(names, day.instrument, day.open_before),
            say::units(names, day.instrument, day.moved),
            say::units(names, day.instrument, day.open_after)
        ),
        Event::PositionAdjusted(adjusted) => {
            let reason = adjusted.reason.name().replace('_', " ");
            format!("the position of {} was adjusted: {reason}", account(adjusted.change.account))
        }
        Event::PaymentDecided(payment) => format!(
            "the payment of {} for {}, {}: {}",
            account(payment.account),
            payment.date,
            priced(names, payment.currency, payment.amount),
            payment.status.name()
        ),
        Event::AdvanceTried(advance) => format!(
            "{} repays the advance of {}, {}",
            account(advance.account),
            advance.due,
            priced(names, advance.currency, advance.amount)
        ),
        Event::RunRounded(rounded) => {
            format!("rounding of the run left {}", priced(names, rounded.currency, rounded.amount))
        }
        Event::CurrencyPublished { .. }
        | Event::CalendarClosed(_)
        | Event::MemberPublished { .. }
        | Event::AccountPublished { .. }
        | Event::InstrumentPublished { .. }
        | Event::PolicyPublished(_)
        | Event::PriorityPublished { .. }
        | Event::DayOpened(_)
        | Event::TradingClosed { .. }
        | Event::TradeCaptured(_)
        | Event::TradeNovated(_)
        | Event::TradeAmended(_)
        | Event::TradeCancelled(_)
        | Event::PricePublished { .. }
        | Event::RunStarted(_)
        | Event::RunAdvanced(_)
        | Event::BooksProved(_)
        | Event::RunCompleted(_) => String::new(),
    }
}
