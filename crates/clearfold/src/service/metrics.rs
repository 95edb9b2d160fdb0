//! What a process counts: the one table of names, and the recorder behind it.
//!
//! Labels name segments, topics and outcomes, never an ISIN, an account or a party: their number
//! stays small, and a dashboard tells nobody's business. What is deliberately not here: who counts,
//! which is whoever does the work, with the macros of the crate `metrics` and a name from here.

use metrics::Unit;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::failure::{Exit, Failure};

/// Upper bounds of the buckets of every histogram, in seconds.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How a number behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only goes up.
    Counter,
    /// How often a measurement fell into which bucket.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What one of it is.
    pub unit: Unit,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, unit: Unit::Count, labels, help }
}

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Counter, unit: Unit::Count, labels, help }
}

const fn seconds(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, unit: Unit::Seconds, labels: SEGMENT, help }
}

const fn of(unit: Unit, metric: Metric) -> Metric {
    Metric { unit, ..metric }
}

const SEGMENT: &[&str] = &["segment"];
const SEGMENT_TOPIC: &[&str] = &["segment", "topic"];

/// Every metric there is. `deploy/README.md` shows the same table.
pub const TABLE: &[Metric] = &[
    gauge("clearfold_build_info", &["version"], "Always 1; its label tells the version"),
    gauge("clearfold_node_active", SEGMENT, "1 if this process owns the segment, 0 on standby"),
    gauge("clearfold_epoch", SEGMENT, "Epoch of the journal: how often its owner has changed"),
    gauge("clearfold_last_seq", SEGMENT, "Sequence of the last decision taken"),
    gauge("clearfold_durable_seq", SEGMENT, "Sequence of the last decision read back"),
    gauge("clearfold_frames_in_flight", SEGMENT, "Frames appended and not yet read back"),
    gauge("clearfold_input_lag_records", SEGMENT_TOPIC, "Records of an input that wait"),
    gauge("clearfold_input_waits", SEGMENT, "1 while an operation waits for what comes before it"),
    gauge("clearfold_business_date_days", SEGMENT, "Business date, in days since 1970-01-01"),
    gauge("clearfold_trades_open", SEGMENT, "Trades that are kept because they are not through"),
    gauge("clearfold_positions_open", SEGMENT, "Positions that are not settled"),
    gauge("clearfold_relay_seq", SEGMENT, "Sequence up to which public topics are written"),
    gauge("clearfold_projection_seq", SEGMENT, "Sequence up to which the store is written"),
    gauge("clearfold_projection_lag_events", SEGMENT, "Events the store is behind public topics"),
    of(
        Unit::Seconds,
        gauge("clearfold_projection_lag_seconds", SEGMENT, "Age of the oldest event not stored"),
    ),
    of(
        Unit::Seconds,
        gauge("clearfold_dead_letter_oldest_seconds", SEGMENT, "Age of the oldest dead letter"),
    ),
    counter(
        "clearfold_core_decisions_total",
        &["segment", "outcome"],
        "Decisions taken: accepted, rejected, dead_lettered",
    ),
    counter("clearfold_fences_total", SEGMENT, "Fences written by this process"),
    counter("clearfold_ownership_lost_total", SEGMENT, "How often this process was fenced off"),
    counter("clearfold_journal_frames_total", SEGMENT, "Frames appended"),
    of(Unit::Bytes, counter("clearfold_journal_bytes_total", SEGMENT, "Bytes appended")),
    counter("clearfold_relay_records_total", SEGMENT_TOPIC, "Records written to public topics"),
    counter("clearfold_dead_letters_total", SEGMENT, "Inputs that could not be read"),
    counter("clearfold_projection_events_total", SEGMENT, "Events projected"),
    counter("clearfold_projection_failures_total", SEGMENT, "Writes to the store that failed"),
    seconds("clearfold_core_apply_seconds", "Time to decide a batch"),
    seconds("clearfold_journal_commit_seconds", "Time from appending a frame to reading it back"),
    seconds("clearfold_projection_write_seconds", "Time to write a batch to the store"),
];

/// A recorder for one process.
pub fn recorder() -> PrometheusRecorder {
    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).expect("there are buckets");
    builder.build_recorder()
}

/// Tells the recorder in force what each metric is.
pub fn describe() {
    for Metric { name, kind, unit, help, .. } in TABLE {
        match kind {
            Kind::Gauge => metrics::describe_gauge!(*name, *unit, *help),
            Kind::Counter => metrics::describe_counter!(*name, *unit, *help),
            Kind::Histogram => metrics::describe_histogram!(*name, *unit, *help),
        }
    }
}

/// Counts from now on, in the whole process.
///
/// # Errors
/// It counts already.
pub fn install() -> Result<PrometheusHandle, Failure> {
    let recorder = recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)
        .map_err(|_| Failure::new(Exit::Internal, "metrics are counted twice; please report it"))?;
    describe();
    metrics::gauge!("clearfold_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// Lets every counter begin at zero for each segment: a rate is blind to the first event of one
/// that appears with it.
pub fn begin(segments: &[u32]) {
    for Metric { name, kind, labels, .. } in TABLE {
        if *kind != Kind::Counter {
            continue;
        }
        for segment in segments {
            for second in second_label(labels) {
                let own = ("segment", segment.to_string());
                match second {
                    Some((key, value)) => {
                        metrics::counter!(*name, &[own, (key, value.to_owned())]).increment(0);
                    }
                    None => metrics::counter!(*name, &[own]).increment(0),
                }
            }
        }
    }
}

/// The values of the label beside the segment; one `None` if there is no such label.
fn second_label(labels: &[&str]) -> Vec<Option<(&'static str, &'static str)>> {
    let second =
        |key, values: &[&'static str]| values.iter().map(|value| Some((key, *value))).collect();
    if labels.contains(&"outcome") {
        second("outcome", &["accepted", "rejected", "dead_lettered"])
    } else if labels.contains(&"topic") {
        second("topic", &kafka::Topic::PUBLIC.map(kafka::Topic::name))
    } else {
        vec![None]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Names of ours that look like metrics and are none.
    const NO_METRICS: [&str; 1] = ["clearfold_reader"];
    /// Between these lines `deploy/README.md` has the table.
    const MARKS: (&str, &str) = ("<!-- metrics -->", "<!-- /metrics -->");

    #[test]
    #[expect(clippy::wildcard_enum_match_arm, reason = "two units have an ending")]
    fn names_follow_the_conventions_of_prometheus() {
        let mut names = BTreeSet::new();
        for Metric { name, kind, unit, labels, help } in TABLE {
            assert!(names.insert(*name), "{name} stands there twice");
            let word = name.strip_prefix("clearfold_").expect("ours start with our name");
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            let base = word.trim_end_matches("_total");
            let in_name = match unit {
                Unit::Seconds => base.ends_with("_seconds"),
                Unit::Bytes => base.ends_with("_bytes"),
                _ => !base.ends_with("_seconds") && !base.ends_with("_bytes"),
            };
            assert!(in_name, "{name} does not end in its unit");
            assert!(*kind != Kind::Histogram || *unit == Unit::Seconds, "{name}: see BUCKETS");
            for other in ["_ms", "_millis", "_milliseconds", "_minutes", "_kb", "_count", "_sum"] {
                assert!(!base.ends_with(other), "{name} is not in base units");
            }
            let known = ["segment", "topic", "outcome", "version"];
            assert!(labels.iter().all(|label| known.contains(label)), "{name}: {labels:?}");
            assert!(!help.is_empty() && !help.ends_with('.') && !help.contains('|'), "{name}");
        }
    }

    #[test]
    fn every_name_in_the_sources_is_in_the_table() {
        let known: BTreeSet<_> = TABLE.iter().map(|metric| metric.name).collect();
        let mut found = BTreeSet::new();
        for path in sources(&root().join("crates")) {
            let text = fs::read_to_string(&path).unwrap();
            for name in names(&text) {
                let fits = known.contains(name) || NO_METRICS.contains(&name);
                assert!(fits, "{}: {name} is not in the table of metrics.rs", path.display());
                found.insert(name.to_owned());
            }
        }
        assert!(found.contains("clearfold_build_info"), "the sources were not read: {found:?}");
    }

    #[test]
    fn the_operators_table_is_this_one() {
        let path = root().join("deploy/README.md");
        let text = fs::read_to_string(&path).unwrap();
        let (_, rest) = text.split_once(MARKS.0).expect("deploy/README.md has the mark of metrics");
        let (section, _) = rest.split_once(MARKS.1).expect("deploy/README.md closes its metrics");
        let theirs: Vec<_> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let ours: Vec<_> = TABLE.iter().map(row).collect();
        assert_eq!(theirs, ours, "copy the table of metrics.rs:\n{}", ours.join("\n"));
    }

    #[test]
    fn all_that_is_described_is_shown_once_it_is_counted() {
        let recorder = recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            metrics::histogram!("clearfold_core_apply_seconds", "segment" => "0").record(0.003);
            metrics::gauge!("clearfold_epoch", "segment" => "0").set(3.0);
            metrics::counter!("clearfold_journal_bytes_total", "segment" => "0").increment(9);
        });
        let shown = recorder.handle().render();
        for line in [
            "# HELP clearfold_epoch Epoch of the journal: how often its owner has changed",
            "# TYPE clearfold_core_apply_seconds histogram",
            "clearfold_core_apply_seconds_bucket{segment=\"0\",le=\"0.0025\"} 0",
            "clearfold_core_apply_seconds_bucket{segment=\"0\",le=\"0.005\"} 1",
            "clearfold_core_apply_seconds_bucket{segment=\"0\",le=\"10\"} 1",
            "clearfold_epoch{segment=\"0\"} 3",
            "clearfold_journal_bytes_total{segment=\"0\"} 9",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
        }
    }

    /// A metric as a row of the operators' table.
    fn row(metric: &Metric) -> String {
        let Metric { name, kind, labels, help, .. } = metric;
        let kind = match kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{name}` | {kind} | {} | {help} |", labels.join(", "))
    }

    /// Texts in quotes that are names of ours, and nothing but a name.
    fn names(text: &str) -> impl Iterator<Item = &str> {
        text.match_indices("\"clearfold_").filter_map(|(at, _)| {
            let name = text[at + 1..].split('"').next()?;
            let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            (plain && !name.ends_with('_')).then_some(name)
        })
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.append(&mut sources(&path));
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
        files
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }
}
