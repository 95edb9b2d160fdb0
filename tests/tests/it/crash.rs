//! CRASH: whatever kills the process, nothing that counted is lost, doubled or torn.
//!
//! `CLEARFOLD_KILLS` asks for more kills than CI makes, `CLEARFOLD_SEED` for others.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::{TempDir, tempdir};

use crate::market::copy;
use crate::product::{
    Ran, Tables, clearfold, command, exports, import, import_line, ran, same_tables, status,
    verifies,
};
use crate::random::{Random, wanted};

/// The market that the demo carries: large enough to be hit in the middle.
struct Large {
    folder: TempDir,
}

impl Large {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let data = folder.path().join("demo");
        let line = ["demo", "--no-desk", "--days", "1", "-q", "--data"].map(PathBuf::from);
        clearfold(line.iter().chain([&data])).done();
        Self { folder }
    }

    fn market(&self) -> PathBuf {
        self.folder.path().join("demo/market")
    }
}

/// What an undisturbed import leaves behind.
struct Undisturbed {
    hash: String,
    tables: Tables,
    took: Duration,
}

fn undisturbed(market: &Path) -> Undisturbed {
    let data = tempdir().unwrap();
    let begun = Instant::now();
    let report = import(market, data.path());
    let took = begun.elapsed();
    let hash = report["state_hash"].as_str().unwrap().to_owned();
    Undisturbed { hash, tables: exports(data.path()), took }
}

/// Starts a command and kills it after a while; says whether it was killed before its end.
fn killed(mut started: Command, after: Duration) -> bool {
    let mut child = started.spawn().expect("it starts");
    sleep(after);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends").code().is_none()
}

/// The sequence that the journal has reached; 0 before there is one.
fn sequence(data: &Path) -> u64 {
    let data_text = data.to_str().unwrap();
    let ran = clearfold(["status", "--output", "json", "--data", data_text]);
    if ran.code == Some(3) {
        return 0;
    }
    ran.done().json()["sequence"].as_u64().unwrap()
}

#[test]
fn killed_at_any_moment_it_ends_as_if_nothing_had_been() {
    let large = Large::new();
    let market = large.market();
    let expected = undisturbed(&market);
    let seed = wanted("CLEARFOLD_SEED", 1) as u64;
    let mut random = Random::new(seed);
    let mut left = wanted("CLEARFOLD_KILLS", 6);
    while left > 0 {
        let data = tempdir().unwrap();
        let mut reached = 0;
        // Three kills in a row at most: then the end is reached, and compared.
        for _ in 0..3.min(left) {
            let more: &[&str] = if random.one_in(3) { &["--journal-only"] } else { &[] };
            let line = import_line(&market, data.path(), more);
            let after = expected.took.mul_f64(random.below(1000) as f64 / 1000.0);
            if killed(command(line), after) {
                left -= 1;
            }
            let now = sequence(data.path());
            assert!(now >= reached, "seed {seed}: from sequence {reached} back to {now}");
            reached = now;
            // The read model alone may be hit as well.
            let build = ["export", "outcomes", "-q", "--data", data.path().to_str().unwrap()];
            killed(command(build), expected.took.mul_f64(random.below(500) as f64 / 1000.0));
        }
        let report = import(&market, data.path());
        assert_eq!(report["state_hash"], *expected.hash, "seed {seed}");
        same_tables(&exports(data.path()), &expected.tables, &("seed", seed));
        verifies(data.path());
    }
}

#[test]
fn a_killed_rebuild_leaves_what_was_there() {
    let large = Large::new();
    let data = large.folder.path().join("demo");
    let before = exports(&data);
    let folder = data.to_str().unwrap();
    for after in [5, 40, 120] {
        killed(command(["rebuild", "--data", folder]), Duration::from_millis(after));
        same_tables(&exports(&data), &before, &("killed after", after, "ms"));
    }
    clearfold(["rebuild", "--data", folder]).done();
    same_tables(&exports(&data), &before, &"built again");
}

#[test]
fn interrupted_by_ctrl_c_it_says_so_and_goes_on_later() {
    let large = Large::new();
    let expected = {
        let data = tempdir().unwrap();
        import(&large.market(), data.path())["state_hash"].clone()
    };
    // The process may be done before the signal comes; then it is tried again.
    for attempt in 1.. {
        let data = tempdir().unwrap();
        let line = import_line(&large.market(), data.path(), &["--journal-only"]);
        let child = command(line).spawn().expect("it starts");
        let lock = data.path().join("lock");
        while !lock.exists() {
            sleep(Duration::from_millis(1));
        }
        ran(Command::new("kill").args(["-INT", &child.id().to_string()])).done();
        let ended = child.wait_with_output().expect("it ends");
        if ended.status.code() == Some(0) {
            assert!(attempt < 10, "too fast to be interrupted");
            continue;
        }
        let ended = Ran::new("an interrupted import".to_owned(), ended);
        let report = ended.failed(130, &["interrupted", "import again"]).json();
        assert_eq!(report["interrupted"], true);
        let taken = report["sequence"].as_u64().unwrap();
        assert_eq!(status(data.path())["sequence"], taken, "what was reported is kept");
        verifies(data.path());
        let rest = import(&large.market(), data.path());
        assert_eq!(rest["state_hash"], expected);
        assert!(rest["already_in"].as_u64().unwrap() > 0 || taken == 0);
        break;
    }
}

#[test]
fn a_copy_taken_while_it_runs_is_a_beginning_of_it() {
    let large = Large::new();
    let expected = {
        let data = tempdir().unwrap();
        import(&large.market(), data.path())["state_hash"].clone()
    };
    let (data, taken) = (tempdir().unwrap(), tempdir().unwrap());
    let line = import_line(&large.market(), data.path(), &["--journal-only"]);
    let mut child = command(line).spawn().expect("it starts");
    while std::fs::read_dir(data.path().join("journal")).map_or(0, Iterator::count) == 0 {
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(60));
    copy(&data.path().join("journal"), &taken.path().join("journal"));
    assert!(child.wait().expect("it ends").success());
    assert_eq!(import(&large.market(), taken.path())["state_hash"], expected);
}
