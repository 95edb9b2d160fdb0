//! The command line: verbs, flags, and the help that teaches them.

mod brokers;

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use basics::Date;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use brokers::{Brokers, PlannedTopics, Topics};

/// What stands below every help text.
const EXIT_CODES: &str = "\
Exit codes: 0 done (rejections and dead letters are outcomes, not failures) · 1 internal · \
2 usage · 3 not found · 4 conflict · 5 input invalid · 6 findings (verify, scenario, refused \
operations) · 7 unavailable · 8 not allowed · 130 interrupted.";

/// An event-sourced settlement and clearing engine: the back office as software.
///
/// Trades go in, are captured, novated, netted and settled, and every movement is booked twice.
/// Everything that happens is kept in a journal that anyone can check.
#[derive(Debug, Parser)]
#[command(name = "clearfold", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// How results are printed on standard output.
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Print no progress on standard error.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For machines: one JSON document.
    Json,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Clear a sample of a real market, day by day, and leave the data behind.
    Demo(Demo),
    /// Clear a directory of CSV files to its end.
    ///
    /// A second import of the same directory changes nothing; one after a crash goes on where
    /// it stopped.
    #[command(after_help = "Example:\n  clearfold import my-market --data my-data")]
    Import(Import),
    /// Send a directory of CSV files into the input topics, where nodes read them.
    ///
    /// It can be ended at any moment and started again: what is in the topics is not sent twice.
    #[command(
        after_help = "Example:\n  clearfold publish my-market --kafka 127.0.0.1:9092 --rate 20000"
    )]
    Publish(Publish),
    /// Make the topics, or check them.
    #[command(
        subcommand,
        after_help = "Example:\n  clearfold topics apply --kafka 127.0.0.1:9092 --partitions 1 --replication 1"
    )]
    Topics(Topics),
    /// Write one table: outcomes, obligations, settlements, money, holdings and more.
    #[command(
        after_help = "Example:\n  clearfold export positions --data my-data --as-of 2013-10-16"
    )]
    Export(Export),
    /// Check the journal: chain, laws, and every decision decided again.
    Verify(Place),
    /// Tell the whole story of one trade, from input bytes to its own postings.
    #[command(
        after_help = "A reference can stand alone, or as SOURCE/REFERENCE, DATE/REFERENCE or \
        SOURCE/DATE/REFERENCE. entry:N explains a journal entry, account:CODE an account, \
        obligation:ACCOUNT/ISIN/DATE an obligation.\n\nExample:\n  clearfold explain XNAS/2013-10-07/0000050 --data my-data"
    )]
    Explain(Explain),
    /// Show sequence, business date, state hash and counts.
    Status(Place),
    /// Run scenario files.
    Scenario(Scenario),
    /// Serve: run a role of a process until it is told to stop.
    ///
    /// SIGTERM and Ctrl-C stop it in good order, the second one at once. Health and metrics are
    /// served on `http.listen`.
    #[command(after_help = "Example:\n  clearfold run --config clearfold.toml --role node")]
    Run(Run),
    /// Look at the configuration of `run`.
    Config {
        /// What to do with it.
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// Drop the read model and build it again from the journal.
    Rebuild(Place),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  clearfold completions bash > ~/.local/share/bash-completion/completions/clearfold"
    )]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// Where the data is: in a directory, or in an installation.
#[derive(Debug, Args)]
pub struct Place {
    /// The data directory.
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    pub data: Option<PathBuf>,
    /// The configuration of an installation, instead of a data directory.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    pub config: Option<PathBuf>,
    /// The segment of the installation.
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "data")]
    pub segment: u32,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The data directory; it must be empty or not exist.
    #[arg(long, value_name = "DIR", default_value = "clearfold-data")]
    pub data: PathBuf,
    /// Port of the web desk, which a later release adds.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Business days to clear.
    #[arg(long, value_name = "N")]
    pub days: Option<usize>,
    /// End when the market is cleared.
    #[arg(long)]
    pub no_desk: bool,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The market directory: reference/*.csv and days/DATE/*.csv.
    pub market: PathBuf,
    /// The data directory; it is made if need be.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Write the journal only; the next command that needs the read model brings it up to date.
    #[arg(long)]
    pub journal_only: bool,
    /// Send every row again as a new input, also those that are in.
    #[arg(long)]
    pub resend: bool,
}

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub struct Publish {
    /// The market directory: reference/*.csv and days/DATE/*.csv.
    pub market: PathBuf,
    /// Which brokers.
    #[command(flatten)]
    pub brokers: Brokers,
    /// The segment: the partition of every topic.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub segment: u32,
    /// Trade reports a second at most.
    #[arg(long, value_name = "R")]
    pub rate: Option<NonZeroU32>,
    /// Rows in one record at most.
    #[arg(long, value_name = "N", default_value = "64")]
    pub per_record: NonZeroU32,
    /// Send every row again, also those that are in.
    #[arg(long)]
    pub resend: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Which table.
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// As it stood after the close of this business date.
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with = "as_of_seq")]
    pub as_of: Option<Date>,
    /// As it stood after the decision with this sequence.
    #[arg(long, value_name = "N")]
    pub as_of_seq: Option<u64>,
    /// File format.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// The file to write; without it, standard output (csv and jsonl).
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// File formats of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A spreadsheet.
    Xlsx,
    /// Columnar, for analysts.
    Parquet,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The trade's reference; or entry:N, account:CODE, obligation:ACCOUNT/ISIN/DATE.
    pub reference: String,
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
}

/// Arguments of `scenario`.
#[derive(Debug, Args)]
pub struct Scenario {
    /// Scenario files.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The configuration file, in TOML.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// What the process does.
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Set one value, above file and environment; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Decides: inputs to journal and public topics.
    Node,
    /// Reads public topics and writes the store.
    Projector,
    /// The web desk, which a later release adds.
    Desk,
    /// Node and projector in one process.
    All,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Node => "node",
            Self::Projector => "projector",
            Self::Desk => "desk",
            Self::All => "all",
        })
    }
}

/// The verbs of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Print what is in force after defaults, file, environment and flags. Secrets are not shown.
    #[command(
        after_help = "The environment sets values as CLEARFOLD__SECTION__KEY.\n\nExample:\n  \
        CLEARFOLD__LOG__FILTER=debug clearfold config show --config clearfold.toml --origin"
    )]
    Show(ConfigShow),
}

/// Arguments of `config show`.
#[derive(Debug, Args)]
pub struct ConfigShow {
    /// The configuration file, in TOML; without it, defaults, environment and flags.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say where each value came from.
    #[arg(long)]
    pub origin: bool,
    /// Set one value, above file and environment; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// A date on the command line.
fn date(text: &str) -> Result<Date, String> {
    Date::parse(text.as_bytes()).ok_or_else(|| format!("{text} is not a date like 2013-10-16"))
}
