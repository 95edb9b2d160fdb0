//! Identifiers whose form can be checked: ISIN, LEI, currency code.

/// Two capital letters, nine capital letters or digits, one check digit that is right.
pub(crate) fn is_isin(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 12
        || !bytes[..2].iter().all(u8::is_ascii_uppercase)
        || !bytes[2..11].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        || !bytes[11].is_ascii_digit()
    {
        return false;
    }
    // ISO 6166: letters become two digits; every second digit from the right but one doubles.
    let digits: Vec<u32> = spelled(text).bytes().map(|b| u32::from(b - b'0')).collect();
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let value = if place % 2 == 1 { digit * 2 } else { *digit };
        sum += value / 10 + value % 10;
    }
    sum % 10 == 0
}

/// Eighteen capital letters or digits and two check digits that are right (ISO 17442).
pub(crate) fn is_lei(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 20
        || !bytes[..18].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        || !bytes[18..].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    spelled(text).bytes().fold(0, |rest, b| (rest * 10 + u32::from(b - b'0')) % 97) == 1
}

/// Three capital letters.
pub(crate) fn is_currency_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Letters as numbers: A is 10, Z is 35.
fn spelled(text: &str) -> String {
    text.chars().map(|c| c.to_digit(36).unwrap_or(0).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_checked() {
        for isin in ["US0268747849", "US0605051046", "US4592001014", "US78462F1030"] {
            assert!(is_isin(isin));
        }
        for isin in
            ["US0268747840", "us0268747849", "US02687478490", "", "U10268747849", "US026874784A"]
        {
            assert!(!is_isin(isin), "{isin}");
        }
        assert!(is_lei("549300TRUWO2CD2G5692"));
        assert!(!is_lei("549300TRUWO2CD2G5693"));
        assert!(!is_lei("549300TRUWO2CD2G569"));
    }
}
