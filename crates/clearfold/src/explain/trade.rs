//! Finding the trades that a reference means, with all that the journal says of each by name:
//! its reports, what happened to it, and its own entries.

use std::collections::BTreeSet;

use basics::{Date, Seq};
use ledger::postings::Cleared;
use model::event::{
    SettlementDateMoved, TradeAmended, TradeCancelled, TradeCaptured, TradeNovated,
};
use model::outcome::Acceptance;
use model::trade::Terms;
use model::{Event, TradeDecision, TradeVerdict, Verdict, entries};
use node::DecisionRef;
use relay::Directory;

use super::document::{Cell, Column, Row, numbers, words};
use super::meaning;
use super::reference::Pattern;
use super::words::{self as say, Moment, PLACE, input, place_cells, postings};

/// Trades that are told at most; a reference that means more is to be narrowed.
pub const TRADES_MAX: usize = 20;

/// Columns of a trade's reports.
pub const REPORTS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    words("action"),
    numbers("version"),
    numbers("code"),
    words("outcome"),
    PLACE[0],
    PLACE[1],
    PLACE[2],
];

/// Columns of what happened to a trade.
pub const EVENTS: &[Column] =
    &[numbers("seq"), words("business_date"), words("event"), words("details")];

/// Source, trade date and reference.
pub type OwnedKey = (String, Date, String);

/// A trade that a reference means.
#[derive(Debug)]
pub struct Found {
    /// What identifies it.
    pub key: OwnedKey,
    /// Every report about it.
    pub reports: Vec<Row>,
    /// The outcome of the last report.
    pub last_outcome: &'static str,
    /// What happened to it.
    pub events: Vec<Row>,
    /// Its own entries.
    pub postings: Vec<Row>,
    /// What it is; `None` if it was never captured.
    pub standing: Option<Standing>,
}

/// What a trade is now.
#[derive(Debug)]
pub struct Standing {
    /// Its version.
    pub version: u32,
    /// The report that its version came with.
    pub since: Seq,
    /// What it obliges to, or did before it was cancelled.
    pub cleared: Cleared,
    /// Its terms, in words.
    pub terms: String,
    /// The settlement dates it has had, the latest last.
    pub dates: Vec<Date>,
    /// False when it is cancelled.
    pub is_live: bool,
}

impl Standing {
    fn set_date(&mut self, date: Date) {
        self.cleared.settlement_date = date;
        self.dates.retain(|had| *had != date);
        self.dates.push(date);
    }
}

/// Reads the journal for the trades of a pattern.
pub struct Finder {
    pattern: Pattern,
    directory: Directory,
    /// The trades found, at most [`TRADES_MAX`].
    pub found: Vec<Found>,
    /// Further ones.
    pub more: BTreeSet<OwnedKey>,
    /// The day last opened; `None` before the first.
    pub today: Option<Date>,
}

impl Finder {
    /// A finder at the start of the journal.
    pub fn new(pattern: Pattern) -> Self {
        let (found, more) = (Vec::new(), BTreeSet::new());
        Self { pattern, directory: Directory::default(), found, more, today: None }
    }

    /// Looks at the next decision.
    #[inline]
    pub fn see(&mut self, decision: &DecisionRef<'_>) {
        match decision {
            DecisionRef::Trade(trade) => {
                if trade.report.is_some_and(|report| self.pattern.is(&report.key)) {
                    self.report(decision, trade);
                }
            }
            DecisionRef::Other(other) => {
                let Verdict::Accepted(events) = &other.verdict else { return };
                for event in events {
                    self.directory.learn(event);
                    if let Event::DayOpened(opened) = event {
                        self.today = Some(opened.date);
                    }
                    if let Event::SettlementDateMoved(moved) = event {
                        self.date_moved(moved, Moment::of(decision));
                    }
                }
            }
        }
    }

    fn report(&mut self, decision: &DecisionRef<'_>, trade: &TradeDecision<'_>) {
        let report = trade.report.as_ref().expect("a report that a pattern means was read");
        let key = report.key;
        let same = |found: &Found| {
            let (source, date, reference) = &found.key;
            source == key.source && *date == key.trade_date && reference == key.reference
        };
        let at = match self.found.iter().position(same) {
            Some(at) => at,
            None => {
                let key = (key.source.to_owned(), key.trade_date, key.reference.to_owned());
                if self.found.len() == TRADES_MAX {
                    self.more.insert(key);
                    return;
                }
                self.found.push(Found::new(key));
                self.found.len() - 1
            }
        };
        let found = &mut self.found[at];
        let moment = Moment::of(decision);
        found.reports.push(report_row(decision, trade));
        found.last_outcome = trade.verdict.outcome();
        let directory = &self.directory;
        match &trade.verdict {
            TradeVerdict::Captured(captured, novated) => {
                found.captured((captured, novated), moment, directory);
            }
            TradeVerdict::Amended(amended) => found.amended(amended, moment, directory),
            TradeVerdict::Cancelled(cancelled) => found.cancelled(cancelled, moment, directory),
            TradeVerdict::Rejected(_) | TradeVerdict::DeadLettered(_) => {}
        }
    }

    fn date_moved(&mut self, moved: &SettlementDateMoved, moment: Moment) {
        let touched = |standing: &&mut Standing| {
            standing.is_live
                && standing.cleared.instrument == moved.instrument
                && standing.cleared.settlement_date == moved.from
        };
        for found in &mut self.found {
            let Some(standing) = found.standing.as_mut().filter(touched) else { continue };
            standing.set_date(moved.to);
            let details = format!(
                "settlement date {} is no settlement day any more; it is {} now",
                moved.from, moved.to
            );
            let mut row = moment.row(["settlement date moved".into(), details.into()]);
            row.data.push(("settlement_date", moved.to.to_string().into()));
            found.events.push(row);
        }
    }
}

/// A report with its outcome, what that means, and its bytes.
fn report_row(decision: &DecisionRef<'_>, trade: &TradeDecision<'_>) -> Row {
    let report = trade.report.as_ref().expect("a report that a pattern means was read");
    let (code, meaning) = match &trade.verdict {
        TradeVerdict::Captured(..) => accepted(Acceptance::Captured),
        TradeVerdict::Amended(_) => accepted(Acceptance::Amended),
        TradeVerdict::Cancelled(_) => accepted(Acceptance::Cancelled),
        TradeVerdict::Rejected(rejection) => (rejection.number(), meaning::rejected(*rejection)),
        TradeVerdict::DeadLettered(reason) => (reason.number(), "The report could not be read."),
    };
    let [file, row, publisher] = place_cells(decision);
    let mut out = Moment::of(decision).row([
        report.action.name().into(),
        u64::from(report.version).into(),
        u64::from(code).into(),
        trade.verdict.outcome().into(),
        file,
        row,
        publisher,
    ]);
    out.below.push(("meaning", meaning.to_owned()));
    if let Some((bytes, kept)) = input(decision) {
        out.below.push(("received", bytes));
        out.data.push(("kept", kept.into()));
    }
    out
}

fn accepted(acceptance: Acceptance) -> (u16, &'static str) {
    (acceptance.number(), meaning::accepted(acceptance))
}

impl Found {
    fn new(key: OwnedKey) -> Self {
        let (reports, events, postings) = (Vec::new(), Vec::new(), Vec::new());
        Self { key, reports, last_outcome: "", events, postings, standing: None }
    }

    /// Its full reference.
    pub fn name(&self) -> String {
        let (source, date, reference) = &self.key;
        format!("{source}/{date}/{reference}")
    }

    fn captured(
        &mut self,
        (captured, novated): (&TradeCaptured<'_>, &TradeNovated),
        moment: Moment,
        directory: &Directory,
    ) {
        let terms = say::terms(directory, &captured.terms.cleared, captured.terms.price);
        self.standing = Some(Standing {
            version: 1,
            since: moment.seq,
            cleared: captured.terms.cleared,
            terms: terms.clone(),
            dates: vec![captured.terms.cleared.settlement_date],
            is_live: true,
        });
        self.events.push(terms_row("captured", &captured.terms, moment, directory));
        let details = format!(
            "the CCP stands between: contract {} with the buyer, {} with the seller, guaranteed \
             from sequence {}",
            novated.buyer_contract, novated.seller_contract, novated.guaranteed_from
        );
        let mut row = moment.row(["novated".into(), details.into()]);
        row.data = vec![
            ("trade_id", novated.trade.0.into()),
            ("buyer_contract", novated.buyer_contract.0.into()),
            ("seller_contract", novated.seller_contract.0.into()),
            ("guaranteed_from", novated.guaranteed_from.0.into()),
            ("entry", novated.entry.0.into()),
        ];
        self.events.push(row);
        self.book(&Event::TradeNovated(*novated), moment, directory);
    }

    fn amended(&mut self, amended: &TradeAmended<'_>, moment: Moment, directory: &Directory) {
        let mut row = terms_row("amended", &amended.terms, moment, directory);
        row.data.push(("version", u64::from(amended.version).into()));
        row.data.push(("reverses", amended.reverses.0.into()));
        self.events.push(row);
        if let Some(standing) = &mut self.standing {
            standing.version = amended.version;
            standing.since = moment.seq;
            standing.cleared = amended.terms.cleared;
            standing.terms = say::terms(directory, &amended.terms.cleared, amended.terms.price);
            standing.set_date(amended.terms.cleared.settlement_date);
        }
        self.book(&Event::TradeAmended(*amended), moment, directory);
    }

    fn cancelled(&mut self, cancelled: &TradeCancelled<'_>, moment: Moment, directory: &Directory) {
        let details = format!(
            "version {}: entry {} is reversed, and both sides owe nothing of it any more",
            cancelled.version, cancelled.reverses
        );
        let mut row = moment.row(["cancelled".into(), details.into()]);
        row.data.push(("version", u64::from(cancelled.version).into()));
        row.data.push(("reverses", cancelled.reverses.0.into()));
        self.events.push(row);
        if let Some(standing) = &mut self.standing {
            standing.version = cancelled.version;
            standing.since = moment.seq;
            standing.is_live = false;
        }
        self.book(&Event::TradeCancelled(*cancelled), moment, directory);
    }

    fn book(&mut self, event: &Event<'_>, moment: Moment, directory: &Directory) {
        let date = moment.date.unwrap_or(Date::MIN);
        for entry in entries::entries(event, date) {
            self.postings.extend(postings(directory, &entry, moment));
        }
    }
}

/// A fact with its terms: in words for people, field by field for machines.
fn terms_row(event: &'static str, terms: &Terms<'_>, moment: Moment, directory: &Directory) -> Row {
    let cleared = directory.cleared(&terms.cleared);
    let date = cleared.settlement_date;
    let settles = match terms.contractual_date == date {
        true => format!("settles {date}"),
        false => format!("settles {date}, by contract {}", terms.contractual_date),
    };
    let details = format!("{}; {settles}", say::terms(directory, &terms.cleared, terms.price));
    let mut row = moment.row([event.into(), details.into()]);
    let quantity = say::units(directory, cleared.instrument.id, cleared.quantity.0.into());
    let consideration = say::money(directory, cleared.currency.id, cleared.consideration.0.into());
    let text = |text: &str| Cell::from(text);
    row.data = vec![
        ("buyer_account", text(cleared.buyer.code)),
        ("seller_account", text(cleared.seller.code)),
        ("isin", text(cleared.instrument.isin)),
        ("quantity", quantity.into()),
        ("price", terms.price.to_string().into()),
        ("currency", text(cleared.currency.code)),
        ("consideration", consideration.into()),
        ("contractual_settlement_date", terms.contractual_date.to_string().into()),
        ("settlement_date", date.to_string().into()),
        ("executed_at", terms.executed_at.to_string().into()),
        ("venue", text(terms.venue)),
    ];
    row
}
