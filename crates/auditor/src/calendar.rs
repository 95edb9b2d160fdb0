//! Which days are open, and what follows from it: settlement days and settlement dates.
//!
//! Weekends are closed on every calendar; a calendar without listed days closes nothing else.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::reference::{Instrument, Reference};

impl Reference {
    /// Open on this calendar. `None` as the calendar: weekends alone are closed.
    pub(crate) fn is_open(&self, calendar: Option<&str>, day: Date) -> bool {
        let listed = |name: &str| self.closed.get(name).is_some_and(|days| days.contains(&day));
        !day.is_weekend() && !calendar.is_some_and(listed)
    }

    /// Open on at least one calendar that reference data names.
    pub(crate) fn is_open_somewhere(&self, day: Date) -> bool {
        let mut calendars: BTreeSet<Option<&str>> = BTreeSet::new();
        calendars.extend(self.closed.keys().map(|name| Some(name.as_str())));
        for instrument in self.instruments.values() {
            calendars.insert(Some(&instrument.trading_calendar));
            calendars.insert(Some(&instrument.settlement_calendar));
            if self.currencies.is_none() {
                calendars.insert(None);
            }
        }
        for currency in self.currencies.iter().flat_map(|known| known.values()) {
            calendars.insert(currency.calendar.as_deref());
        }
        calendars.into_iter().any(|calendar| self.is_open(calendar, day))
    }

    /// Payments in the currency can be made.
    pub(crate) fn can_pay(&self, currency: &str, day: Date) -> bool {
        self.currency(currency).is_some_and(|known| self.is_open(known.calendar.as_deref(), day))
    }

    /// The instrument trades.
    pub(crate) fn can_trade(&self, instrument: &Instrument, day: Date) -> bool {
        self.is_open(Some(&instrument.trading_calendar), day)
    }

    /// The instrument settles: its settlement calendar and its currency's calendar are open.
    pub(crate) fn can_settle(&self, instrument: &Instrument, day: Date) -> bool {
        self.is_open(Some(&instrument.settlement_calendar), day)
            && self.can_pay(&instrument.currency, day)
    }

    /// Some instrument settles.
    pub(crate) fn is_settlement_day(&self, day: Date) -> bool {
        self.instruments.values().any(|instrument| self.can_settle(instrument, day))
    }

    /// The n-th settlement day of the instrument after the trade date; for n = 0 the first on
    /// or after it.
    pub(crate) fn settlement_date(&self, instrument: &Instrument, trade_date: Date) -> Date {
        if instrument.settlement_cycle == 0 && self.can_settle(instrument, trade_date) {
            return trade_date;
        }
        self.settlement_day_after(instrument, trade_date, instrument.settlement_cycle.max(1))
    }

    /// The last business date on which references of a trade date are still kept: two
    /// settlement days after its settlement date, the latest over all instruments.
    /// `None`: there is no instrument, so nothing is ever purged.
    pub(crate) fn kept_until(&self, trade_date: Date) -> Option<Date> {
        let last = |instrument: &Instrument| {
            self.settlement_day_after(instrument, self.settlement_date(instrument, trade_date), 2)
        };
        self.instruments.values().map(last).max()
    }

    fn settlement_day_after(&self, instrument: &Instrument, from: Date, count: u32) -> Date {
        let mut day = from;
        let mut left = count;
        while left > 0 {
            day = day.next();
            if self.can_settle(instrument, day) {
                left -= 1;
            }
        }
        day
    }
}
