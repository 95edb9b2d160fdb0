//! Tasks of the house: one command for everything that must hold before a change is shared.
//!
//! `cargo xtask test` is what CI runs, part by part; `layers` and `tidy` are two of its parts and
//! can be run alone. What is deliberately not here: anything a user of the product needs. That is
//! the `clearfold` binary.

mod parts;
mod tree;

mod layers;
mod tidy;

mod deny;
mod finding;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use crate::finding::Findings;
use crate::run::Deadline;
use crate::tree::Tree;

/// Tasks of the house.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run everything that CI runs, and report the time of each part.
    #[command(visible_alias = "ci")]
    Test {
        /// Run only this part; may be given more than once.
        #[arg(long, value_name = "PART", value_parser = PossibleValuesParser::new(parts::names()))]
        only: Vec<String>,
    },
    /// Look for dependencies between our crates that must never exist.
    Layers,
    /// Look for long functions and files, dead links, missing READMEs and unfinished work.
    Tidy(TidyArgs),
}

#[derive(Args)]
struct TidyArgs {
    /// Write the smaller sizes of files that shrank into the ratchet list. Never adds a file.
    #[arg(long)]
    tighten: bool,
}

fn main() -> ExitCode {
    let root = workspace_root();
    let held = match Cli::parse().task {
        Task::Test { only } => parts::run(&root, &only),
        Task::Layers => layers::check(&root, Deadline::none()).map(|findings| findings.print()),
        Task::Tidy(args) if args.tighten => tighten(&root),
        Task::Tidy(_) => Tree::read(&root).map(|tree| tidy::check(&tree).print()),
    };
    match held {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Lowers the ratchet to today's sizes. Returns true, because shrinking cannot break a rule.
fn tighten(root: &Path) -> Result<bool, String> {
    let tree = Tree::read(root)?;
    let text = tidy::tightened(&tree);
    std::fs::write(root.join(tidy::RATCHET), text)
        .map_err(|error| format!("cannot write {}: {error}", tidy::RATCHET))?;
    let mut findings = Findings::default();
    findings.note(format!("{} holds today's sizes", tidy::RATCHET));
    Ok(findings.print())
}

/// The folder of the workspace: two above this crate's manifest.
fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("xtask lies in crates/xtask").to_path_buf()
}
