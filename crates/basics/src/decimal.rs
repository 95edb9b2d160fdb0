//! Decimal numerals as inputs write them: `-?[0-9]+(\.[0-9]+)?`, exact, of any length.

use core::fmt;

use crate::rounding::pow10;

/// Most significant digits that a [`Decimal`] holds; every numeral that any rule accepts has
/// fewer.
const MAX_DIGITS: u32 = 38;

/// A decimal number, as written: 48.50 is 4850 with two decimals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    /// All digits as one signed integer.
    pub mantissa: i128,
    /// How many of them stand behind the point; at most 38.
    pub scale: u8,
}

/// What a well-formed numeral says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numeral {
    /// A number that fits.
    Exact(Decimal),
    /// A number with more than 38 significant digits. It is readable, and equal to nothing.
    TooLong,
}

impl Numeral {
    /// Reads `-?[0-9]+(\.[0-9]+)?`; `None` for any other text.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        short(text).or_else(|| long(text))
    }

    /// The number, if it fits.
    #[must_use]
    pub fn exact(self) -> Option<Decimal> {
        match self {
            Self::Exact(decimal) => Some(decimal),
            Self::TooLong => None,
        }
    }
}

/// The common case: at most 18 digits, which cannot overflow.
fn short(text: &[u8]) -> Option<Numeral> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u8, None);
    for (index, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' if index < 18 || point.is_some() => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u8::from(point.is_some());
            }
            b'.' if point.is_none() && index > 0 => point = Some(index),
            _ => return None,
        }
    }
    let complete = point.map_or(!digits.is_empty(), |at| at + 1 < digits.len());
    let mantissa = i128::from(if negative { -mantissa } else { mantissa });
    complete.then_some(Numeral::Exact(Decimal { mantissa, scale }))
}

/// Any length: zeros that carry no value are dropped before the digits are counted.
fn long(text: &[u8]) -> Option<Numeral> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut parts = digits.splitn(2, |byte| *byte == b'.');
    let whole = parts.next().filter(|part| is_digits(part))?;
    let fraction = match parts.next() {
        None => &[][..],
        Some(part) => Some(part).filter(|part| is_digits(part))?,
    };
    let kept = fraction.len() - fraction.iter().rev().take_while(|byte| **byte == b'0').count();
    let leading = whole.iter().take_while(|byte| **byte == b'0').count();
    let (whole, fraction) = (&whole[leading..], &fraction[..kept]);
    let mut mantissa = 0_i128;
    for byte in whole.iter().chain(fraction) {
        let next = mantissa.checked_mul(10).and_then(|m| m.checked_add(i128::from(byte - b'0')));
        match next {
            Some(next) if next < pow10(MAX_DIGITS) => mantissa = next,
            _ => return Some(Numeral::TooLong),
        }
    }
    let Some(scale) = u8::try_from(fraction.len()).ok().filter(|s| u32::from(*s) <= MAX_DIGITS)
    else {
        return Some(Numeral::TooLong);
    };
    let mantissa = if negative { -mantissa } else { mantissa };
    Some(Numeral::Exact(Decimal { mantissa, scale }))
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

impl Decimal {
    /// The same value without trailing zeros behind the point.
    #[must_use]
    pub fn normalised(self) -> Self {
        let Self { mut mantissa, mut scale } = self;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The value in units of 10^−`decimals`.
    ///
    /// # Errors
    /// [`Unfit::TooFine`] when it has more decimals by value, [`Unfit::TooLarge`] when the
    /// integer does not fit.
    pub fn scaled_to(self, decimals: u8) -> Result<i128, Unfit> {
        if self.scale <= decimals {
            return self
                .mantissa
                .checked_mul(pow10(u32::from(decimals - self.scale)))
                .ok_or(Unfit::TooLarge);
        }
        let divisor = pow10(u32::from(self.scale - decimals));
        if self.mantissa % divisor == 0 { Ok(self.mantissa / divisor) } else { Err(Unfit::TooFine) }
    }
}

/// Why a decimal is not a whole number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has more decimals than the unit.
    TooFine,
    /// It has too many digits.
    TooLarge,
}

impl PartialEq for Decimal {
    /// By value: 48.5 equals 48.50.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.normalised(), other.normalised());
        a.mantissa == b.mantissa && a.scale == b.scale
    }
}

impl Eq for Decimal {}

impl fmt::Display for Decimal {
    /// As written, without leading zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let unit = pow10(u32::from(self.scale)).unsigned_abs();
        write!(f, "{sign}{}.{:0scale$}", digits / unit, digits % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn read(text: &str) -> Option<Numeral> {
        Numeral::parse(text.as_bytes())
    }

    fn exact(text: &str) -> Decimal {
        read(text).and_then(Numeral::exact).expect(text)
    }

    #[test]
    fn a_numeral_prints_as_it_was_written() {
        for text in ["0", "48.50", "-48.5", "0.005", "123456789012345678", "99999999999999999.99"] {
            assert_eq!(exact(text).to_string(), text);
        }
    }

    #[test]
    fn equal_values_are_equal_however_they_are_written() {
        for (a, b) in [("48.5", "48.50"), ("100", "100.0"), ("-0", "0.00"), ("007.5", "7.5")] {
            assert_eq!(exact(a), exact(b));
        }
        let zeros = "0".repeat(200);
        assert_eq!(exact(&(zeros.clone() + "12.5" + &zeros)), exact("12.5"));
        assert_ne!(exact("48.5"), exact("48.05"));
    }

    #[test]
    fn text_that_is_not_a_numeral_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1.2.3", "+1", "1e5", " 1", "1,000", "12x", "NaN"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&("1".repeat(50) + "x")), None);
    }

    #[test]
    fn a_numeral_of_any_length_is_readable() {
        assert_eq!(read(&"9".repeat(38)), Some(Numeral::Exact(exact(&"9".repeat(38)))));
        assert_eq!(read(&"9".repeat(39)), Some(Numeral::TooLong));
        assert_eq!(read(&("0.".to_string() + &"0".repeat(60) + "1")), Some(Numeral::TooLong));
    }

    #[test]
    fn scaling_tells_too_fine_from_too_large() {
        assert_eq!(exact("100.0").scaled_to(0), Ok(100));
        assert_eq!(exact("100.5").scaled_to(0), Err(Unfit::TooFine));
        assert_eq!(exact("1.005").scaled_to(9), Ok(1_005_000_000));
        assert_eq!(exact(&"9".repeat(38)).scaled_to(9), Err(Unfit::TooLarge));
    }
}
