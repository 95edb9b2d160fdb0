//! Business days: weekends are closed, and so are the days that reference data lists.

use alloc::collections::BTreeSet;

use crate::Date;

/// Days on which a market, a depository or a currency's payment system is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    closed: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar that is closed on weekends alone.
    #[must_use]
    pub const fn weekends() -> Self {
        Self { closed: BTreeSet::new() }
    }

    /// Closes a day; false if it was closed already.
    pub fn close(&mut self, date: Date) -> bool {
        self.closed.insert(date)
    }

    /// True on a day that is neither a weekend nor listed.
    #[must_use]
    pub fn is_open(&self, date: Date) -> bool {
        !date.is_weekend() && !self.closed.contains(&date)
    }

    /// The listed days, in order.
    pub fn closed_days(&self) -> impl Iterator<Item = Date> + '_ {
        self.closed.iter().copied()
    }
}

/// The `n`-th day after `start` on which both calendars are open; for `n` = 0 the first such
/// day on or after it.
///
/// A trade on a day when the exchange is open and the bank is not therefore joins the previous
/// day's settlement date (FINRA notices on Columbus Day and Veterans Day).
#[must_use]
pub fn nth_open_day(start: Date, n: u16, a: &Calendar, b: &Calendar) -> Date {
    let open = |date: &Date| a.is_open(*date) && b.is_open(*date);
    let mut days = (start.0..).map(Date).filter(open);
    match n {
        0 => days.next(),
        n => days.skip_while(|date| *date <= start).nth(usize::from(n) - 1),
    }
    .expect("weekdays never end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text.as_bytes()).expect("a date")
    }

    #[test]
    fn a_closed_monday_merges_two_trade_dates() {
        let mut depository = Calendar::weekends();
        depository.close(date("2013-10-14"));
        let currency = depository.clone();
        for (trade, settlement) in [
            ("2013-10-07", "2013-10-10"),
            ("2013-10-08", "2013-10-11"),
            ("2013-10-09", "2013-10-15"),
            ("2013-10-10", "2013-10-16"),
            ("2013-10-11", "2013-10-17"),
            ("2013-10-14", "2013-10-17"),
        ] {
            let found = nth_open_day(date(trade), 3, &depository, &currency);
            assert_eq!(found, date(settlement), "{trade}");
        }
    }

    #[test]
    fn a_cycle_of_zero_settles_on_the_day_or_the_next_open_one() {
        let open = Calendar::weekends();
        assert_eq!(nth_open_day(date("2013-10-11"), 0, &open, &open), date("2013-10-11"));
        assert_eq!(nth_open_day(date("2013-10-12"), 0, &open, &open), date("2013-10-14"));
        assert_eq!(nth_open_day(date("2013-10-12"), 1, &open, &open), date("2013-10-14"));
    }

    #[test]
    fn both_calendars_count() {
        let mut market = Calendar::weekends();
        market.close(date("2013-10-08"));
        let mut currency = Calendar::weekends();
        currency.close(date("2013-10-09"));
        assert_eq!(nth_open_day(date("2013-10-07"), 1, &market, &currency), date("2013-10-10"));
    }
}
