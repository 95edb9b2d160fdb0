//! `scenario`: runs scenario files.

use std::fs;
use std::path::PathBuf;

use scenario::report::Report;
use serde_json::json;

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Runs `scenario`.
pub fn run(files: &[PathBuf], context: &Context) -> Result<(), Failure> {
    let mut report = Report::default();
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| Failure::io("read", file, &error))?;
        report.add(scenario::run(&file.to_string_lossy(), &text));
    }
    let failed: Vec<_> = report
        .failed
        .iter()
        .map(|failure| {
            json!({
                "file": failure.file,
                "line": failure.line,
                "scenario": failure.scenario,
                "expected": failure.expected,
                "got": failure.got,
            })
        })
        .collect();
    let json = json!({
        "passed": report.passed,
        "failed": report.failed_scenarios,
        "failures": failed,
    });
    context.print(&format!("{report}\n"), &json);
    if report.failed.is_empty() {
        return Ok(());
    }
    let message = format!("{} scenarios failed", report.failed_scenarios);
    Err(Failure::new(Exit::Findings, message))
}
