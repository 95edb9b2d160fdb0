//! The roles of a process: which there are, and where they begin.

use super::config::Config;
use super::health::Health;
use super::stop::Stop;
use crate::cli::Role;
use crate::failure::{Exit, Failure};

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
/// [`Exit::Unavailable`]: this build has no roles.
pub fn run(_: &Config, role: Role, _: &Health, _: &Stop) -> Result<(), Failure> {
    let message = format!("the role {role} is not part of this build");
    Err(Failure::new(Exit::Unavailable, message))
}
