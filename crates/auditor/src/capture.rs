//! Trade reports: the outcome of each, checked in the order of the contract, and what an
//! accepted one posts.
//!
//! A refused report leaves nothing behind but its count.

use std::sync::Arc;

use crate::auditor::Auditor;
use crate::date::Date;
use crate::identifier::is_isin;
use crate::ledger::contract;
use crate::number::{Int, PRICE_DECIMALS, power_of_ten, round_half_away, too_large};
use crate::report::{Content, Report, Terms};

/// A trade that is in.
pub(crate) struct Trade {
    /// The content of each version, from version 1.
    pub(crate) versions: Vec<Content>,
    /// What its last terms were booked as.
    pub(crate) booking: Booking,
    /// Reversed for good.
    pub(crate) cancelled: bool,
}

impl Trade {
    /// The last terms accepted.
    pub(crate) fn terms(&self) -> &Terms {
        match self.versions.iter().rfind(|content| **content != Content::Cancel) {
            Some(Content::New(terms) | Content::Amend(terms)) => terms,
            Some(Content::Cancel) | None => unreachable!("version 1 has terms"),
        }
    }
}

/// What a capture posts, kept to reverse it.
#[derive(Clone)]
pub(crate) struct Booking {
    /// Smallest units of the instrument.
    pub(crate) quantity: Int,
    /// Minor units of the currency.
    pub(crate) consideration: Int,
    /// When it falls due.
    pub(crate) settlement_date: Date,
}

/// Which way an entry is posted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Capture,
    Reversal,
}

impl Auditor {
    /// Decides one row of `trades.csv`, its fields in the order of the documented columns;
    /// returns the outcome. `None` as the row: it has another number of columns than the
    /// header, or is not UTF-8.
    pub fn trade(&mut self, row: Option<&[String]>) -> &'static str {
        let outcome = match row.and_then(|fields| self.texts.report(fields)) {
            None => "dead_letter",
            Some(report) => match self.decide(&report) {
                Ok(booking) => self.accept(report, booking),
                Err(refusal) => refusal,
            },
        };
        *self.outcomes.entry((self.last_opened, outcome)).or_default() += 1;
        outcome
    }

    /// The new booking, or why there is none. `Ok(None)`: a cancellation.
    fn decide(&mut self, report: &Report) -> Result<Option<Booking>, &'static str> {
        if self.is_purged(report.reference.1) {
            return Err("wrong_trade_date");
        }
        match self.trades.get(&report.reference) {
            None => match report.content {
                Content::Amend(_) | Content::Cancel => return Err("unknown_trade"),
                Content::New(_) if report.version != 1 => return Err("version_gap"),
                Content::New(_) => {}
            },
            Some(trade) => self.decide_version(report, trade)?,
        }
        match &report.content {
            Content::Cancel => Ok(None),
            Content::New(terms) | Content::Amend(terms) => {
                if let Some(trade) = self.trades.get(&report.reference)
                    && (trade.terms().isin != terms.isin
                        || trade.terms().currency != terms.currency)
                {
                    return Err("not_amendable");
                }
                self.decide_terms(terms, report.reference.1).map(Some)
            }
        }
    }

    /// Purged trade dates stay purged: business dates only rise.
    fn is_purged(&mut self, trade_date: Date) -> bool {
        let reference = &self.reference;
        let kept_until =
            *self.kept_until.entry(trade_date).or_insert_with(|| reference.kept_until(trade_date));
        match (self.last_opened, kept_until) {
            (Some(today), Some(last)) => today > last,
            _ => false,
        }
    }

    fn decide_version(&self, report: &Report, trade: &Trade) -> Result<(), &'static str> {
        let current = trade.versions.len();
        let version = report.version as usize;
        if version <= current {
            let same = trade.versions[version - 1] == report.content;
            return Err(if same { "duplicate" } else { "conflict" });
        }
        if trade.cancelled || self.trading_is_closed(report.reference.1) {
            return Err("trade_closed");
        }
        if matches!(report.content, Content::New(_)) {
            return Err("conflict");
        }
        if version != current + 1 {
            return Err("version_gap");
        }
        Ok(())
    }

    /// Trading of a date that was opened is closed by `close_trading`, and by its day's close.
    fn trading_is_closed(&self, date: Date) -> bool {
        !self.day.as_ref().is_some_and(|day| day.date == date && !day.trading_closed)
    }

    fn decide_terms(&self, terms: &Terms, trade_date: Date) -> Result<Booking, &'static str> {
        if !is_isin(&terms.isin) {
            return Err("invalid_isin");
        }
        let instruments = &self.reference.instruments;
        let instrument = instruments.get(&*terms.isin).ok_or("unknown_instrument")?;
        let decimals = instrument.quantity_decimals;
        let quantity = terms.quantity.scaled(decimals).ok_or("invalid_quantity")?;
        if !terms.quantity.is_positive() || quantity >= too_large() {
            return Err("invalid_quantity");
        }
        let price = terms.price.scaled(PRICE_DECIMALS).ok_or("invalid_price")?;
        if !terms.price.is_positive() {
            return Err("invalid_price");
        }
        let consideration = self.value(&terms.isin, &quantity, &price);
        if consideration >= too_large() {
            return Err("invalid_price");
        }
        if *terms.currency != *instrument.currency {
            return Err("currency_mismatch");
        }
        let accounts = &self.reference.accounts;
        if !accounts.contains_key(&*terms.buyer) || !accounts.contains_key(&*terms.seller) {
            return Err("unknown_account");
        }
        if terms.buyer == terms.seller {
            return Err("same_account");
        }
        let Some(day) = self.day.as_ref().filter(|day| day.date == trade_date) else {
            return Err("wrong_trade_date");
        };
        if !self.reference.can_trade(instrument, trade_date) {
            return Err("wrong_trade_date");
        }
        if day.trading_closed {
            return Err("trading_closed");
        }
        let settlement_date = self.reference.settlement_date(instrument, trade_date);
        Ok(Booking { quantity, consideration, settlement_date })
    }

    /// `quantity` × `price` in minor units, rounded half away from zero.
    ///
    /// Units are smallest units of the instrument, the price has [`PRICE_DECIMALS`] decimals.
    pub(crate) fn value(&self, isin: &str, quantity: &Int, price: &Int) -> Int {
        let instrument = &self.reference.instruments[isin];
        let minor_units = self.reference.decimals(&instrument.currency).expect("currency is known");
        let exact = quantity * price * power_of_ten(minor_units);
        let divisor = power_of_ten(instrument.quantity_decimals + PRICE_DECIMALS);
        round_half_away(&exact, &divisor)
    }

    fn accept(&mut self, report: Report, booking: Option<Booking>) -> &'static str {
        if let Some(trade) = self.trades.get(&report.reference) {
            let (terms, old) = (trade.terms().clone(), trade.booking.clone());
            self.book(&terms, &old, Direction::Reversal);
        }
        if let (Content::New(terms) | Content::Amend(terms), Some(new)) =
            (&report.content, &booking)
        {
            self.book(terms, new, Direction::Capture);
        }
        let Report { reference, content, .. } = report;
        match (content, booking) {
            (Content::New(terms), Some(booking)) => {
                let versions = vec![Content::New(terms)];
                self.trades.insert(reference, Trade { versions, booking, cancelled: false });
                "captured"
            }
            (Content::Amend(terms), Some(booking)) => {
                let trade = self.trades.get_mut(&reference).expect("an amended trade is in");
                trade.versions.push(Content::Amend(terms));
                trade.booking = booking;
                "amended"
            }
            (Content::Cancel, _) | (_, None) => {
                let trade = self.trades.get_mut(&reference).expect("a cancelled trade is in");
                trade.versions.push(Content::Cancel);
                trade.cancelled = true;
                "cancelled"
            }
        }
    }

    /// Posts a capture or its full reversal, and adds it to or takes it from the obligations.
    fn book(&mut self, terms: &Terms, booking: &Booking, direction: Direction) {
        let Booking { quantity, consideration, settlement_date } = booking;
        let due = |account: &Arc<str>| format!("due:{account}:{}:{settlement_date}", terms.isin);
        // Debit, credit, asset, amount: the buyer is owed the units, the seller the money.
        let entry = [
            (due(&terms.seller), "ccp-novation".to_string(), &terms.isin, quantity),
            ("ccp-novation".to_string(), due(&terms.buyer), &terms.isin, quantity),
            (due(&terms.buyer), "ccp-novation".to_string(), &terms.currency, consideration),
            ("ccp-novation".to_string(), due(&terms.seller), &terms.currency, consideration),
        ];
        for (debit, credit, asset, amount) in entry {
            let pair = match direction {
                Direction::Capture => contract(debit, credit),
                Direction::Reversal => contract(credit, debit),
            };
            self.ledger.post(pair, asset, amount);
        }
        for (asset, amount) in [(&terms.isin, quantity), (&terms.currency, consideration)] {
            let cleared = self.cleared.entry(asset.to_string()).or_default();
            match direction {
                Direction::Capture => cleared.captured += amount,
                Direction::Reversal => cleared.reversed += amount,
            }
        }
        let sign = Int::from(if direction == Direction::Capture { 1 } else { -1 });
        for (account, side) in [(&terms.buyer, &sign), (&terms.seller, &-&sign)] {
            let key = (*settlement_date, account.clone(), terms.isin.clone());
            let net = self.obligations.entry(key).or_default();
            net.quantity += quantity * side;
            net.money -= consideration * side;
        }
    }
}
