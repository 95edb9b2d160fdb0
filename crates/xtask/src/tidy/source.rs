//! Enough of a Rust lexer to tell code from comments and from the contents of literals.
//!
//! It knows strings (also raw, byte and C strings), characters, lifetimes and nested comments. It
//! does not know macros: what a macro makes of its tokens is not our business.

/// One source text, twice, with blanks where something was taken out. Lines stay where they were.
#[derive(Debug)]
pub struct Masked {
    /// Code alone: no comments, no literals of text.
    pub code: String,
    /// Code and comments: no literals of text.
    pub prose: String,
}

/// What was found at a place that is not plain code.
enum Region {
    Comment,
    Literal,
}

/// Separates code, comments and literals.
pub fn masked(text: &str) -> Masked {
    let bytes = text.as_bytes();
    let (mut code, mut prose) = (bytes.to_vec(), bytes.to_vec());
    let mut at = 0;
    while at < bytes.len() {
        if let Some((region, end)) = region(bytes, at) {
            blank(&mut code[at..end]);
            if matches!(region, Region::Literal) {
                blank(&mut prose[at..end]);
            }
            at = end;
        } else {
            // A whole word at once: the `r` that ends `for` must not open a raw string.
            at += word_length(&bytes[at..]).max(1);
        }
    }
    let text_of = |bytes| String::from_utf8(bytes).expect("regions begin and end at ASCII bytes");
    Masked { code: text_of(code), prose: text_of(prose) }
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

/// The comment or literal that begins at `at`, with the index behind its end.
fn region(bytes: &[u8], at: usize) -> Option<(Region, usize)> {
    let rest = &bytes[at..];
    match rest[0] {
        b'/' if rest.starts_with(b"//") => {
            let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            Some((Region::Comment, at + length))
        }
        b'/' if rest.starts_with(b"/*") => Some((Region::Comment, at + block_comment(rest))),
        b'"' => Some((Region::Literal, at + quoted(rest, b'"'))),
        b'\'' => character(rest).map(|length| (Region::Literal, at + length)),
        b'b' | b'c' | b'r' => prefixed(rest).map(|length| (Region::Literal, at + length)),
        _ => None,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Length of a literal that begins with a quote and ends with the same one, not escaped.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Length of a character literal. `None` if the quote opens a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)]);
    // A cut-off character at the end of the window is no harm: the first one is whole.
    let window = text.or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()])).ok()?;
    let width = window.chars().next()?.len_utf8();
    (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
}

/// Length of a literal with a prefix: `b"…"`, `b'…'`, `c"…"`, `r#"…"#` and their mixtures.
fn prefixed(rest: &[u8]) -> Option<usize> {
    let prefix = word_length(rest);
    match &rest[..prefix] {
        b"b" if rest.get(1) == Some(&b'\'') => Some(1 + quoted(&rest[1..], b'\'')),
        b"b" | b"c" if rest.get(1) == Some(&b'"') => Some(1 + quoted(&rest[1..], b'"')),
        b"r" | b"br" | b"cr" => {
            let fences = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
            if rest.get(prefix + fences) != Some(&b'"') {
                return None;
            }
            let body = prefix + fences + 1;
            let close = [b"\"".as_slice(), &b"#".repeat(fences)].concat();
            let end = rest[body..].windows(close.len()).position(|window| window == close);
            Some(end.map_or(rest.len(), |length| body + length + close.len()))
        }
        _ => None,
    }
}

/// Length of the identifier or number at the beginning. Bytes of other scripts count as letters.
fn word_length(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| is_word(**byte)).count()
}

/// True for bytes that can be part of an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Index just behind the bracket that closes the one at `open`. `None` if it never closes.
pub fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Number of the line, from 1, in which the byte at `at` stands.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
}

/// Places where `word` stands alone, not as a part of a longer word.
pub fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).is_some_and(|before| is_word(bytes[before]));
        let after = bytes.get(at + word.len()).is_some_and(|byte| is_word(*byte));
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str, prose: &str) {
        let masked = masked(text);
        assert_eq!(masked.code, code);
        assert_eq!(masked.prose, prose);
    }

    #[test]
    fn comments_leave_the_code_and_literals_leave_both() {
        check("a // b\nc", "a     \nc", "a // b\nc");
        check("a /* b /* c */ */ d", "a                 d", "a /* b /* c */ */ d");
        check(r#"f("// x\" y") g"#, "f(          ) g", "f(          ) g");
    }

    #[test]
    fn raw_strings_end_at_their_own_fence() {
        check(r##"r#"a " // b"# c"##, "              c", "              c");
        check("for r#type in x", "for r#type in x", "for r#type in x");
    }

    #[test]
    fn a_lifetime_is_not_a_character() {
        check("&'a str, '{', '\\'', 'é', b'x'", "&'a str,    ,     ,     ,     ", {
            "&'a str,    ,     ,     ,     "
        });
    }

    #[test]
    fn a_word_inside_another_word_is_not_found() {
        assert_eq!(words("sum assume sum", "sum").collect::<Vec<_>>(), [0, 11]);
    }

    #[test]
    fn brackets_close_where_they_opened() {
        assert_eq!(closing("a { b(c) } d", 2), Some(10));
        assert_eq!(closing("{ (", 0), None);
    }
}
