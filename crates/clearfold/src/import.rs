//! `import`: a market directory to its end, from wherever it stopped before.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use indicatif::ProgressBar;
use interchange::market::{Market, Row};
use model::decision::Form;
use model::{Command, Operation, Place};
use node::core::TakenOutcome;
use node::{Node, Received, State, Taken};

use crate::context::Context;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::follow::Follower;
use crate::progress;
use crate::report::{Notice, Report};
use crate::sent::{Sent, SentFile, check_end, fingerprint};

/// Who publishes the rows of a directory: whoever runs the import.
const PUBLISHER: &str = "import";

/// Rows between two looks at the interrupt flag and the progress line.
const STRIDE: u64 = 4_096;

/// What to import, and how.
pub struct Plan<'a> {
    /// The market directory.
    pub market: &'a Path,
    /// The data directory.
    pub data: &'a DataDir,
    /// Leave the read model behind.
    pub journal_only: bool,
    /// Send every row again as a new input.
    pub resend: bool,
}

/// Is told what became of each operation, and says whether to go on.
pub type Watch<'w> = &'w mut dyn FnMut(&Node, &Operation<'_>, &Taken) -> ControlFlow<()>;

/// Runs `import` and prints its report.
pub fn run(plan: &Plan<'_>, context: &Context) -> Result<(), Failure> {
    let report = import(plan, context, &mut |_, _, _| ControlFlow::Continue(()))?;
    context.print(&report.text(), &report.json());
    finish(&report)
}

/// The exit of an import: refused operations are findings.
fn finish(report: &Report) -> Result<(), Failure> {
    if report.interrupted {
        let message = "interrupted; all that was taken is kept, import again to go on";
        return Err(Failure::new(Exit::Interrupted, message));
    }
    if report.refused_operations.is_empty() {
        return Ok(());
    }
    let count = report.refused_operations.len();
    let message = format!(
        "{count} operations were refused; the report says where: correct them with further rows"
    );
    Err(Failure::new(Exit::Findings, message))
}

/// Imports a market directory. `watch` is told what became of each operation.
pub fn import(plan: &Plan<'_>, context: &Context, watch: Watch<'_>) -> Result<Report, Failure> {
    let market = Market::open(plan.market)?;
    let begun = Instant::now();
    let mut node = Node::open(plan.data.path())?;
    if let Some(cut) = node.cut() {
        let bytes = cut.cut_bytes;
        context.note(&format!("cut {bytes} bytes of a last frame that was never acknowledged"));
    }
    node.finish_run()?;
    let before = node.last_seq().0;
    let sent = match before {
        0 => Sent::default(),
        _ => Sent::read(plan.data.path())?,
    };
    let follower = match plan.journal_only {
        true => None,
        false => Some(Follower::spawn(plan.data, node.durable().clone())?),
    };
    let bar = progress::bytes(market.bytes(), context.quiet).with_message("import");
    let mut run = Run {
        node,
        plan,
        sent: &sent,
        report: Report::default(),
        interrupted: &context.interrupted,
        bar: &bar,
        since: 0,
        at: (String::new(), 0),
        watch,
    };
    let ended =
        market.for_each(|channel, row| run.row(channel, row)).and_then(|()| run.file_ends());
    let Run { node, mut report, .. } = run;
    report.interrupted = matches!(ended, Err(Stop::Interrupted));
    let sequence = node.last_seq().0;
    // What was taken is kept, however the reading ended.
    let (_, state_hash) = node.close_with(State::hash)?;
    bar.finish_and_clear();
    if let Some(follower) = follower {
        follower.finish(sequence)?;
    }
    if let Err(Stop::Failed(failure)) = ended {
        return Err(failure);
    }
    report.sequence = sequence;
    report.decisions = sequence - before;
    report.state_hash = Context::hex(&state_hash);
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(report)
}

/// Why reading the market ended early.
enum Stop {
    Failed(Failure),
    Interrupted,
    /// Who watches has seen enough.
    Enough,
}

impl From<interchange::market::MarketError> for Stop {
    fn from(error: interchange::market::MarketError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// An import under way.
struct Run<'r> {
    node: Node,
    plan: &'r Plan<'r>,
    sent: &'r Sent,
    report: Report,
    interrupted: &'r AtomicBool,
    bar: &'r ProgressBar,
    since: u64,
    /// The file being read, and the last row seen in it.
    at: (String, u64),
    watch: Watch<'r>,
}

impl Run<'_> {
    /// Takes one row, unless it is in.
    fn row(&mut self, channel: &str, row: &Row<'_>) -> Result<(), Stop> {
        self.since += 1;
        if self.since >= STRIDE {
            self.since = 0;
            self.bar.set_position(row.bytes_read);
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(Stop::Interrupted);
            }
        }
        if self.at.0 != channel {
            self.file_ends()?;
            self.at = (channel.to_owned(), 0);
        }
        self.at.1 = self.at.1.max(row.position);
        let file = self.sent.file(channel);
        let known = file.and_then(|file| file.row(row.position));
        if let Some(known) = known
            && !self.plan.resend
        {
            if known != fingerprint(row.raw) {
                return Err(changed(channel, row).into());
            }
            self.report.already_in += 1;
            return Ok(());
        }
        let pass = if self.plan.resend { file.map_or(0, |file| file.passes) } else { 0 };
        let place = Place { channel, position: row.position, item: 0, pass };
        let taken = self
            .node
            .take(&Received {
                place,
                publisher: PUBLISHER,
                form: Form::MarketCsv,
                command: row.command,
                verbatim: (!row.is_canonical()).then_some(row.raw),
            })
            .map_err(Failure::from)?;
        self.count(channel, row, &taken, known.is_some())
    }

    /// A file that ends must still have all its rows that are in.
    fn file_ends(&self) -> Result<(), Stop> {
        let (channel, seen) = &self.at;
        let rows_in = self.sent.file(channel).map_or(0, SentFile::last);
        Ok(check_end(channel, *seen, rows_in)?)
    }

    /// Counts what became of a row.
    fn count(
        &mut self,
        channel: &str,
        row: &Row<'_>,
        taken: &Taken,
        repeated: bool,
    ) -> Result<(), Stop> {
        if channel.ends_with("trades.csv") {
            self.report.count_trade(taken);
            if matches!(taken.outcome, TakenOutcome::DeadLettered(_)) {
                self.report.dead_letters.push(notice(channel, row, taken));
            }
            return Ok(());
        }
        self.report.count(taken);
        let operation = match &row.command {
            Ok(Command::Operation(operation)) => Some(operation),
            _ => None,
        };
        match taken.outcome {
            TakenOutcome::Accepted(_) => {
                if let Some(Operation::OpenDay { date, .. }) = operation {
                    self.report.days.insert(date.to_string());
                }
            }
            TakenOutcome::DeadLettered(_) => {
                self.report.dead_letters.push(notice(channel, row, taken));
            }
            // An operation sent again on purpose is refused as a repeat: that is no finding.
            TakenOutcome::Rejected(_) if repeated => {}
            TakenOutcome::Rejected(_) if operation.is_some() => {
                self.report.refused_operations.push(notice(channel, row, taken));
            }
            TakenOutcome::Rejected(_) => {
                self.report.refused_rows.push(notice(channel, row, taken));
            }
        }
        match operation.map(|operation| (self.watch)(&self.node, operation, taken)) {
            Some(ControlFlow::Break(())) => Err(Stop::Enough),
            Some(ControlFlow::Continue(())) | None => Ok(()),
        }
    }
}

fn notice(channel: &str, row: &Row<'_>, taken: &Taken) -> Notice {
    let outcome = match taken.outcome {
        TakenOutcome::DeadLettered(reason) => reason.name(),
        TakenOutcome::Accepted(_) | TakenOutcome::Rejected(_) => taken.outcome.name(),
    };
    let text: String = String::from_utf8_lossy(row.raw).chars().take(120).collect();
    Notice { file: channel.to_owned(), line: row.line, outcome, text }
}

/// A row that is in reads otherwise now.
fn changed(channel: &str, row: &Row<'_>) -> Failure {
    let message = format!(
        "{channel}:{}: row {} has changed since it was imported; rows that are in stay as they \
         are: restore it, and add a correction as a new row",
        row.line, row.position
    );
    Failure::new(Exit::Conflict, message)
}
