//! Processes of the product.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;

use super::PATIENCE;

/// A process that serves; it is killed with the value.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program; the last argument is its configuration, beside which it leaves its log.
    pub fn start(program: &Path, arguments: &[&str], config: &Path) -> Outcome<Self> {
        let log = config.with_extension("log");
        let out = File::create(&log)?;
        let mut command = Command::new(program);
        command.args(arguments).arg(config).stdin(Stdio::null());
        let child = command.stdout(out.try_clone()?).stderr(out).spawn()?;
        Ok(Self { child, log })
    }

    /// Waits until it has said something.
    pub fn await_word(&mut self, word: &str) -> Outcome<()> {
        let begun = Instant::now();
        loop {
            let log = fs::read_to_string(&self.log)?;
            if log.contains(word) {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                return Err(format!("a node never said {word:?}:\n{log}").into());
            }
            sleep(Duration::from_millis(5));
        }
    }

    /// Ends it at once, as a failing machine would.
    pub fn kill(&mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

/// Runs a program to its end.
pub fn run(program: &Path, arguments: &[&str], last: &Path) -> Outcome<()> {
    let output = Command::new(program).args(arguments).arg(last).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("clearfold {} failed: {said}", arguments.join(" ")).into())
}
