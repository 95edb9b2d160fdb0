//! `clearfold`: the one binary. It composes the roles; every verb is a module.

mod brokers;
mod cli;
mod context;
mod data_dir;
mod demo;
mod edges;
mod explain;
mod export;
mod failure;
mod follow;
mod import;
mod place;
mod progress;
mod publish;
mod read_model;
mod report;
mod scenarios;
mod sent;
mod service;
mod status;
mod topics;
mod verify;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tracing_subscriber::EnvFilter;

use cli::{Cli, ConfigVerb, Verb};
use context::{Context, OnSignal};
use data_dir::DataDir;
use failure::{Exit, Failure};
use place::Place;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(cli.verb, Verb::Run(_)) {
        log_to_standard_error();
    }
    let context = Context::new(cli.output, cli.quiet, on_signal(&cli.verb));
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&cli.verb, &context))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            service::say(&failure);
            ExitCode::from(failure.exit as u8)
        }
        // The hook has said what is broken; the journal holds all that was acknowledged.
        Err(_) => ExitCode::from(Exit::Internal as u8),
    }
}

fn run(verb: &Verb, context: &Context) -> Result<(), Failure> {
    say_faults_in_one_sentence();
    match verb {
        Verb::Demo(args) => demo::run(args, context),
        Verb::Import(args) => {
            let data = DataDir::new(&args.data);
            let plan = import::Plan {
                market: &args.market,
                data: &data,
                journal_only: args.journal_only,
                resend: args.resend,
            };
            import::run(&plan, context)
        }
        Verb::Publish(args) => publish::run(args, context),
        Verb::Topics(verb) => topics::run(verb, context),
        Verb::Export(args) => export::run(args, context),
        Verb::Verify(args) => verify::run(&Place::of(args)?, context),
        Verb::Explain(args) => explain::run(&args.reference, &Place::of(&args.place)?, context),
        Verb::Status(args) => status::run(&Place::of(args)?, context),
        Verb::Scenario(args) => scenarios::run(&args.files, context),
        Verb::Run(args) => service::run(args, context),
        Verb::Config { verb: ConfigVerb::Show(args) } => service::show(args, context),
        Verb::Rebuild(args) => follow::rebuild(&Place::of(args)?, context),
        Verb::Completions { shell } => {
            clap_complete::generate(
                *shell,
                &mut Cli::command(),
                "clearfold",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    }
}

/// Verbs that look at the flag end in good order; the others have nothing to put in order.
fn on_signal(verb: &Verb) -> OnSignal {
    match verb {
        Verb::Demo(_) | Verb::Import(_) | Verb::Publish(_) | Verb::Run(_) => OnSignal::Ask,
        Verb::Export(_)
        | Verb::Verify(_)
        | Verb::Explain(_)
        | Verb::Status(_)
        | Verb::Scenario(_)
        | Verb::Config { .. }
        | Verb::Rebuild(_)
        | Verb::Topics(_)
        | Verb::Completions { .. } => OnSignal::End,
    }
}

/// What a command does, on standard error, when `CLEARFOLD_LOG` asks for it (`info`, `debug`): as
/// text for a person, as JSON for everything else.
fn log_to_standard_error() {
    let Ok(filter) = EnvFilter::try_from_env("CLEARFOLD_LOG") else { return };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() { log.init() } else { log.json().init() }
}

/// A broken invariant stops the process with one sentence, never with a backtrace.
fn say_faults_in_one_sentence() {
    std::panic::set_hook(Box::new(|fault| {
        let what = fault.payload_as_str().unwrap_or("an invariant is broken");
        let place = fault.location().map_or(String::new(), |at| format!(" ({at})"));
        eprintln!(
            "clearfold: internal fault: {what}{place}; nothing acknowledged is lost, please report it"
        );
    }));
}
