//! Processes of the product that serve until they are ended.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::installation::PATIENCE;
use crate::product::command;

/// A process that serves.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    launch: Launch,
}

/// How it is started, each time.
#[derive(Debug)]
struct Launch {
    line: Vec<String>,
    log: PathBuf,
}

impl Serving {
    /// Starts `clearfold` with these arguments; what it says goes to a file.
    pub fn start(line: Vec<String>, log: PathBuf) -> Self {
        let launch = Launch { line, log };
        Self { child: launch.spawn(), launch }
    }

    /// Sends a signal: KILL, STOP, CONT, TERM.
    pub fn signal(&self, signal: &str) {
        let ended = Command::new("kill").args([&format!("-{signal}"), &self.id()]).status();
        assert!(ended.expect("kill is there").success(), "{signal} {:?}", self.launch);
    }

    fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Kills it and starts it again.
    pub fn kill_and_start(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        self.child = self.launch.spawn();
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

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn await_end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(ended) = self.ended() {
                return ended;
            }
            assert!(begun.elapsed() < PATIENCE, "it goes on and on:\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until it has said something.
    #[track_caller]
    pub fn await_word(&self, word: &str) {
        let begun = Instant::now();
        while !self.log().contains(word) {
            assert!(begun.elapsed() < PATIENCE, "{word} was never said:\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.launch.log).unwrap_or_default()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Launch {
    fn spawn(&self) -> Child {
        let out = File::options().create(true).append(true).open(&self.log).expect("a log file");
        let err = out.try_clone().expect("a log file");
        command(&self.line).stdout(out).stderr(err).spawn().expect("it starts")
    }
}
