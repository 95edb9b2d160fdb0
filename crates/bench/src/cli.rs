//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Benchmarks of the product's own code. A figure counts on a quiet machine only.
#[derive(Debug, Parser)]
#[command(name = "bench", arg_required_else_help = true)]
pub struct Cli {
    /// What to measure.
    #[command(subcommand)]
    pub bench: Bench,
    /// With what.
    #[command(flatten)]
    pub setting: Setting,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Decide and evolve: decoded reports to events, on one core.
    Core,
    /// Decode, decide, evolve, encode: frame to frame; decode and encode by themselves.
    Wire,
    /// The same bytes appended and synced, raw and through the journal.
    Journal,
    /// `clearfold import`, with the journal alone and with the read model.
    Import,
    /// A journal into SQLite and into PostgreSQL, and a bare COPY of the same rows.
    Store,
    /// A market through publisher, broker, node and consumer; the same bytes through a raw pipe.
    Kafka,
    /// From publishing a trade to its events, at 20,000 trades a second.
    Latency,
    /// From killing a segment's owner to the first trade that its standby accepts.
    Takeover,
    /// The most memory that an import takes.
    Memory,
    /// Cost per report as the market grows: the market repeated under later dates.
    Scale {
        /// How many times the market is repeated, for each measurement.
        #[arg(long, value_delimiter = ',', default_value = "1,3,10")]
        weeks: Vec<usize>,
    },
    /// An import in this process, journal only: what is measured where no `clearfold` is built.
    #[command(hide = true)]
    ImportAlone {
        /// The market directory.
        market: PathBuf,
        /// The data directory.
        data: PathBuf,
    },
}

/// With what is measured.
#[derive(Debug, Args)]
pub struct Setting {
    /// The market directory; a small made-up one if there is none.
    #[arg(long, value_name = "DIR", global = true)]
    pub market: Option<PathBuf>,
    /// Reports of the made-up market.
    #[arg(long, value_name = "N", default_value_t = 20_000, global = true)]
    pub reports: usize,
    /// How often everything is measured.
    #[arg(long, value_name = "N", default_value_t = 5, global = true,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub runs: u32,
    /// Where files are written; the system's folder for temporary files if not given.
    #[arg(long, value_name = "DIR", global = true)]
    pub scratch: Option<PathBuf>,
    /// The built `clearfold`; the one beside this program if not given.
    #[arg(long, value_name = "FILE", global = true)]
    pub clearfold: Option<PathBuf>,
    /// Print one JSON document per figure.
    #[arg(long, global = true)]
    pub json: bool,
    /// Append the figures to this file, one JSON document per line.
    #[arg(long, value_name = "FILE", global = true)]
    pub record: Option<PathBuf>,
}

impl Setting {
    /// A new folder to write in; it is removed with the value.
    pub fn scratch(&self) -> std::io::Result<tempfile::TempDir> {
        match &self.scratch {
            Some(directory) => tempfile::tempdir_in(directory),
            None => tempfile::tempdir(),
        }
    }

    /// The built `clearfold`; `None` if there is none.
    pub fn clearfold(&self) -> Option<PathBuf> {
        let beside = || {
            let name = format!("clearfold{}", std::env::consts::EXE_SUFFIX);
            Some(std::env::current_exe().ok()?.with_file_name(name))
        };
        self.clearfold.clone().or_else(beside).filter(|path| path.is_file())
    }
}
