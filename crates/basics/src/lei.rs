//! Legal entity identifiers (ISO 17442, check digits by ISO 7064 MOD 97-10).

/// An LEI whose form and check digits are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei([u8; 20]);

impl Lei {
    /// Eighteen capital letters or digits and two right check digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 20] = text.as_bytes().try_into().ok()?;
        let well_formed = code[..18].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && code[18..].iter().all(u8::is_ascii_digit);
        (well_formed && mod_97(&code) == 1).then_some(Self(code))
    }

    /// The twenty characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("twenty ASCII characters")
    }
}

/// The number that the characters write, letters as two digits, modulo 97.
fn mod_97(code: &[u8; 20]) -> u32 {
    code.iter().fold(0, |rest, byte| {
        if byte.is_ascii_digit() {
            (rest * 10 + u32::from(byte - b'0')) % 97
        } else {
            (rest * 100 + u32::from(byte - b'A') + 10) % 97
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_verified() {
        assert!(Lei::parse("54930000000000000196").is_some());
        assert!(Lei::parse("5493001KJTIIGC8Y1R12").is_some());
        assert!(Lei::parse("5493001KJTIIGC8Y1R13").is_none());
        assert!(Lei::parse("5493001kjtiigc8y1r12").is_none());
        assert!(Lei::parse("").is_none());
    }
}
