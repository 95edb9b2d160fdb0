//! Local links in Markdown lead somewhere: to a file, a folder, or a heading.
//!
//! Links into the world are not followed: a test must not depend on someone else's server.

use std::collections::BTreeMap;

use super::markdown::{self, Document};
use crate::finding::Findings;
use crate::tree::Tree;

/// Judges all Markdown files of the tree.
pub fn check(tree: &Tree) -> Findings {
    let mut findings = Findings::default();
    let documents: BTreeMap<_, _> =
        tree.texts_ending(".md").map(|(path, text)| (path, markdown::read(text))).collect();
    for (path, document) in &documents {
        for (line, target) in document.links.iter().filter(|(_, target)| is_local(target)) {
            if let Some(reason) = broken(path, target, tree, &documents) {
                findings.fail(&format!("{path}:{line}"), format!("link to `{target}`: {reason}"));
            }
        }
    }
    findings
}

fn is_local(target: &str) -> bool {
    !["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

/// Why a link leads nowhere. `None` if it leads somewhere.
fn broken(
    from: &str,
    target: &str,
    tree: &Tree,
    documents: &BTreeMap<&str, Document>,
) -> Option<&'static str> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { Some(from.to_owned()) } else { joined(from, file) };
    let Some(path) = path else { return Some("leads out of the repository") };
    if !tree.has(&path) {
        return Some("no such file");
    }
    // Anchors of other files, such as line numbers, belong to whoever shows them.
    let document = documents.get(path.as_str())?;
    let known = anchor.is_empty() || document.anchors.iter().any(|known| known == anchor);
    (!known).then_some("no such heading")
}

/// The path a relative link means. `None` if it leaves the tree.
fn joined(from: &str, link: &str) -> Option<String> {
    if link.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_link(target: &str, expected: Option<&str>) {
        let text = format!("# Here we are\n[x]({target})\n");
        let tree = Tree::of([
            ("crates/a/README.md", &*text),
            ("crates/a/src/lib.rs", ""),
            ("README.md", "## Two commands\n"),
        ]);
        let found = check(&tree).failures;
        match expected {
            None => assert!(found.is_empty(), "{found:?}"),
            Some(reason) => assert!(found[0].ends_with(reason), "{found:?}"),
        }
    }

    #[test]
    fn links_to_files_folders_and_headings_hold() {
        for target in [
            "src/lib.rs",
            "src/lib.rs#L1",
            "../../README.md#two-commands",
            "..",
            "../..",
            "#here-we-are",
            "https://example.org/nowhere",
        ] {
            check_link(target, None);
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        check_link("src/main.rs", Some("no such file"));
        check_link("#there", Some("no such heading"));
        check_link("../../README.md#three", Some("no such heading"));
        check_link("../../../x.md", Some("leads out of the repository"));
        check_link("/README.md", Some("leads out of the repository"));
    }
}
