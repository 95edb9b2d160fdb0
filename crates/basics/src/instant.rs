//! Moments in UTC as inputs state them. The core compares them and never reads a clock.

use core::fmt;

use crate::Date;
use crate::date::two_digits;

/// Attoseconds in a second.
const ATTOS_PER_SECOND: u64 = 1_000_000_000_000_000_000;
/// Seconds in a day without a leap second.
const SECONDS_PER_DAY: i64 = 86_400;

/// A moment in UTC, exact to the attosecond; digits beyond it do not count.
///
/// A leap second is the last second of its day with a fraction of one second or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    pub seconds: i64,
    /// Attoseconds after that second; 10^18 and more only inside a leap second.
    pub attos: u64,
}

impl Instant {
    /// Reads an RFC 3339 timestamp of a moment that exists, with any offset.
    ///
    /// Second 60 exists only at 23:59:60 UTC on 30 June and 31 December.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let date = Date::parse(date)?;
        let [b'T' | b't', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = rest else {
            return None;
        };
        let (hour, minute) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?);
        let second = two_digits(*s1, *s2)?;
        let (attos, zone) = fraction(rest)?;
        let offset = offset_seconds(zone)?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let leap = second == 60;
        let of_day = i64::from(hour * 3_600 + minute * 60 + second.min(59));
        let seconds = i64::from(date.0) * SECONDS_PER_DAY + of_day - offset;
        if leap && !is_leap_second_place(seconds) {
            return None;
        }
        Some(Self { seconds, attos: attos + if leap { ATTOS_PER_SECOND } else { 0 } })
    }
}

/// The fraction in attoseconds, and what stands behind it.
fn fraction(text: &[u8]) -> Option<(u64, &[u8])> {
    let [b'.', digits @ ..] = text else { return Some((0, text)) };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = digits.split_at(length);
    let mut attos = 0;
    let mut unit = ATTOS_PER_SECOND;
    for digit in digits.iter().take(18) {
        unit /= 10;
        attos += u64::from(digit - b'0') * unit;
    }
    (length > 0).then_some((attos, zone))
}

/// Seconds that local time is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    match *zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
            let seconds = i64::from(hours * 3_600 + minutes * 60);
            (hours <= 23 && minutes <= 59).then_some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// True for the last second before midnight UTC that ends June or December.
fn is_leap_second_place(seconds: i64) -> bool {
    let day = seconds.div_euclid(SECONDS_PER_DAY);
    let Ok(day) = i32::try_from(day) else { return false };
    let (_, month, day_of_month) = Date(day).civil();
    seconds.rem_euclid(SECONDS_PER_DAY) == SECONDS_PER_DAY - 1
        && matches!((month, day_of_month), (6, 30) | (12, 31))
}

impl fmt::Display for Instant {
    /// UTC with milliseconds, or with as many digits as the fraction needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leap = self.attos >= ATTOS_PER_SECOND;
        let attos = self.attos % ATTOS_PER_SECOND;
        // Offsets can push a moment a day beyond the years 0000 to 9999; the day still prints.
        let day = Date((self.seconds.div_euclid(SECONDS_PER_DAY)) as i32);
        let of_day = self.seconds.rem_euclid(SECONDS_PER_DAY);
        let second = of_day % 60 + i64::from(leap);
        write!(f, "{day}T{:02}:{:02}:{second:02}", of_day / 3_600, of_day / 60 % 60)?;
        let mut digits = 18;
        let mut shown = attos;
        while digits > 3 && shown.is_multiple_of(10) {
            shown /= 10;
            digits -= 1;
        }
        write!(f, ".{shown:0digits$}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn parse(text: &str) -> Option<Instant> {
        Instant::parse(text.as_bytes())
    }

    #[test]
    fn the_same_moment_is_equal_however_it_is_written() {
        let moment = parse("2013-10-07T08:00:00.464Z").expect("a moment");
        for text in [
            "2013-10-07T08:00:00.464000000Z",
            "2013-10-07t08:00:00.464z",
            "2013-10-07T04:00:00.464-04:00",
            "2013-10-07T13:30:00.464+05:30",
            "2013-10-08T07:59:00.464+23:59",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
        assert_ne!(parse("2013-10-07T08:00:00.464000001Z"), Some(moment));
        assert_eq!(moment.to_string(), "2013-10-07T08:00:00.464Z");
    }

    #[test]
    fn moments_that_do_not_exist_are_refused() {
        for text in [
            "2013-02-29T00:00:00Z",
            "2013-10-07T24:00:00Z",
            "2013-10-07T08:60:00Z",
            "2013-10-07T08:00:61Z",
            "2013-10-07T08:00:60Z",
            "2013-10-07T08:00:00",
            "2013-10-07 08:00:00Z",
            "2013-10-07T08:00:00.Z",
            "2013-10-07T08:00:00+24:00",
            "2013-10-07T08:00:00+0400",
            "2013-10-07",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_exists_where_one_can_be() {
        let leap = parse("2016-12-31T23:59:60.5Z").expect("a leap second");
        assert_eq!(parse("2016-12-31T18:59:60.5-05:00"), Some(leap));
        assert!(leap > parse("2016-12-31T23:59:59.999Z").expect("a moment"));
        assert!(leap < parse("2017-01-01T00:00:00Z").expect("a moment"));
        assert_eq!(leap.to_string(), "2016-12-31T23:59:60.500Z");
    }
}
