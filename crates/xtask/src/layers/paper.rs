//! What is asked of PAPER crates beyond their arrows: absence, made mechanical.
//!
//! - `#![no_std]` in each, and no way back to `std` outside of tests.
//! - No package they pull in, however deep, has its `std` feature on or is unknown here.
//! - A `clippy.toml` beside each manifest bans floats, clocks and unordered maps. One text for
//!   all, so that no ban is missing in one of them.
//! - Where the target `wasm32v1-none` is installed, they build for it: it has no `std` at all.

use std::path::Path;
use std::process::Command;

use super::arrows::PAPER;
use crate::finding::Findings;
use crate::run::{self, Deadline};
use crate::tidy::{Masked, masked, tests_start};
use crate::tree::Tree;

/// All packages from outside that may end up under PAPER: the four it may use, and what those
/// pull in. A name that appears here is a package someone has read.
const KNOWN: [&str; 16] = [
    "allocator-api2",
    "arrayvec",
    "blake3",
    "block-buffer",
    "cfg-if",
    "constant_time_eq",
    "cpufeatures",
    "crypto-common",
    "digest",
    "equivalent",
    "foldhash",
    "hashbrown",
    "hybrid-array",
    "libc",
    "sha2",
    "typenum",
];

/// What every PAPER `clippy.toml` must ban.
const BANS: [&str; 6] = [
    "f32",
    "f64",
    "std::collections::HashMap",
    "std::collections::HashSet",
    "std::time::SystemTime::now",
    "std::time::Instant::now",
];

const WASM: &str = "wasm32v1-none";

/// Judges the PAPER crates.
pub fn check(root: &Path, tree: &Tree, deadline: Deadline) -> Result<Findings, String> {
    let mut findings = Findings::default();
    for name in PAPER {
        judge_sources(name, tree, &mut findings);
    }
    judge_clippy(tree, &mut findings);
    judge_pulled_in(&run::captured(&mut pulled_in(root))?, &mut findings);
    wasm(root, deadline, &mut findings)?;
    Ok(findings)
}

/// `no_std` is declared, and `std` is not let in again.
fn judge_sources(name: &str, tree: &Tree, findings: &mut Findings) {
    let library = format!("crates/{name}/src/lib.rs");
    let text = tree.text(&library).unwrap_or_default();
    if !masked(text).code.lines().any(|line| line.trim() == "#![no_std]") {
        findings.fail(&library, "PAPER begins with `#![no_std]`");
    }
    let folder = format!("crates/{name}/src/");
    for (path, text) in tree.texts_ending(".rs").filter(|(path, _)| path.starts_with(&folder)) {
        let Masked { code, .. } = masked(text);
        let production = &code[..tests_start(&code).unwrap_or(code.len())];
        if !path.ends_with("/tests.rs") && production.contains("extern crate std") {
            findings.fail(path, "`extern crate std` belongs in `mod tests`");
        }
    }
}

/// The bans are there, and the same for all.
fn judge_clippy(tree: &Tree, findings: &mut Findings) {
    let path_of = |name: &str| format!("crates/{name}/clippy.toml");
    let first = tree.text(&path_of(PAPER[0]));
    for name in PAPER {
        let path = path_of(name);
        let Some(text) = tree.text(&path) else {
            findings.fail(&path, "is missing");
            continue;
        };
        for ban in BANS.iter().filter(|ban| !text.contains(&format!("path = \"{ban}\""))) {
            findings.fail(&path, format!("does not ban `{ban}`"));
        }
        if first != Some(text) {
            findings.fail(&path, format!("differs from {}", path_of(PAPER[0])));
        }
    }
}

/// Asks cargo what PAPER alone pulls in, and with which features. Features that other packages of
/// the workspace turn on for themselves are not counted, and neither are those of tests.
fn pulled_in(root: &Path) -> Command {
    let mut command = run::cargo(root);
    command.args(["tree", "--edges", "normal", "--prefix", "none", "--no-dedupe"]);
    command.args(["--target", "all", "--format", "{p}|{f}"]);
    for name in PAPER {
        command.args(["--package", name]);
    }
    command
}

/// Judges lines such as `sha2 v0.11.0|alloc,oid`.
fn judge_pulled_in(listing: &str, findings: &mut Findings) {
    let mut lines: Vec<_> = listing.lines().filter_map(|line| line.split_once('|')).collect();
    lines.sort_unstable();
    lines.dedup();
    for (package, features) in lines {
        let name = package.split(' ').next().unwrap_or(package);
        if PAPER.contains(&name) {
            continue;
        }
        if !KNOWN.contains(&name) {
            findings
                .fail("PAPER", format!("pulls in {package}: not on the list in layers/paper.rs"));
        }
        if features.split(',').any(|feature| feature.trim() == "std") {
            findings.fail("PAPER", format!("pulls in {package} with its feature `std` on"));
        }
    }
}

/// Builds PAPER for a target without `std`, if it is there.
fn wasm(root: &Path, deadline: Deadline, findings: &mut Findings) -> Result<(), String> {
    let sysroot =
        run::captured(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root))?;
    if !Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        findings.note(format!(
            "target {WASM} is not installed: `no_std` was judged from sources and metadata alone \
             (`rustup target add {WASM}` proves it once more)"
        ));
        return Ok(());
    }
    let mut build = run::cargo(root);
    build.args(["build", "--quiet", "--lib", "--target", WASM]);
    for name in PAPER {
        build.args(["--package", name]);
    }
    if let Err(sentence) = run::shown(&mut build, deadline) {
        findings.fail("PAPER", format!("does not build without `std`: {sentence}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn std_is_not_let_in_by_any_door() {
        let judged = |text: &str| {
            let mut findings = Findings::default();
            judge_sources("basics", &Tree::of([("crates/basics/src/lib.rs", text)]), &mut findings);
            findings.failures.len()
        };
        assert_eq!(judged("//! Doc.\n#![no_std]\n"), 0);
        assert_eq!(judged("#![no_std]\n#[cfg(test)]\nmod tests {\n extern crate std;\n}\n"), 0);
        assert_eq!(judged("#![cfg_attr(not(test), no_std)]\n"), 1);
        assert_eq!(judged("// #![no_std]\n"), 1);
        assert_eq!(judged("#![no_std]\nextern crate std;\n"), 1);
    }

    #[test]
    fn unknown_packages_and_std_features_are_found() {
        let listing = "engine v0.1.0 (folder)|\n\nsha2 v0.11.0|alloc\nserde v1.0.0|\n\
            blake3 v1.8.0|pure,std\nblake3 v1.8.0|pure,std\n";
        let mut findings = Findings::default();
        judge_pulled_in(listing, &mut findings);
        assert_eq!(findings.failures.len(), 2);
        assert!(findings.failures[0].contains("blake3 v1.8.0 with its feature `std` on"));
        assert!(findings.failures[1].contains("serde v1.0.0: not on the list"));
    }

    #[test]
    fn all_paper_crates_have_the_same_bans() {
        let full: String = BANS.map(|ban| format!("{{ path = \"{ban}\" }}\n")).concat();
        let short = full.replace("f64", "f16");
        let text = |name: &str| if name == "views" { &*short } else { &*full };
        let files = PAPER.map(|name| (format!("crates/{name}/clippy.toml"), text(name)));
        let tree = Tree::of(files.each_ref().map(|(path, text)| (path.as_str(), *text)));
        let mut findings = Findings::default();
        judge_clippy(&tree, &mut findings);
        let views = "crates/views/clippy.toml";
        let expected = ["does not ban `f64`", "differs from crates/basics/clippy.toml"];
        assert_eq!(findings.failures, expected.map(|reason| format!("{views}: {reason}")));
    }
}
