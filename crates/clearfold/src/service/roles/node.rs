//! The node of a segment, as a role of this process.

use std::sync::Arc;
use std::time::Duration;

use kafka::Connection;
use node::live::{self, Role, Settings, Standing, Status};

use super::{Worker, spawn};
use crate::service::config::Config;
use crate::service::health::Health;
use crate::service::stop::Stop;

/// How long a frame may take to come back before its owner gives up: longer than a partition
/// without a leader is silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts the node of a segment.
pub fn start(config: &Config, connection: Connection, segment: u32, stop: &Stop) -> Worker {
    let settings = Settings {
        connection,
        segment,
        lease: Duration::from_millis(config.node.lease_ms),
        patience: PATIENCE,
        standby_verifies: config.node.standby_verifies,
    };
    let status = Arc::new(Status::new(segment));
    let told = Arc::clone(&status);
    let flag = stop.flag();
    let name = format!("node {segment}");
    let thread = spawn(name.clone(), move || Ok(live::run(&settings, &status, &flag)?));
    Worker { thread, report: Box::new(move |health| report(&name, &told.standing(), health)) }
}

fn report(name: &str, standing: &Standing, health: &Health) {
    health.turned(name, standing.beat);
    match (standing.role, &standing.trouble) {
        (_, Some(trouble)) => health.check(name, Err(trouble.clone())),
        (Role::Active | Role::Standby | Role::Contending, None) => {
            health.started(name);
            health.check(name, Ok(()));
        }
        (Role::Starting, None) => {
            health.starting(name, standing.durable_seq, standing.durable_seq);
            health.check(name, Err("it folds the journal".to_owned()));
        }
        (Role::Stopped, None) => health.check(name, Err("it has ended".to_owned())),
    }
}
