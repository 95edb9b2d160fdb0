//! Text as a field of CSV (RFC 4180): quoted only where it has to be.

/// Appends `text` as one field.
pub(crate) fn push_field(text: &str, out: &mut Vec<u8>) {
    if text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_only_where_they_have_to() {
        for (text, expected) in [
            ("", ""),
            (" plain; text' ", " plain; text' "),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("\r", "\"\r\""),
            ("=1+1", "=1+1"),
        ] {
            let mut out = Vec::new();
            push_field(text, &mut out);
            assert_eq!(out, expected.as_bytes(), "{text:?}");
        }
    }
}
