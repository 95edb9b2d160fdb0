//! Reference data as publishers send it: each change is an input of its own, in force from a
//! date.

use basics::{Date, Numeral};

use crate::trade::words;

words!(
    /// Whether a member, account or instrument may take part in new trades.
    Status {
        /// It may.
        #[default]
        Active = 0 "active",
        /// Not at present; what is open still settles.
        Suspended = 1 "suspended",
        /// Never again; what is open still settles.
        Closed = 2 "closed",
    }
);

words!(
    /// Whose positions an account holds (CSDR Art. 38, EMIR Art. 39).
    AccountKind {
        /// The member's own.
        #[default]
        House = 0 "house",
        /// All its clients' together.
        ClientOmnibus = 1 "client_omnibus",
        /// One client's.
        ClientIndividual = 2 "client_individual",
    }
);

words!(
    /// How a segment clears.
    ClearingModel {
        /// Positions roll; a fail is the position.
        #[default]
        ContinuousNetSettlement = 0 "continuous_net_settlement",
    }
);

/// A change of reference data. `from` is the first date on which it is in force;
/// [`Date::MIN`] means always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceChange<'a> {
    /// A currency.
    Currency(CurrencyChange<'a>),
    /// A day on which a calendar is closed.
    Closure(Closure<'a>),
    /// A clearing member.
    Member(MemberChange<'a>),
    /// A member's account.
    Account(AccountChange<'a>),
    /// An instrument.
    Instrument(InstrumentChange<'a>),
    /// What an account holds at the start.
    Holding(OpeningHolding<'a>),
    /// How the segment clears.
    Policy(PolicyChange<'a>),
    /// The priority group of an account's long positions.
    Priority(PriorityChange<'a>),
}

/// A currency and its minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyChange<'a> {
    /// ISO 4217 code as written.
    pub code: &'a str,
    /// Decimals of the minor unit.
    pub minor_decimals: u8,
    /// Calendar of its payment system; empty for weekends alone.
    pub calendar: &'a str,
    /// In force from.
    pub from: Date,
}

/// A day on which a calendar is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure<'a> {
    /// Which calendar.
    pub calendar: &'a str,
    /// The day.
    pub closed_on: Date,
    /// Why, for people.
    pub name: &'a str,
}

/// A clearing member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberChange<'a> {
    /// The member's code.
    pub member: &'a str,
    /// Its legal entity identifier as written.
    pub lei: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Active, suspended or closed.
    pub status: Status,
    /// In force from.
    pub from: Date,
}

/// A member's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountChange<'a> {
    /// The account's code.
    pub account: &'a str,
    /// The member it belongs to.
    pub member: &'a str,
    /// House or client.
    pub kind: AccountKind,
    /// Active, suspended or closed.
    pub status: Status,
    /// In force from.
    pub from: Date,
}

/// An instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentChange<'a> {
    /// Its ISIN as written.
    pub isin: &'a str,
    /// The ISIN that it had before; empty if this is no change of ISIN.
    pub replaces: &'a str,
    /// Ticker.
    pub symbol: &'a str,
    /// Name.
    pub name: &'a str,
    /// Kind, for people and reports: equity, etf, bond.
    pub kind: &'a str,
    /// Currency it trades and settles in.
    pub currency: &'a str,
    /// Decimals of its quantity.
    pub quantity_decimals: u8,
    /// Where it is listed (MIC).
    pub listed_on: &'a str,
    /// Calendar of trading days; empty for weekends alone.
    pub trading_calendar: &'a str,
    /// Calendar of the depository; empty for weekends alone.
    pub settlement_calendar: &'a str,
    /// Settlement cycle n of T+n, in settlement days.
    pub cycle: u16,
    /// Active, suspended or closed.
    pub status: Status,
    /// In force from.
    pub from: Date,
}

/// What an account holds at the start. Stated once for each account and asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpeningHolding<'a> {
    /// The account.
    pub account: &'a str,
    /// ISIN or currency code.
    pub asset: &'a str,
    /// Quantity in whole units, or amount in currency units.
    pub quantity: Numeral,
}

/// How the segment clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyChange<'a> {
    /// The clearing model.
    pub model: ClearingModel,
    /// Planned close of trading, local time as text (`16:00`), for people: the operation
    /// closes, not the clock. Empty if none is stated.
    pub trading_cut_off: &'a str,
    /// Planned settlement run, in the same way.
    pub settlement_cut_off: &'a str,
    /// In force from.
    pub from: Date,
}

/// The priority group of an account's long positions: lower groups are served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityChange<'a> {
    /// The account.
    pub account: &'a str,
    /// One instrument's ISIN; empty for all instruments without a group of their own.
    pub isin: &'a str,
    /// The group; all are in group 0 unless stated.
    pub group: u32,
    /// In force from.
    pub from: Date,
}
