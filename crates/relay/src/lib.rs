//! From decisions to public records: what the world may see of a decision is derived here.
//!
//! The relay is a fold with a small state: the directory of codes, and how many records each
//! topic has. It sends nothing and decides nothing. The embedded read model takes its records
//! straight from here; topics carry the same ones.
//!
//! Laws: the same decisions give the same records in the same order; the sequence of each topic
//! has no gap; a trade report's records allocate nothing.
#![no_std]

extern crate alloc;

mod directory;
mod facts;
mod outlet;
mod trades;

use basics::{Date, Seq};
use model::public::{
    Body, DeadLetterRecord, Envelope, InputRefused, PublicRecord, ReportRef, Topic,
};
use model::{
    Cause, Command, DeadLetterReason, Decision, Place, ReferenceChange, Rejection, TradeDecision,
    TradeVerdict, Verdict,
};

pub use directory::{Directory, InstrumentCode};
pub use outlet::TopicCounts;

use outlet::Outlet;

/// What all records of a segment say about where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Origin {
    /// The segment.
    pub segment: u32,
    /// The version of the rules that decide.
    pub rules_version: u32,
}

/// Derives public records from decisions, in the order of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Relay {
    origin: Origin,
    directory: Directory,
    counts: TopicCounts,
}

impl Relay {
    /// A relay at the start of a journal.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin, ..Self::default() }
    }

    /// A relay in the middle of a journal: with what is known there, and how many records each
    /// topic has there.
    #[must_use]
    pub fn resume(origin: Origin, directory: Directory, counts: TopicCounts) -> Self {
        Self { origin, directory, counts }
    }

    /// The codes known so far.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// How many records each topic has so far.
    #[must_use]
    pub fn counts(&self) -> TopicCounts {
        self.counts
    }

    /// Hands on the records of any decision.
    pub fn records<F: FnMut(&PublicRecord<'_>)>(&mut self, decision: &Decision<'_>, emit: &mut F) {
        let (place, actor) = match decision.cause {
            Cause::Input { place, publisher } => (Some(place), publisher),
            Cause::Run => (None, ""),
        };
        let envelope = self.envelope(decision.seq, decision.business_date);
        let envelope = Envelope { place, actor, ..envelope };
        let Self { directory, counts, .. } = self;
        let mut outlet = Outlet { envelope, counts, emit };
        match &decision.verdict {
            Verdict::Accepted(events) => {
                for event in events {
                    directory.learn(event);
                    facts::records(directory, event, &mut outlet);
                }
            }
            Verdict::Rejected(rejection) => match &decision.input.command {
                Some(Command::Trade(report)) => {
                    let report = ReportRef { key: report.key, version: report.version };
                    trades::rejected(report, *rejection, &mut outlet);
                }
                Some(command) => outlet.send(Body::InputRefused(refused(command, *rejection))),
                None => unreachable!("what cannot be read is a dead letter, not a refusal"),
            },
            Verdict::DeadLettered(reason) => {
                let bytes = decision.input.verbatim.unwrap_or_default();
                dead_lettered(place, *reason, bytes, &mut outlet);
            }
        }
    }

    /// Hands on the records of a decision on a trade report. They are those of [`Self::records`]
    /// for the same decision; nothing is allocated.
    #[inline]
    pub fn records_of_trade<F: FnMut(&PublicRecord<'_>)>(
        &mut self,
        decision: &TradeDecision<'_>,
        emit: &mut F,
    ) {
        let envelope = self.envelope(decision.seq, decision.business_date);
        let envelope =
            Envelope { place: Some(decision.place), actor: decision.publisher, ..envelope };
        let Self { directory, counts, .. } = self;
        let mut outlet = Outlet { envelope, counts, emit };
        match &decision.verdict {
            TradeVerdict::Captured(captured, novated) => {
                trades::captured(directory, captured, &mut outlet);
                trades::novated(directory, novated, &mut outlet);
            }
            TradeVerdict::Amended(amended) => trades::amended(directory, amended, &mut outlet),
            TradeVerdict::Cancelled(cancelled) => {
                trades::cancelled(directory, cancelled, &mut outlet);
            }
            TradeVerdict::Rejected(rejection) => {
                let report = decision.report.as_ref().expect("a refused report was read");
                let report = ReportRef { key: report.key, version: report.version };
                trades::rejected(report, *rejection, &mut outlet);
            }
            TradeVerdict::DeadLettered(reason) => {
                let bytes = decision.verbatim.unwrap_or_default();
                trades::dead_lettered(*reason, bytes, &mut outlet);
            }
        }
    }

    /// Hands on a watermark for each topic: they are complete up to `seq`. It counts as a record,
    /// so every relay of a journal must send it at the same places: at the end of each frame.
    pub fn watermarks<F: FnMut(&PublicRecord<'_>)>(
        &mut self,
        seq: Seq,
        business_date: Option<Date>,
        emit: &mut F,
    ) {
        let envelope = self.envelope(seq, business_date);
        let mut outlet = Outlet { envelope, counts: &mut self.counts, emit };
        for topic in Topic::ALL {
            outlet.send(Body::Watermark(*topic));
        }
    }

    fn envelope(&self, seq: Seq, business_date: Option<Date>) -> Envelope<'static> {
        Envelope {
            segment: self.origin.segment,
            seq,
            topic_seq: 0,
            place: None,
            business_date,
            rules_version: self.origin.rules_version,
            actor: "",
        }
    }
}

/// A dead letter of a channel of trade reports is an outcome of a trade report as well.
fn dead_lettered<F: FnMut(&PublicRecord<'_>)>(
    place: Option<Place<'_>>,
    reason: DeadLetterReason,
    bytes: &[u8],
    outlet: &mut Outlet<'_, F>,
) {
    if place.is_some_and(|place| carries_trades(place.channel)) {
        trades::dead_lettered(reason, bytes, outlet);
    } else {
        outlet.send(Body::DeadLetter(DeadLetterRecord { reason, bytes }));
    }
}

/// True for the files and the topic in which trade reports arrive: `days/2013-10-07/trades.csv`,
/// `trades.in`. What cannot be read does not say itself what it was meant to be.
fn carries_trades(channel: &str) -> bool {
    let name = channel.rsplit('/').next().unwrap_or(channel);
    name.starts_with("trades.")
}

/// What a refused input asked for, in words.
fn refused<'a>(command: &Command<'a>, reason: Rejection) -> InputRefused<'a> {
    let (what, subject, date) = match command {
        Command::Trade(report) => ("trade", report.key.reference, Some(report.key.trade_date)),
        Command::Price(price) => ("price", price.isin, Some(price.price_date)),
        Command::Operation(operation) => (operation.name(), "", Some(operation.date())),
        Command::Step(_) => ("step", "", None),
        Command::Reference(change) => {
            let (what, subject, from) = match change {
                ReferenceChange::Currency(c) => ("currency", c.code, c.from),
                ReferenceChange::Closure(c) => ("closure", c.calendar, c.closed_on),
                ReferenceChange::Member(c) => ("member", c.member, c.from),
                ReferenceChange::Account(c) => ("account", c.account, c.from),
                ReferenceChange::Instrument(c) => ("instrument", c.isin, c.from),
                ReferenceChange::Holding(c) => ("holding", c.account, Date::MIN),
                ReferenceChange::Policy(c) => ("policy", "", c.from),
                ReferenceChange::Priority(c) => ("priority", c.account, c.from),
            };
            (what, subject, Some(from).filter(|date| *date != Date::MIN))
        }
    };
    InputRefused { what, subject, date, reason }
}

#[cfg(test)]
mod tests;
