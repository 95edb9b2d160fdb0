//! The codes behind ids, for whoever goes on in the middle of a journal.

use views::basics::{AccountId, CurrencyId, Date, InstrumentId};

use crate::{Store, StoreError};

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
        let mut codes = Codes::default();
        self.each("SELECT id, code FROM account_codes ORDER BY id", &mut |row| {
            codes.accounts.push((AccountId(row.int(0)?), row.text(1)?.to_owned()));
            Ok(())
        })?;
        self.each("SELECT id, code, decimals FROM currency_codes ORDER BY id", &mut |row| {
            let code = row.text(1)?.to_owned();
            codes.currencies.push((CurrencyId(row.int(0)?), code, row.int(2)?));
            Ok(())
        })?;
        let sql = "SELECT id, isin, decimals, valid_from FROM instruments ORDER BY valid_from, id";
        self.each(sql, &mut |row| {
            let (id, isin) = (InstrumentId(row.int(0)?), row.text(1)?.to_owned());
            codes.instruments.push((id, isin, row.int(2)?, Date(row.int(3)?)));
            Ok(())
        })?;
        self.each("SELECT max(date) FROM days", &mut |row| {
            codes.today = row.maybe_int(0)?.map(Date);
            Ok(())
        })?;
        Ok(codes)
    }
}
