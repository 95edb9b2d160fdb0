//! What every command shares: how it speaks, and whether it was interrupted.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value;

use crate::cli::Output;
use crate::failure::Exit;
use crate::service::stop::{Request, Stop};

/// The surroundings of a command.
#[derive(Clone)]
pub struct Context {
    /// How results are printed.
    pub output: Output,
    /// No talk on standard error.
    pub quiet: bool,
    /// Set by SIGINT and SIGTERM.
    pub interrupted: Arc<AtomicBool>,
    /// The same, for those who sleep.
    pub stop: Stop,
}

/// What the first signal does. The second always ends the process at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSignal {
    /// It asks the command to end in good order.
    Ask,
    /// It ends the process at once.
    End,
}

impl Context {
    /// A context that notices signals.
    pub fn new(output: Output, quiet: bool, on_signal: OnSignal) -> Self {
        let stop = Stop::default();
        let asked = stop.clone();
        // Where no handler can be set a signal still ends the process, and nothing durable is lost.
        let _ = ctrlc::set_handler(move || {
            if on_signal == OnSignal::End || asked.request() == Request::Again {
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
        });
        Self { output, quiet, interrupted: stop.flag(), stop }
    }

    /// Prints a result on standard output. A reader that went away is no failure.
    pub fn print(&self, text: &str, json: &Value) {
        let mut out = std::io::stdout().lock();
        let _ = match self.output {
            Output::Text => write!(out, "{text}"),
            Output::Json => writeln!(out, "{json:#}"),
        };
    }

    /// Says something to a person, on standard error.
    pub fn note(&self, sentence: &str) {
        if !self.quiet {
            eprintln!("{sentence}");
        }
    }

    /// Bytes as hexadecimal text.
    pub fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
