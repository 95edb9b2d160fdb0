//! Exports: the records of the auditor as CSV, sorted by the columns from the left.

use std::path::Path;

use crate::auditor::Auditor;
use crate::number::{Int, fixed, plain};
use crate::table::Unreadable;

/// The exports there are; each is written to a file of this name with the ending `.csv`.
pub const EXPORTS: [&str; 8] = [
    "outcomes",
    "obligations",
    "settlements",
    "money",
    "holdings",
    "positions",
    "trades",
    "trial-balance",
];

/// The CSV of one export while it is written.
struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    fn new(header: &str) -> Sheet {
        let mut sheet = Sheet(csv::WriterBuilder::new().from_writer(Vec::new()));
        sheet.row(header.split(',').map(String::from).collect());
        sheet
    }

    fn row(&mut self, fields: Vec<String>) {
        self.0.write_record(fields).expect("memory takes every row");
    }

    fn text(self) -> String {
        let bytes = self.0.into_inner().expect("memory takes every row");
        String::from_utf8(bytes).expect("every field is text")
    }
}

impl Auditor {
    /// One export as CSV text. `None`: there is no export of this name.
    pub fn export(&self, what: &str) -> Option<String> {
        let sheet = match what {
            "outcomes" => self.outcomes(),
            "obligations" => self.obligations(),
            "settlements" => self.settlements(),
            "money" => self.money(),
            "holdings" => self.holdings(),
            "positions" => self.positions(),
            "trades" => self.trades(),
            "trial-balance" => self.trial_balance(),
            _ => return None,
        };
        Some(sheet.text())
    }

    /// Writes every export into a directory, which is made if it does not exist.
    ///
    /// # Errors
    /// When the directory or a file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<(), Unreadable> {
        std::fs::create_dir_all(dir).map_err(|error| Unreadable::new(dir, error))?;
        for what in EXPORTS {
            let path = dir.join(format!("{what}.csv"));
            let text = self.export(what).unwrap_or_default();
            std::fs::write(&path, text).map_err(|error| Unreadable::new(&path, error))?;
        }
        Ok(())
    }

    /// Units without trailing zeros, cash with the currency's decimals.
    fn amount(&self, asset: &str, value: &Int) -> String {
        let decimals = self.reference.decimals(asset).expect("only known assets are booked");
        if self.reference.instruments.contains_key(asset) {
            plain(value, decimals)
        } else {
            fixed(value, decimals)
        }
    }

    /// Money in the currency of an instrument.
    fn money_of(&self, isin: &str, value: &Int) -> String {
        self.amount(&self.reference.instruments[isin].currency, value)
    }

    fn outcomes(&self) -> Sheet {
        let mut sheet = Sheet::new("business_date,outcome,count");
        for ((date, outcome), count) in &self.outcomes {
            let date = date.map_or_else(String::new, |date| date.to_string());
            sheet.row(vec![date, outcome.to_string(), count.to_string()]);
        }
        sheet
    }

    fn obligations(&self) -> Sheet {
        let mut sheet = Sheet::new("settlement_date,account,isin,quantity,money");
        for ((date, account, isin), net) in &self.obligations {
            if net.quantity == Int::ZERO && net.money == Int::ZERO {
                continue;
            }
            sheet.row(vec![
                date.to_string(),
                account.to_string(),
                isin.to_string(),
                self.amount(isin, &net.quantity),
                self.money_of(isin, &net.money),
            ]);
        }
        sheet
    }

    fn settlements(&self) -> Sheet {
        let mut sheet = Sheet::new("business_date,account,isin,open_before,moved,open_after,age");
        for ((date, account, isin), settlement) in &self.settlements {
            sheet.row(vec![
                date.to_string(),
                account.clone(),
                isin.clone(),
                self.amount(isin, &settlement.open_before),
                self.amount(isin, &settlement.moved),
                self.amount(isin, &settlement.open_after),
                settlement.age.to_string(),
            ]);
        }
        sheet
    }

    fn money(&self) -> Sheet {
        let mut sheet = Sheet::new("business_date,account,currency,amount");
        for ((date, account, currency), amount) in &self.money {
            if *amount != Int::ZERO {
                let text = self.amount(currency, amount);
                sheet.row(vec![date.to_string(), account.clone(), currency.clone(), text]);
            }
        }
        sheet
    }

    fn holdings(&self) -> Sheet {
        let mut sheet = Sheet::new("account,asset,quantity");
        for ((account, asset), quantity) in &self.holdings {
            if *quantity != Int::ZERO {
                sheet.row(vec![account.clone(), asset.clone(), self.amount(asset, quantity)]);
            }
        }
        sheet
    }

    fn positions(&self) -> Sheet {
        let mut rows = Vec::new();
        for ((isin, account), position) in &self.positions {
            if position.quantity == Int::ZERO {
                continue;
            }
            rows.push(vec![
                account.clone(),
                isin.clone(),
                self.amount(isin, &position.quantity),
                position.age.to_string(),
                self.money_of(isin, &position.money),
                self.marks.get(isin).map(ToString::to_string).unwrap_or_default(),
            ]);
        }
        rows.sort();
        let mut sheet = Sheet::new("account,isin,quantity,age,money,mark_price");
        rows.into_iter().for_each(|row| sheet.row(row));
        sheet
    }

    fn trades(&self) -> Sheet {
        let mut sheet = Sheet::new(
            "source,trade_date,trade_ref,version,status,isin,quantity,price,currency,\
                     settlement_date,buyer_account,seller_account,consideration",
        );
        for ((source, date, trade_ref), trade) in &self.trades {
            let terms = trade.terms();
            sheet.row(vec![
                source.to_string(),
                date.to_string(),
                trade_ref.to_string(),
                trade.versions.len().to_string(),
                if trade.cancelled { "cancelled" } else { "live" }.to_string(),
                terms.isin.to_string(),
                self.amount(&terms.isin, &trade.booking.quantity),
                terms.price.to_string(),
                terms.currency.to_string(),
                trade.booking.settlement_date.to_string(),
                terms.buyer.to_string(),
                terms.seller.to_string(),
                self.money_of(&terms.isin, &trade.booking.consideration),
            ]);
        }
        sheet
    }

    /// Net balances, in the debit or in the credit column.
    fn trial_balance(&self) -> Sheet {
        let mut sheet = Sheet::new("book class,ledger_account,asset,debit,credit");
        for (class, name, asset, turnover) in self.ledger.iter() {
            let balance = turnover.balance();
            if balance == Int::ZERO {
                continue;
            }
            let zero = self.amount(asset, &Int::ZERO);
            let (debit, credit) = if balance < Int::ZERO {
                (self.amount(asset, &-balance), zero)
            } else {
                (zero, self.amount(asset, &balance))
            };
            let names = [class.to_string(), name.to_string(), asset.to_string()];
            sheet.row([names.as_slice(), &[debit, credit]].concat());
        }
        sheet
    }
}
