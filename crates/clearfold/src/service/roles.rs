//! The roles of a process: which there are, where they begin, and how they feel.
//!
//! Each role works for each segment on a thread of its own. One that fails for good ends the
//! process with its sentence; what passes, the role overcomes by itself.

mod node;
mod projector;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::config::Config;
use super::connection::{connection, plan};
use super::health::Health;
use super::stop::Stop;
use crate::cli::Role;
use crate::failure::{Exit, Failure};

/// How often the roles are asked how they feel.
const LOOK: Duration = Duration::from_millis(200);

/// A role at work for a segment.
struct Worker {
    thread: JoinHandle<Result<(), Failure>>,
    /// Tells how it feels.
    report: Box<dyn Fn(&Health)>,
}

/// Refuses a role that cannot be had, before anything is started.
///
/// # Errors
/// [`Exit::Usage`], with the roles that there are.
pub fn known(role: Role) -> Result<(), Failure> {
    match role {
        Role::Node | Role::Projector | Role::All => Ok(()),
        Role::Desk => {
            let message = "the desk comes with a later release; use node, projector or all";
            Err(Failure::new(Exit::Usage, message))
        }
    }
}

/// Runs a role until it is told to stop.
///
/// # Errors
/// The topics are not as configured, or what a role cannot overcome.
pub fn run(config: &Config, role: Role, health: &Health, stop: &Stop) -> Result<(), Failure> {
    let connection = connection(config);
    kafka::topics::check(&connection, &plan(config))?;
    let mut workers = Vec::new();
    for segment in &config.segments {
        if matches!(role, Role::Node | Role::All) {
            workers.push(node::start(config, connection.clone(), *segment, stop));
        }
        if matches!(role, Role::Projector | Role::All) {
            workers.push(projector::start(config, connection.clone(), *segment, stop)?);
        }
    }
    look_after(workers, health, stop)
}

/// Waits until the first role ends, and lets the others end then.
fn look_after(workers: Vec<Worker>, health: &Health, stop: &Stop) -> Result<(), Failure> {
    while !workers.iter().any(|worker| worker.thread.is_finished()) && !stop.wait(LOOK) {
        for worker in &workers {
            (worker.report)(health);
        }
    }
    // Alone, a role is no service: whoever watches the process starts all of them again.
    stop.request();
    let ended: Vec<_> = workers.into_iter().map(|worker| end_of(worker.thread)).collect();
    ended.into_iter().collect()
}

fn end_of(thread: JoinHandle<Result<(), Failure>>) -> Result<(), Failure> {
    thread.join().unwrap_or_else(|_| {
        let message = "a role broke an invariant and stopped; see the event before";
        Err(Failure::new(Exit::Internal, message))
    })
}

/// Starts the thread of a role.
fn spawn(
    name: String,
    work: impl FnOnce() -> Result<(), Failure> + Send + 'static,
) -> JoinHandle<Result<(), Failure>> {
    thread::Builder::new().name(name).spawn(work).expect("the system has a thread to spare")
}
