//! Numbers: decimal numerals as written, exact integers, and the one rounding rule.
//!
//! Nothing here overflows: integers are as large as they have to be.

use std::fmt;

use num_bigint::BigInt;

/// An exact integer: units of an instrument's smallest lot, or minor units of a currency.
pub(crate) type Int = BigInt;

/// Decimals that a price may have, and in which prices are computed.
pub(crate) const PRICE_DECIMALS: u32 = 9;

/// A decimal numeral by value: `48.50`, `048.5` and `48.5` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numeral {
    /// Below zero; never set for zero.
    negative: bool,
    /// All digits without leading zeros; empty for zero.
    digits: Box<str>,
    /// How many of the digits stand after the point; the last of them is not 0.
    decimals: u32,
}

impl Numeral {
    /// Reads `-?[0-9]+(\.[0-9]+)?`. `None`: any other text.
    pub(crate) fn parse(text: &str) -> Option<Numeral> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let numeral = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !numeral(whole) || !numeral(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let all = format!("{whole}{fraction}");
        let digits: Box<str> = all.trim_start_matches('0').into();
        let negative = text.starts_with('-') && !digits.is_empty();
        Some(Numeral { negative, digits, decimals: u32::try_from(fraction.len()).ok()? })
    }

    /// Above zero.
    pub(crate) fn is_positive(&self) -> bool {
        !self.negative && !self.digits.is_empty()
    }

    /// The value times `10^decimals`. `None`: it is not whole, or has more than 100 digits,
    /// which is beyond every limit of the product.
    pub(crate) fn scaled(&self, decimals: u32) -> Option<Int> {
        if self.decimals > decimals || self.digits.len() > 100 {
            return None;
        }
        let digits: Int =
            if self.digits.is_empty() { Int::ZERO } else { self.digits.parse().ok()? };
        let value = digits * power_of_ten(decimals - self.decimals);
        Some(if self.negative { -value } else { value })
    }
}

impl fmt::Display for Numeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.decimals as usize;
        let padded = format!("{:0>width$}", self.digits, width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        let (sign, point) =
            (if self.negative { "-" } else { "" }, if decimals > 0 { "." } else { "" });
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// `10^exponent`.
pub(crate) fn power_of_ten(exponent: u32) -> Int {
    Int::from(10).pow(exponent)
}

/// 2^63: the first quantity, and the first consideration, that is too large.
pub(crate) fn too_large() -> Int {
    Int::from(2).pow(63)
}

/// `value / divisor`, rounded half away from zero. The divisor is above zero.
pub(crate) fn round_half_away(value: &Int, divisor: &Int) -> Int {
    let twice = Int::from(2);
    if *value < Int::ZERO {
        -((-value * &twice + divisor) / (divisor * &twice))
    } else {
        (value * &twice + divisor) / (divisor * &twice)
    }
}

/// `value` with all its `decimals`: 1250 with two decimals is `12.50`.
pub(crate) fn fixed(value: &Int, decimals: u32) -> String {
    let decimals = decimals as usize;
    let text = value.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    if decimals == 0 {
        return text;
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}

/// `value` without trailing zeros after the point: 1250 with two decimals is `12.5`.
pub(crate) fn plain(value: &Int, decimals: u32) -> String {
    let text = fixed(value, decimals);
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Numeral {
        Numeral::parse(text).unwrap()
    }

    #[test]
    fn numerals_compare_by_value() {
        assert_eq!(read("48.5"), read("048.500"));
        assert_eq!(read("-0.00"), read("0"));
        assert_ne!(read("-1"), read("1"));
        assert_eq!(read("100.0").scaled(0), Some(Int::from(100)));
        assert_eq!(read("0.001").scaled(2), None);
        assert_eq!(read("-1.5").scaled(2), Some(Int::from(-150)));
        assert_eq!(read(&"9".repeat(5000)).scaled(2), None);
    }

    #[test]
    fn other_texts_are_not_numerals() {
        for text in ["", "-", "1.", ".5", "+1", "1e3", "12x", " 1", "1,000", "1.2.3", "--1", "٣"] {
            assert_eq!(Numeral::parse(text), None, "{text}");
        }
    }

    #[test]
    fn halves_round_away_from_zero() {
        let ten = Int::from(10);
        for (value, rounded) in [(14, 1), (15, 2), (16, 2), (-14, -1), (-15, -2), (-25, -3), (0, 0)]
        {
            assert_eq!(round_half_away(&Int::from(value), &ten), Int::from(rounded), "{value}");
        }
    }

    #[test]
    fn values_are_written_fixed_or_plain() {
        assert_eq!(fixed(&Int::from(-5), 2), "-0.05");
        assert_eq!(fixed(&Int::from(1250), 2), "12.50");
        assert_eq!(plain(&Int::from(1250), 2), "12.5");
        assert_eq!(plain(&Int::from(1200), 2), "12");
        assert_eq!(plain(&Int::from(1200), 0), "1200");
        assert_eq!(read("0013.83920").to_string(), "13.8392");
        assert_eq!(read("-0.5").to_string(), "-0.5");
        assert_eq!(read("0").to_string(), "0");
    }
}
