//! Reference data: what exists, which days are open, and when a trade settles.
//!
//! A row that cannot be read or is refused does not take effect; the first row of a key stands.
//! Nothing here changes once the directory is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::date::Date;
use crate::identifier::{is_currency_code, is_isin, is_lei};
use crate::number::{Int, Numeral};
use crate::table::{self, Row, Unreadable};

/// A currency: how it is counted and when it can be paid.
#[derive(Clone, Debug)]
pub(crate) struct Currency {
    /// Decimals of the smallest amount.
    pub(crate) minor_units: u32,
    /// Its calendar. `None`: weekends alone are closed.
    pub(crate) calendar: Option<String>,
}

/// An instrument that can be traded and settled.
#[derive(Clone, Debug)]
pub(crate) struct Instrument {
    /// The currency in which it trades.
    pub(crate) currency: String,
    /// Decimals of the smallest quantity.
    pub(crate) quantity_decimals: u32,
    /// Days on which it trades.
    pub(crate) trading_calendar: String,
    /// Days on which its depository settles.
    pub(crate) settlement_calendar: String,
    /// Settlement days from trade date to settlement date.
    pub(crate) settlement_cycle: u32,
}

/// Units or cash that an account brings.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    /// Whose it is.
    pub(crate) account: String,
    /// An ISIN or a currency.
    pub(crate) asset: String,
    /// Smallest units of the asset; not negative.
    pub(crate) quantity: Int,
}

/// All reference data of a market.
#[derive(Default)]
pub(crate) struct Reference {
    /// `None`: the file is absent, and currencies are those of ISO 4217.
    pub(crate) currencies: Option<BTreeMap<String, Currency>>,
    /// Members by name.
    pub(crate) members: BTreeSet<String>,
    /// The member of each account.
    pub(crate) accounts: BTreeMap<String, String>,
    /// Instruments by ISIN.
    pub(crate) instruments: BTreeMap<String, Instrument>,
    /// Closed days of each calendar that has any, weekends not counted.
    pub(crate) closed: BTreeMap<String, BTreeSet<Date>>,
    /// Opening holdings in the order of the file.
    pub(crate) openings: Vec<Opening>,
    /// Rows that took no effect: file, line and reason.
    pub(crate) refused: Vec<String>,
}

impl Reference {
    /// Reads `reference/*.csv` of a market directory.
    pub(crate) fn read(market: &Path) -> Result<Reference, Unreadable> {
        let dir = market.join("reference");
        let mut it = Reference::default();
        if dir.join("currencies.csv").exists() {
            it.currencies = Some(BTreeMap::new());
            let columns = ["currency", "minor_units", "calendar"];
            it.rows(&dir, "currencies.csv", &columns, Reference::currency_row)?;
        }
        it.rows(&dir, "members.csv", &["member", "lei", "name"], Reference::member_row)?;
        it.rows(&dir, "accounts.csv", &["account", "member", "kind"], Reference::account_row)?;
        let columns = [
            "isin",
            "currency",
            "quantity_decimals",
            "trading_calendar",
            "settlement_calendar",
            "settlement_cycle",
            "symbol",
            "name",
            "kind",
            "listed_on",
        ];
        it.rows(&dir, "instruments.csv", &columns, Reference::instrument_row)?;
        let columns = ["calendar", "closed_on", "name"];
        it.rows(&dir, "calendars.csv", &columns, Reference::calendar_row)?;
        let columns = ["account", "asset", "quantity"];
        it.rows(&dir, "holdings.csv", &columns, Reference::holding_row)?;
        Ok(it)
    }

    fn rows(
        &mut self,
        dir: &Path,
        file: &str,
        columns: &[&str],
        accept: fn(&mut Reference, &[String]) -> Result<(), &'static str>,
    ) -> Result<(), Unreadable> {
        table::read(&dir.join(file), columns, |line, row: Row| {
            let outcome = match row {
                Some(fields) => accept(self, &fields),
                None => Err("cannot be read"),
            };
            if let Err(reason) = outcome {
                self.refused.push(format!("reference/{file}:{line}: {reason}"));
            }
            Ok(())
        })
    }

    fn currency_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        let minor_units = small(&row[1]).filter(|n| *n <= 9).ok_or("bad minor_units")?;
        if !is_currency_code(&row[0]) {
            return Err("bad currency");
        }
        let currencies = self.currencies.get_or_insert_default();
        if currencies.contains_key(&row[0]) {
            return Err("already in");
        }
        let calendar = Some(row[2].clone()).filter(|name| !name.is_empty());
        let currency = Currency { minor_units, calendar };
        currencies.insert(row[0].clone(), currency);
        Ok(())
    }

    fn member_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        if row[0].is_empty() {
            return Err("no member");
        }
        if !is_lei(&row[1]) {
            return Err("bad LEI");
        }
        if self.members.insert(row[0].clone()) { Ok(()) } else { Err("already in") }
    }

    fn account_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        if row[0].is_empty() || row[0].eq_ignore_ascii_case("ccp") {
            return Err("no account, or the clearing house's own");
        }
        if !self.members.contains(&row[1]) {
            return Err("unknown member");
        }
        if row[2] != "house" && row[2] != "client_omnibus" {
            return Err("unknown kind");
        }
        if self.accounts.contains_key(&row[0]) {
            return Err("already in");
        }
        self.accounts.insert(row[0].clone(), row[1].clone());
        Ok(())
    }

    fn instrument_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        if !is_isin(&row[0]) {
            return Err("bad ISIN");
        }
        if self.currency(&row[1]).is_none() {
            return Err("unknown currency");
        }
        let decimals = small(&row[2]).filter(|n| *n <= 9).ok_or("bad quantity_decimals")?;
        let cycle = row[5].strip_prefix("T+").and_then(cycle).ok_or("bad settlement_cycle")?;
        if self.instruments.contains_key(&row[0]) {
            return Err("already in");
        }
        let instrument = Instrument {
            currency: row[1].clone(),
            quantity_decimals: decimals,
            trading_calendar: row[3].clone(),
            settlement_calendar: row[4].clone(),
            settlement_cycle: cycle,
        };
        self.instruments.insert(row[0].clone(), instrument);
        Ok(())
    }

    fn calendar_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        let day = Date::parse(&row[1]).ok_or("bad date")?;
        if row[0].is_empty() {
            return Err("no calendar");
        }
        self.closed.entry(row[0].clone()).or_default().insert(day);
        Ok(())
    }

    fn holding_row(&mut self, row: &[String]) -> Result<(), &'static str> {
        let numeral = Numeral::parse(&row[2]).ok_or("bad quantity")?;
        if !self.accounts.contains_key(&row[0]) {
            return Err("unknown account");
        }
        let decimals = self.decimals(&row[1]).ok_or("unknown asset")?;
        let quantity = numeral.scaled(decimals).ok_or("too fine or too large")?;
        if quantity < Int::ZERO {
            return Err("negative quantity");
        }
        if quantity >= crate::number::too_large() {
            return Err("too large");
        }
        let opening = Opening { account: row[0].clone(), asset: row[1].clone(), quantity };
        // The first row of an account and an asset stands.
        let of_both = |o: &&Opening| o.account == opening.account && o.asset == opening.asset;
        if let Some(first) = self.openings.iter().find(of_both) {
            let same = first.quantity == opening.quantity;
            return Err(if same { "already in" } else { "another quantity is in" });
        }
        self.openings.push(opening);
        Ok(())
    }

    /// A currency by its code. `None`: unknown.
    pub(crate) fn currency(&self, code: &str) -> Option<Currency> {
        match &self.currencies {
            Some(known) => known.get(code).cloned(),
            None if is_currency_code(code) => {
                Some(Currency { minor_units: iso_minor_units(code), calendar: None })
            }
            None => None,
        }
    }

    /// Decimals of an asset, instrument or currency. `None`: unknown.
    pub(crate) fn decimals(&self, asset: &str) -> Option<u32> {
        match self.instruments.get(asset) {
            Some(instrument) => Some(instrument.quantity_decimals),
            None => self.currency(asset).map(|currency| currency.minor_units),
        }
    }
}

/// A number of decimals: any numeral of a small whole number.
fn small(text: &str) -> Option<u32> {
    Numeral::parse(text)?.scaled(0)?.try_into().ok()
}

/// Days of a settlement cycle: one or two digits.
fn cycle(text: &str) -> Option<u32> {
    let days = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if days { text.parse().ok() } else { None }
}

/// Minor units of a currency in ISO 4217: two, but for these.
fn iso_minor_units(code: &str) -> u32 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}
