//! Runs every file of `tests/scenarios`, and proves that a wrong expectation fails on its line.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scenario::{Report, run};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).expect("the folder of scenarios");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_scenario_of_the_house_holds() {
    let mut report = Report::default();
    for (name, text) in files() {
        report.add(run(&format!("tests/scenarios/{name}"), &text));
    }
    assert!(report.failed.is_empty(), "\n{report}");
    assert!(report.passed >= 60, "{report}");
}

#[test]
fn the_example_on_the_page_of_the_grammar_holds() {
    let page = fs::read_to_string(folder().join("../README.md")).expect("the page");
    let example = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
    let report = run("tests/README.md", example.expect("an example"));
    assert_eq!((report.passed, report.failed.len()), (1, 0), "{report}");
}

#[test]
fn the_same_text_gives_the_same_report() {
    for (name, text) in files() {
        assert_eq!(run(&name, &text), run(&name, &text));
    }
}

/// A market of two accounts; `rest` are the steps of its scenario.
fn market(rest: &str) -> String {
    format!(
        "background:
given members
  member
  M1
given accounts
  account  member
  A        M1
  B        M1
given instruments
  isin          symbol  cycle
  US0268747849  AIG     T+0
scenario: the one
{rest}"
    )
}

/// The steps fail on exactly this line (1 is the first of them), with these words.
#[track_caller]
fn fails(rest: &str, line: usize, expected: &str, got: &str) {
    let report = run("f.txt", &market(rest));
    assert_eq!((report.passed, report.failed_scenarios), (0, 1), "{report}");
    let failure = &report.failed[0];
    assert_eq!(failure.line, line + 12, "{report}");
    assert_eq!((failure.file.as_str(), failure.scenario.as_str()), ("f.txt", "the one"));
    assert_eq!((failure.expected.as_str(), failure.got.as_str()), (expected, got));
}

#[test]
fn a_wrong_outcome_fails_on_its_row() {
    let trades = "when day 2013-10-07 opens\nand trades\n  ref  buyer\n  T1   A  -> captured\n";
    assert_eq!(run("f.txt", &market(trades)).passed, 1);
    fails(&format!("{trades}  T2   X"), 5, "accepted", "unknown_account");
    fails(&format!("{trades}  same again  -> conflict"), 5, "conflict", "duplicate");
    fails("when trading closes", 1, "a day that was opened before", "none");
    fails("when day 2013-10-06 opens", 1, "accepted", "not_a_business_day");
}

#[test]
fn a_wrong_cell_fails_on_its_row() {
    let steps = "when day 2013-10-07 opens\nand trades\n  ref\n  T1\nthen obligations\n";
    let rows = "  account  quantity\n  A        100\n";
    assert_eq!(run("f.txt", &market(&format!("{steps}{rows}  B        -100"))).passed, 1);
    fails(&format!("{steps}{rows}  B        -99"), 8, "B  -99", "B  -100");
    fails(&format!("{steps}{rows}"), 5, "no other row in obligations", "B  -100");
    fails(&format!("{steps}{rows}  B  -100\n  C  5"), 9, "C  5", "no such row");
    let none = "when day 2013-10-07 opens\nand trades\n  ref\n  T1\nthen no obligations for B";
    let got = "2013-10-07  B  US0268747849  -100  1000.00";
    fails(none, 5, "no other row in obligations", got);
}

#[test]
fn a_wrong_event_or_story_fails_on_its_line() {
    let steps = "when day 2013-10-07 opens\nand trades\n  ref\n  T1\n";
    let events = "then events include\n  event\n  trade_novated\n  trade_captured";
    fails(&format!("{steps}{events}"), 8, "trade_captured", "no more rows");
    let story = "then explain T1\n  trade captured:\n  trade novated: contracts 1 and 3";
    let (expected, got) = ("trade novated: contracts 1 and 3", "trade novated: contracts 1 and 2");
    fails(&format!("{steps}{story}"), 7, expected, got);
    fails("then explain T9\n  x: y", 1, "a trade T9", "none is in");
}

#[test]
fn a_changed_state_is_noticed() {
    let remembered = "when day 2013-10-07 opens\nand state is remembered\n";
    let same = format!("{remembered}and trades\n  ref  buyer\n  T1  X -> unknown_account\n");
    let held = run("f.txt", &market(&format!("{same}then state is as remembered")));
    assert_eq!(held.passed, 1, "{held}");
    let steps = format!("{remembered}and trades\n  ref\n  T1\nthen state is as remembered");
    let report = run("f.txt", &market(&steps));
    assert_eq!(report.failed[0].line, 18, "{report}");
    fails("then state is as remembered", 1, "a state that is remembered before", "none");
}

#[test]
fn a_line_that_is_not_understood_fails() {
    let expected = "a step that begins with given, when, then, and";
    fails("whenever the day ends", 1, expected, "whenever the day ends");
    fails("then positions", 1, "rows below, or `no` before the table's name", "positions");
    fails(
        "given members\n  colour\n  red",
        2,
        "columns among member, lei, name, status, from",
        "colour",
    );
    fails("given prices\n  isin\n  AIG", 3, "a row that says its price", "AIG");
    assert_eq!(run("f.txt", "").failed_scenarios, 1);
    assert_eq!(run("f.txt", "scenario: empty").failed[0].line, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any bytes give a report.
    #[test]
    fn any_bytes_give_a_report(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = run("f.txt", &text);
        let _ = run("f.txt", &market(&text));
    }

    /// Any lines of the language, in any order, give a report.
    #[test]
    fn any_lines_give_a_report(lines in prop::collection::vec(prop::sample::select(LINES), 0..30)) {
        let _ = run("f.txt", &market(&lines.join("\n")));
    }
}

const LINES: &[&str] = &[
    "when day 2013-10-07 opens",
    "and day 2013-10-08 passes with draw x",
    "when trading closes",
    "and the day settles -> price_missing",
    "when the day ends",
    "when days pass to 2013-10-11",
    "and trades",
    "  ref  quantity  price",
    "  T1  10  1.005",
    "  T1  -1  1e3  -> dead_letter",
    "  same again -> duplicate",
    "  isin  price",
    "  AIG  \"11.5\"",
    "when prices",
    "then positions include",
    "then no money on 2013-10-07 for A",
    "  account  isin  quantity",
    "  A  AIG  5",
    "given raw trades",
    "  XNYS,T1,1,new\\xFF",
    "then explain T1",
    "  trade captured: ",
    "given holdings",
    "  account  asset  quantity",
    "  A  USD  99999999999999999999999999999999999999999999",
    "  \"",
    "scenario: another",
    "background:",
];
