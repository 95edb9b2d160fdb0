//! Quantities and amounts: integers in the smallest unit of their asset.

use crate::price::{Price, PriceUnit};
use crate::rounding::{half_away_from_zero, pow10};

/// A quantity of an instrument in its smallest units: positive in a trade; elsewhere + is long
/// or received, − is short or delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Units(pub i64);

/// An amount in minor units of its currency (cents for USD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Minor(pub i64);

/// Decimals of an instrument's quantity at most. With them every product of a quantity and a
/// price that can be valid fits 128 bits.
pub const MAX_QUANTITY_DECIMALS: u8 = 9;

/// Decimals of a currency's minor unit at most (ISO 4217 has up to 4).
pub const MAX_MINOR_DECIMALS: u8 = 9;

/// How a quantity and a price become money: decimals of the instrument and of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Decimals of the instrument's smallest unit, at most [`MAX_QUANTITY_DECIMALS`].
    pub quantity_decimals: u8,
    /// Decimals of the currency's minor unit, at most [`MAX_MINOR_DECIMALS`].
    pub minor_decimals: u8,
    /// What the price is a price of.
    pub price_unit: PriceUnit,
}

impl Scale {
    /// What quantity × price is divided by to give minor units.
    fn divisor(self) -> i128 {
        let decimals = self.quantity_decimals + Price::DECIMALS - self.minor_decimals;
        let per_cent = match self.price_unit {
            PriceUnit::PerUnit => 1,
            PriceUnit::PerCent => 100,
        };
        pow10(u32::from(decimals)) * per_cent
    }
}

/// Quantity × price in minor units, rounded half away from zero; `None` at 2^63 and above.
#[must_use]
pub fn consideration(quantity: Units, price: Price, scale: Scale) -> Option<Minor> {
    value(i128::from(quantity.0), price, scale).and_then(|v| i64::try_from(v).ok()).map(Minor)
}

/// The value of an open position: quantity × price, signed as the quantity, in minor units,
/// rounded half away from zero; `None` if the product does not fit 128 bits.
#[must_use]
pub fn value(quantity: i128, price: Price, scale: Scale) -> Option<i128> {
    let product = quantity.checked_mul(price.0)?;
    Some(half_away_from_zero(product, scale.divisor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USD: Scale =
        Scale { quantity_decimals: 0, minor_decimals: 2, price_unit: PriceUnit::PerUnit };

    fn price(text: &str) -> Price {
        crate::Numeral::parse(text.as_bytes())
            .and_then(crate::Numeral::exact)
            .and_then(|decimal| Price::new(decimal).ok())
            .expect(text)
    }

    #[test]
    fn half_a_cent_rounds_away_from_zero() {
        assert_eq!(consideration(Units(1), price("0.005"), USD), Some(Minor(1)));
        assert_eq!(consideration(Units(1), price("0.0049"), USD), Some(Minor(0)));
        assert_eq!(consideration(Units(3), price("0.015"), USD), Some(Minor(5)));
        assert_eq!(value(-1, price("0.005"), USD), Some(-1));
    }

    #[test]
    fn the_scale_follows_instrument_and_currency() {
        let fund = Scale { quantity_decimals: 3, ..USD };
        assert_eq!(consideration(Units(1_500), price("10"), fund), Some(Minor(1_500)));
        let yen = Scale { minor_decimals: 0, ..USD };
        assert_eq!(consideration(Units(3), price("1.5"), yen), Some(Minor(5)));
        let bond = Scale { price_unit: PriceUnit::PerCent, ..USD };
        assert_eq!(consideration(Units(1_000), price("99.5"), bond), Some(Minor(99_500)));
    }

    #[test]
    fn a_consideration_of_two_to_the_63_is_refused() {
        assert_eq!(consideration(Units(i64::MAX), price("0.01"), USD), Some(Minor(i64::MAX)));
        assert_eq!(consideration(Units(i64::MAX), price("0.010000001"), USD), None);
        assert_eq!(consideration(Units(i64::MAX), price("99999999999999999999"), USD), None);
    }
}
