//! Benchmarks of the product, with its own code and its own commands.
//!
//! `cargo run --release -p bench -- core --market DIR`. Without a market directory a small made-up
//! one is used: it proves that the benchmark works, its figures mean nothing.

mod cli;
mod clock;
mod figure;
mod machine;
mod measure;

mod frames;
mod market;
mod shift;

mod core;
mod import;
mod journal;
mod live;
mod memory;
mod scale;
mod store;
mod wire;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Bench, Cli, Setting};
use crate::figure::Figure;
use crate::machine::Machine;
use crate::market::Source;

/// What a benchmark gives, or why it could not run.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Outcome<()> {
    if let Bench::ImportAlone { market, data } = &cli.bench {
        return import::alone(market, data);
    }
    let source = Source::open(cli.setting.market.as_deref(), cli.setting.reports)?;
    let figures = measure(&cli.bench, &cli.setting, &source)?;
    let machine = Machine::here();
    if cli.setting.json {
        for figure in &figures {
            println!("{}", figure.json(&machine, &source));
        }
    } else {
        println!("{}", machine.line());
        println!("{}", source.line());
        print!("{}", figure::table(&figures));
    }
    if let Some(record) = &cli.setting.record {
        figure::record(record, &figures, &machine, &source)?;
    }
    Ok(())
}

fn measure(bench: &Bench, setting: &Setting, source: &Source) -> Outcome<Vec<Figure>> {
    let market: &Path = source.directory();
    match bench {
        Bench::Core => core::run(market, setting),
        Bench::Wire => wire::run(market, setting),
        Bench::Journal => journal::run(market, setting),
        Bench::Import => import::run(market, setting),
        Bench::Store => store::run(market, setting),
        Bench::Kafka => live::rate::run(market, setting),
        Bench::Latency => live::latency::run(market, setting),
        Bench::Takeover => live::takeover::run(market, setting),
        Bench::Memory => memory::run(market, setting),
        Bench::Scale { weeks } => scale::run(market, weeks, setting),
        Bench::ImportAlone { .. } => Ok(Vec::new()),
    }
}
