//! Calendar dates, as days since 1 January 1970. No clock is read anywhere.

use core::fmt;

/// A date of the proleptic Gregorian calendar, years 0000 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date(
    /// Days since 1970-01-01; negative before it.
    pub i32,
);

impl Date {
    /// The earliest date: 0000-01-01. Reference data without a date is in force from here.
    pub const MIN: Self = Self::from_civil(0, 1, 1);
    /// The latest date: 9999-12-31.
    pub const MAX: Self = Self::from_civil(9999, 12, 31);

    /// The date of a year, month and day that exist.
    ///
    /// Days are counted from 1 March of year 0, so that the leap day comes last.
    const fn from_civil(year: i32, month: u32, day: u32) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// The date, if there is such a day: 2013-02-29 is `None`.
    #[must_use]
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let exists = year <= 9999 && (1..=12).contains(&month) && day >= 1;
        (exists && day <= days_in_month(year, month))
            .then(|| Self::from_civil(year.cast_signed(), month, day))
    }

    /// Reads `YYYY-MM-DD`, ten ASCII characters, of a day that exists.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
        let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
        Self::new(year, two_digits(m1, m2)?, two_digits(d1, d2)?)
    }

    /// Year, month and day.
    #[must_use]
    pub fn civil(self) -> (u32, u32, u32) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year.cast_unsigned(), month.cast_unsigned(), day.cast_unsigned())
    }

    /// True on Saturday and Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday: day 2 and 3 after it were the weekend.
        matches!(self.0.rem_euclid(7), 2 | 3)
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Number of days in a month of 1 to 12.
fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number that two ASCII digits write.
pub(crate) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn date(text: &str) -> Date {
        Date::parse(text.as_bytes()).expect("a date")
    }

    #[test]
    fn every_day_of_four_centuries_reads_back_as_written() {
        for day in date("1900-01-01").0..date("2300-01-01").0 {
            assert_eq!(date(&Date(day).to_string()), Date(day));
        }
        assert_eq!(Date::MIN.to_string(), "0000-01-01");
        assert_eq!(Date::MAX.to_string(), "9999-12-31");
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2013-02-29", "1900-02-29", "2013-04-31", "2013-13-01", "2013-00-10"] {
            assert_eq!(Date::parse(text.as_bytes()), None, "{text}");
        }
        for text in ["2013-1-01", "2013/10/07", "2013-10-07 ", "", "２０１３-10-07"] {
            assert_eq!(Date::parse(text.as_bytes()), None, "{text}");
        }
        assert!(Date::parse(b"2000-02-29").is_some());
    }

    #[test]
    fn weekends_are_saturday_and_sunday() {
        assert!(!date("2013-10-11").is_weekend());
        assert!(date("2013-10-12").is_weekend());
        assert!(date("2013-10-13").is_weekend());
        assert!(!date("2013-10-14").is_weekend());
        assert!(date("0000-01-01").is_weekend());
    }
}
