//! Dates and instants: which texts name one that exists, and how two are compared.
//!
//! It knows weekends and nothing else of calendars; closed days are reference data.

use std::fmt;

/// A day of the proleptic Gregorian calendar: days since 1 January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date(i64);

impl Date {
    /// Reads `YYYY-MM-DD`. `None`: another form, or a day that does not exist.
    pub(crate) fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = digits(&bytes[0..4])?;
        let month = digits(&bytes[5..7])?;
        let day = digits(&bytes[8..10])?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let mut days = days_before_year(year);
        for earlier in 1..month {
            days += days_in_month(year, earlier);
        }
        Some(Date(days + day - 1))
    }

    /// The day after this one.
    pub(crate) fn next(self) -> Date {
        Date(self.0 + 1)
    }

    /// Saturday or Sunday.
    pub(crate) fn is_weekend(self) -> bool {
        // 1 January 1970 was a Thursday: Monday is 0.
        (self.0 + 3).rem_euclid(7) >= 5
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A first guess that is never too late, before or after 1970.
        let mut year = 1970 + self.0.div_euclid(if self.0 < 0 { 365 } else { 366 });
        while days_before_year(year + 1) <= self.0 {
            year += 1;
        }
        let mut day = self.0 - days_before_year(year);
        let mut month = 1;
        while day >= days_in_month(year, month) {
            day -= days_in_month(year, month);
            month += 1;
        }
        write!(f, "{year:04}-{month:02}-{:02}", day + 1)
    }
}

/// An instant in UTC: two texts are the same instant when all fields agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    /// Minutes since 1 January 1970, offset taken away.
    minute: i64,
    /// Second of the minute; 60 only in a leap second.
    second: i64,
    /// Decimals of the second without trailing zeros.
    fraction: Box<str>,
}

impl Instant {
    /// Reads an RFC 3339 instant. `None`: another form, or an instant that does not exist.
    pub(crate) fn parse(text: &str) -> Option<Instant> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 20 || !matches!(bytes[10], b'T' | b't') {
            return None;
        }
        let date = Date::parse(&text[0..10])?;
        if bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        let hour = digits(&bytes[11..13])?;
        let minute = digits(&bytes[14..16])?;
        let second = digits(&bytes[17..19])?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (fraction, zone) = split_fraction(&text[19..])?;
        let minute = date.0 * 1440 + hour * 60 + minute - offset_minutes(zone)?;
        if second == 60 && !may_be_leap(minute) {
            return None;
        }
        Some(Instant { minute, second, fraction: fraction.trim_end_matches('0').into() })
    }
}

/// The decimals of the second (empty: none are written) and the zone that follows.
fn split_fraction(text: &str) -> Option<(&str, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some(("", text)) };
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    if end == 0 { None } else { Some(rest.split_at(end)) }
}

/// Minutes ahead of UTC.
fn offset_minutes(zone: &str) -> Option<i64> {
    let bytes = zone.as_bytes();
    if matches!(bytes, b"Z" | b"z") {
        return Some(0);
    }
    if bytes.len() != 6 || bytes[3] != b':' {
        return None;
    }
    let (hours, minutes) = (digits(&bytes[1..3])?, digits(&bytes[4..6])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    match bytes[0] {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

/// Leap seconds are inserted at the end of 30 June and of 31 December, UTC.
fn may_be_leap(minute: i64) -> bool {
    let day = Date(minute.div_euclid(1440)).to_string();
    minute.rem_euclid(1440) == 1439 && (day.ends_with("-06-30") || day.ends_with("-12-31"))
}

/// A number written in decimal digits alone.
fn digits(bytes: &[u8]) -> Option<i64> {
    let mut value = 0;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(value)
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1 January 1970 to 1 January of `year`.
fn days_before_year(year: i64) -> i64 {
    let last = year - 1;
    let leaps = |y: i64| y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    (year - 1970) * 365 + leaps(last) - leaps(1969)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written() {
        for text in ["1970-01-01", "2000-02-29", "2013-10-14", "0000-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        for text in ["2013-02-29", "2013-13-01", "2013-1-01", "2013-10-00", "20131014", ""] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_a_century_follows_the_one_before() {
        let mut date = Date::parse("1950-01-01").unwrap();
        while date.to_string() != "2050-01-01" {
            assert_eq!(Date::parse(&date.to_string()), Some(date));
            date = date.next();
        }
        assert!(Date::parse("2013-10-12").unwrap().is_weekend());
        assert!(!Date::parse("2013-10-14").unwrap().is_weekend());
    }

    #[test]
    fn instants_compare_by_value() {
        let same = |a: &str, b: &str| Instant::parse(a).unwrap() == Instant::parse(b).unwrap();
        assert!(same("2013-10-07T13:30:00.100Z", "2013-10-07t09:30:00.1-04:00"));
        assert!(same("2013-10-07T00:30:00Z", "2013-10-08T00:29:00.000+23:59"));
        assert!(same("2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00"));
        assert!(!same("2013-10-07T13:30:00Z", "2013-10-07T13:30:00.001Z"));
    }

    #[test]
    fn instants_that_do_not_exist_are_refused() {
        for text in [
            "2013-10-07T24:00:00Z",
            "2013-10-07T13:30:60Z",
            "2013-10-07 13:30:00Z",
            "2013-10-07T13:30:00",
            "2013-10-07T13:30:00.Z",
            "2013-10-07T13:30:00.5",
            "2013-02-30T13:30:00Z",
            "2013-10-07T13:30:00+24:00",
            "2013-10-07T13:30:00+0400",
            "2013-10-07T13:30Z",
            "2013-10-07T13:30:00.é1Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
