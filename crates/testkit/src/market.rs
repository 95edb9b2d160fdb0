//! A small market: three currencies with different decimals and calendars, five accounts of three
//! members, four instruments. Records are published in another order than their codes sort in.

use basics::{Date, Numeral};
use model::reference::{
    AccountChange, AccountKind, Closure, CurrencyChange, InstrumentChange, MemberChange,
    OpeningHolding, PolicyChange, PriorityChange, Status,
};
use model::{Command, Operation, PriceReport, ReferenceChange};

/// The first day of every history, a Monday.
pub const FIRST_DAY: &str = "2013-10-07";

/// Account codes, in the order of publishing.
pub const ACCOUNTS: [&str; 5] = ["D", "A", "E", "B", "C"];

/// An account that is never published.
pub const STRANGER: &str = "Z";

/// The member of each account.
const MEMBERS: [&str; 5] = ["M2", "M1", "M3", "M1", "M2"];

/// Trades in USD, whole units, settles three days later.
pub const AIG: &str = "US0268747849";
/// Trades in USD, whole units, settles a day later.
pub const APPLE: &str = "US0378331005";
/// Trades in JPY, which has no decimals, settles two days later.
pub const TOYOTA: &str = "JP3633400001";
/// A fund in thousandths, in BHD, which has three decimals; settles on its trade date.
pub const FUND: &str = "GB0002634946";
/// A right ISIN that no instrument has, unless it changes to it.
pub const UNUSED_ISIN: &str = "AU0000XVGZA3";

/// ISINs, in the order of publishing.
pub const ISINS: [&str; 4] = [TOYOTA, AIG, FUND, APPLE];

/// A draw and its SHA-256 in hexadecimal.
pub struct Draw {
    /// The text that is revealed.
    pub draw: &'static str,
    /// What the day is opened with.
    pub commitment: &'static str,
}

/// Draws for a test to choose from.
pub const DRAWS: [Draw; 2] = [
    Draw {
        draw: "x",
        commitment: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    },
    Draw {
        draw: "draw-2",
        commitment: "4cf831243cb41684f2bc73ad7f9634dccecb3fdb08eba6009f9dd33335b197d4",
    },
];

/// The date that a text writes.
///
/// # Panics
/// When it writes none.
#[must_use]
pub fn date(text: &str) -> Date {
    Date::parse(text.as_bytes()).expect("a date")
}

/// The numeral that a text writes.
///
/// # Panics
/// When it writes none.
#[must_use]
pub fn numeral(text: &str) -> Numeral {
    Numeral::parse(text.as_bytes()).expect("a numeral")
}

/// A currency with weekends alone as its calendar.
#[must_use]
pub const fn currency(code: &'static str, minor_decimals: u8) -> CurrencyChange<'static> {
    CurrencyChange { code, minor_decimals, calendar: "", from: Date::MIN }
}

/// A member in good standing.
#[must_use]
pub const fn member(member: &'static str) -> MemberChange<'static> {
    let (lei, name, status) = ("5493001KJTIIGC8Y1R12", "A member", Status::Active);
    MemberChange { member, lei, name, status, from: Date::MIN }
}

/// The house account `account` of the member M1; change what differs.
#[must_use]
pub const fn account(account: &'static str) -> AccountChange<'static> {
    let (kind, status) = (AccountKind::House, Status::Active);
    AccountChange { account, member: "M1", kind, status, from: Date::MIN }
}

/// A share in USD, in whole units, that settles two days later, with weekends alone as its
/// calendars; change what differs.
#[must_use]
pub const fn instrument(isin: &'static str) -> InstrumentChange<'static> {
    InstrumentChange {
        isin,
        replaces: "",
        symbol: "SYM",
        name: "A share",
        kind: "equity",
        currency: "USD",
        quantity_decimals: 0,
        listed_on: "XNYS",
        trading_calendar: "",
        settlement_calendar: "",
        cycle: 2,
        status: Status::Active,
        from: Date::MIN,
    }
}

/// What an account holds at the start.
#[must_use]
pub fn holding(
    account: &'static str,
    asset: &'static str,
    quantity: &str,
) -> ReferenceChange<'static> {
    ReferenceChange::Holding(OpeningHolding { account, asset, quantity: numeral(quantity) })
}

/// The group of an account's long positions; an empty ISIN means all.
#[must_use]
pub const fn priority(
    account: &'static str,
    isin: &'static str,
    group: u32,
) -> PriorityChange<'static> {
    PriorityChange { account, isin, group, from: Date::MIN }
}

/// Days on which calendars are closed. No depository is open on 9 October.
const CLOSURES: [(&str, &str); 9] = [
    ("XTKS", "2013-10-08"),
    ("DTC", "2013-10-09"),
    ("JSD", "2013-10-09"),
    ("BHS", "2013-10-09"),
    ("FED", "2013-10-11"),
    ("DTC", "2013-10-14"),
    ("FED", "2013-10-14"),
    ("TOK", "2013-10-14"),
    ("JSD", "2013-10-15"),
];

/// The whole market, without holdings, in the order of a market directory.
#[must_use]
pub fn reference() -> Vec<ReferenceChange<'static>> {
    let mut out = vec![
        ReferenceChange::Currency(CurrencyChange { calendar: "FED", ..currency("USD", 2) }),
        ReferenceChange::Currency(CurrencyChange { calendar: "TOK", ..currency("JPY", 0) }),
        ReferenceChange::Currency(currency("BHD", 3)),
    ];
    out.extend(["M3", "M1", "M2"].map(|code| ReferenceChange::Member(member(code))));
    out.extend(accounts().map(ReferenceChange::Account));
    out.extend(ISINS.map(|isin| ReferenceChange::Instrument(published(isin))));
    for (calendar, day) in CLOSURES {
        out.push(ReferenceChange::Closure(closure(calendar, date(day))));
    }
    let (model, from) = (model::reference::ClearingModel::default(), Date::MIN);
    let (trading_cut_off, settlement_cut_off) = ("16:00", "18:00");
    out.push(ReferenceChange::Policy(PolicyChange {
        model,
        trading_cut_off,
        settlement_cut_off,
        from,
    }));
    out
}

/// The accounts of the market as they are first published.
pub fn accounts() -> impl Iterator<Item = AccountChange<'static>> {
    let codes = ACCOUNTS.into_iter().zip(MEMBERS);
    codes.map(|(code, member)| AccountChange { member, ..account(code) })
}

/// A day on which a calendar is closed.
#[must_use]
pub const fn closure(calendar: &'static str, closed_on: Date) -> Closure<'static> {
    Closure { calendar, closed_on, name: "a holiday" }
}

/// An instrument of the market as it is first published.
///
/// # Panics
/// When the market has no such instrument.
#[must_use]
pub fn published(isin: &str) -> InstrumentChange<'static> {
    let us = InstrumentChange {
        trading_calendar: "XNYS",
        settlement_calendar: "DTC",
        ..instrument(AIG)
    };
    match isin {
        AIG => InstrumentChange { cycle: 3, ..us },
        APPLE => InstrumentChange { isin: APPLE, cycle: 1, ..us },
        TOYOTA => InstrumentChange {
            isin: TOYOTA,
            currency: "JPY",
            trading_calendar: "XTKS",
            settlement_calendar: "JSD",
            ..us
        },
        FUND => InstrumentChange {
            currency: "BHD",
            quantity_decimals: 3,
            settlement_calendar: "BHS",
            cycle: 0,
            ..instrument(FUND)
        },
        _ => panic!("the market has no such instrument"),
    }
}

/// The day begins, with the commitment to the first draw.
#[must_use]
pub const fn open_day(date: Date) -> Command<'static> {
    Command::Operation(Operation::OpenDay { date, commitment: DRAWS[0].commitment })
}

/// Trading of the day ends.
#[must_use]
pub const fn close_trading(date: Date) -> Command<'static> {
    Command::Operation(Operation::CloseTrading { date })
}

/// The day settles, with the first draw.
#[must_use]
pub const fn settle(date: Date) -> Command<'static> {
    Command::Operation(Operation::Settle { date, draw: DRAWS[0].draw })
}

/// The day's books close.
#[must_use]
pub const fn close_day(date: Date) -> Command<'static> {
    Command::Operation(Operation::CloseDay { date })
}

/// A price of an instrument of the market.
#[must_use]
pub fn mark(isin: &'static str, price: Numeral, price_date: Date) -> PriceReport<'static> {
    PriceReport { isin, price, currency: published(isin).currency, price_date, kind: "mark" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isins_are_valid() {
        for isin in ISINS.into_iter().chain([UNUSED_ISIN]) {
            assert!(basics::Isin::parse(isin).is_some(), "{isin}");
        }
    }
}
