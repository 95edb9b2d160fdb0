//! Enough of Markdown to find headings and links.
//!
//! Fenced code and inline code are no text: what looks like a link there is none.

use std::collections::BTreeMap;

/// A document's parts that other documents can point to, or that point to others.
#[derive(Debug, Default)]
pub struct Document {
    /// Texts of the headings, in order, without their marks.
    pub headings: Vec<String>,
    /// Names that can stand behind a `#` in a link to this document.
    pub anchors: Vec<String>,
    /// Targets of links, with the line they stand in, from 1.
    pub links: Vec<(usize, String)>,
}

/// Reads a document.
pub fn read(text: &str) -> Document {
    let mut document = Document::default();
    let mut seen = BTreeMap::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        match fence {
            Some(mark) => {
                if start.starts_with(mark) {
                    fence = None;
                }
                continue;
            }
            None => fence = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark)),
        }
        if fence.is_some() {
            continue;
        }
        if let Some(heading) = heading(line) {
            document.anchors.push(anchor(&heading, &mut seen));
            document.headings.push(heading);
        }
        document.anchors.extend(named_anchors(line));
        let links = links(&without_code(line));
        document.links.extend(links.into_iter().map(|target| (index + 1, target)));
    }
    document
}

/// The text of a heading line. `None` for other lines.
fn heading(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if !(1..=6).contains(&level) || !text.starts_with(' ') {
        return None;
    }
    let text = text.trim().trim_end_matches('#').trim_end();
    Some(link_texts(text).replace(['`', '*'], ""))
}

/// A heading's anchor as the usual hosts make it: lower case, hyphens, no punctuation.
fn anchor(heading: &str, seen: &mut BTreeMap<String, usize>) -> String {
    let slug: String = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect();
    let times = seen.entry(slug.clone()).or_default();
    *times += 1;
    // The second heading of the same name is told apart by a number.
    if *times == 1 { slug } else { format!("{slug}-{}", *times - 1) }
}

/// Anchors written by hand: `<a id="name">`.
fn named_anchors(line: &str) -> impl Iterator<Item = String> {
    let found = line.split("<a id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    found.map(|(name, _)| name.to_owned())
}

/// The line with its inline code blanked out.
fn without_code(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let closed = parts.len() - usize::from(parts.len().is_multiple_of(2));
    let kept = parts.iter().enumerate().map(|(index, part)| {
        // Odd parts are between two marks; a last mark without a partner opens nothing.
        if index % 2 == 1 && index < closed { " " } else { part }
    });
    kept.collect()
}

/// Replaces `[text](target)` by `text`.
fn link_texts(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, behind)) = rest.split_once("](") {
        let Some((_, after)) = behind.split_once(')') else { break };
        plain.push_str(&before.replace('[', ""));
        rest = after;
    }
    plain + rest
}

/// Targets of the links in one line: `[text](target)` and `[label]: target`.
fn links(line: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let definition = line.trim_start().strip_prefix('[').filter(|rest| !rest.starts_with('^'));
    if let Some((_, target)) = definition.and_then(|rest| rest.split_once("]: ")) {
        targets.extend(bare(target));
    }
    for (at, _) in line.match_indices("](") {
        let behind = &line[at + 2..];
        let mut depth = 1_usize;
        let end = behind.find(|c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        targets.extend(end.and_then(|end| bare(&behind[..end])));
    }
    targets
}

/// A target without its title and angle brackets.
fn bare(target: &str) -> Option<String> {
    let target = target.trim();
    if let Some(inner) = target.strip_prefix('<') {
        return inner.split_once('>').map(|(target, _)| target.to_owned());
    }
    target.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_anchors() {
        let document = read("# What it is\n## `DvP`, both *legs*\n# What it is\n####### no\n#no");
        assert_eq!(document.headings, ["What it is", "DvP, both legs", "What it is"]);
        assert_eq!(document.anchors, ["what-it-is", "dvp-both-legs", "what-it-is-1"]);
    }

    #[test]
    fn links_are_found_in_text_and_not_in_code() {
        let text =
            "see [a](b.md \"t\") and `[c](d.md)`\n```\n[e](f.md)\n# no\n```\n![g](<h i.png>)";
        let document = read(text);
        assert_eq!(document.links, [(1, "b.md".to_owned()), (6, "h i.png".to_owned())]);
        assert!(document.headings.is_empty());
    }

    #[test]
    fn definitions_and_brackets_in_targets_are_links() {
        let document = read("[a]: b.md\n[^1]: c.md\n[d](e_(f).md)");
        assert_eq!(document.links, [(1, "b.md".to_owned()), (3, "e_(f).md".to_owned())]);
    }

    #[test]
    fn a_heading_with_a_link_is_named_by_its_text() {
        assert_eq!(read("## The [journal](x.md) file").anchors, ["the-journal-file"]);
    }
}
