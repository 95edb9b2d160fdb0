//! What every command shares: how it speaks, and whether it was interrupted.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::cli::Output;

/// The surroundings of a command.
#[derive(Clone)]
pub struct Context {
    /// How results are printed.
    pub output: Output,
    /// No talk on standard error.
    pub quiet: bool,
    /// Set by Ctrl-C.
    pub interrupted: Arc<AtomicBool>,
}

impl Context {
    /// A context that notices Ctrl-C.
    pub fn new(output: Output, quiet: bool) -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        // Where no handler can be set Ctrl-C still ends the process, and nothing durable is lost.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        Self { output, quiet, interrupted }
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
