//! The one rounding of the house: half away from zero. Its owner is the caller, who says where
//! the difference goes.

/// `numerator / denominator`, rounded half away from zero: 2.5 is 3, −2.5 is −3.
///
/// `denominator` must be positive; a caller that passes another one has a broken invariant.
#[must_use]
pub fn half_away_from_zero(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "a rounding has a positive denominator");
    // Nearly all numbers fit 64 bits, and their division takes a small part of the time.
    let (quotient, remainder) = match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(small), Ok(by)) => (i128::from(small / by), u128::from((small % by).unsigned_abs())),
        _ => (numerator / denominator, (numerator % denominator).unsigned_abs()),
    };
    // remainder >= denominator - remainder avoids the overflow of 2 * remainder.
    if remainder >= denominator.unsigned_abs() - remainder {
        quotient + numerator.signum()
    } else {
        quotient
    }
}

/// Ten to the power of `exponent`. `exponent` is at most 38.
#[must_use]
#[inline]
pub const fn pow10(exponent: u32) -> i128 {
    POWERS[exponent as usize]
}

/// The powers of ten that fit.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_on_both_sides() {
        for (numerator, expected) in [(24, 2), (25, 3), (26, 3), (-24, -2), (-25, -3), (0, 0)] {
            assert_eq!(half_away_from_zero(numerator, 10), expected, "{numerator}/10");
        }
    }

    #[test]
    fn small_and_large_numbers_round_alike() {
        for numerator in [i64::MIN, i64::MIN + 1, -15, -5, 0, 4, 5, i64::MAX] {
            for denominator in [1, 10, i64::MAX] {
                let (small, by) = (i128::from(numerator), i128::from(denominator));
                let large = half_away_from_zero(small << 63, by << 63);
                assert_eq!(half_away_from_zero(small, by), large, "{numerator}/{denominator}");
            }
        }
    }

    #[test]
    fn powers_of_ten_are_what_they_say() {
        assert_eq!([pow10(0), pow10(1), pow10(38)], [1, 10, 10_i128.pow(38)]);
    }

    #[test]
    fn an_odd_denominator_has_no_half() {
        assert_eq!(half_away_from_zero(1, 3), 0);
        assert_eq!(half_away_from_zero(2, 3), 1);
        assert_eq!(half_away_from_zero(-2, 3), -1);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert_eq!(half_away_from_zero(i128::MAX, i128::MAX), 1);
        assert_eq!(half_away_from_zero(i128::MIN + 1, i128::MAX), -1);
    }
}
