//! Processes of the product that serve until they are ended.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use crate::product::command;

/// A process that serves.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    line: Vec<String>,
    log: PathBuf,
}

impl Serving {
    /// Starts `clearfold` with these arguments; what it says goes to a file.
    pub fn start(line: Vec<String>, log: PathBuf) -> Self {
        let child = spawn(&line, &log);
        Self { child, line, log }
    }

    /// Sends a signal: KILL, STOP, CONT, TERM.
    pub fn signal(&self, signal: &str) {
        let ended = Command::new("kill").args([&format!("-{signal}"), &self.id()]).status();
        assert!(ended.expect("kill is there").success(), "{signal} {:?}", self.line);
    }

    fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Kills it and starts it again.
    pub fn kill_and_start(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        self.child = spawn(&self.line, &self.log);
    }

    /// Ends it in order.
    pub fn end(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().expect("it ends")
    }

    /// Why it ended by itself; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be asked")
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(line: &[String], log: &Path) -> Child {
    let out = File::options().create(true).append(true).open(log).expect("a log file");
    let err = out.try_clone().expect("a log file");
    command(line).stdout(out).stderr(err).spawn().expect("it starts")
}
