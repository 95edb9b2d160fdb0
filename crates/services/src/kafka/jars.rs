//! Kafka's jars: fetched once with Maven, kept in the user's cache.
//!
//! Several processes may want them at once. One fetches while it holds a lock, into a folder of
//! another name; the name that all look for appears when everything is there.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Tried};
use crate::folder;
use crate::programs::{find, run};

/// What to fetch.
const POM: &str = include_str!("../../kafka/pom.xml");
/// Kafka's version in it.
const VERSION: &str = "4.3.1";

/// The folder of the jars, fetched if they are not there or are not those we want.
pub fn libraries() -> Result<PathBuf, Error> {
    let cache = folder::cache("clearfold-kafka")?;
    let libraries = cache.join(VERSION);
    let complete = || std::fs::read_to_string(libraries.join("pom.xml")).is_ok_and(|of| of == POM);
    if complete() {
        return Ok(libraries);
    }
    let lock = cache.join("lock");
    let what = || format!("lock {}", lock.display());
    // Freed when it goes out of scope, and when this process ends.
    let held = File::create(&lock).tried(what)?;
    held.lock().tried(what)?;
    // Someone else may have fetched them while we waited.
    if complete() {
        return Ok(libraries);
    }
    let fresh = cache.join(format!("{VERSION}.partial"));
    remove(&fresh)?;
    std::fs::create_dir(&fresh).tried(|| format!("create {}", fresh.display()))?;
    folder::write(&fresh.join("pom.xml"), POM)?;
    fetch(&fresh)?;
    remove(&libraries)?;
    std::fs::rename(&fresh, &libraries).tried(|| format!("create {}", libraries.display()))?;
    Ok(libraries)
}

fn fetch(to: &std::path::Path) -> Result<(), Error> {
    let mut maven = Command::new(find("mvn")?);
    maven.args(["--quiet", "--batch-mode", "dependency:copy-dependencies"]);
    maven.arg("--file").arg(to.join("pom.xml")).arg("-DincludeScope=runtime");
    maven.arg(format!("-DoutputDirectory={}", to.display()));
    run(&mut maven).map(|_| ())
}

fn remove(folder: &std::path::Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
    .tried(|| format!("remove {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_that_is_fetched() {
        assert!(
            POM.contains(&format!("<artifactId>kafka_2.13</artifactId>\n      <version>{VERSION}"))
        );
    }
}
