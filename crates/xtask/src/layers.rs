//! Arrows between crates that must never exist, read from cargo's own metadata.
//!
//! [`arrows`] holds the one table of who may depend on whom; [`paper`] asks more of the crates that
//! decide: no standard library, no float, no clock. Dependencies of tests are judged apart.

mod arrows;
mod paper;

use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

pub use arrows::PAPER;

use crate::finding::Findings;
use crate::run::Deadline;
use crate::tree::Tree;

/// A package of ours, as far as its arrows go.
#[derive(Debug)]
pub struct Package {
    /// Its name, which is its folder's.
    pub name: String,
    /// What it depends on: everything in its manifest, ours or not.
    pub arrows: Vec<Arrow>,
}

/// One dependency in a manifest.
#[derive(Debug)]
pub struct Arrow {
    /// The package depended on.
    pub to: String,
    /// When it is there.
    pub when: When,
    /// Whose it is.
    pub whose: Whose,
}

/// When a dependency is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In the product: also what its build scripts need.
    Always,
    /// In tests, benchmarks and examples alone.
    InTests,
}

/// Whose package a dependency is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A package of this workspace.
    Ours,
    /// A package from a registry.
    Foreign,
}

/// Judges the workspace at `root`.
pub fn check(root: &Path, deadline: Deadline) -> Result<Findings, String> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .map_err(|error| format!("cargo metadata failed: {error}"))?;
    let packages = packages(&metadata);
    let mut findings = arrows::judge(&packages);
    findings.extend(paper::check(root, &Tree::read(root)?, deadline)?);
    let arrows: usize = packages.iter().map(|package| package.arrows.len()).sum();
    findings.note(format!("layers read {} packages with {arrows} arrows", packages.len()));
    Ok(findings)
}

/// The workspace's packages with all their arrows.
fn packages(metadata: &Metadata) -> Vec<Package> {
    let ours = metadata.workspace_packages();
    let whose = |name: &str| {
        let found = ours.iter().any(|package| package.name.as_str() == name);
        if found { Whose::Ours } else { Whose::Foreign }
    };
    let arrows = |package: &cargo_metadata::Package| {
        let arrow = |dependency: &cargo_metadata::Dependency| Arrow {
            to: dependency.name.clone(),
            // A kind that cargo invents later is judged like code that runs.
            when: if dependency.kind == DependencyKind::Development {
                When::InTests
            } else {
                When::Always
            },
            whose: whose(&dependency.name),
        };
        package.dependencies.iter().map(arrow).collect()
    };
    ours.iter().map(|p| Package { name: p.name.to_string(), arrows: arrows(p) }).collect()
}
