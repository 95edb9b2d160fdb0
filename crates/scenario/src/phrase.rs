//! The sentences of the language: what a step does or expects.

use basics::Date;

use crate::columns::Topic;
use crate::lines::Line;
use crate::report::Problem;
use crate::table::{Table, split_outcome, table};
use crate::tables::View;

/// What a step does or expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Rows of inputs.
    Inputs(Topic, Table),
    /// Rows of the trades file exactly as they stand, each with its expected outcome.
    RawTrades(Vec<Raw>),
    /// An operation.
    Operate(Operate, Option<String>),
    /// Every day after the last one up to this one opens and ends, if any calendar is open.
    PassTo(Date),
    /// The state is kept in mind.
    Remember,
    /// The state is as it was kept in mind.
    AsRemembered,
    /// A table of the books or the business is as stated.
    Expect(Expectation),
    /// A trade's story has these lines, in this order.
    Explain(Explain),
}

/// A row of the trades file as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raw {
    /// Its line.
    pub line: usize,
    /// Its bytes; `\xNN` is written for any byte.
    pub bytes: Vec<u8>,
    /// What is expected to become of it.
    pub outcome: Option<String>,
}

/// An operation. A date of `None` is that of the day last opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operate {
    /// The day opens, committed to a draw.
    Open(Date, Commitment),
    /// Trading closes.
    CloseTrading(Option<Date>),
    /// The day settles; a draw of `None` is the one committed to.
    Settle(Option<Date>, Option<String>),
    /// The day closes.
    Close(Option<Date>),
    /// Trading closes, the day settles if it is a settlement day, and closes.
    End,
    /// The day opens and ends.
    Pass(Date, Commitment),
}

/// What a day is committed to when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Commitment {
    /// The SHA-256 of a draw; `None` is the day's usual one.
    Draw(Option<String>),
    /// This text as it stands.
    Verbatim(String),
}

/// What a table must show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// Which table.
    pub view: View,
    /// Rows count only if they have a cell with each of these values.
    pub only: Vec<String>,
    /// Whether other rows may be there too.
    pub extent: Extent,
    /// The rows.
    pub table: Table,
}

/// Whether a table is stated whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// These rows and no others.
    Whole,
    /// At least these rows.
    Include,
}

/// What a trade's story must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explain {
    /// The trade's reference.
    pub reference: String,
    /// The values that its source or trade date must have, if several trades have the reference.
    pub only: Vec<String>,
    /// Line, word and value; an empty value is any.
    pub lines: Vec<(usize, String, String)>,
}

/// Reads what stands behind `given` and `when`.
pub(crate) fn deed(line: &Line<'_>, block: &[Line<'_>]) -> Result<Action, Problem> {
    let (phrase, outcome) = split_outcome(line.text);
    let words: Vec<&str> = phrase.split_whitespace().collect();
    if let Some(topic) = topic(&words) {
        if outcome.is_some() {
            return Err(Problem::new(line.number, "an outcome behind a row", line.text));
        }
        return Ok(Action::Inputs(topic, table(line.number, block)?));
    }
    if matches!(words[..], ["raw", "trades"] | ["raw", "trades", "arrive"]) {
        return Ok(Action::RawTrades(block.iter().map(raw).collect()));
    }
    if let Some(line) = block.first() {
        return Err(Problem::new(line.number, "a step: this one has no table", line.text));
    }
    let action = match words[..] {
        ["days", "pass", "to", to] => date(to).map(Action::PassTo),
        ["state", "is", "remembered"] => Some(Action::Remember),
        _ => operation(&words).map(|operation| Action::Operate(operation, outcome)),
    };
    action.ok_or_else(|| {
        let expected = "a sentence that tests/README.md describes";
        Problem::new(line.number, expected, line.text)
    })
}

fn topic(words: &[&str]) -> Option<Topic> {
    let (name, rest) = words.split_first()?;
    let topic = Topic::ALL.into_iter().find(|topic| topic.name() == *name)?;
    matches!(rest, [] | ["arrive" | "arrives" | "change" | "changes"]).then_some(topic)
}

fn date(text: &str) -> Option<Date> {
    Date::parse(text.as_bytes())
}

fn operation(words: &[&str]) -> Option<Operate> {
    let words = words.strip_prefix(&["the"]).unwrap_or(words);
    Some(match words {
        ["day", day, "opens", rest @ ..] => Operate::Open(date(day)?, commitment(rest)?),
        ["day", day, "passes", rest @ ..] => Operate::Pass(date(day)?, commitment(rest)?),
        ["trading", "closes", rest @ ..] => Operate::CloseTrading(on(rest)?),
        ["day", "closes", rest @ ..] => Operate::Close(on(rest)?),
        ["day", "ends"] => Operate::End,
        ["day", "settles", on_date @ .., "with", "draw", draw] => {
            Operate::Settle(on(on_date)?, Some((*draw).to_owned()))
        }
        ["day", "settles", rest @ ..] => Operate::Settle(on(rest)?, None),
        _ => return None,
    })
}

/// `on DATE`, or nothing.
#[expect(clippy::option_option, reason = "outer: understood; inner: said")]
fn on(words: &[&str]) -> Option<Option<Date>> {
    match words {
        [] => Some(None),
        ["on", day] => Some(Some(date(day)?)),
        _ => None,
    }
}

fn commitment(words: &[&str]) -> Option<Commitment> {
    match words {
        [] => Some(Commitment::Draw(None)),
        ["with", "draw", draw] => Some(Commitment::Draw(Some((*draw).to_owned()))),
        ["with", "commitment", text] => Some(Commitment::Verbatim((*text).to_owned())),
        ["without", "commitment"] => Some(Commitment::Verbatim(String::new())),
        _ => None,
    }
}

fn raw(line: &Line<'_>) -> Raw {
    let (text, outcome) = split_outcome(line.text);
    Raw { line: line.number, bytes: unescaped(text), outcome }
}

/// The bytes of a text in which `\xNN` stands for any byte.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("\\x") {
        out.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &after[2..];
            }
            None => {
                out.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Reads what stands behind `then`.
pub(crate) fn expectation(line: &Line<'_>, block: &[Line<'_>]) -> Result<Action, Problem> {
    let words: Vec<&str> = line.text.split_whitespace().collect();
    let unknown = || {
        let expected = "an expectation that tests/README.md describes";
        Problem::new(line.number, expected, line.text)
    };
    if words[..] == ["state", "is", "as", "remembered"] {
        return Ok(Action::AsRemembered);
    }
    if let ["explain", reference, rest @ ..] = &words[..] {
        let only = filters(rest).ok_or_else(unknown)?;
        let lines = block.iter().map(story_line).collect::<Result<_, _>>()?;
        return Ok(Action::Explain(Explain { reference: (*reference).to_owned(), only, lines }));
    }
    let (none, words) = match &words[..] {
        ["no", words @ ..] => (true, words),
        words => (false, words),
    };
    let (view, words) = View::named(words).ok_or_else(unknown)?;
    let (extent, words) = match words {
        ["include", words @ ..] => (Extent::Include, words),
        words => (Extent::Whole, words),
    };
    let only = filters(words).ok_or_else(unknown)?;
    let table = table(line.number, block)?;
    if none != (table.columns.is_empty() && table.rows.is_empty()) {
        let expected = "rows below, or `no` before the table's name";
        return Err(Problem::new(line.number, expected, line.text));
    }
    if let Some(column) = table.columns.iter().find(|column| view.column(column).is_none()) {
        let expected = format!("columns among {}", view.columns().join(", "));
        return Err(Problem::new(table.line, expected, column));
    }
    if let Some(row) = table.rows.iter().find(|row| row.outcome.is_some()) {
        return Err(Problem::new(row.line, "a row without an arrow", row.show()));
    }
    Ok(Action::Expect(Expectation { view, only, extent, table }))
}

/// `on 2013-10-10 for A`: the values.
fn filters(words: &[&str]) -> Option<Vec<String>> {
    let (pairs, rest) = words.as_chunks::<2>();
    let known = |[word, _]: &[&str; 2]| matches!(*word, "on" | "of" | "for" | "in" | "by");
    (rest.is_empty() && pairs.iter().all(known))
        .then(|| pairs.iter().map(|[_, value]| (*value).to_owned()).collect())
}

fn story_line(line: &Line<'_>) -> Result<(usize, String, String), Problem> {
    let (word, value) = line
        .text
        .split_once(':')
        .ok_or_else(|| Problem::new(line.number, "a line `word: value`", line.text))?;
    Ok((line.number, word.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line<'_> {
        Line { number: 7, indent: 0, text }
    }

    #[test]
    fn operations_read_as_sentences() {
        let read = |text| deed(&line(text), &[]);
        let day = date("2013-10-07").expect("a date");
        let open = Operate::Open(day, Commitment::Draw(Some("x".into())));
        let action = Action::Operate(open, Some("day_already_opened".into()));
        assert_eq!(read("day 2013-10-07 opens with draw x -> day_already_opened"), Ok(action));
        let action = Action::Operate(Operate::Settle(Some(day), Some("y".into())), None);
        assert_eq!(read("the day settles on 2013-10-07 with draw y"), Ok(action));
        assert_eq!(read("days pass to 2013-10-07"), Ok(Action::PassTo(day)));
        for text in ["", "the day", "day x opens", "the day settles twice", "members fly"] {
            assert_eq!(read(text).expect_err(text).line, 7);
        }
    }

    #[test]
    fn a_table_is_asked_for_by_name_and_values() {
        let rows = [Line { number: 8, indent: 2, text: "account" }];
        let Ok(Action::Expect(found)) = expectation(&line("money include on D for A"), &rows)
        else {
            panic!("an expectation")
        };
        assert_eq!((found.extent, found.only), (Extent::Include, vec!["D".into(), "A".into()]));
        for text in ["", "monkey", "money on", "no", "money"] {
            assert!(expectation(&line(text), &[]).is_err(), "{text}");
        }
        let rows = [Line { number: 8, indent: 2, text: "colour" }];
        assert_eq!(expectation(&line("money"), &rows).expect_err("column").line, 8);
    }

    #[test]
    fn any_byte_can_be_written() {
        assert_eq!(unescaped(r"a\xFFb\xZ"), b"a\xFFb\\xZ");
        assert_eq!(unescaped("\\xé"), "\\xé".as_bytes());
    }
}
