//! The one rounding of the house: half away from zero. Its owner is the caller, who says where
//! the difference goes.

/// `numerator / denominator`, rounded half away from zero: 2.5 is 3, −2.5 is −3.
///
/// `denominator` must be positive; a caller that passes another one has a broken invariant.
#[must_use]
pub fn half_away_from_zero(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "a rounding has a positive denominator");
    let quotient = numerator / denominator;
    let remainder = (numerator % denominator).unsigned_abs();
    // remainder >= denominator - remainder avoids the overflow of 2 * remainder.
    if remainder >= denominator.unsigned_abs() - remainder {
        quotient + numerator.signum()
    } else {
        quotient
    }
}

/// Ten to the power of `exponent`. `exponent` is at most 38.
#[must_use]
pub const fn pow10(exponent: u32) -> i128 {
    10_i128.pow(exponent)
}

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
