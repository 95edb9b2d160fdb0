//! What public records speak of, with the codes and decimals that a reader needs.

use basics::{AccountId, CurrencyId, Date, InstrumentId, Minor, Units};
use ledger::Asset;
use ledger::postings::Cleared;

/// A member's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRef<'a> {
    /// Its id.
    pub id: AccountId,
    /// Its code.
    pub code: &'a str,
}

/// An instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentRef<'a> {
    /// Its id; it stays when the ISIN changes.
    pub id: InstrumentId,
    /// Its ISIN now.
    pub isin: &'a str,
    /// Decimals of its smallest unit, in which quantities are counted.
    pub decimals: u8,
}

/// A currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyRef<'a> {
    /// Its id.
    pub id: CurrencyId,
    /// Its code.
    pub code: &'a str,
    /// Decimals of its minor unit, in which amounts are counted.
    pub decimals: u8,
}

/// An instrument or a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetRef<'a> {
    /// An instrument, counted in its smallest units.
    Instrument(InstrumentRef<'a>),
    /// A currency, counted in minor units.
    Currency(CurrencyRef<'a>),
}

impl<'a> AssetRef<'a> {
    /// ISIN or currency code.
    #[must_use]
    pub const fn code(&self) -> &'a str {
        match self {
            Self::Instrument(instrument) => instrument.isin,
            Self::Currency(currency) => currency.code,
        }
    }

    /// Decimals of its smallest unit.
    #[must_use]
    pub const fn decimals(&self) -> u8 {
        match self {
            Self::Instrument(instrument) => instrument.decimals,
            Self::Currency(currency) => currency.decimals,
        }
    }

    /// The asset without its texts.
    #[must_use]
    pub const fn asset(&self) -> Asset {
        match self {
            Self::Instrument(instrument) => Asset::Instrument(instrument.id),
            Self::Currency(currency) => Asset::Currency(currency.id),
        }
    }
}

/// What a trade obliges its two sides to, on its settlement date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearedRecord<'a> {
    /// The instrument traded.
    pub instrument: InstrumentRef<'a>,
    /// The currency of the consideration.
    pub currency: CurrencyRef<'a>,
    /// The account that receives units and pays.
    pub buyer: AccountRef<'a>,
    /// The account that delivers units and is paid.
    pub seller: AccountRef<'a>,
    /// Smallest units of the instrument; positive.
    pub quantity: Units,
    /// Minor units of the currency; zero or positive.
    pub consideration: Minor,
    /// The (actual) settlement date.
    pub settlement_date: Date,
}

impl ClearedRecord<'_> {
    /// The same without its texts, as the ledger books it.
    #[must_use]
    pub const fn cleared(&self) -> Cleared {
        Cleared {
            instrument: self.instrument.id,
            currency: self.currency.id,
            buyer: self.buyer.id,
            seller: self.seller.id,
            quantity: self.quantity,
            consideration: self.consideration,
            settlement_date: self.settlement_date,
        }
    }
}
