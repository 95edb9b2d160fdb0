//! GOLDEN: what was published once comes out again, byte for byte, and is read for ever.

use std::fs;
use std::sync::Once;

use tempfile::tempdir;

use crate::market::{self, Market, copy};
use crate::product::{TABLES, Tables, exports, import, journal, same_tables, status, verifies};

/// Set to write the golden files anew.
const BLESS: &str = "CLEARFOLD_BLESS";

/// The tables of the golden market.
pub fn tables() -> Tables {
    let folder = market::golden().join("exports");
    let read = |what| fs::read(folder.join(format!("{what}.csv"))).expect(what);
    TABLES.into_iter().map(|what| (what, read(what))).collect()
}

/// The state hash at the end of the golden market.
pub fn state_hash() -> String {
    let text = fs::read_to_string(market::golden().join("state-hash.txt")).expect("a hash");
    text.trim().to_owned()
}

/// Whatever reads the golden files waits until they are written anew, if that was asked for.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if std::env::var_os(BLESS).is_some() {
            let data = tempdir().unwrap();
            let report = import(&market::golden().join("market"), data.path());
            bless(&exports(data.path()), report["state_hash"].as_str().unwrap(), data.path());
        }
    });
}

#[test]
fn the_golden_market_gives_the_golden_exports_journal_and_state() {
    prepare();
    let data = tempdir().unwrap();
    let report = import(&market::golden().join("market"), data.path());
    let hash = report["state_hash"].as_str().unwrap();
    let tables = exports(data.path());
    same_tables(&tables, &self::tables(), &"the golden market");
    assert_eq!(hash, state_hash());
    assert!(journal(data.path()) == journal(&market::golden()), "other bytes in the journal");
    verifies(data.path());
}

fn bless(tables: &Tables, hash: &str, data: &std::path::Path) {
    let golden = market::golden();
    fs::create_dir_all(golden.join("exports")).unwrap();
    for (what, bytes) in tables {
        fs::write(golden.join("exports").join(format!("{what}.csv")), bytes).unwrap();
    }
    fs::write(golden.join("state-hash.txt"), format!("{hash}\n")).unwrap();
    let _ = fs::remove_dir_all(golden.join("journal"));
    copy(&data.join("journal"), &golden.join("journal"));
}

#[test]
fn the_golden_journal_is_read_verified_and_gone_on_with() {
    prepare();
    let data = tempdir().unwrap();
    copy(&market::golden().join("journal"), &data.path().join("journal"));
    verifies(data.path());
    assert_eq!(status(data.path())["state_hash"].as_str(), Some(&*state_hash()));
    same_tables(&exports(data.path()), &tables(), &"from the journal");
    let report = import(Market::golden().path(), data.path());
    assert_eq!((&report["decisions"], &report["reports"]), (&0.into(), &0.into()));
}
