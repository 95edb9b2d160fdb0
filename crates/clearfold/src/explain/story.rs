//! The story of a trade: its reports, what happened to it, and, on both sides, what became of the
//! net obligation that it is part of.

use model::Verdict;
use node::DecisionRef;
use relay::Directory;

use crate::failure::Failure;
use crate::place::Place;

use super::document::{Document, Section, Story};
use super::leg::{Leg, LegKey};
use super::reference::Pattern;
use super::rows::{DAYS, NETTING, PAYMENTS};
use super::trade::{EVENTS, Finder, Found, REPORTS, Standing, TRADES_MAX};
use super::words::{Moment, POSTINGS, count};
use super::{not_found, scan};

/// The words for the two sides, buyer first.
const SIDES: [&str; 2] = ["buyer", "seller"];

/// Tells of every trade that a pattern means.
pub fn explain(text: &str, pattern: Pattern, place: &Place) -> Result<Document, Failure> {
    let mut finder = Finder::new(pattern);
    scan(place, |decision| finder.see(decision))?;
    if finder.found.is_empty() {
        return Err(not_found(format!(
            "no report about {text} is in; a trade is named REFERENCE, SOURCE/REFERENCE, \
             DATE/REFERENCE or SOURCE/DATE/REFERENCE, and a row that could not be read is listed \
             by its file in the import's report"
        )));
    }
    let found = std::mem::take(&mut finder.found);
    let mut legs: Vec<Option<[Leg; 2]>> = found.iter().map(legs_of).collect();
    let mut names = Directory::default();
    let follow = |decision: &DecisionRef<'_>| {
        follow(decision, &mut names, legs.iter_mut().flatten().flatten());
    };
    scan(place, follow)?;
    let stories = found.into_iter().zip(&legs);
    let stories = stories.map(|(found, legs)| story(found, legs.as_ref(), &names)).collect();
    Ok(Document { stories, notes: further(&finder) })
}

/// The legs of a trade whose obligations are still its own; a cancelled one has none.
fn legs_of(found: &Found) -> Option<[Leg; 2]> {
    let Standing { cleared, dates, is_live, .. } = found.standing.as_ref()?;
    let (instrument, currency) = (cleared.instrument, cleared.currency);
    let leg = |account| Leg::new(LegKey { account, instrument, currency }, dates.clone());
    is_live.then(|| [leg(cleared.buyer), leg(cleared.seller)])
}

/// Shows a decision to legs.
#[inline]
pub fn follow<'l>(
    decision: &DecisionRef<'_>,
    names: &mut Directory,
    legs: impl Iterator<Item = &'l mut Leg>,
) {
    match decision {
        DecisionRef::Trade(trade) => legs.for_each(|leg| leg.trade(&trade.verdict)),
        DecisionRef::Other(other) => {
            let Verdict::Accepted(events) = &other.verdict else { return };
            let moment = Moment::of(decision);
            let mut legs: Vec<&mut Leg> = legs.collect();
            for event in events {
                names.learn(event);
                for leg in &mut legs {
                    leg.event(event, moment, names);
                }
            }
        }
    }
}

/// What is said when a pattern means more trades than are told.
fn further(finder: &Finder) -> Vec<String> {
    if finder.more.is_empty() {
        return Vec::new();
    }
    let more = count(finder.more.len() as u64, "further trade");
    let names = finder.more.iter().take(TRADES_MAX);
    let names: Vec<String> =
        names.map(|(source, date, name)| format!("{source}/{date}/{name}")).collect();
    let dots = if finder.more.len() > TRADES_MAX { " …" } else { "" };
    vec![format!(
        "{more} with this reference; name one as SOURCE/DATE/REFERENCE: {}{dots}",
        names.join(" ")
    )]
}

fn story(found: Found, legs: Option<&[Leg; 2]>, names: &Directory) -> Story {
    let summary = summary(&found, legs, names);
    let name = found.name();
    let mut reports = Section::new("reports", "Reports about it", REPORTS);
    reports.rows = found.reports;
    let mut events = Section::new("events", "What happened to it", EVENTS);
    events.rows = found.events;
    let mut own = Section::new("postings", "Its own journal entries", POSTINGS);
    own.rows = found.postings;
    let mut sections = vec![reports, events];
    let mut shared = None;
    if let Some(legs) = legs {
        let title = "Netted: what its sides are due of the instrument on the settlement date";
        let told = obligations(title, legs.iter().zip(SIDES), names);
        sections.extend(told.sections);
        shared = Some(told.shared);
    }
    sections.push(own);
    sections.extend(shared);
    Story { kind: "trade", name, summary, sections }
}

/// The sections that tell of obligations.
pub struct Told {
    /// Netting, settlement, payments.
    pub sections: Vec<Section>,
    /// Journal entries that book more than one trade.
    pub shared: Section,
}

/// What became of obligations; each leg with the word for its side.
pub fn obligations<'l>(
    title: &str,
    legs: impl Iterator<Item = (&'l Leg, &'static str)>,
    names: &Directory,
) -> Told {
    let mut netting = Section::new("netting", title, NETTING);
    let mut settlement = Section::new("settlement", "Settled: the open position, day by day", DAYS);
    let mut payments = Section::new(
        "payments",
        "Paid: each account's payment for the day, over all its instruments",
        PAYMENTS,
    );
    let title = "Journal entries it shares with everything netted with it";
    let mut shared = Section::new("shared_postings", title, POSTINGS);
    for (leg, side) in legs {
        netting.rows.push(leg.netting(side, names));
        settlement.rows.extend(leg.days());
        settlement.notes.push(leg.sentence(names));
        payments.rows.extend_from_slice(&leg.payments);
        shared.rows.extend_from_slice(&leg.shared);
    }
    Told { sections: vec![netting, settlement, payments], shared }
}

/// The story in short.
fn summary(found: &Found, legs: Option<&[Leg; 2]>, names: &Directory) -> Vec<String> {
    let Some(standing) = &found.standing else {
        return vec![format!(
            "Never captured: {} about it, and none was accepted; the last one's outcome is {}.",
            count(found.reports.len() as u64, "report"),
            found.last_outcome
        )];
    };
    let state = match standing.is_live {
        true => format!(
            "Live at version {} since sequence {}; settlement date {}.",
            standing.version, standing.since, standing.cleared.settlement_date
        ),
        false => format!(
            "Cancelled with version {} at sequence {}; nothing of it is settled.",
            standing.version, standing.since
        ),
    };
    let mut out = vec![format!("{}.", standing.terms), state];
    let sentences = legs.into_iter().flatten().zip(SIDES);
    out.extend(sentences.map(|(leg, side)| format!("As {side}, {}", leg.sentence(names))));
    out
}
