//! Rows begin and end where RFC 4180 says, within bounds, however the bytes arrive.

use super::super::fields::{self, Fields};
use super::*;
use proptest::prelude::*;

/// A row as the tests compare it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    line: u64,
    bytes: Vec<u8>,
    fault: Option<DeadLetterReason>,
}

fn read(source: impl Read) -> Vec<Seen> {
    let mut lines = Lines::new(source).expect("memory can be read");
    let mut seen = Vec::new();
    while let Some(line) = lines.next().expect("memory can be read") {
        let bytes = lines.bytes(line).to_vec();
        assert!(line.quoted || !bytes.contains(&b'"'));
        seen.push(Seen { line: line.line, bytes, fault: line.fault });
        assert!(lines.buffer.len() <= 2 * REACH, "memory stays bounded");
    }
    seen
}

#[track_caller]
fn check(text: &str, expected: &[(u64, &str)]) {
    let seen = read(text.as_bytes());
    let seen: Vec<_> = seen
        .iter()
        .map(|row| (row.line, str::from_utf8(&row.bytes).expect("text"), row.fault))
        .collect();
    let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, *text, None)).collect();
    assert_eq!(seen, expected);
}

#[test]
fn lines_end_with_lf_crlf_or_the_file() {
    check("a\nb\r\nc", &[(1, "a"), (2, "b"), (3, "c")]);
    check("a\r", &[(1, "a")]);
    check("", &[]);
    check("a\rb\n", &[(1, "a\rb")]);
}

#[test]
fn empty_lines_are_skipped_and_counted() {
    check("\n\r\na\n\n\r\n\nb\n\n", &[(3, "a"), (7, "b")]);
    check("\r", &[]);
}

#[test]
fn a_byte_order_mark_is_skipped_at_the_start_alone() {
    check("\u{feff}a\n\u{feff}b\n", &[(1, "a"), (2, "\u{feff}b")]);
    check("\u{feff}", &[]);
}

#[test]
fn quoted_fields_hold_line_ends() {
    check("\"a\nb\",\"c\r\n\"\"\"\r\nd\n", &[(1, "\"a\nb\",\"c\r\n\"\"\""), (4, "d")]);
    check("5\" pipe\nb\n", &[(1, "5\" pipe"), (2, "b")]);
    check("\"a\"b\",c\nd", &[(1, "\"a\"b\",c"), (2, "d")]);
}

#[test]
fn an_open_quote_hides_its_own_line_only() {
    let seen = read("a,\"b\nc\r\nd".as_bytes());
    let faults: Vec<_> = seen.iter().map(|row| row.fault).collect();
    assert_eq!(faults, [Some(DeadLetterReason::ColumnCount), None, None]);
    assert_eq!(seen[0].bytes, b"a,\"b");
    assert_eq!((seen[1].line, &*seen[1].bytes), (2, &b"c"[..]));
}

#[test]
fn a_row_has_a_hundred_lines_at_most() {
    let field = |lines: usize| format!("\"{}\"\nnext\n", "\n".repeat(lines - 1));
    let most = read(field(100).as_bytes());
    assert_eq!((most.len(), most[0].fault, most[1].line), (2, None, 101));
    let more = read(field(101).as_bytes());
    assert_eq!((&*more[0].bytes, more[0].fault), (&b"\""[..], Some(DeadLetterReason::ColumnCount)));
    let next = more.last().expect("the last row");
    assert_eq!((next.line, &*next.bytes, next.fault), (102, &b"next"[..], None));
}

#[test]
fn a_row_of_the_limit_is_a_row_and_a_longer_one_is_cut() {
    for (end, quote) in [("\n", ""), ("\r\n", ""), ("", ""), ("\n", "\""), ("\r\n", "\"")] {
        for (length, fault) in
            [(MAX_ROW_BYTES, None), (MAX_ROW_BYTES + 1, Some(DeadLetterReason::TooLong))]
        {
            let text = "x".repeat(length - 2 * quote.len());
            let rest = if end.is_empty() { "" } else { "next\n" };
            let seen = read(format!("{quote}{text}{quote}{end}{rest}").as_bytes());
            assert_eq!(seen[0].bytes.len(), MAX_ROW_BYTES);
            // A quote that is not seen to close is an open one.
            assert_eq!(seen[0].fault, fault, "{length} {end:?} {quote}");
            if !rest.is_empty() {
                assert_eq!((seen[1].line, &*seen[1].bytes), (2, &b"next"[..]));
            }
        }
    }
}

#[test]
fn a_huge_line_is_cut_and_the_next_line_is_read() {
    for start in ["", "\"", "\"a\",b", "\"a\n\","] {
        let text = format!("first\n{start}{}\nnext\n", "x".repeat(10 << 20));
        let seen = read(text.as_bytes());
        let lines = text.lines().count() as u64;
        let next = seen.last().expect("a row");
        assert_eq!((next.line, &*next.bytes, next.fault), (lines, &b"next"[..], None));
        let huge = &seen[seen.len() - 2];
        assert_eq!(huge.bytes.len(), MAX_ROW_BYTES);
        assert_eq!(huge.fault, Some(DeadLetterReason::TooLong), "{start:?}");
    }
}

#[test]
fn a_file_of_stray_quotes_is_read_in_reasonable_time() {
    // Every line opens a quote, and none closes the one of the line before.
    let text = "a\",\",b\n".repeat(200_000);
    let seen = read(text.as_bytes());
    assert_eq!(seen.len(), 200_000);
}

/// A source that gives a few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = self.1.min(buffer.len());
        self.0.read(&mut buffer[..some])
    }
}

/// Rows as another reader of CSV sees them: each as its fields.
fn others(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text);
    let rows = reader.byte_records().map(|row| row.expect("memory can be read"));
    rows.map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect()
}

fn ours(text: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
    let seen = read(text);
    seen.iter()
        .map(|row| {
            let text = str::from_utf8(&row.bytes).expect("text");
            let (mut scratch, mut fields) = (String::new(), Fields::default());
            let columns = fields::quoted(text, &mut scratch, &mut fields);
            let fields = fields[..columns].iter().map(|field| field.as_bytes().to_vec()).collect();
            row.fault.is_none().then_some(fields)
        })
        .collect()
}

proptest! {
    /// No byte is lost, and what stands between rows is line ends alone.
    #[test]
    fn rows_and_line_ends_are_the_whole_file(text in prop_oneof![
        "[ab,\"\r\n]{0,60}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
    ]) {
        let mut rest = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
        let mut line = 1;
        let skip_line_ends = |rest: &mut &[u8], line: &mut u64| {
            while let Some(after) = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")) {
                *rest = after;
                *line += 1;
            }
        };
        for row in read(&*text) {
            skip_line_ends(&mut rest, &mut line);
            prop_assert_eq!(row.line, line);
            rest = rest.strip_prefix(&*row.bytes).expect("the row comes next");
            line += row.bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        skip_line_ends(&mut rest, &mut line);
        prop_assert!(rest.is_empty() || rest == b"\r");
    }

    /// Rows do not depend on how their bytes arrive.
    #[test]
    fn rows_are_the_same_however_they_arrive(
        text in "[ab,\"\r\n]{0,60}", some in 1_usize..9, long in 0..3_usize,
    ) {
        let text = text.replace('b', &"b".repeat(long * 400_000));
        prop_assert_eq!(read(Trickle(text.as_bytes(), some << (16 * long.min(1)))), read(text.as_bytes()));
    }

    /// Another reader of CSV sees the same rows, unless a quote stays open.
    #[test]
    fn another_reader_sees_the_same(text in "[ab,\"\n]{0,60}") {
        if let Some(ours) = ours(text.as_bytes()) {
            prop_assert_eq!(ours, others(text.as_bytes()));
        }
    }
}
