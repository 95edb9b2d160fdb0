//! BAD SURROUNDINGS: a directory in use, a newer format, a full disk, paths that lead nowhere.
//! Each is one sentence and an exit code; nothing that was acknowledged is lost.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::{TempDir, tempdir};

use crate::golden;
use crate::market::Market;
use crate::product::{
    clearfold, command, export, exports, import, import_line, import_with, journal, program, ran,
    same_tables, status, verifies,
};

/// A data directory with the golden market in it.
fn cleared() -> TempDir {
    let data = tempdir().unwrap();
    import(Market::golden().path(), data.path());
    data
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

#[test]
fn a_directory_that_another_process_holds() {
    let data = cleared();
    let held = File::options().write(true).open(data.path().join("lock")).unwrap();
    held.lock().unwrap();
    let market = Market::golden();
    let line = import_line(market.path(), data.path(), &[]);
    clearfold(line).failed(7, &["lock", "another process"]);
    clearfold(["rebuild", "--data", text(data.path())]).failed(7, &["another process"]);
    // Reading goes on.
    same_tables(&exports(data.path()), &golden::tables(), &"while it is held");
    assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
    drop(held);
    import(market.path(), data.path());
}

#[test]
fn two_imports_at_once_take_every_row_once() {
    let market = Market::golden();
    for _ in 0..4 {
        let data = tempdir().unwrap();
        let line = import_line(market.path(), data.path(), &[]);
        let both = [command(&line).spawn().unwrap(), command(&line).spawn().unwrap()];
        let codes = both.map(|child| child.wait_with_output().unwrap().status.code());
        assert!(codes.contains(&Some(0)), "{codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 7))), "{codes:?}");
        same_tables(&exports(data.path()), &golden::tables(), &"two at once");
        assert_eq!(status(data.path())["state_hash"], *golden::state_hash());
    }
}

#[test]
fn a_journal_of_a_newer_version_is_left_alone() {
    let data = cleared();
    let (name, mut bytes) = journal(data.path()).pop_first().unwrap();
    // The format stands at byte 8, the checksum of the 84 bytes before it at byte 84.
    bytes[8..12].copy_from_slice(&7_u32.to_le_bytes());
    let checksum = crc32c::crc32c(&bytes[..84]);
    bytes[84..88].copy_from_slice(&checksum.to_le_bytes());
    fs::write(data.path().join("journal").join(name), &bytes).unwrap();
    let before = journal(data.path());
    let words = ["format 7", "newer program"];
    let market = Market::golden();
    clearfold(import_line(market.path(), data.path(), &[])).failed(4, &words);
    let data_text = text(data.path());
    for verb in ["status", "rebuild"] {
        clearfold([verb, "--data", data_text]).failed(4, &words);
    }
    let verified = clearfold(["verify", "-q", "--data", data_text]);
    assert!(verified.err.contains("format 7"), "{verified:?}");
    clearfold(["export", "money", "--data", data_text]).failed(4, &words);
    assert!(journal(data.path()) == before);
}

#[test]
fn a_read_model_of_another_version_is_built_anew() {
    let data = cleared();
    fs::write(data.path().join("read-model.sqlite"), b"").unwrap();
    same_tables(&exports(data.path()), &golden::tables(), &"from an empty file");
}

#[test]
fn a_data_directory_that_cannot_be() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let market = Market::golden();
    for data in [file.clone(), file.join("data")] {
        let ran = clearfold(import_line(market.path(), &data, &[]));
        let code = ran.code.unwrap();
        assert!(code == 7 || code == 8, "{ran:?}");
        ran.failed(code, &["file"]);
        for verb in ["status", "verify", "rebuild"] {
            clearfold([verb, "--data", text(&data)]).failed(3, &["file", "no journal"]);
        }
    }
    assert_eq!(fs::read(&file).unwrap(), b"not a folder");
}

/// Runs a command that may not write files longer than so many blocks of 512 bytes.
fn with_limit(blocks: usize, line: &[&str]) -> crate::product::Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let program = program("clearfold");
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", text(&program)]).args(line).env("RUST_BACKTRACE", "1");
    ran(command.stdin(Stdio::null()))
}

#[test]
fn a_full_disk_stops_it_and_loses_nothing() {
    let market = Market::golden();
    for (blocks, more) in [
        (0, &["--journal-only"][..]),
        (1, &[]),
        (40, &["--journal-only"]),
        (100, &[]),
        (150, &["--journal-only"]),
        (400, &[]),
        (700, &[]),
    ] {
        let data = tempdir().unwrap();
        // The first two days are in; what follows does not fit.
        let begun = Market::golden();
        begun.end_with("2013-10-07");
        import_with(begun.path(), data.path(), more);
        let before = status(data.path())["sequence"].as_u64();
        let mut line = vec!["import", "-q", text(market.path()), "--data", text(data.path())];
        line.extend(more);
        let ran = with_limit(blocks, &line);
        assert_eq!(ran.code, Some(7), "{blocks} blocks: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.err.starts_with("clearfold: "), "{}", ran.err);
        assert!(status(data.path())["sequence"].as_u64() >= before, "{blocks} blocks");
        // With space again it goes on where it stood.
        let report = import(market.path(), data.path());
        assert_eq!(report["state_hash"], *golden::state_hash(), "{blocks} blocks");
        same_tables(&exports(data.path()), &golden::tables(), &("after", blocks, "blocks"));
        verifies(data.path());
    }
}

#[test]
fn an_export_that_does_not_fit_leaves_what_was_there() {
    let data = cleared();
    let folder = tempdir().unwrap();
    let out = folder.path().join("entries.csv");
    fs::write(&out, "yesterday's").unwrap();
    for format in ["csv", "jsonl", "xlsx", "parquet"] {
        let line = ["export", "journal-entries", "--data", text(data.path()), "--format", format];
        let line = [&line[..], &["--out", text(&out)]].concat();
        let ran = with_limit(20, &line);
        assert_eq!(ran.code, Some(7), "{format}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert_eq!(fs::read(&out).unwrap(), b"yesterday's", "{format}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{format}: leftovers");
    }
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut to_full = command(["export", "trades", "--data", text(data.path())]);
    ran(to_full.stdout(full)).failed(7, &["space"]);
}

#[test]
fn an_export_to_a_place_that_is_not_there() {
    let data = cleared();
    let folder = tempdir().unwrap();
    let line = |out: &Path| {
        let line = ["export", "money", "--data", text(data.path()), "--out", text(out)];
        clearfold(line)
    };
    line(&folder.path().join("no/such/folder.csv")).failed(3, &["folder.csv"]);
    let ran = line(folder.path());
    let code = ran.code.unwrap();
    ran.failed(code, &[text(folder.path())]);
    assert_ne!(code, 0);
    let leftovers = fs::read_dir(folder.path().parent().unwrap()).unwrap();
    let part = format!("{}.part", folder.path().file_name().unwrap().to_str().unwrap());
    assert!(leftovers.into_iter().all(|entry| entry.unwrap().file_name() != *part));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let data = cleared();
    let mut child =
        command(["export", "journal-entries", "--data", text(data.path())]).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
}

#[test]
fn what_is_asked_for_and_is_not_there() {
    let data = cleared();
    let here = text(data.path());
    let empty = tempdir().unwrap();
    let nowhere = empty.path().join("nowhere");
    for verb in
        [&["status"][..], &["verify"], &["rebuild"], &["export", "money"], &["explain", "1"]]
    {
        for data in [empty.path(), &nowhere] {
            clearfold([verb, &["--data", text(data)]].concat())
                .failed(3, &["no journal", "import"]);
        }
    }
    assert!(!nowhere.exists());
    clearfold(["export", "moneys", "--data", here])
        .failed(2, &["moneys", "money", "trial-balance"]);
    clearfold(["export", "money", "--data", here, "--as-of", "2013-10-12"])
        .failed(3, &["2013-10-12"]);
    clearfold(["export", "money", "--data", here, "--as-of-seq", "99999"]).failed(3, &["99999"]);
    clearfold(["explain", "NO-SUCH-TRADE", "--data", here]).failed(3, &["NO-SUCH-TRADE"]);
    clearfold(["scenario", "no-such-file.txt"]).failed(3, &["no-such-file.txt"]);
    // Before the first decision there is nothing but headers.
    let start = export("holdings", data.path(), &["--as-of-seq", "0"]);
    assert_eq!(start, b"account,asset,quantity\n");
}

#[test]
fn arguments_that_make_no_sense() {
    for line in [
        &["imports"][..],
        &["import"],
        &["import", "market"],
        &["export", "--data", "x"],
        &["export", "money", "--data", "x", "--as-of", "yesterday"],
        &["export", "money", "--data", "x", "--as-of", "2013-10-07", "--as-of-seq", "1"],
        &["export", "money", "--data", "x", "--as-of-seq", "-1"],
        &["export", "money", "--data", "x", "--format", "pdf"],
        &["status", "--data"],
        &["demo", "--port", "70000"],
        &["scenario"],
        &["completions", "tcsh2"],
    ] {
        let ran = clearfold(line).ended(2);
        assert!(ran.err.contains("error:") && ran.out.is_empty(), "{line:?}: {ran:?}");
    }
}

#[test]
fn the_demo_takes_no_directory_that_is_in_use() {
    let data = cleared();
    let before = journal(data.path());
    clearfold(["demo", "--no-desk", "--data", text(data.path())])
        .failed(4, &["not empty", "--data"]);
    assert!(journal(data.path()) == before);
}
