//! As if nothing had happened: what is asked of an installation after every fault.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::installation::Installation;
use super::topics;
use crate::market::golden;
use crate::product::{Tables, exports, import, same_tables};

/// What a market leaves behind that is imported into a data directory, without any of this.
pub struct Undisturbed {
    /// The market.
    pub market: PathBuf,
    /// The hash of the state at its end.
    pub state_hash: Value,
    /// All tables.
    pub tables: Tables,
}

impl Undisturbed {
    /// Of any market.
    pub fn of(market: &Path) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let state_hash = import(market, data.path())["state_hash"].clone();
        Self { market: market.to_owned(), state_hash, tables: exports(data.path()) }
    }

    /// Of the golden market, imported once for all tests.
    pub fn golden() -> &'static Self {
        static GOLDEN: OnceLock<Undisturbed> = OnceLock::new();
        GOLDEN.get_or_init(|| Self::of(&golden().join("market")))
    }

    /// An installation to which the market was published ends as if nothing had happened to it:
    ///
    /// - the state is that of the import, and so are all tables of each read model, but for what a
    ///   repeated input may change;
    /// - `verify` decides all of it again and finds no difference;
    /// - no public topic has a gap, or a record that changed when it was sent again;
    /// - every report that was published has exactly one outcome.
    #[track_caller]
    pub fn is_seen_in(&self, installation: &Installation, read_models: &[&Path]) {
        for config in read_models {
            self.is_kept_in(installation, config);
        }
        installation.verifies(read_models[0]);
        topics::are_whole(&installation.connection());
    }

    /// State and tables, once a read model is current.
    #[track_caller]
    pub fn is_kept_in(&self, installation: &Installation, config: &Path) {
        let status = installation.await_projected(config);
        assert_eq!(status["state_hash"], self.state_hash, "{}", config.display());
        self.tables_are_in(installation, config);
    }

    /// The tables of a read model, as it is.
    #[track_caller]
    pub fn tables_are_in(&self, installation: &Installation, config: &Path) {
        let tables = without_repeats(&installation.exports(config));
        same_tables(&tables, &without_repeats(&self.tables), &config);
    }
}

/// The tables without what a repeated input may change: outcomes, rejections, sequences.
pub fn without_repeats(tables: &Tables) -> Tables {
    let kept = tables.iter().filter(|(what, _)| !["outcomes", "rejections"].contains(*what));
    kept.map(|(what, table)| (*what, without_sequences(table))).collect()
}

/// The tables without what names the place of an input: a row of a file is an offset in a topic.
pub fn without_places(tables: &Tables) -> Tables {
    let mut tables = tables.clone();
    let rejections = tables.get_mut("rejections").expect("it is a table");
    *rejections = without_columns(rejections, &["detail"]);
    tables
}

/// A table without the columns that number decisions and entries.
fn without_sequences(table: &[u8]) -> Vec<u8> {
    without_columns(table, &["seq", "entry_id", "reverses"])
}

/// A table without some columns, sorted by what is left. Only the last one may hold commas.
fn without_columns(table: &[u8], columns: &[&str]) -> Vec<u8> {
    let content = String::from_utf8(table.to_vec()).expect("text");
    let head: Vec<&str> = content.lines().next().unwrap_or_default().split(',').collect();
    let keep: Vec<bool> = head.iter().map(|column| !columns.contains(column)).collect();
    let mut lines: Vec<String> = content
        .lines()
        .map(|line| {
            let cells = line.splitn(keep.len(), ',').zip(&keep).filter(|(_, keep)| **keep);
            cells.map(|(cell, _)| cell).collect::<Vec<_>>().join(",")
        })
        .collect();
    lines[1..].sort();
    lines.join("\n").into_bytes()
}
