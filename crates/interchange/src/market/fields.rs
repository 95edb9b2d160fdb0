//! One row as fields.
//!
//! A row without quotes is cut at its commas and borrowed as it is; a row with quotes is written
//! anew without them. Law: where both ways can be gone, they give the same fields.

use super::columns::MAX_COLUMNS;

/// The fields of a row; those beyond its number of columns are empty, and those beyond the most
/// columns that a file has are left out.
pub(super) type Fields<'a> = [&'a str; MAX_COLUMNS];

/// Cuts a row without quotes into `fields`; gives how many columns it has.
pub(super) fn plain<'a>(text: &'a str, fields: &mut Fields<'a>) -> usize {
    let mut columns = 0;
    let mut start = 0;
    let mut field_ends_at = |end: usize| {
        if let Some(field) = fields.get_mut(columns) {
            *field = &text[start..end];
        }
        columns += 1;
        start = end + 1;
    };
    let (words, rest) = text.as_bytes().as_chunks();
    for (word, at) in words.iter().zip((0..).step_by(WORD)) {
        commas(*word, |place| field_ends_at(at + place));
    }
    // Behind the row there is nothing, which is no comma.
    let mut last = [0; WORD];
    last[..rest.len()].copy_from_slice(rest);
    commas(last, |place| field_ends_at(words.len() * WORD + place));
    field_ends_at(text.len());
    columns
}

/// Bytes looked at together. Fields are short: a search for each comma by itself costs more.
const WORD: usize = 8;

/// Gives the place of every comma among eight bytes, in order.
fn commas(bytes: [u8; WORD], mut found: impl FnMut(usize)) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let others = u64::from_le_bytes(bytes) ^ u64::from_ne_bytes([b','; WORD]);
    // A byte's high bit stays clear exactly if all its bits are: then it was a comma.
    let mut commas = !(((others & LOW) + LOW) | others | LOW);
    while commas != 0 {
        found((commas.trailing_zeros() / 8) as usize);
        commas &= commas - 1;
    }
}

/// Cuts any row into `fields`, with the help of `scratch`; gives how many columns it has.
///
/// A quote opens a field only as its first character; a doubled one inside stands for one. What
/// follows the closing quote belongs to the field as it is.
pub(super) fn quoted<'a>(text: &str, scratch: &'a mut String, fields: &mut Fields<'a>) -> usize {
    scratch.clear();
    let mut ends = [0; MAX_COLUMNS];
    let mut columns = 0;
    let mut rest = Some(text);
    while let Some(row) = rest {
        rest = copy_field(row, scratch);
        if let Some(end) = ends.get_mut(columns) {
            *end = scratch.len();
        }
        columns += 1;
    }
    let mut start = 0;
    for (field, end) in fields.iter_mut().zip(ends).take(columns) {
        *field = &scratch[start..end];
        start = end;
    }
    columns
}

/// Appends the first field of `row` to `field`; gives what follows its comma, if there is one.
fn copy_field<'a>(row: &'a str, field: &mut String) -> Option<&'a str> {
    let mut tail = row;
    if let Some(mut inside) = row.strip_prefix('"') {
        tail = loop {
            let (text, after) = inside.split_once('"').unwrap_or((inside, ""));
            field.push_str(text);
            match after.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    inside = after;
                }
                None => break after,
            }
        };
    }
    match tail.split_once(',') {
        Some((text, rest)) => {
            field.push_str(text);
            Some(rest)
        }
        None => {
            field.push_str(tail);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(text: &str) -> Vec<String> {
        let (mut scratch, mut fields) = (String::new(), Fields::default());
        let columns = quoted(text, &mut scratch, &mut fields);
        fields[..columns].iter().map(|field| (*field).to_owned()).collect()
    }

    #[test]
    fn quotes_are_taken_off() {
        assert_eq!(fields(r#""a,b",c"#), ["a,b", "c"]);
        assert_eq!(fields(r#""say ""hi""","#), [r#"say "hi""#, ""]);
        assert_eq!(fields("\"two\r\nlines\",x"), ["two\r\nlines", "x"]);
        assert_eq!(fields(r#""","""""#), ["", "\""]);
    }

    #[test]
    fn a_quote_inside_a_field_is_text() {
        assert_eq!(fields(r#"12" pipe,x"#), [r#"12" pipe"#, "x"]);
        assert_eq!(fields(r#""a"b"c,"d"#), [r#"ab"c"#, "d"]);
    }

    #[test]
    fn columns_beyond_the_last_are_counted() {
        let text = ",".repeat(40);
        assert_eq!(plain(&text, &mut Fields::default()), 41);
        assert_eq!(quoted(&text, &mut String::new(), &mut Fields::default()), 41);
    }

    proptest! {
        /// Both ways give the same fields of a row without quotes.
        #[test]
        fn both_ways_agree(text in "[+-.,é\r 0l\u{ac}]{0,40}") {
            let (mut scratch, mut one, mut other) = Default::default();
            prop_assert_eq!(plain(&text, &mut one), quoted(&text, &mut scratch, &mut other));
            prop_assert_eq!(one, other);
        }
    }
}
