//! The built program, run as its users run it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The tables that there are.
pub const TABLES: [&str; 10] = [
    "outcomes",
    "obligations",
    "settlements",
    "money",
    "holdings",
    "positions",
    "trades",
    "rejections",
    "journal-entries",
    "trial-balance",
];

/// A program of this workspace that was built beside the tests.
///
/// # Panics
/// When it was not built, with the command that does it.
pub fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("a test knows its own file");
    // target/debug/deps/it-… is the test, target/debug/NAME the program.
    let folder = tests.ancestors().nth(2).expect("a test lies in a target folder");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let missing = "is not built: run `cargo build --workspace --bins` first";
    assert!(program.is_file(), "{} {missing}", program.display());
    program
}

/// `clearfold` with these arguments, not started yet. Backtraces are on, so that one would show.
pub fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program("clearfold"));
    command.args(arguments).env("RUST_BACKTRACE", "1").env_remove("CARGO");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `clearfold` to its end.
pub fn clearfold<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    ran(&mut command(arguments))
}

/// Runs any command to its end.
pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    Ran::new(format!("{command:?}"), output)
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ran {
    line: String,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on standard output.
    pub out: Vec<u8>,
    /// What it wrote on standard error.
    pub err: String,
}

impl Ran {
    /// What became of a program.
    ///
    /// # Panics
    /// When it shows its insides: a panic, a backtrace, a broken invariant.
    pub fn new(line: String, output: Output) -> Self {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        for word in ["panicked at", "stack backtrace", "internal fault", "RUST_BACKTRACE"] {
            assert!(!err.contains(word), "{line}\n{err}");
        }
        Self { line, code: output.status.code(), out: output.stdout, err }
    }

    /// It ended with 0.
    #[track_caller]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    /// It ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.line, self.err);
        self
    }

    /// It ended with this code and one sentence, in which all of these occur.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        let ran = self.ended(code);
        let lines: Vec<&str> = ran.err.lines().collect();
        assert_eq!(lines.len(), 1, "one sentence: {}\n{}", ran.line, ran.err);
        assert!(lines[0].starts_with("clearfold: "), "{}", lines[0]);
        for word in words {
            assert!(lines[0].contains(word), "`{word}` in: {}", lines[0]);
        }
        ran
    }

    /// Standard output as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("text")
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|e| panic!("{}: {e}", self.line))
    }
}

/// Imports a market and gives the report; it ended with 0, or with 6 for refused operations.
#[track_caller]
pub fn import(market: &Path, data: &Path) -> Value {
    import_with(market, data, &[])
}

/// The same with more arguments.
#[track_caller]
pub fn import_with(market: &Path, data: &Path, more: &[&str]) -> Value {
    let ran = clearfold(import_line(market, data, more));
    let report = ran.json();
    let refused = report["refused_operations"].as_array().is_some_and(|list| !list.is_empty());
    assert_eq!(ran.code, Some(if refused { 6 } else { 0 }), "{}", ran.err);
    report
}

/// The arguments of an import that reports as JSON.
pub fn import_line(market: &Path, data: &Path, more: &[&str]) -> Vec<PathBuf> {
    let mut line: Vec<PathBuf> = ["import", "-q", "--output", "json"].map(PathBuf::from).into();
    line.extend([market.to_owned(), "--data".into(), data.to_owned()]);
    line.extend(more.iter().map(PathBuf::from));
    line
}

/// One table as CSV, with more arguments.
#[track_caller]
pub fn export(what: &str, data: &Path, more: &[&str]) -> Vec<u8> {
    let data = data.to_str().expect("a path of text");
    clearfold([&["export", what, "-q", "--data", data], more].concat()).done().out
}

/// All tables, by name.
pub type Tables = BTreeMap<&'static str, Vec<u8>>;

/// Exports all tables.
#[track_caller]
pub fn exports(data: &Path) -> Tables {
    exports_with(data, &[])
}

/// The same with more arguments.
#[track_caller]
pub fn exports_with(data: &Path, more: &[&str]) -> Tables {
    TABLES.into_iter().map(|what| (what, export(what, data, more))).collect()
}

/// Both sides have the same tables; shows the first line that differs.
#[track_caller]
pub fn same_tables(got: &Tables, expected: &Tables, why: &dyn Debug) {
    for (what, expected) in expected {
        same_text(&got[what], expected, &format!("{what} {why:?}"));
    }
}

/// Both sides have the same text; shows the first line that differs.
#[track_caller]
pub fn same_text(got: &[u8], expected: &[u8], why: &str) {
    if got == expected {
        return;
    }
    let (got, expected) = (String::from_utf8_lossy(got), String::from_utf8_lossy(expected));
    for (number, (got, expected)) in got.lines().zip(expected.lines()).enumerate() {
        assert_eq!(got, expected, "{why}, line {}", number + 1);
    }
    panic!("{why}: {} lines, expected {}", got.lines().count(), expected.lines().count());
}

/// `status` as JSON.
#[track_caller]
pub fn status(data: &Path) -> Value {
    let data = data.to_str().expect("a path of text");
    clearfold(["status", "--output", "json", "--data", data]).done().json()
}

/// `verify` finds nothing.
#[track_caller]
pub fn verifies(data: &Path) {
    let data = data.to_str().expect("a path of text");
    let report = clearfold(["verify", "-q", "--output", "json", "--data", data]).done().json();
    assert_eq!(report["differences"], 0);
    assert_eq!(report["torn_tail_bytes"], 0);
}

/// The bytes of all journal files, by name.
pub fn journal(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(data.join("journal")).expect("a journal");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a file"))
        })
        .collect()
}
