//! How long a function and a file may be, and the ratchet for files that are too long already.
//!
//! - A function over 70 lines fails, counted from its `fn` to its closing brace.
//! - A file over 800 lines fails. One over 400 warns; it fails if the ratchet does not list it, or
//!   lists it with fewer lines. So a long file can only become shorter.
//!
//! Tests are not counted: files in a `tests` folder or named `tests.rs`, and a `mod tests` block at
//! the end of a file. The ratchet is a committed list, one `lines path` per line: adding to it is
//! possible, and seen in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::source::{closing, is_word, line_of, masked, words};
use crate::finding::Findings;
use crate::tree::Tree;

/// Where the ratchet is kept.
pub const RATCHET: &str = "crates/xtask/ratchet.txt";

/// Longest function, in lines.
const FUNCTION_MAX: usize = 70;
/// Longest file, in lines.
const FILE_MAX: usize = 800;
/// Longest file that needs no listing, in lines.
const FILE_FREE: usize = 400;

const RATCHET_HEAD: &str = "\
# Files over 400 lines without their tests: `lines path`. A file here may shrink, never grow.
# `cargo xtask tidy --tighten` writes smaller sizes; a new file is added by hand, with a reason
# in the commit that adds it.
";

/// Judges all Rust sources of the tree.
pub fn check(tree: &Tree) -> Findings {
    let mut findings = Findings::default();
    for (path, text) in production(tree) {
        let code = masked(text).code;
        let production = tests_start(&code).unwrap_or(code.len());
        for function in functions(&code[..production]) {
            if function.lines > FUNCTION_MAX {
                let place = format!("{path}:{}", function.line);
                let Function { name, lines, .. } = function;
                findings.fail(&place, format!("`{name}` has {lines} lines, over {FUNCTION_MAX}"));
            }
        }
    }
    findings.extend(judge_files(&sizes(tree), tree.text(RATCHET).unwrap_or_default()));
    findings
}

/// The ratchet's text with today's sizes where they are smaller, and without files that no longer
/// need it.
pub fn tightened(tree: &Tree) -> String {
    let sizes = sizes(tree);
    let mut text = RATCHET_HEAD.to_owned();
    for (path, listed) in listed(tree.text(RATCHET).unwrap_or_default()).unwrap_or_default() {
        match sizes.get(path) {
            Some(lines) if *lines > FILE_FREE => {
                writeln!(text, "{} {path}", listed.min(*lines)).expect("a string can be written");
            }
            Some(_) | None => {}
        }
    }
    text
}

fn judge_files(sizes: &BTreeMap<&str, usize>, ratchet: &str) -> Findings {
    let mut findings = Findings::default();
    let listed = listed(ratchet).unwrap_or_else(|line| {
        findings.fail(RATCHET, format!("`{line}` is not `lines path`"));
        BTreeMap::new()
    });
    for (path, lines) in sizes.iter().filter(|(_, lines)| **lines > FILE_FREE) {
        if *lines > FILE_MAX {
            findings.fail(path, format!("{lines} lines, over {FILE_MAX}: it holds two concepts"));
        }
        match listed.get(path) {
            None => {
                findings.fail(path, format!("{lines} lines, over {FILE_FREE} and not in {RATCHET}"))
            }
            Some(allowed) if lines > allowed => {
                findings.fail(path, format!("grew from {allowed} to {lines} lines: split it"));
            }
            Some(_) => findings.warn(path, format!("{lines} lines, over {FILE_FREE}")),
        }
    }
    for (path, allowed) in listed {
        match sizes.get(path) {
            Some(lines) if *lines > FILE_FREE && *lines < allowed => {
                findings.warn(RATCHET, format!("{path} shrank: run `cargo xtask tidy --tighten`"));
            }
            Some(lines) if *lines > FILE_FREE => {}
            Some(_) | None => {
                findings.fail(RATCHET, format!("{path} needs no place here any more: --tighten"));
            }
        }
    }
    findings
}

/// Sources that are not tests.
fn production(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.texts_ending(".rs").filter(|(path, _)| !is_test(path))
}

/// True for files that hold nothing but tests.
fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// Lines of every source without its tests.
fn sizes(tree: &Tree) -> BTreeMap<&str, usize> {
    let sized = |text: &str| {
        let code = masked(text).code;
        let end = tests_start(&code).unwrap_or(text.len());
        text[..end].lines().count()
    };
    production(tree).map(|(path, text)| (path, sized(text))).collect()
}

/// The ratchet's lines by path. An error is the first line that cannot be read.
fn listed(ratchet: &str) -> Result<BTreeMap<&str, usize>, &str> {
    let lines = ratchet.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (lines, path) = line.split_once(' ').ok_or(line)?;
            Ok((path, lines.parse().map_err(|_| line)?))
        })
        .collect()
}

/// Where the block of tests at the end of a file begins. `None` if there is none.
pub fn tests_start(code: &str) -> Option<usize> {
    code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| {
        let mut rest = code[*at..].trim_start();
        while rest.starts_with("#[") {
            let Some(end) = closing(rest, 1) else { return false };
            rest = rest[end..].trim_start();
        }
        let Some(body) = rest.strip_prefix("mod tests").map(str::trim_start) else { return false };
        body.starts_with('{') && closing(body, 0).is_some_and(|end| body[end..].trim().is_empty())
    })
}

struct Function<'a> {
    name: &'a str,
    /// Line of the `fn`, from 1.
    line: usize,
    /// Lines from the `fn` to the closing brace, both counted.
    lines: usize,
}

/// Functions with a body, also nested ones and those in macros.
fn functions(code: &str) -> impl Iterator<Item = Function<'_>> {
    words(code, "fn").filter_map(move |at| {
        let rest = code[at + 2..].trim_start();
        let length = rest.bytes().take_while(|byte| is_word(*byte) || *byte == b'$').count();
        let name = &rest[..length];
        if name.is_empty() {
            // The type of a function, such as `fn(u8) -> u8`.
            return None;
        }
        let open = body(code, at)?;
        let (line, last) = (line_of(code, at), line_of(code, closing(code, open)? - 1));
        Some(Function { name, line, lines: last - line + 1 })
    })
}

/// The brace that opens the body of the function at `at`. `None` for a mere signature.
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source of `lines` lines, with a function of `body` lines and tests behind it.
    fn source(lines: usize, body: usize) -> String {
        let function = format!("fn long() {{\n{}}}\n", "    x();\n".repeat(body - 2));
        let rest = "// more\n".repeat(lines - body);
        format!("{function}{rest}#[cfg(test)]\nmod tests {{\n{}}}\n", "// test\n".repeat(900))
    }

    fn failures(tree: &Tree) -> Vec<String> {
        check(tree).failures
    }

    #[test]
    fn a_function_of_71_lines_fails_and_one_of_70_does_not() {
        let short = source(100, 70);
        assert!(failures(&Tree::of([("a.rs", &short)])).is_empty());
        let long = source(100, 71);
        let found = failures(&Tree::of([("a.rs", &long)]));
        assert_eq!(found, ["a.rs:1: `long` has 71 lines, over 70"]);
    }

    #[test]
    fn braces_in_signatures_and_types_of_functions_do_not_confuse() {
        let code = "fn a(f: fn(u8) -> [u8; { 2 }]);\nfn b<T>() -> T\nwhere T: X,\n{\n}\n";
        let found: Vec<_> = functions(code).map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("b", 2, 4)]);
    }

    #[test]
    fn a_file_over_400_lines_fails_unless_listed() {
        let text = source(500, 10);
        let unlisted = Tree::of([("a.rs", &text)]);
        assert!(failures(&unlisted)[0].contains("not in"));
        let listed = Tree::of([("a.rs", &text), (RATCHET, "500 a.rs\n")]);
        assert!(failures(&listed).is_empty());
        assert_eq!(check(&listed).warnings.len(), 1);
    }

    #[test]
    fn a_listed_file_may_not_grow() {
        let text = source(500, 10);
        let tree = Tree::of([("a.rs", &text), (RATCHET, "# head\n499 a.rs\n")]);
        assert_eq!(failures(&tree), ["a.rs: grew from 499 to 500 lines: split it"]);
    }

    #[test]
    fn a_file_over_800_lines_fails_even_if_listed() {
        let text = source(801, 10);
        let tree = Tree::of([("a.rs", &text), (RATCHET, "801 a.rs\n")]);
        assert!(failures(&tree)[0].contains("over 800"));
    }

    #[test]
    fn files_of_tests_are_not_counted() {
        let text = source(900, 80);
        assert!(failures(&Tree::of([("crates/a/tests/it/b.rs", &text)])).is_empty());
    }

    #[test]
    fn tightening_lowers_and_removes_and_never_adds() {
        let (long, short) = (source(450, 10), source(300, 10));
        let ratchet = "500 long.rs\n500 short.rs\n500 gone.rs\n";
        let tree = Tree::of([
            ("long.rs", &*long),
            ("new.rs", &*long),
            ("short.rs", &*short),
            (RATCHET, ratchet),
        ]);
        assert_eq!(tightened(&tree), format!("{RATCHET_HEAD}450 long.rs\n"));
        assert_eq!(failures(&tree).len(), 3, "one new file, two entries without need");
    }

    #[test]
    fn tests_in_the_middle_of_a_file_are_counted() {
        assert_eq!(tests_start("#[cfg(test)]\nmod tests {}\nfn after() {}\n"), None);
        assert_eq!(tests_start("fn a() {}\n#[cfg(test)]\n#[x]\nmod tests { {} }\n"), Some(10));
    }
}
