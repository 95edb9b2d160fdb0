//! `publish`: a market directory into the input topics, in the order that `import` gives the core.
//!
//! Rows that are not operations are packed, several in a record. Before an operation everything is
//! delivered, and the operation names how far each topic reaches; after it, rows wait until its
//! outcome is public. So the same market has the same outcomes as in an import.
//!
//! It needs no memory of its own. Each record says which rows it holds, and a publisher that
//! starts reads back what is in: that is not sent again. A record of a dead publisher that lands
//! later is a repeat, which the core answers as one.

mod feed;
mod known;
mod outcomes;
mod report;

use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use interchange::market::{Market, MarketError, Row};
use kafka::{Connection, KafkaError, Topic};
use model::{Command, Operation};
use wire::inputs::{Barrier, write_item, write_operation};

use crate::brokers;
use crate::cli::Publish;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::progress;
use crate::report::Notice;
use crate::sent::{check_end, fingerprint};

use feed::{Feed, Pace, Rows};
use known::{Known, Sight};
use outcomes::{Outcomes, Verdict};
use report::Report;

/// Rows between two looks at the interrupt flag and the progress line.
const STRIDE: u64 = 1_024;

/// Waiting longer than this is said to the person who waits.
const LONG: Duration = Duration::from_secs(10);

/// Why publishing ended early.
enum Stop {
    Failed(Failure),
    Interrupted,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<MarketError> for Stop {
    fn from(error: MarketError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<KafkaError> for Stop {
    fn from(error: KafkaError) -> Self {
        Self::Failed(error.into())
    }
}

/// Runs `publish` and prints its report.
pub fn run(args: &Publish, context: &Context) -> Result<(), Failure> {
    let market = Market::open(&args.market)?;
    let connection = brokers::connection(&args.brokers)?;
    let begun = Instant::now();
    let bar = progress::bytes(market.bytes(), context.quiet).with_message("publish");
    let mut publisher = Publisher::open(args, context, &connection, &bar)?;
    let ended = market
        .for_each(|channel, row| publisher.row(channel, row))
        .and_then(|()| publisher.file_ends())
        .and_then(|()| publisher.end());
    bar.finish_and_clear();
    let Publisher { feed, mut report, .. } = publisher;
    report.count(feed.handed_over());
    match ended {
        Err(Stop::Failed(failure)) => return Err(failure),
        Err(Stop::Interrupted) => report.interrupted = true,
        Ok(()) => {}
    }
    report.seconds = begun.elapsed().as_secs_f64();
    context.print(&report.text(), &report.json());
    report.finish()
}

/// The topic of a file of the market directory.
fn topic_of(channel: &str) -> Topic {
    match channel.rsplit('/').next() {
        Some("trades.csv") => Topic::TradesIn,
        Some("prices.csv") => Topic::PricesIn,
        Some("operations.csv") => Topic::OperationsIn,
        _ => Topic::ReferenceIn,
    }
}

/// An operation whose outcome is awaited.
struct Awaited {
    /// Its record's offset in `operations.in`.
    offset: u64,
    /// Its row in its file.
    row: u64,
    /// It was sent before, and is sent again on purpose.
    is_repeat: bool,
    /// The day that it opens. `None`: it opens none.
    opens: Option<String>,
    notice: Notice,
}

/// A market under way into the topics.
struct Publisher<'p> {
    context: &'p Context,
    connection: &'p Connection,
    segment: u32,
    resend: bool,
    feed: Feed<'p>,
    known: Known,
    /// Listens while operations are awaited.
    outcomes: Outcomes,
    awaited: Vec<Awaited>,
    /// The last operation that was in before, with its row; its outcome may still be to come.
    last_in: Option<(Sight, u64, Notice)>,
    report: Report,
    bar: &'p ProgressBar,
    begun: Instant,
    since: u64,
    /// The file being read, and the last row seen in it.
    at: (String, u64),
    scratch: Vec<u8>,
}

impl<'p> Publisher<'p> {
    fn open(
        args: &Publish,
        context: &'p Context,
        connection: &'p Connection,
        bar: &'p ProgressBar,
    ) -> Result<Self, Failure> {
        let known = Known::read(connection, args.segment)?;
        let pace = Pace::new(args.rate.map(NonZeroU32::get));
        let feed = Feed::open(connection, args.segment, args.per_record, pace, context)?;
        Ok(Self {
            context,
            connection,
            segment: args.segment,
            resend: args.resend,
            feed,
            known,
            outcomes: Outcomes::open(connection, args.segment)?,
            awaited: Vec::new(),
            last_in: None,
            report: Report::default(),
            bar,
            begun: Instant::now(),
            since: 0,
            at: (String::new(), 0),
            scratch: Vec::new(),
        })
    }

    /// Sends one row, unless it is in.
    fn row(&mut self, channel: &str, row: &Row<'_>) -> Result<(), Stop> {
        self.show(row)?;
        if self.at.0 != channel {
            self.file_ends()?;
            self.at = (channel.to_owned(), 0);
        }
        self.at.1 = self.at.1.max(row.position);
        let topic = topic_of(channel);
        if !self.resend && self.is_in(topic, channel, row)? {
            self.report.already_in += 1;
            return Ok(());
        }
        match row.command {
            Ok(Command::Operation(operation)) => self.operation(channel, row, &operation),
            Ok(command) => {
                self.settle()?;
                self.feed.add(topic, channel, row.position, &command)
            }
            Err(reason) => {
                self.settle()?;
                self.report.unreadable.push(notice(channel, row, reason.name()));
                self.feed.unreadable(topic, channel, row.position, row.raw)
            }
        }
    }

    /// Progress, and whether to go on.
    fn show(&mut self, row: &Row<'_>) -> Result<(), Stop> {
        self.since += 1;
        if self.since < STRIDE {
            return Ok(());
        }
        self.since = 0;
        self.bar.set_position(row.bytes_read);
        let reports = self.feed.handed_over().reports as f64;
        let rate = reports / self.begun.elapsed().as_secs_f64();
        self.bar.set_message(format!("publish, {rate:.0} reports/s"));
        self.go_on()
    }

    fn go_on(&self) -> Result<(), Stop> {
        let interrupted = self.context.interrupted.load(Ordering::Relaxed);
        if interrupted { Err(Stop::Interrupted) } else { Ok(()) }
    }

    /// Whether a row is in, and unchanged.
    fn is_in(&mut self, topic: Topic, channel: &str, row: &Row<'_>) -> Result<bool, Stop> {
        let Some(sent) = self.known.row(topic, channel, row.position) else { return Ok(false) };
        let bytes = match &row.command {
            Ok(command) => {
                self.scratch.clear();
                write_item(command, &mut self.scratch);
                self.scratch.as_slice()
            }
            Err(_) => row.raw,
        };
        // What retention deleted cannot be compared.
        if sent.is_some_and(|sent| sent != fingerprint(bytes)) {
            return Err(changed(channel, row).into());
        }
        if let Some(sight) = self.known.operation(channel, row.position) {
            self.last_in = Some((sight, row.position, notice(channel, row, "")));
        }
        Ok(true)
    }

    /// A file that ends must still have all its rows that are in.
    fn file_ends(&self) -> Result<(), Stop> {
        let (channel, seen) = &self.at;
        let rows_in = self.known.rows(channel);
        Ok(check_end(channel, *seen, rows_in)?)
    }

    /// Sends an operation, with the places that everything before it reaches to.
    fn operation(
        &mut self,
        channel: &str,
        row: &Row<'_>,
        operation: &Operation<'_>,
    ) -> Result<(), Stop> {
        self.feed.drain()?;
        self.listen()?;
        let ends = self.feed.ends(&self.known)?;
        let after: Vec<_> = ends
            .iter()
            .map(|(topic, end)| Barrier { topic: topic.name(), before_offset: *end })
            .collect();
        let mut record = Vec::new();
        write_operation(operation, &after, &mut record);
        let rows = Rows { channel, first: row.position, last: row.position };
        let offset = self.feed.operation(&rows, &record)?;
        let opens = matches!(operation, Operation::OpenDay { .. });
        self.awaited.push(Awaited {
            offset,
            row: row.position,
            is_repeat: self.known.operation(channel, row.position).is_some(),
            opens: opens.then(|| operation.date().to_string()),
            notice: notice(channel, row, ""),
        });
        Ok(())
    }

    /// Begins to listen for outcomes, before the first operation that is awaited is sent.
    fn listen(&mut self) -> Result<(), Stop> {
        if !self.outcomes.is_listening() {
            let before = self.last_in.as_ref().map(|(sight, ..)| *sight);
            self.outcomes.listen(before)?;
        }
        if let Some((sight, row, notice)) = self.last_in.take() {
            let (offset, opens) = (sight.offset, None);
            self.awaited.push(Awaited { offset, row, is_repeat: false, opens, notice });
        }
        Ok(())
    }

    /// Waits until the outcomes of all operations sent are public.
    fn settle(&mut self) -> Result<(), Stop> {
        if self.last_in.is_some() {
            self.listen()?;
        }
        if !self.outcomes.is_listening() {
            return Ok(());
        }
        for awaited in std::mem::take(&mut self.awaited) {
            match self.verdict(&awaited)? {
                Verdict::Accepted => self.report.days.extend(awaited.opens),
                // Sent again on purpose, it is refused as a repeat: that is no finding.
                Verdict::Refused(_) if awaited.is_repeat => {}
                Verdict::Refused(outcome) => {
                    let notice = Notice { outcome, ..awaited.notice };
                    self.report.refused_operations.push(notice);
                }
            }
        }
        Ok(self.outcomes.rest()?)
    }

    /// Waits for the outcome of an operation.
    fn verdict(&mut self, awaited: &Awaited) -> Result<Verdict, Stop> {
        let (mut heard, mut said) = (Instant::now(), false);
        let verdict = loop {
            if let Some(verdict) = self.outcomes.verdict(awaited.offset) {
                break verdict;
            }
            self.go_on()?;
            if self.outcomes.poll()? {
                heard = Instant::now();
            }
            if !said && heard.elapsed() > LONG {
                said = true;
                self.bar.suspend(|| self.context.note(&waiting(awaited, self.segment)));
            }
        };
        if verdict == Verdict::Accepted || awaited.is_repeat {
            return Ok(verdict);
        }
        // A publisher that died may have sent it as well, and it landed first: then that counts.
        let first =
            known::first_sight(self.connection, self.segment, &awaited.notice.file, awaited.row)?;
        let other = first.filter(|first| *first < awaited.offset);
        Ok(other.map_or(verdict, |first| self.outcomes.verdict(first).unwrap_or(Verdict::Accepted)))
    }

    /// Everything is delivered and every operation has its outcome.
    fn end(&mut self) -> Result<(), Stop> {
        self.feed.drain()?;
        self.settle()
    }
}

/// What a person is told who waits long.
fn waiting(awaited: &Awaited, segment: u32) -> String {
    let Awaited { offset, notice: Notice { file, line, .. }, .. } = awaited;
    format!(
        "still waiting for the outcome of {file}:{line} (operations.in, offset {offset}); does a \
         node run for segment {segment}?"
    )
}

fn notice(channel: &str, row: &Row<'_>, outcome: &'static str) -> Notice {
    let text = String::from_utf8_lossy(row.raw).chars().take(120).collect();
    Notice { file: channel.to_owned(), line: row.line, outcome, text }
}

/// A row that is in reads otherwise now.
fn changed(channel: &str, row: &Row<'_>) -> Failure {
    let message = format!(
        "{channel}:{}: row {} has changed since it was published; rows that are in stay as they \
         are: restore it, and add a correction as a new row",
        row.line, row.position
    );
    Failure::new(Exit::Conflict, message)
}
