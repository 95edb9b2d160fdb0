//! The five doors of the house, and one README per crate, exist and have their structure.
//!
//! - `README.md` names the two commands.
//! - `crates/README.md` names every crate of ours and every dependency from outside.
//! - `proto`, `deploy` and `tests` have the headings their readers look for.
//! - Each crate has a README with the same five headings, and a manifest.

use super::markdown;
use crate::finding::Findings;
use crate::tree::Tree;

/// The two commands everyone needs.
const COMMANDS: [&str; 2] = ["cargo run --release -- demo", "cargo xtask test"];

/// Headings of a crate's README.
const CRATE: [&str; 5] = ["What it is", "What it is not", "Depends on", "Laws", "Start reading at"];

/// Headings of the other doors.
const DOORS: [(&str, &[&str]); 4] = [
    (
        "crates/README.md",
        &["Rings", "Code map", "Invariants", "Boundaries", "Cross-cutting concerns"],
    ),
    ("deploy/README.md", &["Start", "Observe", "End of day", "Recover", "Upgrade"]),
    ("proto/README.md", &["Topics", "Keys", "Ordering", "Versions", "Messages"]),
    ("tests/README.md", &["Laws", "Scenarios", "Seeds", "Golden files"]),
];

/// Judges the READMEs of the tree.
pub fn check(tree: &Tree) -> Findings {
    let mut findings = Findings::default();
    match tree.text("README.md") {
        Some(text) => {
            for command in COMMANDS.iter().filter(|command| !text.contains(**command)) {
                findings.fail("README.md", format!("does not name `{command}`"));
            }
        }
        None => findings.fail("README.md", "is missing"),
    }
    for (path, headings) in DOORS {
        check_headings(tree, path, headings, &mut findings);
    }
    for name in tree.crates() {
        check_headings(tree, &format!("crates/{name}/README.md"), &CRATE, &mut findings);
        if !tree.has(&format!("crates/{name}/Cargo.toml")) {
            findings.fail(&format!("crates/{name}"), "a folder here without a manifest");
        }
    }
    check_names(tree, &mut findings);
    findings
}

fn check_headings(tree: &Tree, path: &str, headings: &[&str], findings: &mut Findings) {
    let Some(text) = tree.text(path) else {
        findings.fail(path, "is missing");
        return;
    };
    let document = markdown::read(text);
    for wanted in headings {
        if !document.headings.iter().any(|heading| heading == wanted) {
            findings.fail(path, format!("has no heading `{wanted}`"));
        }
    }
}

/// `crates/README.md` names all crates, ours and everyone else's.
fn check_names(tree: &Tree, findings: &mut Findings) {
    const MAP: &str = "crates/README.md";
    let text = tree.text(MAP).unwrap_or_default();
    let outside = external(tree.text("Cargo.toml").unwrap_or_default());
    for name in tree.crates().into_iter().chain(outside) {
        if !text.contains(&format!("`{name}`")) {
            findings.fail(MAP, format!("does not name `{name}`"));
        }
    }
}

/// Names in `[workspace.dependencies]` that are not a path of ours.
///
/// Each dependency is expected on a line of its own; a table of its own is read as well.
fn external(manifest: &str) -> Vec<&str> {
    const TABLE: &str = "[workspace.dependencies";
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_end() == "[workspace.dependencies]";
            let own = line.strip_prefix(TABLE).and_then(|rest| rest.strip_prefix('.'));
            names.extend(own.map(|name| name.trim_end().trim_end_matches(']')));
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && !line.starts_with('#')
            && !value.contains("path =")
        {
            names.push(name.trim());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_from_outside_are_told_from_ours() {
        let manifest = "[workspace.dependencies]\n# a = \"1\"\nengine = { path = \"x\" }\n\
            csv = \"1.4\"\nprost = { version = \"0.14\" }\n[workspace.dependencies.zip]\n\
            version = \"1\"\n[profile.dev]\ndebug = 1\n";
        assert_eq!(external(manifest), ["csv", "prost", "zip"]);
    }

    #[test]
    fn a_house_without_doors_is_told_which_are_missing() {
        let failures = check(&Tree::of([("crates/a/src/lib.rs", "")])).failures;
        for expected in [
            "README.md: is missing",
            "deploy/README.md: is missing",
            "crates/a/README.md: is missing",
            "crates/a: a folder here without a manifest",
            "crates/README.md: does not name `a`",
        ] {
            assert!(failures.iter().any(|failure| failure == expected), "{expected}");
        }
    }

    #[test]
    fn a_missing_heading_and_a_missing_command_are_named() {
        let tree = Tree::of([
            ("README.md", "`cargo xtask test`"),
            ("tests/README.md", "# Laws\n# Scenarios\n# Golden files\n"),
        ]);
        let failures = check(&tree).failures;
        let has = |text: &str| failures.iter().any(|failure| failure.contains(text));
        assert!(has("README.md: does not name `cargo run --release -- demo`"));
        assert!(!has("README.md: does not name `cargo xtask test`"));
        assert!(has("tests/README.md: has no heading `Seeds`"));
        assert!(!has("tests/README.md: has no heading `Laws`"));
    }
}
