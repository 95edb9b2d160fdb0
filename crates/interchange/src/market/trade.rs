//! A row of `trades.csv` as a trade report.
//!
//! A cancellation says which trade and nothing else; what stands in its other columns is not read.

use basics::{Date, Decimal, Instant, Numeral};
use model::{Action, Attributes, Command, DeadLetterReason, ReportedTerms, TradeKey, TradeReport};

use super::fields::Fields;

/// Reads the fields in the usual order of the columns.
#[inline]
pub(super) fn read<'a>(fields: &Fields<'a>) -> Result<Command<'a>, DeadLetterReason> {
    let [source, reference, version, action, _, _, _, _, trade_date, ..] = *fields;
    if source.is_empty() || reference.is_empty() {
        return Err(DeadLetterReason::EmptyField);
    }
    let version = self::version(version.as_bytes()).ok_or(DeadLetterReason::BadVersion)?;
    let action = match action {
        "new" => Action::New,
        "amend" => Action::Amend,
        "cancel" => Action::Cancel,
        _ => return Err(DeadLetterReason::UnknownAction),
    };
    let trade_date = Date::parse(trade_date.as_bytes()).ok_or(DeadLetterReason::BadDate)?;
    let terms = match action {
        Action::Cancel => None,
        Action::New | Action::Amend => Some(terms(fields)?),
    };
    let key = TradeKey { source, trade_date, reference };
    Ok(Command::Trade(TradeReport { key, version, action, terms }))
}

#[inline]
fn terms<'a>(fields: &Fields<'a>) -> Result<ReportedTerms<'a>, DeadLetterReason> {
    let [_, _, _, _, isin, quantity, price, currency, _, executed_at, buyer, seller, venue] =
        *fields;
    Ok(ReportedTerms {
        isin,
        quantity: numeral(quantity)?,
        price: numeral(price)?,
        currency,
        executed_at: Instant::parse(executed_at.as_bytes()).ok_or(DeadLetterReason::BadInstant)?,
        buyer,
        seller,
        venue,
        attributes: Attributes::default(),
    })
}

/// Reads a decimal numeral.
pub(super) fn numeral(text: &str) -> Result<Numeral, DeadLetterReason> {
    Numeral::parse(text.as_bytes()).ok_or(DeadLetterReason::BadNumeral)
}

/// Reads `[1-9][0-9]{0,8}`.
fn version(text: &[u8]) -> Option<u32> {
    if text.len() > 9 || !matches!(text.first(), Some(b'1'..=b'9')) {
        return None;
    }
    text.iter().try_fold(0, |version, byte| {
        byte.is_ascii_digit().then(|| version * 10 + u32::from(byte - b'0'))
    })
}

/// Whether the report is written as [`render_trade`](super::render_trade) writes it, for a row
/// without quotes and CR. Version and date can be written in one way only.
pub(super) fn is_canonical(report: &TradeReport<'_>, fields: &Fields<'_>) -> bool {
    let [_, _, _, _, isin, quantity, price, currency, _, executed_at, buyer, seller, venue] =
        *fields;
    match &report.terms {
        None => [isin, quantity, price, currency, executed_at, buyer, seller, venue]
            .iter()
            .all(|field| field.is_empty()),
        Some(terms) => {
            is_canonical_numeral(terms.quantity, quantity.as_bytes())
                && is_canonical_numeral(terms.price, price.as_bytes())
                && is_canonical_instant(executed_at.as_bytes())
        }
    }
}

/// Whether the number prints as the text that it was read from: without leading zeros, with a
/// sign only if it is negative, and with as many decimals.
fn is_canonical_numeral(numeral: Numeral, text: &[u8]) -> bool {
    let Numeral::Exact(Decimal { mantissa, scale }) = numeral else { return false };
    let digits = match text {
        [b'-', digits @ ..] if mantissa < 0 => digits,
        [b'-', ..] => return false,
        digits => digits,
    };
    let starts_well = match digits {
        [b'0'] | [b'0', b'.', ..] => true,
        [b'0', ..] => false,
        _ => true,
    };
    // Reading drops zeros behind the point of very long numerals: then the scale tells.
    let scale = usize::from(scale);
    let decimals_kept = match (scale, digits.len().checked_sub(scale + 1)) {
        (0, _) => !digits.contains(&b'.'),
        (_, Some(point)) => digits[point] == b'.',
        (_, None) => false,
    };
    starts_well && decimals_kept
}

/// Whether a text that is an instant is written in UTC with milliseconds, or with as many digits
/// as the fraction needs.
fn is_canonical_instant(text: &[u8]) -> bool {
    /// Length of a date and a time in seconds.
    const SECONDS: usize = 19;
    let Some((seconds, [b'.', fraction @ .., b'Z'])) = text.split_at_checked(SECONDS) else {
        return false;
    };
    // Without the digit test an offset before a stray `Z` would pass; reading excludes it.
    let digits = fraction.len();
    seconds[10] == b'T'
        && (digits == 3 || (digits > 3 && digits <= 18 && fraction[digits - 1] != b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_numeral(text: &str) {
        let numeral = Numeral::parse(text.as_bytes()).expect("a numeral");
        let printed = numeral.exact().map(|decimal| decimal.to_string());
        let expected = printed.as_deref() == Some(text);
        assert_eq!(is_canonical_numeral(numeral, text.as_bytes()), expected, "{text}");
    }

    fn check_instant(text: &str) {
        let instant = Instant::parse(text.as_bytes()).expect("an instant");
        let expected = instant.to_string() == text;
        assert_eq!(is_canonical_instant(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn numerals_are_canonical_exactly_if_they_print_the_same() {
        for text in ["0", "-0", "00", "0.0", "-0.0", "-0.5", "007", "7.50", "01.5", "100", "-1"] {
            check_numeral(text);
        }
        check_numeral(&("1".repeat(38)));
        check_numeral(&("1".repeat(39)));
        check_numeral(&("0.".to_owned() + &"0".repeat(38)));
        check_numeral(&("12.3".to_owned() + &"0".repeat(30)));
    }

    #[test]
    fn instants_are_canonical_exactly_if_they_print_the_same() {
        for end in [
            "00Z",
            "00.464Z",
            "00.46Z",
            "00.4640Z",
            "00.4641Z",
            "00.464z",
            "00.000Z",
            "00.000+00:00",
            "00.1234567890123456789Z",
            "00.123456789012345678Z",
        ] {
            check_instant(&format!("2013-10-07T08:00:{end}"));
            check_instant(&format!("2013-10-07t08:00:{end}"));
        }
        check_instant("2016-12-31T23:59:60.500Z");
    }

    #[test]
    fn a_version_is_one_to_nine_digits_without_a_leading_zero() {
        for (text, expected) in [
            ("1", Some(1)),
            ("999999999", Some(999_999_999)),
            ("1000000000", None),
            ("0", None),
            ("01", None),
            ("", None),
            ("+1", None),
            ("1.0", None),
        ] {
            assert_eq!(version(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        /// The test by form agrees with printing, for every numeral.
        #[test]
        fn every_numeral_is_judged_as_it_prints(text in "-?[01]{1,24}(\\.[01]{1,24})?") {
            check_numeral(&text);
        }

        /// The test by form agrees with printing, for every instant.
        #[test]
        fn every_instant_is_judged_as_it_prints(
            text in "2013-10-07[Tt]08:00:0[0-9](\\.[01]{1,20})?([Zz]|\\+01:00)",
        ) {
            check_instant(&text);
        }
    }
}
