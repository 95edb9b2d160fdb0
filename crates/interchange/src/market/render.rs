//! Commands as the rows that this product writes: usual order of columns, quotes only where
//! RFC 4180 needs them, numbers and moments as they print, no line end.
//!
//! Law: for a canonical row, rendering what was read gives back its bytes. So a journal needs the
//! bytes of other rows only.

use std::fmt::Display;
use std::io::Write as _;

use basics::Numeral;
use model::{Command, Operation, PriceReport, ReferenceChange, TradeReport};

use super::Phase;
use crate::quote::push_field;

/// Appends the row of a command. False, and nothing appended, if a market directory has no row
/// for it or one of its numbers is too long to be known.
///
/// A command from elsewhere can say more than a row can hold: a status, a date from which it is in
/// force, attributes of a trade. That is left out.
#[must_use]
pub fn render(command: &Command<'_>, out: &mut Vec<u8>) -> bool {
    match command {
        Command::Trade(report) => render_trade(report, out),
        Command::Reference(change) => reference(change, out),
        Command::Price(price) => self::price(price, out),
        Command::Operation(operation) => self::operation(operation, out),
        Command::Step(_) => false,
    }
}

/// Appends the row of a trade report. False, and nothing appended, if one of its numbers is too
/// long to be known.
#[must_use]
pub fn render_trade(report: &TradeReport<'_>, out: &mut Vec<u8>) -> bool {
    let TradeReport { key, version, action, terms } = report;
    let mut row = Line::new(out);
    row.text(key.source).text(key.reference).value(version).text(action.name());
    match terms {
        None => row.text("").text("").text("").text("").value(key.trade_date),
        Some(terms) => row
            .text(terms.isin)
            .numeral(terms.quantity)
            .numeral(terms.price)
            .text(terms.currency)
            .value(key.trade_date),
    };
    match terms {
        None => row.text("").text("").text("").text(""),
        Some(terms) => {
            row.value(terms.executed_at).text(terms.buyer).text(terms.seller).text(terms.venue)
        }
    };
    row.end()
}

fn price(price: &PriceReport<'_>, out: &mut Vec<u8>) -> bool {
    let PriceReport { isin, price, currency, price_date, kind } = price;
    let mut row = Line::new(out);
    row.text(isin).numeral(*price).text(currency).value(price_date).text(kind);
    row.end()
}

fn operation(operation: &Operation<'_>, out: &mut Vec<u8>) -> bool {
    let draw = match operation {
        Operation::OpenDay { commitment, .. } => commitment,
        Operation::Settle { draw, .. } => draw,
        Operation::CloseTrading { .. } | Operation::CloseDay { .. } => "",
    };
    let mut row = Line::new(out);
    row.text(operation.name()).value(operation.date());
    row.text(Phase::of(operation).name()).text(draw);
    row.end()
}

fn reference(change: &ReferenceChange<'_>, out: &mut Vec<u8>) -> bool {
    let mut row = Line::new(out);
    match change {
        ReferenceChange::Currency(c) => {
            row.text(c.code).value(c.minor_decimals).text(c.calendar);
        }
        ReferenceChange::Closure(c) => {
            row.text(c.calendar).value(c.closed_on).text(c.name);
        }
        ReferenceChange::Member(c) => {
            row.text(c.member).text(c.lei).text(c.name);
        }
        ReferenceChange::Account(c) => {
            row.text(c.account).text(c.member).text(c.kind.name());
        }
        ReferenceChange::Instrument(c) => {
            row.text(c.isin).text(c.symbol).text(c.name).text(c.kind).text(c.currency);
            row.value(c.quantity_decimals).text(c.listed_on);
            row.text(c.trading_calendar).text(c.settlement_calendar);
            row.value(format_args!("T+{}", c.cycle));
        }
        ReferenceChange::Holding(c) => {
            row.text(c.account).text(c.asset).numeral(c.quantity);
        }
        ReferenceChange::Policy(_) | ReferenceChange::Priority(_) => return false,
    }
    row.end()
}

/// A row being written. Every field is followed by a comma; the last one is taken away.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    known: bool,
}

impl<'a> Line<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { start: out.len(), out, known: true }
    }

    fn text(&mut self, text: &str) -> &mut Self {
        push_field(text, self.out);
        self.out.push(b',');
        self
    }

    /// A value whose print needs no quotes.
    fn value(&mut self, value: impl Display) -> &mut Self {
        write!(self.out, "{value},").expect("memory takes all bytes");
        self
    }

    fn numeral(&mut self, numeral: Numeral) -> &mut Self {
        match numeral {
            Numeral::Exact(decimal) => self.value(decimal),
            Numeral::TooLong => {
                self.known = false;
                self
            }
        }
    }

    fn end(&mut self) -> bool {
        let length = if self.known { self.out.len() - 1 } else { self.start };
        self.out.truncate(length);
        self.known
    }
}
