//! Health and metrics over HTTP, on a thread of their own.
//!
//! `GET /livez`, `/readyz` and `/startupz` answer 200 or 503 with each check in JSON; `/metrics`
//! is Prometheus' text format. What is deliberately not here: anything that changes something.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::health::{Health, Line};
use crate::failure::{Exit, Failure};

/// How long requests under way may take once the server stops.
const GRACE: Duration = Duration::from_secs(1);
/// How often samples of histograms are moved into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// The media type of Prometheus' text format.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What a lost visitor is told.
const PATHS: &str = "this process answers /livez, /readyz, /startupz and /metrics\n";

/// A running server. Dropping it stops it.
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens, and answers from now on.
    ///
    /// # Errors
    /// The address cannot be had.
    pub fn start(
        listen: SocketAddr,
        health: Health,
        metrics: PrometheusHandle,
    ) -> Result<Self, Failure> {
        let listener = TcpListener::bind(listen).map_err(|error| no_address(listen, &error))?;
        let ready = listener.local_addr().and_then(|address| {
            listener.set_nonblocking(true)?;
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
            Ok((address, runtime))
        });
        let (address, runtime) = ready.map_err(|error| no_address(listen, &error))?;
        let (stop, stopped) = oneshot::channel();
        let answer = move || runtime.block_on(serve(listener, health, metrics, stopped));
        let thread = thread::Builder::new()
            .name("http".to_owned())
            .spawn(answer)
            .map_err(|error| no_address(listen, &error))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens: the port that was chosen, where 0 was asked for.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It has gone already where nobody listens any more.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "three have a hint of their own")]
fn no_address(listen: SocketAddr, error: &io::Error) -> Failure {
    let (exit, hint) = match error.kind() {
        io::ErrorKind::AddrInUse => {
            (Exit::Unavailable, "another process listens there: stop it, or set another port")
        }
        io::ErrorKind::PermissionDenied => {
            (Exit::NotAllowed, "ports below 1024 need a right: set a higher one")
        }
        io::ErrorKind::AddrNotAvailable => {
            (Exit::Unavailable, "this machine has no such address: set one that it has")
        }
        _ => (Exit::Unavailable, "set another address"),
    };
    let message = format!("cannot listen on {listen} ({error}); {hint} with `http.listen`");
    Failure::new(exit, message)
}

async fn serve(
    listener: TcpListener,
    health: Health,
    metrics: PrometheusHandle,
    stopped: oneshot::Receiver<()>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "health and metrics are not served");
            return;
        }
    };
    let upkeep = metrics.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    // Requests under way are finished, but nobody can hold the process up.
    let (late, too_late) = oneshot::channel();
    let asked = async move {
        let _ = stopped.await;
        let _ = late.send(());
    };
    let served = axum::serve(listener, router(health, metrics)).with_graceful_shutdown(asked);
    let bound = async {
        let _ = too_late.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        _ = served => {}
        () = bound => {}
    }
}

fn router(health: Health, metrics: PrometheusHandle) -> Router {
    let probe = |question: fn(&Health) -> Vec<Line>| {
        let health = health.clone();
        get(move || async move { answer(&question(&health)) })
    };
    Router::new()
        .route("/livez", probe(Health::live))
        .route("/readyz", probe(Health::ready))
        .route("/startupz", probe(Health::through))
        .route(
            "/metrics",
            get(move || async move {
                ([(header::CONTENT_TYPE, PROMETHEUS)], metrics.render()).into_response()
            }),
        )
        .fallback(|| async { (StatusCode::NOT_FOUND, PATHS) })
}

fn answer(lines: &[Line]) -> Response {
    let well = lines.iter().all(|line| line.why.is_none());
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = body(lines, well).to_string();
    body.push('\n');
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn body(lines: &[Line], well: bool) -> Value {
    let check = |line: &Line| match &line.why {
        None => json!({ "name": line.name, "ok": true }),
        Some(why) => json!({ "name": line.name, "ok": false, "why": why }),
    };
    json!({
        "ok": well,
        "version": env!("CARGO_PKG_VERSION"),
        "checks": lines.iter().map(check).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpStream};

    use super::super::metrics;
    use super::*;

    const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

    fn started(health: &Health) -> Server {
        let handle = metrics::recorder().handle();
        Server::start(ANY, health.clone(), handle).unwrap()
    }

    /// Status, headers and body of an answer.
    fn ask(server: &Server, path: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }

    fn checks(server: &Server, path: &str) -> (u16, Value) {
        let (status, head, body) = ask(server, path);
        assert!(head.contains("content-type: application/json"), "{head}");
        (status, serde_json::from_str(&body).unwrap())
    }

    #[test]
    fn the_probes_answer_with_each_check() {
        let health = Health::new(Duration::from_secs(86_400));
        let server = started(&health);
        assert_eq!(checks(&server, "/livez").0, 200);
        let (status, body) = checks(&server, "/startupz");
        assert_eq!((status, &body["ok"]), (503, &json!(false)));

        health.beat("node 0");
        health.starting("node 0", 5, 10);
        let (status, body) = checks(&server, "/startupz");
        assert_eq!(status, 503);
        let why = "replayed 5 of 10 (50 %)";
        assert_eq!(body["checks"], json!([{ "name": "node 0", "ok": false, "why": why }]));

        health.started("node 0");
        health.check("projector 0", Err("the store does not answer".to_owned()));
        assert_eq!(checks(&server, "/startupz").0, 200);
        let (status, body) = checks(&server, "/readyz?verbose");
        assert_eq!(status, 503);
        assert_eq!(body["checks"][0]["why"], "the store does not answer");

        health.check("projector 0", Ok(()));
        let (status, body) = checks(&server, "/readyz");
        assert_eq!((status, &body["ok"]), (200, &json!(true)));
        assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(ask(&server, "/").0, 404);
    }

    #[test]
    fn a_stuck_loop_is_not_live() {
        let health = Health::new(Duration::ZERO);
        let server = started(&health);
        health.beat("node 0");
        // The clock moves on by itself; how long that takes does not matter.
        loop {
            let (status, body) = checks(&server, "/livez");
            if status == 503 {
                assert!(body["checks"][0]["why"].as_str().unwrap().contains("has not turned"));
                break;
            }
        }
    }

    #[test]
    fn metrics_come_in_the_format_of_prometheus() {
        let recorder = metrics::recorder();
        let handle = recorder.handle();
        ::metrics::with_local_recorder(&recorder, || {
            metrics::describe();
            ::metrics::counter!("clearfold_fences_total", "segment" => "0").increment(2);
        });
        let health = Health::new(Duration::from_secs(86_400));
        let server = Server::start(ANY, health, handle).unwrap();
        let (status, head, body) = ask(&server, "/metrics");
        assert_eq!(status, 200);
        assert!(head.contains(&format!("content-type: {PROMETHEUS}")), "{head}");
        assert!(body.contains("# TYPE clearfold_fences_total counter"), "{body}");
        assert!(body.contains("clearfold_fences_total{segment=\"0\"} 2"), "{body}");
    }

    #[test]
    fn an_address_in_use_is_one_sentence_with_what_to_do() {
        let health = Health::new(Duration::from_secs(86_400));
        let server = started(&health);
        let taken = server.address();
        let handle = metrics::recorder().handle();
        let Err(failure) = Server::start(taken, health, handle) else { panic!("it is taken") };
        assert_eq!(failure.exit, Exit::Unavailable);
        let said = failure.to_string();
        assert!(said.starts_with(&format!("cannot listen on {taken}")), "{said}");
        assert!(said.contains("another process listens there") && !said.contains('\n'), "{said}");
    }

    #[test]
    fn an_idle_visitor_does_not_hold_up_the_end() {
        let server = started(&Health::new(Duration::from_secs(86_400)));
        let address = server.address();
        let mut idle = TcpStream::connect(address).unwrap();
        idle.write_all(b"GET /livez HTTP/1.1\r\n").unwrap();
        drop(server);
        assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    }
}
