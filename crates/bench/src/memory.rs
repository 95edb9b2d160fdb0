//! The most memory that an import takes: it must not grow with what is already in.

use std::path::Path;

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::Figure;
use crate::import;

/// Measures one import of each kind: memory hardly varies.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for writes in import::kinds(setting) {
        let cost = import::once(market, *writes, setting)?;
        figures.extend(import::peak("memory", writes.name(), &[cost]));
    }
    if figures.is_empty() {
        return Err("this system does not tell how much memory a process took".into());
    }
    Ok(figures)
}
