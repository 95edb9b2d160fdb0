//! Rows of the files of reference data. All are in force from the beginning.

use basics::Date;
use model::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, OpeningHolding,
};
use model::{AccountKind, Command, DeadLetterReason, ReferenceChange, Status};

use super::business::date;
use super::fields::Fields;
use super::trade::numeral;

type Read<'a> = Result<Command<'a>, DeadLetterReason>;

/// Reads a currency.
pub(super) fn currency<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [code, minor_units, calendar, ..] = *fields;
    let minor_decimals = decimals(minor_units)?;
    let currency = CurrencyChange { code, minor_decimals, calendar, from: Date::MIN };
    Ok(Command::Reference(ReferenceChange::Currency(currency)))
}

/// Reads a day on which a calendar is closed.
pub(super) fn closure<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [calendar, closed_on, name, ..] = *fields;
    let closure = Closure { calendar, closed_on: date(closed_on)?, name };
    Ok(Command::Reference(ReferenceChange::Closure(closure)))
}

/// Reads a member.
pub(super) fn member<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [member, lei, name, ..] = *fields;
    let member = MemberChange { member, lei, name, status: Status::Active, from: Date::MIN };
    Ok(Command::Reference(ReferenceChange::Member(member)))
}

/// Reads an account.
pub(super) fn account<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [account, member, kind, ..] = *fields;
    let kind = AccountKind::ALL.iter().find(|known| known.name() == kind);
    let kind = *kind.ok_or(DeadLetterReason::UnknownWord)?;
    let account = AccountChange { account, member, kind, status: Status::Active, from: Date::MIN };
    Ok(Command::Reference(ReferenceChange::Account(account)))
}

/// Reads an instrument.
pub(super) fn instrument<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [
        isin,
        symbol,
        name,
        kind,
        currency,
        quantity_decimals,
        listed_on,
        trading_calendar,
        settlement_calendar,
        settlement_cycle,
        ..,
    ] = *fields;
    let instrument = InstrumentChange {
        isin,
        replaces: "",
        symbol,
        name,
        kind,
        currency,
        quantity_decimals: decimals(quantity_decimals)?,
        listed_on,
        trading_calendar,
        settlement_calendar,
        cycle: cycle(settlement_cycle).ok_or(DeadLetterReason::UnknownWord)?,
        status: Status::Active,
        from: Date::MIN,
    };
    Ok(Command::Reference(ReferenceChange::Instrument(instrument)))
}

/// Reads what an account holds at the start.
pub(super) fn holding<'a>(fields: &Fields<'a>) -> Read<'a> {
    let [account, asset, quantity, ..] = *fields;
    let holding = OpeningHolding { account, asset, quantity: numeral(quantity)? };
    Ok(Command::Reference(ReferenceChange::Holding(holding)))
}

/// Reads a number of decimals. Every numeral is readable; one that can be no number of decimals
/// becomes 255, which no rule accepts.
fn decimals(text: &str) -> Result<u8, DeadLetterReason> {
    let whole = numeral(text)?.exact().and_then(|decimal| decimal.scaled_to(0).ok());
    Ok(whole.and_then(|whole| u8::try_from(whole).ok()).unwrap_or(u8::MAX))
}

/// Reads `T+n` with n from 0 to 99.
fn cycle(text: &str) -> Option<u16> {
    let days = text.strip_prefix("T+")?;
    let is_number = matches!(days.len(), 1 | 2) && days.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| days.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_t_plus_0_to_99() {
        for (text, days) in [("T+0", 0), ("T+2", 2), ("T+99", 99), ("T+02", 2)] {
            assert_eq!(cycle(text), Some(days), "{text}");
        }
        for text in ["", "T", "T+", "T+100", "t+2", "T-1", "T++1", "2", "T+ 2"] {
            assert_eq!(cycle(text), None, "{text}");
        }
    }

    #[test]
    fn a_numeral_that_is_no_number_of_decimals_is_readable() {
        assert_eq!(decimals("2"), Ok(2));
        assert_eq!(decimals("2.0"), Ok(2));
        for text in ["-1", "2.5", "300", "99999999999999999999999999999999999999999"] {
            assert_eq!(decimals(text), Ok(u8::MAX), "{text}");
        }
        assert_eq!(decimals("two"), Err(DeadLetterReason::BadNumeral));
    }
}
