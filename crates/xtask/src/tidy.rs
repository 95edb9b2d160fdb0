//! The rules of the house that no compiler checks: sizes, words, links and READMEs.
//!
//! Every rule is a function from the [`Tree`] to [`Findings`]. What is deliberately not here:
//! layout and line width (rustfmt), code smells (clippy), arrows between crates
//! ([`layers`](crate::layers)).

mod lengths;
mod links;
mod markdown;
mod readmes;
mod source;
mod words;

pub use lengths::{RATCHET, tests_start, tightened};
pub use source::{Masked, masked};

use crate::finding::Findings;
use crate::tree::Tree;

/// Judges the whole tree.
pub fn check(tree: &Tree) -> Findings {
    let mut findings = Findings::default();
    findings.extend(lengths::check(tree));
    findings.extend(words::check(tree));
    findings.extend(links::check(tree));
    findings.extend(readmes::check(tree));
    findings.note(format!("tidy read {} text files", tree.texts().count()));
    findings
}
