//! One row as fields.
//!
//! A row without quotes is cut at its commas and borrowed as it is; a row with quotes is written
//! anew without them. Law: where both ways can be gone, they give the same fields.

use memchr::memchr_iter;

use super::columns::MAX_COLUMNS;

/// The fields of a row; those beyond its number of columns are empty.
pub(super) type Fields<'a> = [&'a str; MAX_COLUMNS];

/// Cuts a row without quotes. Gives the fields and how many columns the row has.
pub(super) fn plain(text: &str) -> (Fields<'_>, usize) {
    let mut fields = [""; MAX_COLUMNS];
    let mut columns = 0;
    let mut start = 0;
    for comma in memchr_iter(b',', text.as_bytes()) {
        if let Some(field) = fields.get_mut(columns) {
            *field = &text[start..comma];
        }
        columns += 1;
        start = comma + 1;
    }
    if let Some(field) = fields.get_mut(columns) {
        *field = &text[start..];
    }
    (fields, columns + 1)
}

/// Cuts any row, with the help of `scratch`.
///
/// A quote opens a field only as its first character; a doubled one inside stands for one. What
/// follows the closing quote belongs to the field as it is.
pub(super) fn quoted<'a>(text: &str, scratch: &'a mut String) -> (Fields<'a>, usize) {
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
    let mut fields = [""; MAX_COLUMNS];
    let mut start = 0;
    for (field, end) in fields.iter_mut().zip(ends).take(columns) {
        *field = &scratch[start..end];
        start = end;
    }
    (fields, columns)
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
        let mut scratch = String::new();
        let (fields, columns) = quoted(text, &mut scratch);
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
        assert_eq!(plain(&text).1, 41);
        assert_eq!(quoted(&text, &mut String::new()).1, 41);
    }

    proptest! {
        /// Both ways give the same fields of a row without quotes.
        #[test]
        fn both_ways_agree(text in "[a-c,é\r 0]{0,40}") {
            let mut scratch = String::new();
            prop_assert_eq!(plain(&text), quoted(&text, &mut scratch));
        }
    }
}
