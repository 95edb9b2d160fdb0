//! Business days: the files of a day in their order, operations with their guards, prices.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::auditor::{Auditor, Day};
use crate::date::Date;
use crate::number::{Numeral, PRICE_DECIMALS};
use crate::report;
use crate::table::{self, Row, Unreadable};

/// Phases of a day in which operations are called, in order.
const PHASES: [&str; 4] = ["before_trades", "after_trades", "after_prices", "end"];

/// A readable row of `operations.csv`.
struct Operation {
    line: u64,
    name: String,
    date: Date,
    phase: String,
    draw: String,
}

impl Auditor {
    /// Processes one day directory: operations, trades and prices, as the phases say.
    ///
    /// # Errors
    /// When a file is missing, has another header, or holds an unreadable operation.
    pub fn read_day(&mut self, dir: &Path) -> Result<(), Unreadable> {
        let operations = read_operations(&dir.join("operations.csv"))?;
        for phase in PHASES {
            match phase {
                "after_trades" => {
                    table::read(&dir.join("trades.csv"), &report::COLUMNS, |_, row| {
                        self.trade(row.as_deref());
                        Ok(())
                    })?
                }
                "after_prices" => self.read_prices(&dir.join("prices.csv"))?,
                _ => {}
            }
            for operation in operations.iter().filter(|operation| operation.phase == phase) {
                if let Err(reason) = self.operate(operation) {
                    let file = dir.join("operations.csv");
                    let line = operation.line;
                    self.operation_was_refused = true;
                    self.refused.push(format!("{}:{line}: {reason}", file.display()));
                }
            }
        }
        Ok(())
    }

    fn operate(&mut self, operation: &Operation) -> Result<(), String> {
        match operation.name.as_str() {
            "open_day" => self.open_day(operation.date, &operation.draw),
            "close_trading" => self.close_trading(operation.date),
            "settle" => self.settle(operation.date, &operation.draw),
            _ => self.close_day(operation.date),
        }
    }

    fn open_day(&mut self, date: Date, commitment: &str) -> Result<(), String> {
        if self.day.is_some() {
            return Err("another day is open".to_string());
        }
        if self.last_opened.is_some_and(|last| date <= last) {
            return Err("a day opens once and in order".to_string());
        }
        if !self.reference.is_open_somewhere(date) {
            return Err("closed on every calendar".to_string());
        }
        let commitment = if self.reference.is_settlement_day(date) {
            if commitment.len() != 64 || !commitment.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err("a settlement day carries the SHA-256 of its draw".to_string());
            }
            Some(commitment.to_ascii_lowercase())
        } else {
            None
        };
        self.day = Some(Day { date, commitment, trading_closed: false, settled: false });
        self.last_opened = Some(date);
        Ok(())
    }

    fn close_trading(&mut self, date: Date) -> Result<(), String> {
        let day = self.day.as_mut().filter(|day| day.date == date).ok_or("this day is not open")?;
        if day.trading_closed {
            return Err("trading is already closed".to_string());
        }
        day.trading_closed = true;
        Ok(())
    }

    fn settle(&mut self, date: Date, draw: &str) -> Result<(), String> {
        let day = self.day.as_ref().filter(|day| day.date == date).ok_or("this day is not open")?;
        if !day.trading_closed {
            return Err("trading is not closed".to_string());
        }
        let Some(commitment) = &day.commitment else {
            return Err("not a settlement day".to_string());
        };
        if day.settled {
            return Err("already settled".to_string());
        }
        if sha256(draw) != *commitment {
            return Err("not the draw that the day was opened with".to_string());
        }
        self.run_settlement(date, draw)?;
        if let Some(day) = self.day.as_mut() {
            day.settled = true;
        }
        Ok(())
    }

    fn close_day(&mut self, date: Date) -> Result<(), String> {
        let day = self.day.as_ref().filter(|day| day.date == date).ok_or("this day is not open")?;
        if day.commitment.is_some() && !day.settled {
            return Err("a settlement day closes after its settlement".to_string());
        }
        self.day = None;
        self.prove_day(date);
        Ok(())
    }

    fn read_prices(&mut self, path: &Path) -> Result<(), Unreadable> {
        let columns = ["isin", "price", "currency", "price_date", "kind"];
        table::read(path, &columns, |line, row: Row| {
            let outcome = match row {
                Some(fields) => self.price(&fields),
                None => Err("cannot be read"),
            };
            if let Err(reason) = outcome {
                self.refused.push(format!("{}:{line}: {reason}", path.display()));
            }
            Ok(())
        })
    }

    fn price(&mut self, row: &[String]) -> Result<(), &'static str> {
        let price = Numeral::parse(&row[1]).ok_or("cannot be read")?;
        let date = Date::parse(&row[3]).ok_or("cannot be read")?;
        if row[4] != "mark" {
            return Err("cannot be read");
        }
        let Some(instrument) = self.reference.instruments.get(&row[0]) else {
            return Err("unknown_instrument");
        };
        if row[2] != instrument.currency {
            return Err("currency_mismatch");
        }
        let scaled = price.scaled(PRICE_DECIMALS).ok_or("invalid_price")?;
        // Ten to the eighteenth and more is a mistake.
        let limit = crate::number::power_of_ten(18 + PRICE_DECIMALS);
        if !price.is_positive() || scaled >= limit {
            return Err("invalid_price");
        }
        self.prices.insert((row[0].clone(), date), price);
        Ok(())
    }

    /// The price of the latest price date up to `date`. `None`: no such price was accepted.
    pub(crate) fn price_on(&self, isin: &str, date: Date) -> Option<&Numeral> {
        let accepted = self.prices.iter().rev();
        let mut known = accepted.filter(|((of, priced_on), _)| of == isin && *priced_on <= date);
        known.next().map(|(_, price)| price)
    }
}

/// Lower-case hexadecimal SHA-256 of a text.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_operations(path: &Path) -> Result<Vec<Operation>, Unreadable> {
    let mut operations = Vec::new();
    let columns = ["operation", "business_date", "phase", "draw"];
    table::read(path, &columns, |line, row: Row| {
        let unreadable = || Unreadable::new(path, format!("line {line} cannot be read"));
        let row = row.ok_or_else(unreadable)?;
        let date = Date::parse(&row[1]).ok_or_else(unreadable)?;
        let [name, _, phase, draw] = <[String; 4]>::try_from(row).map_err(|_| unreadable())?;
        let known = ["open_day", "close_trading", "settle", "close_day"].contains(&name.as_str());
        if !known || !PHASES.contains(&phase.as_str()) {
            return Err(unreadable());
        }
        operations.push(Operation { line, name, date, phase, draw });
        Ok(())
    })?;
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_is_lower_case_hexadecimal() {
        assert!(sha256("abc").starts_with("ba7816bf8f01cfea"));
        assert_eq!(sha256("").len(), 64);
    }
}
