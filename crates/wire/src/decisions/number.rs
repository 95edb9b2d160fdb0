//! Numbers of the columns: decimals scaled exactly, moments as differences.

use basics::{Decimal, Instant, Numeral, Price};

use crate::writer::{unzigzag, zigzag};

/// Powers of ten that fit 64 bits.
const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// A number with `scale` decimals as a whole number of 10^−`decimals`; `None` if it is none.
///
/// The same as [`Decimal::scaled_to`], but quick in the cases that occur.
#[inline]
pub(super) fn scaled(mantissa: i128, scale: u8, decimals: u8) -> Option<i128> {
    if scale == decimals {
        return Some(mantissa);
    }
    match (i64::try_from(mantissa), decimals.checked_sub(scale)) {
        (Ok(small), Some(up)) if usize::from(up) < POWERS.len() => {
            Some(i128::from(small) * i128::from(POWERS[usize::from(up)]))
        }
        _ => Decimal { mantissa, scale }.scaled_to(decimals).ok(),
    }
}

/// The price that a numeral states, if it can be one.
#[inline]
pub(super) fn price(numeral: Numeral) -> Option<Price> {
    let Decimal { mantissa, scale } = numeral.exact()?;
    scaled(mantissa, scale, Price::DECIMALS).map(Price)
}

/// A numeral's digits, if it has `scale` decimals and they fit a column.
pub(super) fn digits(numeral: Numeral, scale: u8) -> Option<i64> {
    match numeral {
        Numeral::Exact(decimal) if decimal.scale == scale => i64::try_from(decimal.mantissa).ok(),
        Numeral::Exact(_) | Numeral::TooLong => None,
    }
}

/// Attoseconds in a nanosecond.
const ATTOS: u64 = 1_000_000_000;
/// Nanoseconds in a second.
const NANOS: i64 = 1_000_000_000;
/// Differences up to here, in seconds, fit a column with their unit.
const FAR: i64 = 1 << 30;
/// Nanoseconds in each unit of a difference.
const UNITS: [i64; 3] = [1_000_000, 1_000, 1];

/// The moment before, from which the next one is counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    seconds: i64,
    nanos: i64,
}

impl Clock {
    /// Counts from the beginning of a second.
    pub const fn at_second(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// The difference to a moment, and the clock at that moment; `None` if it does not fit.
    pub fn difference(self, moment: Instant) -> Option<(u64, Self)> {
        let seconds =
            moment.seconds.checked_sub(self.seconds).filter(|s| (1 - FAR..FAR).contains(s))?;
        if !moment.attos.is_multiple_of(ATTOS) || moment.attos >= ATTOS * NANOS.unsigned_abs() {
            return None;
        }
        let nanos = (moment.attos / ATTOS).cast_signed();
        let difference = seconds * NANOS + (nanos - self.nanos);
        let unit =
            usize::from(difference % UNITS[0] != 0) + usize::from(difference % UNITS[1] != 0);
        let code = zigzag(difference / UNITS[unit]) << 2 | unit as u64;
        Some((code, Self { seconds: moment.seconds, nanos }))
    }

    /// The inverse of [`Clock::difference`]: the clock after it; `None` if there is no such moment.
    #[inline]
    pub fn after(self, code: u64) -> Option<Self> {
        let unit = UNITS.get((code & 3) as usize)?;
        let nanos = unzigzag(code >> 2).checked_mul(*unit)?.checked_add(self.nanos)?;
        if (0..NANOS).contains(&nanos) {
            return Some(Self { seconds: self.seconds, nanos });
        }
        let seconds = self.seconds.checked_add(nanos.div_euclid(NANOS))?;
        Some(Self { seconds, nanos: nanos.rem_euclid(NANOS) })
    }

    /// The moment at which it stands.
    pub const fn moment(self) -> Instant {
        Instant { seconds: self.seconds, attos: self.nanos.cast_unsigned() * ATTOS }
    }
}

/// Digits that a numeric reference may have, so that every difference fits.
const REFERENCE_DIGITS: usize = 18;

/// A reference as number and width, if it is written so: digits alone, at most 18.
pub(super) fn reference_number(reference: &str) -> Option<(i64, u8)> {
    let text = reference.as_bytes();
    if text.is_empty() || text.len() > REFERENCE_DIGITS {
        return None;
    }
    let mut number = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some((number, text.len() as u8))
}

/// Appends a reference of `width` digits; false if the number has more, or the width is too large.
pub(super) fn write_reference(number: i64, width: u8, out: &mut Vec<u8>) -> bool {
    let width = usize::from(width);
    let fits = width <= REFERENCE_DIGITS && (0..POWERS[width.min(18)]).contains(&number);
    if fits {
        let start = out.len();
        out.resize(start + width, b'0');
        let mut rest = number.cast_unsigned();
        for slot in out[start..].iter_mut().rev() {
            if rest == 0 {
                break;
            }
            *slot = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_gives_the_moment_back_in_the_largest_unit() {
        let clock = Clock::at_second(1_000);
        for (seconds, nanos, code) in [
            (1_000, 464_000_000, 464 << 3),
            (999, 0, (2 * 1_000 - 1) << 2),
            (1_000, 7_000, 7 << 3 | 1),
            (1_000, 7, 7 << 3 | 2),
        ] {
            let moment = Instant { seconds, attos: nanos * ATTOS };
            let (found, after) = clock.difference(moment).expect("near");
            assert_eq!(found, code, "{seconds}.{nanos}");
            assert_eq!(after.moment(), moment);
            assert_eq!(clock.after(found).map(Clock::moment), Some(moment));
        }
    }

    #[test]
    fn far_fine_and_leap_moments_are_odd() {
        let clock = Clock::at_second(0);
        let odd = |seconds, attos| clock.difference(Instant { seconds, attos }).is_none();
        assert!(odd(FAR, 0) && odd(i64::MIN, 0) && odd(0, 1) && odd(0, ATTOS * 1_000_000_000));
    }

    #[test]
    fn references_keep_their_width() {
        for text in ["0", "0000020", "7", "999999999999999999"] {
            let (number, width) = reference_number(text).expect(text);
            let mut out = Vec::new();
            assert!(write_reference(number, width, &mut out));
            assert_eq!(out, text.as_bytes());
        }
        for text in ["", "12X", "-1", "1234567890123456789"] {
            assert_eq!(reference_number(text), None, "{text}");
        }
        assert!(!write_reference(10, 1, &mut Vec::new()));
        assert!(!write_reference(-1, 1, &mut Vec::new()));
    }

    #[test]
    fn scaling_agrees_with_the_plain_rule() {
        for (mantissa, scale) in [(1_674_100, 4), (5, 0), (i128::MAX, 0), (-120, 1), (7, 30)] {
            for decimals in [0, 1, 9] {
                let plain = Decimal { mantissa, scale }.scaled_to(decimals).ok();
                assert_eq!(scaled(mantissa, scale, decimals), plain);
            }
        }
    }
}
