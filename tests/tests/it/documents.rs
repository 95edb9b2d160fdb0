//! What the documents tell people to type works as it is written there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::tempdir;

use crate::market::golden;
use crate::product::{command, program, ran};

/// Documents whose commands are run.
const DOCUMENTS: [&str; 4] =
    ["README.md", "deploy/README.md", "tests/README.md", "tests/golden/README.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_path_buf()
}

/// Commands of a document: lines of its blocks and spans of code, without what a `#` explains.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        let lines: Vec<&str> = match number % 2 {
            1 => part.lines().collect(),
            _ => part.split('`').skip(1).step_by(2).collect(),
        };
        for line in lines {
            let line = line.split(" #").next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            let begins = |word: &&str| ["clearfold", "cargo"].contains(word) || word.contains('=');
            // A verb alone in a sentence is its name; in a block it is a command.
            let enough = if number % 2 == 1 { 2 } else { 3 };
            if words.len() >= enough && words.first().is_some_and(begins) {
                found.push(words.join(" "));
            }
        }
    }
    found
}

/// A command of ours with what its placeholders stand for.
fn filled(words: &[&str]) -> Vec<String> {
    let scenarios = root().join("tests/scenarios/versions.txt");
    let fill = |word: &&str| match *word {
        "MARKET" => golden().join("market").to_string_lossy().into_owned(),
        "DIR" => "clearfold-data".to_owned(),
        "REFERENCE" => "XNAS/2013-10-07/0000080".to_owned(),
        "FILE…" => scenarios.to_string_lossy().into_owned(),
        other => other.to_owned(),
    };
    words.iter().map(fill).collect()
}

#[test]
fn every_command_in_the_documents_works() {
    let folder = tempdir().unwrap();
    let mut all = BTreeSet::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).expect(document);
        let found = commands(&text);
        assert!(!found.is_empty(), "{document} tells nobody what to type");
        all.extend(found);
    }
    // The demo comes first: it leaves the data directory that the others look into.
    ran(command(["demo", "--no-desk", "-q"]).current_dir(folder.path())).done();
    for line in all {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.contains('=')).collect();
        match words[..] {
            ["clearfold", "import", ..] => {
                let mut words = filled(&words[1..]);
                // Another market than the demo's: it gets a directory of its own.
                words
                    .iter_mut()
                    .filter(|word| *word == "clearfold-data")
                    .for_each(|word| word.push('2'));
                ran(command(words).current_dir(folder.path())).done();
            }
            ["clearfold", ref rest @ ..] => {
                ran(command(filled(rest)).current_dir(folder.path())).done();
            }
            ["cargo", "run", "--release", "--", ref rest @ ..] if rest != ["demo"] => {
                ran(command(filled(rest)).current_dir(folder.path())).done();
            }
            // The demo ran above; what builds, tests or measures is checked, not run within a test.
            ["cargo", "run", "--release", "--", "demo"] => {}
            ["cargo", "xtask", ref rest @ ..] => {
                ran(Command::new(program("xtask")).args(rest).arg("--help")).done();
            }
            ["cargo", "test" | "build" | "mutants" | "run", ref rest @ ..] => packages(rest, &line),
            _ => panic!("nobody knows how to check `{line}`"),
        }
    }
}

/// The packages named after `-p` exist; what is to be run of these tests is there.
fn packages(words: &[&str], line: &str) {
    for pair in words.windows(2).filter(|pair| pair[0] == "-p") {
        let folder =
            if pair[1] == "tests" { "tests".into() } else { format!("crates/{}", pair[1]) };
        let manifest = root().join(folder).join("Cargo.toml");
        assert!(manifest.is_file(), "`{line}` names no package of ours");
    }
    if let ["-p", "tests", name] = words {
        let tests = std::env::current_exe().expect("a test knows its own file");
        let list = ran(Command::new(tests).args([name, "--list"])).done();
        assert!(list.text().contains(": test"), "`{line}` runs nothing");
    }
}
