//! Outcomes in a sentence: what was wrong, so that its sender can mend it.

use alloc::format;
use alloc::string::String;

use model::{DeadLetterReason, Place, Rejection};

/// The sentence for the name of an outcome of a trade report; empty for an unknown name.
#[must_use]
pub fn of_outcome(name: &str) -> &'static str {
    let rejection = Rejection::ALL.iter().find(|rejection| rejection.name() == name);
    rejection.map_or("", |rejection| of_rejection(*rejection))
}

/// Why an input was refused.
#[must_use]
pub fn of_rejection(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::UnknownTrade => "no trade of this source and date has this reference",
        Rejection::VersionGap => "the version does not follow the one that is in",
        Rejection::Duplicate => "this is in already, with the same content",
        Rejection::Conflict => "this is in already, with other content",
        Rejection::TradeClosed => "the trade is cancelled, or trading of its date is closed",
        Rejection::NotAmendable => {
            "an amendment may not change ISIN or currency: cancel the trade and report a new one"
        }
        Rejection::InvalidIsin => "the form or the check digit of the ISIN is wrong",
        Rejection::UnknownInstrument => "no instrument has this ISIN",
        Rejection::InactiveInstrument => "the instrument is suspended or closed",
        Rejection::InvalidQuantity => {
            "the quantity is not positive, finer than the instrument allows, or too large"
        }
        Rejection::InvalidPrice => {
            "the price is not positive, has more than nine decimals, or makes too large an amount"
        }
        Rejection::CurrencyMismatch => "this is not the currency of the instrument",
        Rejection::UnknownAccount => "no account has this code",
        Rejection::InactiveAccount => "the account or its member is suspended or closed",
        Rejection::SameAccount => "buyer and seller are the same account",
        Rejection::UnsupportedTradeType => "trades of this type are not cleared here",
        Rejection::WrongTradeDate => {
            "the trade date is not the open day, or no trading day of the instrument, or long past"
        }
        Rejection::TradingClosed => "trading of the open day is closed",
        Rejection::InvalidCurrency
        | Rejection::UnknownCurrency
        | Rejection::InvalidLei
        | Rejection::UnknownMember
        | Rejection::MissingCode
        | Rejection::TooManyDecimals
        | Rejection::ImmutableField
        | Rejection::InThePast
        | Rejection::ReservedCode
        | Rejection::RunUnderWay => of_reference(rejection),
        Rejection::UnknownPriceKind => "prices of this kind are not used here",
        Rejection::DayAlreadyOpened
        | Rejection::DayOutOfOrder
        | Rejection::PreviousDayOpen
        | Rejection::NotABusinessDay
        | Rejection::CommitmentMissing
        | Rejection::DayNotOpen
        | Rejection::TradingAlreadyClosed
        | Rejection::TradingNotClosed
        | Rejection::NotASettlementDay
        | Rejection::AlreadySettled
        | Rejection::WrongDraw
        | Rejection::PriceMissing
        | Rejection::ValueOutOfRange
        | Rejection::NotSettled => of_operation(rejection),
    }
}

/// Refusals of reference data.
#[expect(clippy::wildcard_enum_match_arm, reason = "of_rejection lists them all")]
fn of_reference(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::InvalidCurrency => "a currency code is three capital letters",
        Rejection::UnknownCurrency => "no currency has this code",
        Rejection::InvalidLei => "the form or the check digits of the LEI are wrong",
        Rejection::UnknownMember => "no member has this code",
        Rejection::MissingCode => "the code is empty",
        Rejection::TooManyDecimals => "there are more decimals than can be counted here",
        Rejection::ImmutableField => "a field that never changes would change",
        Rejection::InThePast => "it would change a business date that is past",
        Rejection::ReservedCode => "the clearing house itself goes by this code",
        _ => "a run is under way: send it again after its end",
    }
}

/// Refusals of operations.
#[expect(clippy::wildcard_enum_match_arm, reason = "of_rejection lists them all")]
fn of_operation(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::DayAlreadyOpened => "the day is open already, or was",
        Rejection::DayOutOfOrder => "a later day was opened before",
        Rejection::PreviousDayOpen => "the day before is not closed",
        Rejection::NotABusinessDay => "no calendar is open on this day",
        Rejection::CommitmentMissing => "a settlement day needs the SHA-256 of its draw",
        Rejection::DayNotOpen => "this is not the open day",
        Rejection::TradingAlreadyClosed => "trading is closed already",
        Rejection::TradingNotClosed => "close trading first",
        Rejection::NotASettlementDay => "nothing settles on this day",
        Rejection::AlreadySettled => "the day is settled already",
        Rejection::WrongDraw => "the draw is not the one that the day was opened with",
        Rejection::PriceMissing => "an open position has no price",
        Rejection::ValueOutOfRange => "the value of an open position is too large",
        _ => "settle the day first",
    }
}

/// Why an input could not be read.
#[must_use]
pub fn of_dead_letter(reason: DeadLetterReason) -> &'static str {
    match reason {
        DeadLetterReason::ColumnCount => "the number of columns is wrong",
        DeadLetterReason::NotUtf8 => "the text is not UTF-8",
        DeadLetterReason::UnknownAction => "the action is unknown",
        DeadLetterReason::EmptyField => "a field that is needed is empty",
        DeadLetterReason::BadVersion => "the version is not a number from 1 to 999999999",
        DeadLetterReason::BadNumeral => "a number is not a decimal numeral",
        DeadLetterReason::BadDate => "there is no such date",
        DeadLetterReason::BadInstant => "there is no such moment",
        DeadLetterReason::TooLong => "it is longer than an input may be",
        DeadLetterReason::UnknownWord => "a word is not one of its list",
        DeadLetterReason::NotDecodable => "it is not a message of the expected type",
        DeadLetterReason::NotSupported => "no release reads this topic yet",
        DeadLetterReason::WrongSegment => "it is meant for another segment",
    }
}

/// Why an input could not be read, and where it stands. `reason` is the reason's name.
#[must_use]
pub fn of_dead_letter_at(reason: &str, place: Place<'_>) -> String {
    let known = DeadLetterReason::ALL.iter().find(|known| known.name() == reason);
    let sentence = known.map_or(reason, |known| of_dead_letter(*known));
    let Place { channel, position, item, .. } = place;
    match item {
        0 => format!("{sentence} ({channel}, row {position})"),
        _ => format!("{sentence} ({channel}, row {position}, item {item})"),
    }
}
