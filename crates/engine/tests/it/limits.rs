//! The ends of the numbers: what does not fit is refused, and never stops a run that began.

use model::reference::CurrencyChange;
use model::{Command, PriceReport, ReferenceChange, Rejection, ReportedTerms};
use testkit::{market, report};

use crate::drive::{Segment, market as segment};

/// The largest whole quantity that a trade can have.
const MOST: i128 = i64::MAX as i128;

/// With this mark the largest quantity is worth a little less than 2^90; a billionth more, and it
/// is worth more.
const HIGHEST: &str = "0.134217728";
const TOO_HIGH: &str = "0.134217729";

/// Two instruments in a currency with as many decimals as there can be, each traded once in the
/// largest quantity, on a day that is ready to settle but for the marks.
fn enormous() -> Segment {
    let day = market::date(market::FIRST_DAY);
    let mut segment = segment();
    let currency = CurrencyChange { calendar: "", ..market::currency("XTS", 9) };
    segment.accept([Command::Reference(ReferenceChange::Currency(currency))]);
    for isin in ["DE0007100000", "AU0000XVGZA3"] {
        let instrument = model::reference::InstrumentChange {
            currency: "XTS",
            cycle: 0,
            ..market::instrument(isin)
        };
        segment.accept([Command::Reference(ReferenceChange::Instrument(instrument))]);
    }
    segment.accept([market::open_day(day)]);
    for (reference, isin) in [("1", "DE0007100000"), ("2", "AU0000XVGZA3")] {
        let terms = ReportedTerms {
            isin,
            currency: "XTS",
            quantity: report::whole(MOST),
            price: market::numeral("0.000000001"),
            ..report::TERMS
        };
        let report = report::new(report::key(reference, day), terms);
        segment.accept([Command::Trade(report)]);
    }
    segment.accept([market::close_trading(day)]);
    segment
}

fn mark(isin: &'static str, price: &str) -> Command<'static> {
    let price_date = market::date(market::FIRST_DAY);
    let (price, currency, kind) = (market::numeral(price), "XTS", "mark");
    Command::Price(PriceReport { isin, price, currency, price_date, kind })
}

#[test]
fn a_value_that_does_not_fit_is_refused_before_the_run_begins() {
    let day = market::date(market::FIRST_DAY);
    let mut segment = enormous();
    segment.accept([mark("DE0007100000", TOO_HIGH), mark("AU0000XVGZA3", "1")]);
    assert_eq!(segment.decide(&market::settle(day)), Err(Rejection::ValueOutOfRange));
    segment.accept([mark("AU0000XVGZA3", HIGHEST)]);
    assert_eq!(segment.decide(&market::settle(day)), Err(Rejection::ValueOutOfRange));
    segment.accept([mark("DE0007100000", "1")]);
    assert_eq!(segment.decide(&market::settle(day)), Err(Rejection::ValueOutOfRange));
    segment.accept([mark("DE0007100000", "999999999999999999")]);
    assert_eq!(segment.decide(&market::settle(day)), Err(Rejection::ValueOutOfRange));
}

#[test]
fn values_that_fit_alone_also_fit_together() {
    let day = market::date(market::FIRST_DAY);
    let mut segment = enormous();
    segment.accept([mark("DE0007100000", HIGHEST), mark("AU0000XVGZA3", HIGHEST)]);
    segment.accept([market::settle(day), market::close_day(day)]);
}
