//! `run` and `config`: a process that serves, and what it needs around its roles.
//!
//! Configuration, log, traces, metrics, health over HTTP, and an end in good order. What is
//! deliberately not here: the work, which the [`roles`] do.

pub mod config;
pub mod connection;
mod health;
mod http;
mod logs;
mod metrics;
mod roles;
pub mod stop;
#[cfg_attr(not(test), expect(unused, reason = "the roles and the publisher carry traces"))]
mod traceparent;
mod traces;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::PrometheusHandle;

use crate::cli;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use config::{Config, Origins, Sources};
use health::{Health, STUCK_AFTER};
use http::Server;
use stop::Stop;
use traces::Traces;

pub use logs::say;

/// How often the process looks after its roles.
const LOOK: Duration = Duration::from_millis(100);
/// The name under which the process itself reports.
const PROCESS: &str = "process";

/// Runs `run`: a process with its roles, until a signal or a failure ends it.
///
/// # Errors
/// What the configuration, the surroundings or a role say. A signal is no failure.
pub fn run(args: &cli::Run, context: &Context) -> Result<(), Failure> {
    roles::known(args.role)?;
    let sources = Sources::of_process(Some(&args.config), &args.set);
    let (config, warnings) = config::read(&sources)?.checked()?;
    let traces = Traces::start(&config.traces.endpoint, &config.node.name)?;
    logs::install(&config.log, traces.as_ref())?;
    let metrics = metrics::install()?;
    metrics::begin(&config.segments);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let role = args.role;
    let work =
        move |config: &Config, health: &Health, stop: &Stop| roles::run(config, role, health, stop);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %role, node = config.node.name, "starting");
    let ended = serve(config, metrics, &context.stop, work);
    if ended.is_ok() {
        tracing::info!("stopped");
    }
    if let Some(traces) = traces {
        traces.finish();
    }
    ended
}

/// Runs `config show`.
///
/// # Errors
/// A configuration that cannot be read; one that can is printed before its problems are said.
pub fn show(args: &cli::ConfigShow, context: &Context) -> Result<(), Failure> {
    let sources = Sources::of_process(args.config.as_deref(), &args.set);
    let effective = config::read(&sources)?;
    let origins = if args.origin { Origins::Shown } else { Origins::Hidden };
    context.print(&config::text(&effective, origins), &config::json(&effective, origins));
    let (_, warnings) = effective.checked()?;
    for warning in warnings {
        context.note(&format!("warning: {warning}"));
    }
    Ok(())
}

/// Answers over HTTP while the work is done.
fn serve<W>(config: Config, metrics: PrometheusHandle, stop: &Stop, work: W) -> Result<(), Failure>
where
    W: FnOnce(&Config, &Health, &Stop) -> Result<(), Failure> + Send + 'static,
{
    let health = Health::new(STUCK_AFTER);
    // It serves until the end, so that the last thing it tells is that the process stops.
    let server = Server::start(config.http.listen, health.clone(), metrics)?;
    tracing::info!(address = %server.address(), "health and metrics are served");
    let (roles_health, roles_stop) = (health.clone(), stop.clone());
    look_after(&health, stop, stop::BOUND, move || work(&config, &roles_health, &roles_stop))
}

/// Lets the work be done on a thread of its own, and waits: for its end, and once somebody asks
/// to stop, no longer than the bound.
fn look_after<W>(health: &Health, stop: &Stop, bound: Duration, work: W) -> Result<(), Failure>
where
    W: FnOnce() -> Result<(), Failure> + Send + 'static,
{
    let (tell, told) = mpsc::channel();
    let thread = thread::Builder::new().name("roles".to_owned()).spawn(move || {
        // Who waited in vain has gone; there is nobody to tell.
        let _ = tell.send(work());
    });
    thread.map_err(|error| {
        Failure::new(Exit::Unavailable, format!("cannot start a thread ({error}); free memory"))
    })?;
    health.started(PROCESS);
    health.check(PROCESS, Ok(()));
    let mut asked: Option<Instant> = None;
    loop {
        health.beat(PROCESS);
        match told.recv_timeout(LOOK) {
            Ok(ended) => return ended,
            // The hook has said what is broken.
            Err(RecvTimeoutError::Disconnected) => {
                let message = "a role broke an invariant and stopped; see the event before";
                return Err(Failure::new(Exit::Internal, message));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if !stop.requested() {
            continue;
        }
        let since = *asked.get_or_insert_with(|| {
            tracing::info!("stopping");
            health.check(PROCESS, Err("it stops".to_owned()));
            Instant::now()
        });
        if since.elapsed() >= bound {
            let message = format!(
                "the roles did not stop within {} s and were left; nothing acknowledged is lost",
                bound.as_secs()
            );
            return Err(Failure::new(Exit::Unavailable, message));
        }
    }
}

#[cfg(test)]
mod tests;
