//! The command line itself: help, completions, output for machines, file formats, the demo.

use std::fs;
use std::io::Read;

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use tempfile::tempdir;

use crate::golden;
use crate::market::Market;
use crate::product::{clearfold, command, import, import_line, ran, status, verifies};

const VERBS: [&str; 11] = [
    "demo",
    "import",
    "publish",
    "topics",
    "export",
    "verify",
    "explain",
    "status",
    "scenario",
    "rebuild",
    "completions",
];

#[test]
fn every_verb_teaches() {
    let all = clearfold(["--help"]).done();
    for verb in VERBS {
        assert!(all.text().contains(&format!("\n  {verb} ")), "{verb}");
        let help = clearfold([verb, "--help"]).done();
        assert!(help.text().contains("Usage: clearfold"), "{verb}");
        assert!(help.text().lines().count() > 5, "{verb}");
        assert!(help.err.is_empty());
        clearfold(["help", verb]).done();
        clearfold([verb, "-h"]).done();
    }
    assert!(clearfold(["--version"]).done().text().starts_with("clearfold "));
    // Exit codes are part of what is promised.
    for code in ["0 done", "3 not found", "6 findings", "7 unavailable"] {
        assert!(all.text().replace('\n', " ").contains(code), "{code}");
    }
}

#[test]
fn completions_for_three_shells_know_every_verb() {
    for shell in ["bash", "zsh", "fish"] {
        let script = clearfold(["completions", shell]).done();
        for verb in VERBS {
            assert!(script.text().contains(verb), "{shell}: {verb}");
        }
    }
}

#[test]
fn machines_get_json_and_people_get_text() {
    let market = Market::golden();
    let data = tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let report = import(market.path(), data.path());
    for key in [
        "outcomes",
        "already_in",
        "business_days",
        "decisions",
        "events",
        "trades_per_second",
        "sequence",
        "state_hash",
    ] {
        assert!(report.get(key).is_some(), "{key}");
    }
    let of = |line: &[&str]| -> Value {
        clearfold([line, &["--output", "json"]].concat()).done().json()
    };
    assert_eq!(of(&["status", "--data", folder])["state_hash"], *golden::state_hash());
    assert_eq!(of(&["verify", "-q", "--data", folder])["differences"], 0);
    assert_eq!(of(&["rebuild", "--data", folder])["sequence"], report["sequence"]);
    let told = of(&["explain", "ARCX/2013-10-07/0000000", "--data", folder]);
    assert!(told.is_object() || told.is_array(), "{told}");

    let text = clearfold(["verify", "-q", "--data", folder]).done();
    let decisions = &report["sequence"];
    assert!(text.text().starts_with(&format!("{decisions} decisions, ")), "{}", text.text());
    assert!(text.text().contains(" frames, 0 differences"));
    let text = clearfold(["status", "--data", folder]).done();
    assert!(text.text().contains(&golden::state_hash()));
    let again = clearfold(["import", market.path().to_str().unwrap(), "--data", folder]).done();
    assert!(again.text().contains("already in"));
    assert!(again.text().contains(&golden::state_hash()));
}

#[test]
fn scenarios_are_run_and_a_failure_names_its_line() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("wrong.txt");
    fs::write(
        &file,
        "scenario: nobody has been here\ngiven members\n  member\n  M1\nthen trades\n  trade_ref\n  T1\n",
    )
    .unwrap();
    let ran = clearfold(["scenario", file.to_str().unwrap()]);
    let ran = ran.failed(6, &["1 scenarios failed"]);
    assert!(ran.text().contains("wrong.txt:"), "{}", ran.text());
    assert!(ran.text().contains("0 passed, 1 failed"), "{}", ran.text());
    let json = clearfold(["scenario", file.to_str().unwrap(), "--output", "json"]);
    assert_eq!(json.ended(6).json()["failed"], 1);
}

#[test]
fn every_scenario_of_the_repository_passes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
    let ran = clearfold([&["scenario".into()], &files[..]].concat()).done();
    assert!(ran.text().contains(" passed, 0 failed"), "{}", ran.text());
}

#[test]
fn tables_can_be_read_in_every_format() {
    let data = tempdir().unwrap();
    import(Market::golden().path(), data.path());
    let folder = data.path().to_str().unwrap();
    for (what, csv) in golden::tables() {
        let csv = String::from_utf8(csv).unwrap();
        let rows = csv.lines().count() - 1;
        let columns: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let file = |format: &str| {
            let path = data.path().join(format!("{what}.{format}"));
            let line = ["export", what, "--data", folder, "--format", format, "--out"];
            let ran = clearfold([&line[..], &[path.to_str().unwrap()]].concat()).done();
            assert!(ran.out.is_empty());
            fs::read(path).unwrap()
        };
        assert_eq!(file("csv"), csv.as_bytes(), "{what}");

        let lines = String::from_utf8(file("jsonl")).unwrap();
        assert_eq!(lines.lines().count(), rows, "{what}");
        for line in lines.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
            assert_eq!(keys.len(), columns.len(), "{what}: {line}");
        }

        let path = data.path().join("check.parquet");
        fs::write(&path, file("parquet")).unwrap();
        let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata();
        assert_eq!(usize::try_from(metadata.num_rows()).unwrap(), rows, "{what}");
        let schema = metadata.schema_descr();
        let names: Vec<&str> = (0..schema.num_columns())
            .map(|at| schema.column(at).self_type().name().to_owned())
            .map(|name| {
                *columns
                    .iter()
                    .find(|column| **column == name || column.replace(' ', "_") == name)
                    .unwrap_or(&"another")
            })
            .collect();
        assert_eq!(names, columns, "{what}");
        assert_eq!(reader.get_row_iter(None).unwrap().filter(Result::is_ok).count(), rows);

        let mut book = zip::ZipArchive::new(std::io::Cursor::new(file("xlsx"))).unwrap();
        let mut sheet = String::new();
        book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert_eq!(sheet.matches("<row ").count(), rows + 1, "{what}");
    }
}

#[test]
fn the_demo_clears_a_week_in_an_empty_directory() {
    let folder = tempdir().unwrap();
    let mut demo = command(["demo", "--no-desk"]);
    let ran = ran(demo.current_dir(folder.path())).done();
    for day in ["2013-10-07", "2013-10-14", "2013-10-18"] {
        assert!(ran.err.lines().any(|line| line.starts_with(day)), "{day}: {}", ran.err);
    }
    let data = folder.path().join("clearfold-data");
    verifies(&data);
    assert_eq!(status(&data)["business_date"], "2013-10-18");
    // It ends with commands to copy, and they work.
    let copied: Vec<Vec<String>> = ran
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| line.split_whitespace().skip(1).map(str::to_owned).collect())
        .collect();
    assert!(copied.len() >= 3, "{}", ran.text());
    for line in copied {
        let mut again = command(&line);
        let ran = crate::product::ran(again.current_dir(folder.path())).done();
        assert!(!ran.out.is_empty(), "{line:?}");
    }
    // The same market again adds nothing.
    let again = clearfold(import_line(&data.join("market"), &data, &[])).done().json();
    assert_eq!(again["decisions"], 0);
}

#[test]
fn the_demo_stops_after_the_days_asked_for() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("a/b");
    let line = ["demo", "--no-desk", "--days", "2", "--data", data.to_str().unwrap()];
    clearfold(line).done();
    assert_eq!(status(&data)["business_date"], "2013-10-08");
    verifies(&data);
}
