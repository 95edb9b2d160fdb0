//! The projector of a segment, as a role of this process.

use std::sync::Arc;

use kafka::Connection;
use projector::service::{self, KafkaSource, Standing, Status};

use super::{Worker, spawn};
use crate::failure::Failure;
use crate::read_model;
use crate::service::config::Config;
use crate::service::health::Health;
use crate::service::stop::Stop;

/// Starts the projector of a segment.
///
/// # Errors
/// The store's address says nothing.
pub fn start(
    config: &Config,
    connection: Connection,
    segment: u32,
    stop: &Stop,
) -> Result<Worker, Failure> {
    let location = read_model::location(&config.store, segment)?;
    let status = Arc::new(Status::new(segment));
    let told = Arc::clone(&status);
    let flag = stop.flag();
    let name = format!("projector {segment}");
    let thread = spawn(name.clone(), move || {
        let mut source = KafkaSource::new(connection, segment);
        let open = || read_model::open_or_begin(&location);
        Ok(service::run(segment, &mut source, &open, &status, &flag)?)
    });
    let report = move |health: &Health| report(&name, &told.standing(), health);
    Ok(Worker { thread, report: Box::new(report) })
}

fn report(name: &str, standing: &Standing, health: &Health) {
    health.turned(name, standing.beat);
    match &standing.trouble {
        Some(trouble) => health.check(name, Err(trouble.clone())),
        None if standing.is_current => {
            health.started(name);
            health.check(name, Ok(()));
        }
        None => {
            health.starting(name, standing.seq.0, standing.seq.0 + standing.behind);
            health.check(name, Err("it catches up".to_owned()));
        }
    }
}
