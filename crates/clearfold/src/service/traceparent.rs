//! The W3C header `traceparent`, with which a trace goes through Kafka.
//!
//! The publisher puts its span into a record; who works on a batch links its span to those of the
//! records, since a batch has many parents and belongs to none.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Name of the header, in HTTP and in records of Kafka.
pub const HEADER: &str = "traceparent";

/// A span as the value of the header. None: spans are not sent anywhere.
pub fn of(span: &Span) -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut carrier);
    carrier.remove(HEADER)
}

/// Links a span to the one in a header. False: the header is not one.
pub fn link(span: &Span, header: &str) -> bool {
    let carrier = HashMap::from([(HEADER.to_owned(), header.to_owned())]);
    let remote = TraceContextPropagator::new().extract(&carrier);
    let remote = remote.span().span_context().clone();
    let valid = remote.is_valid();
    if valid {
        span.add_link(remote);
    }
    valid
}
