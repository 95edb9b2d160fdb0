//! Prices: exact, in billionths of a currency unit.

use core::fmt;

use crate::Decimal;
use crate::decimal::Unfit;

/// A price in billionths (10^−9) of a currency unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(pub i128);

impl Price {
    /// Most decimals that a price may have, by value.
    pub const DECIMALS: u8 = 9;

    /// The price that a decimal states.
    ///
    /// # Errors
    /// [`Unfit::TooFine`] with more than nine decimals by value, [`Unfit::TooLarge`] when it
    /// has too many digits.
    pub fn new(decimal: Decimal) -> Result<Self, Unfit> {
        decimal.scaled_to(Self::DECIMALS).map(Self)
    }

    /// The price as a decimal without trailing zeros.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal { mantissa: self.0, scale: Self::DECIMALS }.normalised()
    }
}

impl fmt::Display for Price {
    /// Without trailing zeros: 167.4100 prints as 167.41.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

/// What a price is a price of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PriceUnit {
    /// Currency units for one whole unit of the instrument: shares, funds.
    #[default]
    PerUnit,
    /// Per cent of the nominal amount: bonds.
    PerCent,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_price_prints_without_trailing_zeros() {
        let price = |mantissa, scale| Price::new(Decimal { mantissa, scale }).expect("a price");
        assert_eq!(price(1_674_100, 4).to_string(), "167.41");
        assert_eq!(price(10, 0).to_string(), "10");
        assert_eq!(price(1, 9).to_string(), "0.000000001");
        assert_eq!(price(48_500_000_000_000, 12), price(485, 1));
    }

    #[test]
    fn a_tenth_decimal_is_too_fine_only_by_value() {
        assert_eq!(Price::new(Decimal { mantissa: 1, scale: 10 }), Err(Unfit::TooFine));
        assert!(Price::new(Decimal { mantissa: 10, scale: 10 }).is_ok());
    }
}
