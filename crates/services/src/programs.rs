//! Other programs: where they are, and running one to its end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Tried};

/// The packages that bring everything a service of ours needs.
pub const PACKAGES: &str = "openjdk-17-jre-headless maven postgresql prometheus openssl util-linux";

/// The path of a program in `PATH`.
pub fn find(program: &str) -> Result<PathBuf, Error> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| Error::Missing { program: program.to_owned(), packages: PACKAGES })
}

/// Runs a command to its end and returns what it printed on standard output.
pub fn run(command: &mut Command) -> Result<String, Error> {
    let output =
        command.stdin(Stdio::null()).output().tried(|| format!("run {}", line(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let printed = [output.stderr, output.stdout].concat();
    let printed = String::from_utf8_lossy(&printed).trim().to_owned();
    let output = if printed.is_empty() { output.status.to_string() } else { printed };
    Err(Error::Failed { command: line(command), output })
}

/// The last lines of a log, for whoever must find out what went wrong.
pub fn tail(log: &Path) -> String {
    const LINES: usize = 20;
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_what_to_install() {
        let error = find("no-such-program-anywhere").unwrap_err().to_string();
        assert!(error.starts_with("`no-such-program-anywhere` was not found: apt-get install"));
    }

    #[test]
    fn a_failure_tells_what_the_program_printed() {
        let error = run(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c echo why >&2; exit 3` failed: why");
    }
}
