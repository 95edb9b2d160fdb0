//! Reference data: who may trade what, and when it settles. All of it is in force from a date.
//!
//! It decides nothing about changes (that is `publishing`); it answers questions.

mod evolve;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::calendar::nth_open_day;
use basics::money::Scale;
use basics::{AccountId, Calendar, CurrencyId, Date, InstrumentId, MemberId};
use model::AccountKind;
use model::reference::{ClearingModel, Status};

use crate::effective::Effective;
use crate::interner::Interner;

/// The weekdays, for whoever names no calendar.
static WEEKENDS: Calendar = Calendar::weekends();

/// A currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyRecord {
    /// Its code.
    pub code: Box<str>,
    /// Decimals of its minor unit; never changes.
    pub minor_decimals: u8,
    /// Its calendar's name through time; empty for weekends alone.
    pub(crate) calendar: Effective<Box<str>>,
}

/// A clearing member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Its code.
    pub code: Box<str>,
    pub(crate) versions: Effective<MemberVersion>,
}

/// What of a member can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberVersion {
    pub lei: Box<str>,
    pub name: Box<str>,
    pub status: Status,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its code.
    pub code: Box<str>,
    /// Whose it is; never changes.
    pub member: MemberId,
    /// House or client; never changes.
    pub kind: AccountKind,
    pub(crate) status: Effective<Status>,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentRecord {
    /// Its currency; never changes.
    pub currency: CurrencyId,
    /// Decimals of its quantity; never change.
    pub quantity_decimals: u8,
    pub(crate) versions: Effective<InstrumentVersion>,
    /// What the open day means for it; worked out once, when day or calendars change.
    pub(crate) today: Today,
}

/// What of an instrument can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstrumentVersion {
    pub isin: Box<str>,
    pub symbol: Box<str>,
    pub name: Box<str>,
    pub kind: Box<str>,
    pub listed_on: Box<str>,
    pub trading_calendar: Box<str>,
    pub settlement_calendar: Box<str>,
    pub cycle: u16,
    pub status: Status,
}

/// What the open day means for an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Today {
    /// It trades today.
    pub trades: bool,
    /// The settlement date of today's trades.
    pub settlement_date: Date,
}

/// All reference data of the segment.
#[derive(Clone, Default)]
pub struct Registry {
    pub(crate) currencies: Vec<CurrencyRecord>,
    pub(crate) currency_codes: Interner,
    /// True once an input named a currency: from then on none is assumed.
    pub(crate) currencies_stated: bool,
    pub(crate) members: Vec<MemberRecord>,
    pub(crate) member_codes: Interner,
    pub(crate) accounts: Vec<AccountRecord>,
    pub(crate) account_codes: Interner,
    pub(crate) instruments: Vec<InstrumentRecord>,
    /// Every ISIN that an instrument has or had.
    pub(crate) isins: Interner,
    /// The instrument of each ISIN, by the ISIN's number.
    pub(crate) isin_owner: Vec<InstrumentId>,
    pub(crate) calendars: BTreeMap<Box<str>, Calendar>,
    pub(crate) policy: Effective<ClearingModel>,
    pub(crate) priorities: BTreeMap<(AccountId, Option<InstrumentId>), Effective<u32>>,
}

impl Registry {
    /// The currency with this code.
    #[must_use]
    pub fn currency(&self, code: &str) -> Option<CurrencyId> {
        self.currency_codes.get(code).map(CurrencyId)
    }

    /// The record of a currency.
    #[must_use]
    pub fn currency_record(&self, id: CurrencyId) -> &CurrencyRecord {
        &self.currencies[id.0 as usize]
    }

    /// The member with this code.
    #[must_use]
    pub fn member(&self, code: &str) -> Option<MemberId> {
        self.member_codes.get(code).map(MemberId)
    }

    /// The account with this code.
    #[must_use]
    pub fn account(&self, code: &str) -> Option<AccountId> {
        self.account_codes.get(code).map(AccountId)
    }

    /// The record of an account.
    #[must_use]
    pub fn account_record(&self, id: AccountId) -> &AccountRecord {
        &self.accounts[id.0 as usize]
    }

    /// The instrument that has or had this ISIN.
    #[must_use]
    pub fn instrument(&self, isin: &str) -> Option<InstrumentId> {
        self.isins.get(isin).map(|number| self.isin_owner[number as usize])
    }

    /// The record of an instrument.
    #[must_use]
    pub fn instrument_record(&self, id: InstrumentId) -> &InstrumentRecord {
        &self.instruments[id.0 as usize]
    }

    /// The ISIN that an instrument has on a date.
    #[must_use]
    pub fn isin_on(&self, id: InstrumentId, date: Date) -> &str {
        let versions = &self.instrument_record(id).versions;
        let version = versions.at(date).unwrap_or_else(|| &versions.versions()[0].1);
        &version.isin
    }

    /// The instrument that has this ISIN on a date: a former ISIN is no longer its name.
    pub(crate) fn instrument_on(
        &self,
        isin: &str,
        date: Date,
    ) -> Option<(InstrumentId, &InstrumentVersion)> {
        let id = self.instrument(isin)?;
        let version = self.instrument_record(id).versions.at(date)?;
        (*version.isin == *isin).then_some((id, version))
    }

    /// Status of an account on a date, its member's included; `None` before it exists.
    pub(crate) fn account_status(&self, id: AccountId, date: Date) -> Option<Status> {
        let account = self.account_record(id);
        let own = *account.status.at(date)?;
        let member = self.members[account.member.0 as usize].versions.at(date)?.status;
        Some(own.max(member))
    }

    /// How a quantity and a price of the instrument become money.
    #[must_use]
    pub fn scale(&self, id: InstrumentId) -> Scale {
        let instrument = self.instrument_record(id);
        Scale {
            quantity_decimals: instrument.quantity_decimals,
            minor_decimals: self.currency_record(instrument.currency).minor_decimals,
            price_unit: basics::PriceUnit::PerUnit,
        }
    }

    pub(crate) fn calendar(&self, name: &str) -> &Calendar {
        self.calendars.get(name).unwrap_or(&WEEKENDS)
    }

    /// The calendar of a currency's payment system on a date.
    pub(crate) fn currency_calendar(&self, id: CurrencyId, date: Date) -> &Calendar {
        let record = self.currency_record(id);
        record.calendar.at(date).map_or(&WEEKENDS, |name| self.calendar(name))
    }

    /// Whether payments in a currency can be made on a date.
    pub(crate) fn currency_is_open(&self, id: CurrencyId, date: Date) -> bool {
        self.currency_calendar(id, date).is_open(date)
    }

    /// Settlement calendars of an instrument as of a date: the depository's and the currency's.
    fn settlement_calendars(&self, id: InstrumentId, date: Date) -> (&Calendar, &Calendar) {
        let instrument = self.instrument_record(id);
        let depository = instrument
            .versions
            .at(date)
            .map_or(&WEEKENDS, |version| self.calendar(&version.settlement_calendar));
        (depository, self.currency_calendar(instrument.currency, date))
    }

    /// Whether the instrument can settle on a date: it is in force, depository and currency are
    /// open.
    #[must_use]
    pub fn settles_on(&self, id: InstrumentId, date: Date) -> bool {
        if self.instrument_record(id).versions.at(date).is_none() {
            return false;
        }
        let (depository, currency) = self.settlement_calendars(id, date);
        depository.is_open(date) && currency.is_open(date)
    }

    /// Whether any instrument can settle on a date.
    #[must_use]
    pub fn is_settlement_day(&self, date: Date) -> bool {
        self.instrument_ids().any(|id| self.settles_on(id, date))
    }

    /// Whether any calendar in use is open on a date.
    pub(crate) fn is_business_day(&self, date: Date) -> bool {
        let trading = self.instruments.iter().any(|instrument| {
            instrument.versions.at(date).is_some_and(|version| {
                self.calendar(&version.trading_calendar).is_open(date)
                    || self.calendar(&version.settlement_calendar).is_open(date)
            })
        });
        let currencies = (0..self.currencies.len())
            .any(|id| self.currency_is_open(CurrencyId(u32::try_from(id).expect("few")), date));
        trading || currencies || self.calendars.values().any(|calendar| calendar.is_open(date))
    }

    /// The settlement date of a trade of `trade_date`: the n-th day after it that is open for
    /// depository and currency.
    #[must_use]
    pub fn settlement_date(&self, id: InstrumentId, trade_date: Date) -> Date {
        let versions = &self.instrument_record(id).versions;
        let cycle = versions.at(trade_date).map_or(0, |version| version.cycle);
        let (depository, currency) = self.settlement_calendars(id, trade_date);
        nth_open_day(trade_date, cycle, depository, currency)
    }

    /// The next settlement day of an instrument after a date.
    pub(crate) fn next_settlement_day(&self, id: InstrumentId, date: Date) -> Date {
        let (depository, currency) = self.settlement_calendars(id, date);
        nth_open_day(date, 1, depository, currency)
    }

    /// The last date on which references of a trade date are kept: two settlement days after
    /// the settlement date, the latest over all instruments.
    pub(crate) fn kept_until(&self, trade_date: Date) -> Date {
        self.instrument_ids()
            .map(|id| {
                let settles = self.settlement_date(id, trade_date);
                let (depository, currency) = self.settlement_calendars(id, settles);
                nth_open_day(settles, 2, depository, currency)
            })
            .max()
            .unwrap_or(trade_date)
    }

    /// Every instrument, in order of its id.
    pub fn instrument_ids(&self) -> impl Iterator<Item = InstrumentId> + use<> {
        (0..u32::try_from(self.instruments.len()).expect("fewer than 2^32")).map(InstrumentId)
    }

    /// Every currency, in order of its id.
    pub fn currency_ids(&self) -> impl Iterator<Item = CurrencyId> + use<> {
        (0..u32::try_from(self.currencies.len()).expect("fewer than 2^32")).map(CurrencyId)
    }

    /// The priority group of an account's long positions in an instrument on a date.
    pub(crate) fn priority(&self, account: AccountId, id: InstrumentId, date: Date) -> u32 {
        let group = |key| self.priorities.get(&(account, key)).and_then(|groups| groups.at(date));
        group(Some(id)).or_else(|| group(None)).copied().unwrap_or(0)
    }

    /// Works out what the open day means for each instrument.
    pub(crate) fn refresh_today(&mut self, open_day: Option<Date>) {
        let Some(date) = open_day else { return };
        for id in self.instrument_ids() {
            let trades = self
                .instrument_record(id)
                .versions
                .at(date)
                .is_some_and(|version| self.calendar(&version.trading_calendar).is_open(date));
            let settlement_date = self.settlement_date(id, date);
            self.instruments[id.0 as usize].today = Today { trades, settlement_date };
        }
    }
}
