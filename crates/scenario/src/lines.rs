//! A text as the lines that say something: numbered, without comments, with their indentation.

use crate::report::Problem;

/// Longer texts are no scenarios.
const MAX_BYTES: usize = 1 << 20;
/// Longer lines are no table rows.
const MAX_LINE_BYTES: usize = 4_096;

/// One line that says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    /// Its number, from 1.
    pub number: usize,
    /// Spaces before it; a tab counts as one.
    pub indent: usize,
    /// What it says, without comment and without space at its ends.
    pub text: &'t str,
}

/// The lines of a text that say something.
pub(crate) fn lines(text: &str) -> Result<Vec<Line<'_>>, Problem> {
    if text.len() > MAX_BYTES {
        let expected = format!("a file of at most {MAX_BYTES} bytes");
        return Err(Problem::new(1, expected, format!("{} bytes", text.len())));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        if raw.len() > MAX_LINE_BYTES {
            let expected = format!("a line of at most {MAX_LINE_BYTES} bytes");
            return Err(Problem::new(number, expected, format!("{} bytes", raw.len())));
        }
        let said = without_comment(raw).trim_end();
        let text = said.trim_start();
        if !text.is_empty() {
            out.push(Line { number, indent: said.len() - text.len(), text });
        }
    }
    Ok(out)
}

/// A comment begins with `#` at the start of a line or behind a space, outside of quotes.
fn without_comment(raw: &str) -> &str {
    let (mut quoted, mut before) = (false, ' ');
    for (at, c) in raw.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted && before.is_whitespace() => return &raw[..at],
            _ => {}
        }
        before = c;
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_say_nothing() {
        let found = lines("# a\n\n  T1  x # b\nA#1  \"# c\"\n").expect("short");
        let found: Vec<_> = found.iter().map(|l| (l.number, l.indent, l.text)).collect();
        assert_eq!(found, [(3, 2, "T1  x"), (4, 0, "A#1  \"# c\"")]);
    }

    #[test]
    fn a_text_or_a_line_that_is_too_long_is_refused() {
        assert!(lines(&"x".repeat(MAX_LINE_BYTES + 1)).is_err());
        assert!(lines(&"x\n".repeat(MAX_BYTES)).is_err());
    }
}
