//! International securities identification numbers (ISO 6166).

use core::fmt;

/// An ISIN whose form and check digit are right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isin([u8; 12]);

impl Isin {
    /// Two capital letters, nine capital letters or digits, and the right check digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 12] = text.as_bytes().try_into().ok()?;
        let [country @ .., _] = &code[..3] else { return None };
        let well_formed = country.iter().all(u8::is_ascii_uppercase)
            && code[2..11].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && code[11].is_ascii_digit();
        (well_formed && luhn(&code) == 0).then_some(Self(code))
    }

    /// The twelve characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("twelve ASCII characters")
    }
}

/// Luhn sum modulo 10 of all characters, letters as two digits (A is 10 … Z is 35).
fn luhn(code: &[u8; 12]) -> u32 {
    let mut sum = 0;
    let mut double = false;
    let mut add = |digit: u32| {
        let doubled = if double { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
        double = !double;
    };
    for byte in code.iter().rev() {
        if byte.is_ascii_digit() {
            add(u32::from(byte - b'0'));
        } else {
            let letter = u32::from(byte - b'A') + 10;
            add(letter % 10);
            add(letter / 10);
        }
    }
    sum % 10
}

impl fmt::Display for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_isins_are_valid() {
        for text in ["US0268747849", "US0378331005", "GB0002634946", "AU0000XVGZA3", "DE0007100000"]
        {
            assert!(Isin::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_or_form_is_refused() {
        for text in ["US0268747840", "us0268747849", "U50268747849", "US026874784", "US02687478499"]
        {
            assert!(Isin::parse(text).is_none(), "{text}");
        }
        assert!(Isin::parse("US026874784A").is_none());
        assert!(Isin::parse("US02687-7849").is_none());
        assert!(Isin::parse("").is_none());
    }
}
