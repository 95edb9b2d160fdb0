//! Spans for a collector: OpenTelemetry over HTTP, one span a batch, never one a trade.
//!
//! A collector that does not answer costs spans, never work: they wait in a queue with a bound and
//! are dropped beyond it. What is deliberately not here: which spans there are; whoever does the
//! work opens them with the crate `tracing`, at level info.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanLimits,
};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::logs::Boxed;
use crate::failure::{Exit, Failure};

/// How long a collector may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long the last spans may take when the process ends.
const LAST: Duration = Duration::from_secs(2);
/// How often spans are sent.
const EVERY: Duration = Duration::from_secs(1);
/// How many spans wait at most: some seconds of batches at full speed.
const QUEUE: usize = 8_192;
/// Links of one span at most: publishers whose records are in one batch.
const LINKS: u32 = 64;
/// Bytes of a collector's answer that are read.
const ANSWER: u64 = 64 * 1024;

/// The way of spans out of this process.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to a collector from now on, in the name of a process. None: no endpoint.
    ///
    /// # Errors
    /// The endpoint cannot be used.
    pub fn start(endpoint: &str, process: &str) -> Result<Option<Self>, Failure> {
        if endpoint.is_empty() {
            return Ok(None);
        }
        let refused = |error: &dyn std::fmt::Display| {
            let message =
                format!("cannot send traces to {endpoint} ({error}); see `traces.endpoint`");
            Failure::new(Exit::InvalidInput, message)
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(endpoint))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()
            .map_err(|error| refused(&error))?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_scheduled_delay(EVERY)
            .build();
        let resource = Resource::builder()
            .with_service_name("clearfold")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_attribute(KeyValue::new("service.instance.id", process.to_owned()))
            .build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_span_limits(SpanLimits { max_links_per_span: LINKS, ..SpanLimits::default() })
            .with_resource(resource)
            .build();
        Ok(Some(Self(provider)))
    }

    /// The layer that turns spans of the process into spans for the collector.
    pub fn layer<S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync>(&self) -> Boxed<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("clearfold"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // Events are in the log; the filter of the log is not the filter of spans.
            .with_filter(filter_fn(|meta| meta.is_span() && *meta.level() <= Level::INFO))
            .boxed()
    }

    /// Sends what waits, and ends.
    pub fn finish(self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last spans may not have arrived");
        }
    }
}

/// The HTTP client of the exporter, which has a thread of its own and may wait.
#[derive(Debug)]
struct Client {
    agent: ureq::Agent,
    endpoint: String,
    /// The last answer was none: a collector's absence is said once, not every second.
    failing: AtomicBool,
}

impl Client {
    fn new(endpoint: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        let endpoint = endpoint.to_owned();
        Self { agent: config.new_agent(), endpoint, failing: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (parts, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(parts, body.as_ref()))?;
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(ANSWER).read_to_vec()?;
        Ok(Response::from_parts(parts, Bytes::from(body)))
    }

    /// Says when a collector goes, and when it comes back.
    fn note(&self, why: Option<&str>) {
        let before = self.failing.swap(why.is_some(), Ordering::Relaxed);
        let endpoint = &self.endpoint;
        match why {
            Some(why) if !before => {
                tracing::warn!(
                    endpoint,
                    why,
                    "spans do not arrive; they are dropped until they do"
                );
            }
            None if before => tracing::info!(endpoint, "spans arrive again"),
            Some(_) | None => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        match &answer {
            Ok(answer) if answer.status().is_success() => self.note(None),
            Ok(answer) => self.note(Some(answer.status().as_str())),
            Err(error) => self.note(Some(&error.to_string())),
        }
        Ok(answer?)
    }
}
