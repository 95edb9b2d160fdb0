//! Licences, bans and sources of everything we depend on, judged by `cargo deny` from `deny.toml`.
//!
//! The advisory database is not asked here: it has to be fetched, and a check must give the same
//! answer on a machine without a network. Advisories are read by hand before a release, with
//! `cargo deny check advisories`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Deadline};

/// The version that is installed if there is none: a cold install takes about three minutes.
const VERSION: &str = "0.20.2";
/// Where it is installed: build output, so that nothing outside the repository changes.
const TOOLS: &str = "target/tools";

/// Judges the dependencies of the workspace at `root`.
pub fn check(root: &Path, deadline: Deadline) -> Result<(), String> {
    let tool = match found(root) {
        Some(tool) => tool,
        None => install(root, deadline)?,
    };
    let mut check = Command::new(tool);
    check.current_dir(root).args(["--locked", "--workspace", "check", "--hide-inclusion-graph"]);
    run::shown(check.args(["licenses", "bans", "sources"]), deadline)
}

/// The tool as installed by us, or by the machine's owner.
fn found(root: &Path) -> Option<PathBuf> {
    let ours = installed(root);
    let anyones = PathBuf::from("cargo-deny");
    [ours, anyones].into_iter().find(|tool| run::captured(Command::new(tool).arg("-V")).is_ok())
}

fn installed(root: &Path) -> PathBuf {
    root.join(TOOLS).join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX))
}

fn install(root: &Path, deadline: Deadline) -> Result<PathBuf, String> {
    println!("cargo-deny is not here: installing {VERSION} into {TOOLS}");
    let mut install = run::cargo(root);
    install.args(["install", "cargo-deny", "--locked", "--version", VERSION, "--root", TOOLS]);
    run::shown(&mut install, deadline).map_err(|sentence| {
        format!("{sentence}; install it with `cargo install cargo-deny --locked`")
    })?;
    Ok(installed(root))
}
