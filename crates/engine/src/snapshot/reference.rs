//! Reference data in a snapshot. Codes are numbered in the order of their records, so that only
//! the records are written; ISINs have a list of their own, with every former one.

use alloc::boxed::Box;

use basics::{AccountId, Calendar, CurrencyId, InstrumentId, MemberId};
use model::AccountKind;
use model::reference::{ClearingModel, Status};

use super::codec::{Reader, Writer, below, in_order, known};
use super::{SnapshotError, flag};
use crate::effective::Effective;
use crate::interner::Interner;
use crate::refdata::{
    AccountRecord, CurrencyRecord, InstrumentRecord, InstrumentVersion, MemberRecord,
    MemberVersion, Registry, Today,
};

type Read<T> = Result<T, SnapshotError>;

pub(super) fn write(registry: &Registry, out: &mut Writer<'_>) {
    out.byte(u8::from(registry.currencies_stated));
    out.count(registry.currencies.len());
    for currency in &registry.currencies {
        out.text(&currency.code);
        out.byte(currency.minor_decimals);
        versions(&currency.calendar, out, |out, name| out.text(name));
    }
    out.count(registry.members.len());
    for member in &registry.members {
        out.text(&member.code);
        versions(&member.versions, out, |out, version| {
            out.text(&version.lei);
            out.text(&version.name);
            out.byte(version.status.number());
        });
    }
    out.count(registry.accounts.len());
    for account in &registry.accounts {
        out.text(&account.code);
        out.u32(account.member.0);
        out.byte(account.kind.number());
        versions(&account.status, out, |out, status| out.byte(status.number()));
    }
    out.count(registry.instruments.len());
    for instrument in &registry.instruments {
        out.u32(instrument.currency.0);
        out.byte(instrument.quantity_decimals);
        versions(&instrument.versions, out, |out, version| version.write(out));
    }
    texts(&registry.isins, out);
    registry.isin_owner.iter().for_each(|owner| out.u32(owner.0));
    out.count(registry.calendars.len());
    for (name, calendar) in &registry.calendars {
        out.text(name);
        out.count(calendar.closed_days().count());
        calendar.closed_days().for_each(|day| out.date(day));
    }
    versions(&registry.policy, out, |out, model| out.byte(model.number()));
    out.count(registry.priorities.len());
    for ((account, instrument), groups) in &registry.priorities {
        out.u32(account.0);
        out.byte(u8::from(instrument.is_some()));
        out.u32(instrument.unwrap_or_default().0);
        versions(groups, out, |out, group| out.u32(*group));
    }
}

pub(super) fn read(bytes: &mut Reader<'_>) -> Read<Registry> {
    let mut registry = Registry { currencies_stated: flag(bytes.byte()?)?, ..Registry::default() };
    for _ in 0..bytes.count(8)? {
        let code = new_code(&mut registry.currency_codes, bytes.text()?)?;
        let minor_decimals = decimals(bytes, basics::money::MAX_MINOR_DECIMALS)?;
        let calendar = read_versions(bytes, Reader::boxed)?;
        registry.currencies.push(CurrencyRecord { code, minor_decimals, calendar });
    }
    for _ in 0..bytes.count(8)? {
        let code = new_code(&mut registry.member_codes, bytes.text()?)?;
        let versions = read_versions(bytes, |bytes| {
            let (lei, name) = (bytes.boxed()?, bytes.boxed()?);
            Ok(MemberVersion { lei, name, status: status(bytes)? })
        })?;
        registry.members.push(MemberRecord { code, versions });
    }
    for _ in 0..bytes.count(8)? {
        let code = new_code(&mut registry.account_codes, bytes.text()?)?;
        let member = MemberId(id(bytes, registry.members.len())?);
        let kind = known(AccountKind::from_number(bytes.byte()?.into()))?;
        let status = read_versions(bytes, status)?;
        registry.accounts.push(AccountRecord { code, member, kind, status });
    }
    for _ in 0..bytes.count(8)? {
        registry.instruments.push(instrument(bytes, registry.currencies.len())?);
    }
    registry.isins = read_texts(bytes)?;
    for _ in 0..registry.isins.texts().count() {
        let owner = InstrumentId(id(bytes, registry.instruments.len())?);
        registry.isin_owner.push(owner);
    }
    let mut previous = None;
    for _ in 0..bytes.count(8)? {
        let name = bytes.text()?;
        in_order(&mut previous, name)?;
        registry.calendars.insert(name.into(), calendar(bytes)?);
    }
    registry.policy =
        read_versions(bytes, |bytes| known(ClearingModel::from_number(bytes.byte()?.into())))?;
    priorities(&mut registry, bytes)?;
    Ok(registry)
}

fn instrument(bytes: &mut Reader<'_>, currencies: usize) -> Read<InstrumentRecord> {
    let currency = CurrencyId(id(bytes, currencies)?);
    let quantity_decimals = decimals(bytes, basics::money::MAX_QUANTITY_DECIMALS)?;
    let versions = read_versions(bytes, InstrumentVersion::read)?;
    if versions.versions().is_empty() {
        return Err(SnapshotError::Malformed("an instrument"));
    }
    Ok(InstrumentRecord { currency, quantity_decimals, versions, today: Today::default() })
}

fn calendar(bytes: &mut Reader<'_>) -> Read<Calendar> {
    let mut calendar = Calendar::weekends();
    for _ in 0..bytes.count(4)? {
        calendar.close(bytes.date()?);
    }
    Ok(calendar)
}

fn priorities(registry: &mut Registry, bytes: &mut Reader<'_>) -> Read<()> {
    let mut previous = None;
    for _ in 0..bytes.count(8)? {
        let account = AccountId(id(bytes, registry.accounts.len())?);
        let (one, number) = (flag(bytes.byte()?)?, u64::from(bytes.u32()?));
        let instrument = match one {
            true => Some(InstrumentId(below(number, registry.instruments.len())?)),
            false => None,
        };
        in_order(&mut previous, (account, instrument))?;
        let groups = read_versions(bytes, Reader::u32)?;
        registry.priorities.insert((account, instrument), groups);
    }
    Ok(())
}

impl InstrumentVersion {
    fn write(&self, out: &mut Writer<'_>) {
        for text in [&self.isin, &self.symbol, &self.name, &self.kind, &self.listed_on] {
            out.text(text);
        }
        out.text(&self.trading_calendar);
        out.text(&self.settlement_calendar);
        out.u32(self.cycle.into());
        out.byte(self.status.number());
    }

    fn read(bytes: &mut Reader<'_>) -> Read<Self> {
        let (isin, symbol, name) = (bytes.boxed()?, bytes.boxed()?, bytes.boxed()?);
        let (kind, listed_on) = (bytes.boxed()?, bytes.boxed()?);
        let (trading_calendar, settlement_calendar) = (bytes.boxed()?, bytes.boxed()?);
        let cycle = known(u16::try_from(bytes.u32()?).ok())?;
        let status = status(bytes)?;
        Ok(Self {
            isin,
            symbol,
            name,
            kind,
            listed_on,
            trading_calendar,
            settlement_calendar,
            cycle,
            status,
        })
    }
}

fn versions<T>(versions: &Effective<T>, out: &mut Writer<'_>, each: impl Fn(&mut Writer<'_>, &T)) {
    out.count(versions.versions().len());
    for (from, value) in versions.versions() {
        out.date(*from);
        each(out, value);
    }
}

fn read_versions<'b, T>(
    bytes: &mut Reader<'b>,
    each: impl Fn(&mut Reader<'b>) -> Read<T>,
) -> Read<Effective<T>> {
    let mut versions = Effective::default();
    let mut previous = None;
    for _ in 0..bytes.count(5)? {
        let from = bytes.date()?;
        in_order(&mut previous, from)?;
        versions.set(from, each(bytes)?);
    }
    Ok(versions)
}

/// Every text of an interner, in order of its number.
pub(super) fn texts(interner: &Interner, out: &mut Writer<'_>) {
    out.count(interner.texts().count());
    interner.texts().for_each(|text| out.text(text));
}

pub(super) fn read_texts(bytes: &mut Reader<'_>) -> Read<Interner> {
    let mut interner = Interner::default();
    for _ in 0..bytes.count(8)? {
        new_code(&mut interner, bytes.text()?)?;
    }
    Ok(interner)
}

/// Gives the next number to a text that may not be in yet.
fn new_code(interner: &mut Interner, text: &str) -> Read<Box<str>> {
    if interner.get(text).is_some() {
        return Err(SnapshotError::Malformed("a code twice, a thing"));
    }
    interner.intern(text);
    Ok(text.into())
}

fn id(bytes: &mut Reader<'_>, limit: usize) -> Read<u32> {
    below(bytes.u32()?.into(), limit)
}

fn decimals(bytes: &mut Reader<'_>, most: u8) -> Read<u8> {
    known(Some(bytes.byte()?).filter(|decimals| *decimals <= most))
}

fn status(bytes: &mut Reader<'_>) -> Read<Status> {
    known(Status::from_number(bytes.byte()?.into()))
}
