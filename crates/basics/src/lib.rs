//! Values: quantities, prices, amounts, dates, calendars, identifiers.
