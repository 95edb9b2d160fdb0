//! What a process says about itself while it runs: one event a line, on standard error.
//!
//! JSON for machines, text on a terminal; times are UTC in both. An event carries the fields of
//! the spans it happened in. What is deliberately not here: results of commands, which go to
//! standard output.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::config::{Format, Log};
use super::traces::Traces;
use crate::failure::{Exit, Failure};

/// Whether [`install`] was called: from then on faults and failures are events too.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// A layer of a subscriber, whatever it is made of.
pub type Boxed<S> = Box<dyn Layer<S> + Send + Sync>;

/// Writes the log and sends the spans of the whole process from now on.
///
/// # Errors
/// The filter cannot be read, or there is a log already.
pub fn install(log: &Log, traces: Option<&Traces>) -> Result<(), Failure> {
    let subscriber = Registry::default()
        .with(layer(log, io::stderr, io::stderr().is_terminal())?)
        .with(traces.map(Traces::layer));
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|_| Failure::new(Exit::Internal, "there are two logs; please report it"))?;
    INSTALLED.store(true, Ordering::Relaxed);
    faults_are_events();
    Ok(())
}

/// Says why the process ends: as an event where there is a log, else on standard error.
pub fn say(failure: &Failure) {
    if INSTALLED.load(Ordering::Relaxed) {
        tracing::error!(exit = failure.exit as u8, "{failure}");
    } else {
        eprintln!("clearfold: {failure}");
    }
}

/// The layer that writes.
fn layer<S, W>(log: &Log, to: W, terminal: bool) -> Result<Boxed<S>, Failure>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| {
        Failure::new(Exit::InvalidInput, format!("`log.filter` is no filter: {error}"))
    })?;
    let text = match log.format {
        Format::Auto => terminal,
        Format::Json => false,
        Format::Text => true,
    };
    let writer = tracing_subscriber::fmt::layer().with_writer(to).with_ansi(false);
    if text {
        return Ok(writer.with_filter(filter).boxed());
    }
    let json = writer.json().flatten_event(true).with_current_span(false).with_span_list(true);
    Ok(json.with_filter(filter).boxed())
}

/// A broken invariant is an event like others: one line, never a backtrace.
fn faults_are_events() {
    std::panic::set_hook(Box::new(|fault| {
        let what = fault.payload_as_str().unwrap_or("an invariant is broken");
        let place = fault.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "internal fault: {what}; nothing acknowledged is lost, please report it"
        );
    }));
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::super::config::{self, Sources};
    use super::*;

    /// A writer that keeps what is written.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    /// What is written while `work` runs.
    fn written(filter: &str, format: Format, terminal: bool, work: impl FnOnce()) -> String {
        let kept = Kept::default();
        let to = kept.clone();
        let log = Log { filter: filter.to_owned(), format };
        let layer = layer(&log, move || to.clone(), terminal).unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer), work);
        kept.text()
    }

    #[test]
    fn each_event_is_one_line_of_json_with_the_fields_of_its_spans() {
        let text = written("info", Format::Json, true, || {
            let node = tracing::info_span!("node", segment = 3);
            let _node = node.enter();
            let batch = tracing::info_span!("decide", frames = 2);
            let _batch = batch.enter();
            tracing::info!(seq = 17, "two\nlines");
            tracing::debug!("too quiet");
            tracing::warn!("the next");
        });
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        let event = &lines[0];
        assert_eq!(event["message"], "two\nlines");
        assert_eq!(event["seq"], 17);
        assert_eq!(event["level"], "INFO");
        assert_eq!(event["spans"][0]["name"], "node");
        assert_eq!(event["spans"][0]["segment"], 3);
        assert_eq!(event["spans"][1]["frames"], 2);
        assert!(event["timestamp"].as_str().unwrap().ends_with('Z'), "UTC: {text}");
    }

    #[test]
    fn a_terminal_gets_text_and_everything_else_json_unless_it_is_said() {
        let check = |format, terminal, json: bool| {
            let text = written("info", format, terminal, || tracing::info!("said"));
            assert_eq!(text.starts_with('{'), json, "{text}");
            assert!(text.contains("said"), "{text}");
        };
        check(Format::Auto, true, false);
        check(Format::Auto, false, true);
        check(Format::Json, true, true);
        check(Format::Text, false, false);
    }

    #[test]
    fn the_filter_knows_targets() {
        let text = written("warn,clearfold=debug", Format::Text, true, || {
            tracing::debug!("ours");
            tracing::info!(target: "other", "theirs");
            tracing::error!(target: "other", "their fault");
        });
        assert!(text.contains("ours") && text.contains("their fault"), "{text}");
        assert!(!text.contains("theirs"), "{text}");
    }

    #[test]
    fn secrets_are_in_no_log() {
        const SECRET: &str = "hunter2-and-more";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, SECRET).unwrap();
        let flags: Vec<_> = [
            "kafka.security=sasl_tls",
            "kafka.user=ann",
            &format!("kafka.password_file={}", path.display()),
            "store.url=postgres://ann@db/x",
            &format!("store.password_file={}", path.display()),
        ]
        .map(str::to_owned)
        .to_vec();
        let sources = Sources { flags: &flags, ..Sources::default() };
        for format in [Format::Json, Format::Text] {
            let text = written("trace", format, false, || {
                let effective = config::read(&sources).unwrap();
                tracing::info!(?effective, "read");
                let (config, warnings) = effective.checked().unwrap();
                let secret = config.kafka.password.clone().unwrap();
                assert_eq!(secret.expose(), SECRET);
                tracing::info!(?config, %secret, ?warnings, "checked");
                let wrong = format!("store.url=postgres://ann:{SECRET}@db/x");
                let flags = [wrong, format!("kafka.password={SECRET}")];
                for flag in &flags {
                    let sources =
                        Sources { flags: std::slice::from_ref(flag), ..Sources::default() };
                    let refused = config::read(&sources).and_then(config::Effective::checked);
                    tracing::error!("{}", refused.unwrap_err());
                }
            });
            assert_eq!(text.lines().count(), 4, "{text}");
            assert!(text.contains("checked") && !text.contains(SECRET), "{text}");
        }
    }
}
