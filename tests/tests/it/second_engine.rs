//! AGREE: the auditor, a second engine that shares no code with the first, gives the same tables
//! for the golden market and for every market made from it by changes drawn from a seed.

use std::collections::BTreeMap;
use std::fmt::Debug;

use auditor::Auditor;
use serde_json::Value;
use tempfile::tempdir;

use crate::faults;
use crate::market::Market;
use crate::product::{Tables, exports, import, same_text, verifies};
use crate::random::{Random, wanted};
use crate::variations::{self, VARIATIONS, Variation};

/// Imports a market, has the auditor recompute it, and compares all that both know.
pub fn agree(market: &Market, why: &dyn Debug) -> Tables {
    let data = tempdir().unwrap();
    let report = import(market.path(), data.path());
    let audit = Auditor::audit(market.path()).unwrap_or_else(|error| panic!("{why:?}: {error}"));
    assert!(audit.findings().is_empty(), "{why:?}: {:?}", audit.findings());
    let notices = |kind: &str| report[kind].as_array().unwrap().clone();
    let refused = notices("refused_operations");
    assert_eq!(!refused.is_empty(), audit.operation_was_refused(), "{why:?} {refused:?}");
    // Rows that repeat what is in are told by both, but not always as often.
    let elsewhere = |notice: &&Value| {
        !notice["file"].as_str().unwrap().ends_with("trades.csv")
            && notice["outcome"] != "duplicate"
    };
    let dead = notices("dead_letters").iter().filter(elsewhere).count();
    let all = dead + [refused, notices("refused_rows")].concat().iter().filter(elsewhere).count();
    let theirs = audit.refused().iter().filter(|line| !line.ends_with(": already in"));
    assert_eq!(all, theirs.count(), "{why:?}\n{report:#}\n{:#?}", audit.refused());
    let tables = exports(data.path());
    for (what, ours) in &tables {
        let Some(expected) = audit.export(what) else { continue };
        let mut ours = ours.clone();
        if *what == "trades" {
            // The auditor knows no sequences.
            ours = without_last_column(&ours);
        }
        same_text(&ours, expected.as_bytes(), &format!("{what} {why:?}"));
    }
    whole(&tables, why);
    verifies(data.path());
    tables
}

fn without_last_column(table: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(table).unwrap();
    let lines = text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n");
    lines.collect::<String>().into_bytes()
}

/// What tables say of each other: every refused report has its row, every journal entry balances,
/// and the trial balance is what the entries add up to.
fn whole(tables: &Tables, why: &dyn Debug) {
    let accepted = |row: &&Vec<String>| ["captured", "amended", "cancelled"].contains(&&*row[1]);
    let outcomes = rows(&tables["outcomes"]);
    let refused: usize = outcomes
        .iter()
        .filter(|row| !accepted(row))
        .map(|row| row[2].parse::<usize>().unwrap())
        .sum();
    assert_eq!(rows(&tables["rejections"]).len(), refused, "{why:?}");

    let mut balances: BTreeMap<[String; 3], i128> = BTreeMap::new();
    let mut entries: BTreeMap<(String, String), i128> = BTreeMap::new();
    for row in rows(&tables["journal-entries"]) {
        let [id, _, _, class, _, account, asset, debit, credit, _] = &row[..] else { panic!() };
        let amount = nano(debit) - nano(credit);
        *balances.entry([class.clone(), account.clone(), asset.clone()]).or_default() += amount;
        *entries.entry((id.clone(), asset.clone())).or_default() += amount;
    }
    let open = entries.iter().find(|(_, sum)| **sum != 0);
    assert_eq!(open, None, "{why:?}: an entry does not balance");
    balances.retain(|_, sum| *sum != 0);
    let stated = rows(&tables["trial-balance"]).into_iter().map(|row| {
        let [class, account, asset, debit, credit] = <[String; 5]>::try_from(row).unwrap();
        ([class, account, asset], nano(&debit) - nano(&credit))
    });
    assert_eq!(balances, stated.collect(), "{why:?}");
}

/// The data rows of a table without quotes.
fn rows(table: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(table).unwrap();
    let lines = text.lines().skip(1);
    lines.map(split).collect()
}

/// The fields of a line, in which quotes may keep commas together.
fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

/// A number with up to nine decimals, in billionths.
fn nano(text: &str) -> i128 {
    if text.is_empty() {
        return 0;
    }
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    sign * format!("{whole}{fraction:0<9}").parse::<i128>().unwrap()
}

/// A changed golden market on which both engines agree.
fn changed(variation: Variation, seed: u64) -> Tables {
    let market = Market::golden();
    variation(&market, &mut Random::new(seed));
    agree(&market, &("seed", seed))
}

/// The rows of a table in which a word occurs.
fn mentions(tables: &Tables, what: &str, word: &str) -> usize {
    let text = String::from_utf8_lossy(&tables[what]);
    text.lines().filter(|line| line.contains(word)).count()
}

#[test]
fn on_the_golden_market() {
    let tables = agree(&Market::golden(), &"as it is");
    assert!(mentions(&tables, "settlements", "M00") > 100);
}

#[test]
fn when_few_members_are_left() {
    let tables = changed(variations::few_members, 1);
    assert!(mentions(&tables, "rejections", "unknown_account") > 1000);
}

#[test]
fn when_accounts_hold_next_to_nothing() {
    let tables = changed(variations::tiny_holdings, 2);
    assert!(mentions(&tables, "positions", "M00") > 30);
}

#[test]
fn when_payments_fail_and_are_tried_again() {
    let tables = changed(variations::little_cash, 3);
    assert!(mentions(&tables, "journal-entries", "advance:") > 10);
}

#[test]
fn when_days_are_missing() {
    for seed in 4..8 {
        changed(variations::missing_days, seed);
    }
}

#[test]
fn when_calendars_close() {
    for seed in 8..12 {
        changed(variations::closed_calendars, seed);
    }
}

#[test]
fn when_trades_settle_on_the_day_or_much_later() {
    for seed in 12..15 {
        changed(variations::cycles, seed);
    }
}

#[test]
fn when_no_currencies_are_given() {
    changed(variations::no_currencies, 15);
}

#[test]
fn when_quantities_have_decimals() {
    for seed in 16..18 {
        changed(variations::fractions, seed);
    }
}

#[test]
fn when_currencies_have_no_or_three_decimals() {
    let tables = changed(variations::currencies, 18);
    assert!(mentions(&tables, "money", ",JPY,") > 0);
    assert!(mentions(&tables, "money", ",BHD,") > 0);
}

#[test]
fn when_reference_data_is_faulty() {
    for seed in 20..23 {
        changed(variations::odd_reference, seed);
    }
}

#[test]
fn when_prices_are_faulty() {
    for seed in 23..26 {
        changed(variations::odd_prices, seed);
    }
}

#[test]
fn when_operations_are_missing_or_doubled_or_wrong() {
    for seed in 26..34 {
        changed(variations::odd_operations, seed);
    }
}

#[test]
fn when_every_fourth_report_is_faulty() {
    for seed in 34..38 {
        let tables = changed(|market, random| faults::reports(market, random, 4), seed);
        assert!(mentions(&tables, "outcomes", "conflict") > 3);
    }
}

#[test]
fn when_all_of_it_happens_together() {
    let first = wanted("CLEARFOLD_SEED", 100);
    for seed in first..first + wanted("CLEARFOLD_MARKETS", 12) {
        let mut random = Random::new(seed as u64);
        let market = Market::golden();
        let mut done = Vec::new();
        for (name, variation) in VARIATIONS {
            if random.one_in(3) {
                variation(&market, &mut random);
                done.push(name);
            }
        }
        let every = 3 + random.below(20);
        faults::reports(&market, &mut random, every);
        agree(&market, &("seed", seed, done, "faults", every));
    }
}

#[test]
fn on_a_market_from_outside() {
    // For long runs by hand: any market directories, with a colon between them.
    let Some(markets) = std::env::var_os("CLEARFOLD_MARKET_DIRS") else { return };
    for market in std::env::split_paths(&markets) {
        agree(&Market::copy_of(&market), &market);
    }
}
