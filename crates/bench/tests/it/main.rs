//! Every benchmark runs, on a made-up market: that the figures come, not what they are.

use std::fs;
use std::process::Command;

/// Runs a benchmark and gives the figures that it recorded.
fn figures(arguments: &[&str]) -> Vec<serde_json::Value> {
    figures_of("600", arguments)
}

/// The same with a market of so many reports.
fn figures_of(reports: &str, arguments: &[&str]) -> Vec<serde_json::Value> {
    let scratch = tempfile::tempdir().expect("a folder");
    let record = scratch.path().join("figures.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(arguments)
        .args(["--reports", reports, "--runs", "1", "--scratch"])
        .arg(scratch.path())
        .arg("--record")
        .arg(&record)
        .output()
        .expect("bench starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    let recorded = fs::read_to_string(record).expect("figures are recorded");
    recorded.lines().map(|line| serde_json::from_str(line).expect("one document a line")).collect()
}

/// The median of a figure.
fn median(figures: &[serde_json::Value], name: &str, unit: &str) -> f64 {
    let found = figures.iter().find(|figure| figure["figure"] == name && figure["unit"] == unit);
    found.and_then(|figure| figure["median"].as_f64()).expect(name)
}

#[test]
fn core_counts_the_events_of_every_report() {
    let figures = figures(&["core"]);
    assert!(median(&figures, "decide and evolve", "reports/s") > 0.0);
    let events = median(&figures, "events for a report", "ratio");
    assert!((1.9..=2.0).contains(&events), "{events}");
}

#[test]
fn wire_gives_the_same_frames_again() {
    let figures = figures(&["wire"]);
    for name in ["decode, decide, evolve, encode", "decode", "encode"] {
        assert!(median(&figures, name, "ns/report") > 0.0);
    }
    assert!(median(&figures, "frame bodies", "bytes/report") > 1.0);
}

#[test]
fn journal_is_compared_with_a_raw_file() {
    let figures = figures(&["journal"]);
    assert!(median(&figures, "append and sync, to raw", "ratio") > 0.0);
    assert!(median(&figures, "durable through the writer", "reports/s") > 0.0);
}

#[test]
fn import_is_measured_as_a_process() {
    let figures = figures(&["import"]);
    assert!(median(&figures, "journal only", "reports/s") > 0.0);
}

#[test]
fn scale_repeats_the_market() {
    let figures = figures(&["scale", "--weeks", "1,2"]);
    assert!(median(&figures, "market x 2", "reports/s") > 0.0);
    assert!(median(&figures, "cost at x 2 to x 1", "ratio") >= 0.0);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_told_by_the_system() {
    let figures = figures(&["memory"]);
    assert!(median(&figures, "journal only, peak memory", "MiB") > 1.0);
}

#[test]
fn both_stores_are_measured_beside_a_bare_copy() {
    let figures = figures(&["store"]);
    assert!(median(&figures, "SQLite", "events/s") > 0.0);
    assert!(median(&figures, "PostgreSQL", "events/s") > 0.0);
    assert!(median(&figures, "PostgreSQL, bare COPY of trades and their entries", "rows/s") > 0.0);
}

#[test]
fn an_installation_is_measured_beside_a_raw_pipe() {
    let figures = figures(&["kafka"]);
    assert!(median(&figures, "through an installation", "reports/s") > 0.0);
    assert!(median(&figures, "raw pipe", "reports/s") > 0.0);
    assert!(median(&figures, "all topics", "bytes/report") > 100.0);
}

#[test]
fn latency_counts_from_when_a_trade_was_due() {
    let figures = figures(&["latency"]);
    assert!(median(&figures, "publish to event, 99 % of them", "ms") > 0.0);
}

#[test]
fn a_standby_takes_over() {
    let figures = figures_of("6000", &["takeover"]);
    assert!(median(&figures, "kill to the first new accepted trade", "s") > 0.0);
}
