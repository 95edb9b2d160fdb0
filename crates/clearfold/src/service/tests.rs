//! A process with roles that are not real: what is around them is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;

use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

const NEVER: Duration = Duration::from_secs(86_400);

fn health() -> Health {
    Health::new(NEVER)
}

fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_end_of_the_work_is_the_end_of_the_process() {
    let ended = look_after(&health(), &Stop::default(), NEVER, || Ok(()));
    assert!(ended.is_ok());
    let refused = || Err(Failure::new(Exit::Conflict, "two of us"));
    let failure = look_after(&health(), &Stop::default(), NEVER, refused).unwrap_err();
    assert_eq!((failure.exit, failure.to_string().as_str()), (Exit::Conflict, "two of us"));
}

#[test]
fn work_that_looks_at_the_request_ends_in_good_order() {
    let stop = Stop::default();
    let (health, roles) = (health(), stop.clone());
    let (started, wait) = mpsc::channel();
    let asker = stop.clone();
    let asking = thread::spawn(move || {
        wait.recv().unwrap();
        asker.request();
    });
    let ended = look_after(&health, &stop, NEVER, move || {
        started.send(()).unwrap();
        while !roles.wait(NEVER) {}
        Ok(())
    });
    assert!(ended.is_ok());
    asking.join().unwrap();
}

#[test]
fn work_that_does_not_end_is_left_after_the_bound() {
    let stop = Stop::default();
    stop.request();
    let (keep, kept) = mpsc::channel::<()>();
    let failure = look_after(&health(), &stop, Duration::ZERO, move || {
        // Deaf to requests: it ends only with the test.
        let _ = kept.recv();
        Ok(())
    })
    .unwrap_err();
    assert_eq!(failure.exit, Exit::Unavailable);
    assert!(failure.to_string().contains("did not stop within 0 s"), "{failure}");
    drop(keep);
}

#[test]
fn work_that_breaks_an_invariant_is_an_internal_failure() {
    let failure =
        look_after(&health(), &Stop::default(), NEVER, || panic!("a test's")).unwrap_err();
    assert_eq!(failure.exit, Exit::Internal);
}

#[test]
fn roles_are_seen_over_http_while_they_work_and_while_they_stop() {
    let flags = ["http.listen=127.0.0.1:0".to_owned()];
    let effective = config::read(&Sources { flags: &flags, ..Sources::default() });
    let (config, _) = effective.unwrap().checked().unwrap();
    let health = health();
    let server = Server::start(config.http.listen, health.clone(), metrics::recorder().handle());
    let server = server.unwrap();
    let address = server.address();
    let stop = Stop::default();
    let (roles_health, roles_stop) = (health.clone(), stop.clone());
    let ended = look_after(&health, &stop, NEVER, move || {
        roles_health.starting("node 0", 1, 2);
        assert!(ask(address, "/startupz").contains("replayed 1 of 2 (50 %)"));
        roles_health.started("node 0");
        roles_health.check("node 0", Ok(()));
        roles_health.beat("node 0");
        assert!(ask(address, "/livez").contains(r#"{"name":"node 0","ok":true}"#));
        // The process itself reports beside us, a moment sooner or later.
        while !ask(address, "/readyz").starts_with("HTTP/1.1 200") {}
        roles_stop.request();
        while !ask(address, "/readyz").contains("it stops") {}
        Ok(())
    });
    assert!(ended.is_ok(), "{ended:?}");
}

#[test]
fn serving_ends_with_the_work_and_frees_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = Config::default();
    config.http.listen = address;
    let handle = metrics::recorder().handle();
    // Taken: the work does not begin.
    let never = |_: &Config, _: &Health, _: &Stop| panic!("it must not begin");
    let failure = serve(config.clone(), handle.clone(), &Stop::default(), never).unwrap_err();
    assert_eq!(failure.exit, Exit::Unavailable);
    drop(listener);
    let work = move |config: &Config, health: &Health, _: &Stop| {
        health.beat("node 0");
        assert!(ask(config.http.listen, "/livez").contains("node 0"));
        Ok(())
    };
    serve(config, handle, &Stop::default(), work).unwrap();
    assert!(TcpStream::connect(address).is_err());
}

/// Answers one request of a collector's client, and tells what it was.
fn collector() -> (String, thread::JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let receiver = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let mut more = [0; 4096];
        let (head, mut body) = loop {
            let read = stream.read(&mut more).unwrap();
            assert!(read > 0, "the request has an end");
            bytes.extend_from_slice(&more[..read]);
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(bytes[..at].to_vec()).unwrap().to_lowercase();
                break (head, bytes[at + 4..].to_vec());
            }
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length is told").parse().unwrap();
        while body.len() < length {
            let read = stream.read(&mut more).unwrap();
            body.extend_from_slice(&more[..read]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        (head, body)
    });
    (endpoint, receiver)
}

#[test]
fn spans_arrive_at_a_collector_with_their_links() {
    let (endpoint, receiver) = collector();
    let traces = Traces::start(&format!("{endpoint}/"), "left").unwrap().unwrap();
    let subscriber = Registry::default().with(traces.layer());
    let remote = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let header = tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("decide", segment = 7, otel.kind = "consumer");
        assert!(traceparent::link(&span, remote));
        assert!(!traceparent::link(&span, "no trace"));
        tracing::debug_span!("too-quiet").in_scope(|| ());
        span.in_scope(|| traceparent::of(&tracing::Span::current()))
    });
    traces.finish();
    let (head, body) = receiver.join().unwrap();
    assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    let holds = |needle: &[u8]| body.windows(needle.len()).any(|part| part == needle);
    for text in ["decide", "segment", "service.name", "clearfold", "service.instance.id", "left"] {
        assert!(holds(text.as_bytes()), "{text} has not arrived");
    }
    assert!(!holds(b"too-quiet"));
    assert!(holds(&0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes()), "the link");
    // What goes into a record is the span that the collector knows.
    let header = header.expect("the span is one of a trace");
    let parts: Vec<_> = header.split('-').collect();
    let trace = u128::from_str_radix(parts[1], 16).unwrap();
    assert_eq!((parts.len(), parts[0], parts[3]), (4, "00", "01"));
    assert!(holds(&trace.to_be_bytes()));
}

#[test]
fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let traces = Traces::start(&endpoint, "left").unwrap().unwrap();
    let subscriber = Registry::default().with(traces.layer());
    tracing::subscriber::with_default(subscriber, || tracing::info_span!("relay").in_scope(|| ()));
    traces.finish();
}

#[test]
fn without_a_collector_there_is_no_trace_and_no_header() {
    assert!(Traces::start("", "left").unwrap().is_none());
    let span = tracing::info_span!("publish");
    assert_eq!(traceparent::of(&span), None);
}
