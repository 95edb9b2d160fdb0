//! The auditor: everything it knows of one market, and the order in which it reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::capture::Trade;
use crate::date::Date;
use crate::ledger::{Ledger, settled};
use crate::number::{Int, Numeral};
use crate::reference::Reference;
use crate::report::{self, Texts};
use crate::table::Unreadable;

/// An equation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The business day at whose close it was found, as `YYYY-MM-DD`.
    pub business_date: String,
    /// What does not hold, with both sides.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.business_date, self.text)
    }
}

/// The business day that is open.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) date: Date,
    /// SHA-256 of the draw, lower-case hexadecimal. `None`: not a settlement day.
    pub(crate) commitment: Option<String>,
    pub(crate) trading_closed: bool,
    pub(crate) settled: bool,
}

/// Units and money of one account in one instrument.
#[derive(Clone, Debug, Default)]
pub(crate) struct Net {
    /// Smallest units of the instrument, positive when the account receives.
    pub(crate) quantity: Int,
    /// Minor units of its currency, positive when the account receives.
    pub(crate) money: Int,
}

/// What an account carries in one instrument after the last settlement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position {
    /// Smallest units: long is positive, short is negative.
    pub(crate) quantity: Int,
    /// Settlement days at whose end the position was open on this side; 0 when flat.
    pub(crate) age: u64,
    /// Minor units owed to the account.
    pub(crate) money: Int,
}

/// One line of the `settlements` export.
#[derive(Clone, Debug)]
pub(crate) struct Settlement {
    pub(crate) open_before: Int,
    /// Received is positive, delivered is negative.
    pub(crate) moved: Int,
    pub(crate) open_after: Int,
    pub(crate) age: u64,
}

/// A payment the account could not make.
#[derive(Clone, Debug)]
pub(crate) struct FailedPayment {
    pub(crate) account: String,
    pub(crate) date: Date,
    pub(crate) currency: String,
    /// Minor units owed by the account, above zero.
    pub(crate) amount: Int,
}

/// The naive second engine. Feed it a market, then read its findings and exports.
#[derive(Default)]
pub struct Auditor {
    pub(crate) reference: Reference,
    pub(crate) texts: Texts,
    /// Every trade ever accepted.
    pub(crate) trades: BTreeMap<report::Reference, Trade>,
    /// `None`: no business day is open.
    pub(crate) day: Option<Day>,
    /// The business day last opened. `None`: none yet.
    pub(crate) last_opened: Option<Date>,
    /// Last business date on which references of a trade date are kept, as far as asked.
    pub(crate) kept_until: BTreeMap<Date, Option<Date>>,
    /// Reports by business date and outcome.
    pub(crate) outcomes: BTreeMap<(Option<Date>, &'static str), u64>,
    /// Net of the live trades by settlement date, account and ISIN.
    pub(crate) obligations: BTreeMap<(Date, Arc<str>, Arc<str>), Net>,
    /// Settlement dates that have fallen due, per ISIN.
    pub(crate) fallen: BTreeSet<(String, Date)>,
    /// Accepted prices by ISIN and price date.
    pub(crate) prices: BTreeMap<(String, Date), Numeral>,
    /// Settled units and cash by account and asset.
    pub(crate) holdings: BTreeMap<(String, String), Int>,
    /// Positions by ISIN and account.
    pub(crate) positions: BTreeMap<(String, String), Position>,
    /// The price of the last settlement of each ISIN.
    pub(crate) marks: BTreeMap<String, Numeral>,
    /// The last business date on which each ISIN settled.
    pub(crate) last_settled: BTreeMap<String, Date>,
    /// Failed payments still open, oldest first for each account.
    pub(crate) failed: Vec<FailedPayment>,
    pub(crate) settlements: BTreeMap<(Date, String, String), Settlement>,
    /// Payments made, by date, account and currency; the clearing house's share included.
    pub(crate) money: BTreeMap<(Date, String, String), Int>,
    pub(crate) ledger: Ledger,
    /// Captured less reversed and reversed alone, by asset.
    pub(crate) cleared: BTreeMap<String, Cleared>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) refused: Vec<String>,
    pub(crate) operation_was_refused: bool,
}

/// What the clearing house took on in one asset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cleared {
    /// All captures, amended and cancelled ones included.
    pub(crate) captured: Int,
    /// All reversals.
    pub(crate) reversed: Int,
}

impl Auditor {
    /// Recomputes a whole market directory.
    ///
    /// # Errors
    /// When a file is missing, has another header, or holds an unreadable operation.
    pub fn audit(market: &Path) -> Result<Auditor, Unreadable> {
        let mut auditor = Auditor::open(market)?;
        for day in market_days(market)? {
            auditor.read_day(&market.join("days").join(day))?;
        }
        auditor.prove_obligations();
        Ok(auditor)
    }

    /// Reads the reference data of a market directory and posts its opening balances.
    ///
    /// # Errors
    /// When a file is missing or has another header.
    pub fn open(market: &Path) -> Result<Auditor, Unreadable> {
        let reference = Reference::read(market)?;
        let mut auditor = Auditor { refused: reference.refused.clone(), ..Auditor::default() };
        for opening in &reference.openings {
            let key = (opening.account.clone(), opening.asset.clone());
            *auditor.holdings.entry(key).or_default() += &opening.quantity;
            let pair = if reference.instruments.contains_key(&opening.asset) {
                settled("depository-mirror", format!("holding:{}", opening.account))
            } else {
                settled("bank-mirror", format!("cash:{}", opening.account))
            };
            auditor.ledger.post(pair, &opening.asset, &opening.quantity);
        }
        auditor.reference = reference;
        Ok(auditor)
    }

    /// Equations that did not hold, in the order in which they were checked.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Operations, prices and reference rows that were refused or could not be read: file, line
    /// and reason.
    pub fn refused(&self) -> &[String] {
        &self.refused
    }

    /// At least one operation was refused.
    pub fn operation_was_refused(&self) -> bool {
        self.operation_was_refused
    }

    pub(crate) fn find(&mut self, text: String) {
        let business_date = self.last_opened.map_or_else(String::new, |date| date.to_string());
        self.findings.push(Finding { business_date, text });
    }
}

/// Names of the day directories in date order.
fn market_days(market: &Path) -> Result<Vec<String>, Unreadable> {
    let dir = market.join("days");
    let entries = std::fs::read_dir(&dir).map_err(|error| Unreadable::new(&dir, error))?;
    let mut days = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Unreadable::new(&dir, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.path().is_dir() {
            continue;
        }
        if Date::parse(&name).is_none() {
            return Err(Unreadable::new(&entry.path(), "is not named by a date"));
        }
        days.push(name);
    }
    days.sort();
    Ok(days)
}
