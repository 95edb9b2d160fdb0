//! Running other programs, with their output shown and an end to our patience.

use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The moment at which everything still running is stopped.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// `None` means never.
    at: Option<Instant>,
}

impl Deadline {
    /// No limit: for a task started by hand.
    pub fn none() -> Self {
        Self { at: None }
    }

    /// A limit that starts to run now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Some(Instant::now() + limit) }
    }

    fn passed(self) -> bool {
        self.at.is_some_and(|at| Instant::now() >= at)
    }
}

/// The cargo that started us, so that all parts use one toolchain.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a command to its end with its output shown. An error is a sentence that names it.
pub fn shown(command: &mut Command, deadline: Deadline) -> Result<(), String> {
    let line = line(command);
    if deadline.passed() {
        return Err(format!("no time was left for `{line}`"));
    }
    println!("$ {line}");
    let mut child = command.spawn().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    loop {
        match child.try_wait().map_err(|error| format!("lost sight of `{line}`: {error}"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("`{line}` ended with {status}")),
            None if deadline.passed() => {
                stop(&mut child);
                return Err(format!("`{line}` was stopped: the total time is used up"));
            }
            None => sleep(Duration::from_millis(50)),
        }
    }
}

/// Runs a command quietly and returns what it printed on stdout.
pub fn captured(command: &mut Command) -> Result<String, String> {
    let line = line(command);
    let output = command.output().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` failed: {}", reason.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Ends a child and all it started: a hanging test is a grandchild, and outlives its cargo.
fn stop(child: &mut Child) {
    for process in descendants(child.id()) {
        // It may have ended by itself meanwhile; then there is nothing to do.
        let _ = Command::new("kill").args(["-KILL", &process.to_string()]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Processes started by `parent`, and by those, as Linux lists them. Elsewhere none are found.
fn descendants(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let threads = std::fs::read_dir(format!("/proc/{parent}/task"));
    for thread in threads.into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|word| word.parse().ok()) {
            found.extend(descendants(child));
            found.push(child);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_outlives_the_deadline_is_stopped_with_its_children() {
        let started = Instant::now();
        let deadline = Deadline::after(Duration::from_millis(200));
        let outcome = shown(Command::new("sh").args(["-c", "sleep 30; true"]), deadline);
        assert!(outcome.unwrap_err().contains("was stopped"));
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_failing_command_is_named_in_the_error() {
        let outcome = shown(&mut Command::new("false"), Deadline::none());
        assert!(outcome.unwrap_err().starts_with("`false` ended with"));
    }
}
