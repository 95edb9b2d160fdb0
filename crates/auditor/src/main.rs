//! `auditor MARKET_DIR --out DIR`: recomputes a market directory and writes the exports.
//!
//! Exit codes: 0 nothing found, 2 usage, 5 input that cannot be processed, 6 findings or refused
//! operations.

use std::path::Path;
use std::process::ExitCode;

use auditor::Auditor;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (market, out) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [market, "--out", out] | ["--out", out, market] => (market, out),
        _ => {
            eprintln!("usage: auditor MARKET_DIR --out DIR");
            return ExitCode::from(2);
        }
    };
    let audit = Auditor::audit(Path::new(market));
    let auditor = match audit.and_then(|auditor| auditor.write(Path::new(out)).map(|()| auditor)) {
        Ok(auditor) => auditor,
        Err(unreadable) => {
            eprintln!("{unreadable}");
            return ExitCode::from(5);
        }
    };
    for line in auditor.refused() {
        eprintln!("refused: {line}");
    }
    for finding in auditor.findings() {
        eprintln!("finding: {finding}");
    }
    println!("{} findings, {} rows refused", auditor.findings().len(), auditor.refused().len());
    let clean = auditor.findings().is_empty() && !auditor.operation_was_refused();
    ExitCode::from(if clean { 0 } else { 6 })
}
