//! The codes behind ids, for whoever goes on in the middle of a journal.

use views::basics::{AccountId, CurrencyId, Date, InstrumentId};

use super::Store;
use crate::StoreError;

/// Codes and decimals by id, and the day last opened.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Codes {
    /// Accounts with their codes.
    pub accounts: Vec<(AccountId, String)>,
    /// Currencies with their codes and the decimals of their minor units.
    pub currencies: Vec<(CurrencyId, String, u8)>,
    /// Instruments with an ISIN, the decimals of their quantity, and the date from which the ISIN
    /// is in force; in order of that date.
    pub instruments: Vec<(InstrumentId, String, u8, Date)>,
    /// The day last opened; `None` before the first.
    pub today: Option<Date>,
}

impl Store {
    /// All codes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn codes(&self) -> Result<Codes, StoreError> {
        let connection = &self.connection;
        let mut accounts = connection.prepare("SELECT id, code FROM account_codes ORDER BY id")?;
        let accounts = accounts.query_map([], |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?;
        let sql = "SELECT id, code, decimals FROM currency_codes ORDER BY id";
        let mut currencies = connection.prepare(sql)?;
        let currencies = currencies
            .query_map([], |row| Ok((CurrencyId(row.get(0)?), row.get(1)?, row.get(2)?)))?;
        let sql = "SELECT id, isin, decimals, valid_from FROM instruments ORDER BY valid_from, id";
        let mut instruments = connection.prepare(sql)?;
        let instruments = instruments.query_map([], |row| {
            Ok((InstrumentId(row.get(0)?), row.get(1)?, row.get(2)?, Date(row.get(3)?)))
        })?;
        let today: Option<i32> =
            connection.query_row("SELECT max(date) FROM days", [], |row| row.get(0))?;
        Ok(Codes {
            accounts: accounts.collect::<Result<_, _>>()?,
            currencies: currencies.collect::<Result<_, _>>()?,
            instruments: instruments.collect::<Result<_, _>>()?,
            today: today.map(Date),
        })
    }
}
