//! `demo`: a sample of a real market, cleared day by day before your eyes.
//!
//! The web desk joins here in a later release: `--port` and `--no-desk` are kept for it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use basics::Date;
use model::Operation;
use node::{Node, Taken, core::TakenOutcome};
use rust_decimal::Decimal;
use serde_json::json;

use crate::cli;
use crate::context::Context;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::import::{Plan, import};
use crate::report::Report;

/// The sample, as the repository carries it; its README beside it names source and licence.
const SAMPLE: &[u8] = include_bytes!("../demo/us-equities-2013-10.tar.zst");

/// Runs `demo`.
pub fn run(args: &cli::Demo, context: &Context) -> Result<(), Failure> {
    let begun = Instant::now();
    let market = unpack(&args.data)?;
    context.note(&format!(
        "Clearing a sample of a real week: AIG, BAC, IBM and SPY, 7 to 18 October 2013.\n\
         Prices, sizes and venues are real; members and accounts are fictitious.\n\n{HEADER}"
    ));
    let data = DataDir::new(&args.data);
    let plan = Plan { market: &market, data: &data, journal_only: false, resend: false };
    let quiet = Context { quiet: true, ..context.clone() };
    let mut show = Show { begun, captured: 0, gross: 0, days: 0, limit: args.days, context };
    let report = import(&plan, &quiet, &mut |node, operation, taken| {
        show.operation(node, operation, taken)
    })?;
    finish(&data, &report, context)
}

/// Writes the sample into the data directory, which must be empty.
fn unpack(data: &Path) -> Result<PathBuf, Failure> {
    let occupied = fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        let message = format!(
            "{} is not empty; choose another directory with --data, or remove it",
            data.display()
        );
        return Err(Failure::new(Exit::Conflict, message));
    }
    let market = data.join("market");
    let failed = |error: std::io::Error| Failure::io("write", &market, &error);
    fs::create_dir_all(&market).map_err(failed)?;
    let tar = zstd::Decoder::new(SAMPLE).map_err(failed)?;
    tar::Archive::new(tar).unpack(&market).map_err(failed)?;
    Ok(market)
}

/// Column heads of the table that the demo prints; one line a business day.
const HEADER: &str = "business day   trades captured       gross value USD    positions  still open      \
     paid net USD  not paid";

/// Shows the market live.
struct Show<'c> {
    begun: Instant,
    captured: u64,
    gross: i128,
    days: usize,
    limit: Option<usize>,
    context: &'c Context,
}

impl Show<'_> {
    /// Prints a line at each day's close.
    fn operation(
        &mut self,
        node: &Node,
        operation: &Operation<'_>,
        taken: &Taken,
    ) -> ControlFlow<()> {
        let Operation::CloseDay { date } = operation else { return ControlFlow::Continue(()) };
        if matches!(taken.outcome, TakenOutcome::Accepted(_)) {
            self.day(node, *date);
            self.days += 1;
        }
        match self.limit {
            Some(limit) if self.days >= limit => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn day(&mut self, node: &Node, date: Date) {
        let state = node.state();
        let figures = state.figures();
        let gross = state.registry.currency("USD").map_or(0, |usd| state.gross_cleared(usd));
        let run = node.last_run();
        self.context.note(&format!(
            "{date}   {:>17} {:>21} {:>12} {:>11} {:>17} {:>9}",
            figures.captured - self.captured,
            cents(gross - self.gross),
            run.positions,
            figures.open_positions,
            cents(run.paid),
            run.failed_payments,
        ));
        (self.captured, self.gross) = (figures.captured, gross);
        if self.days == 0 {
            let seconds = self.begun.elapsed().as_secs_f64();
            self.context.note(&format!("             (first day cleared after {seconds:.2} s)"));
        }
    }
}

/// An amount in cents as text.
fn cents(amount: i128) -> String {
    Decimal::from_i128_with_scale(amount, 2).to_string()
}

/// The books, and what to do next.
fn finish(data: &DataDir, report: &Report, context: &Context) -> Result<(), Failure> {
    let store = crate::follow::open(data)?;
    let (debit, credit) = crate::follow::trial_balance(&store)?;
    let program = program();
    let dir = data.path().display();
    let text = format!(
        "\n{} trade reports cleared in {:.2} s; every one is on disk and in the read model.\n\
         Trial balance, all accounts in USD: debit {debit}, credit {credit}.\n\
         State hash {}\n\n\
         Look further:\n  \
         {program} explain XNAS/2013-10-07/0000080 --data {dir}\n  \
         {program} export positions --data {dir} --as-of 2013-10-16\n  \
         {program} verify --data {dir}\n",
        report.reports, report.seconds, report.state_hash,
    );
    let mut json = report.json();
    json["trial_balance"] = json!({"debit": debit, "credit": credit});
    context.print(&text, &json);
    Ok(())
}

/// How this program was called, to be copied.
fn program() -> String {
    match std::env::var_os("CARGO") {
        Some(_) => "cargo run --release --".to_owned(),
        None => std::env::args().next().unwrap_or_else(|| "clearfold".to_owned()),
    }
}
