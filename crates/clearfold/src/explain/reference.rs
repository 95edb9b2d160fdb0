//! What a reference on the command line can mean.

use basics::{Date, EntryNo};
use model::TradeKey;

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `entry:N`: a journal entry.
    Entry(EntryNo),
    /// `account:CODE`: a member's account.
    Account(String),
    /// `obligation:ACCOUNT/ISIN/DATE`: what an account was due of an instrument on a date.
    Obligation(ObligationKey),
    /// Anything else: a trade.
    Trade(Pattern),
}

/// An obligation as texts name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObligationKey {
    /// The account's code.
    pub account: String,
    /// The instrument's ISIN.
    pub isin: String,
    /// The settlement date.
    pub date: Date,
}

/// The ways to read a trade's reference. A source's own references may hold slashes, so each
/// reading that is possible counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    readings: Vec<Reading>,
}

/// One way to read a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    /// `None`: any source.
    source: Option<String>,
    /// `None`: any trade date.
    date: Option<Date>,
    reference: String,
}

impl Subject {
    /// Reads a reference.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(number) = text.strip_prefix("entry:") {
            let number = number.parse().map_err(|_| format!("{number} is no entry number"))?;
            return Ok(Self::Entry(EntryNo(number)));
        }
        if let Some(code) = text.strip_prefix("account:") {
            return Ok(Self::Account(code.to_owned()));
        }
        let Some(obligation) = text.strip_prefix("obligation:") else {
            return Ok(Self::Trade(Pattern::parse(text)));
        };
        obligation_key(obligation).map(Self::Obligation).ok_or_else(|| {
            format!("{text} is no obligation; write obligation:ACCOUNT/ISIN/SETTLEMENT-DATE")
        })
    }
}

fn obligation_key(text: &str) -> Option<ObligationKey> {
    let (rest, date) = text.rsplit_once('/')?;
    let (account, isin) = rest.rsplit_once('/')?;
    let date = Date::parse(date.as_bytes())?;
    Some(ObligationKey { account: account.to_owned(), isin: isin.to_owned(), date })
}

impl Pattern {
    fn parse(text: &str) -> Self {
        let mut readings = vec![Reading { source: None, date: None, reference: text.to_owned() }];
        if let Some((first, rest)) = text.split_once('/') {
            readings.push(with_source(first, rest));
            if let Some(date) = Date::parse(first.as_bytes()) {
                let reference = rest.to_owned();
                readings.push(Reading { source: None, date: Some(date), reference });
            }
            if let Some((second, rest)) = rest.split_once('/')
                && let Some(date) = Date::parse(second.as_bytes())
            {
                readings.push(Reading { date: Some(date), ..with_source(first, rest) });
            }
        }
        Self { readings }
    }

    /// Whether a trade can be meant.
    #[inline]
    pub fn is(&self, key: &TradeKey<'_>) -> bool {
        self.readings.iter().any(|reading| {
            reading.reference == key.reference
                && reading.date.is_none_or(|date| date == key.trade_date)
                && reading.source.as_ref().is_none_or(|source| source == key.source)
        })
    }
}

fn with_source(source: &str, reference: &str) -> Reading {
    Reading { source: Some(source.to_owned()), date: None, reference: reference.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text.as_bytes()).expect("a date")
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let Ok(Subject::Trade(pattern)) = Subject::parse(text) else { panic!("{text}") };
        let trade_date = date("2013-10-07");
        let key = TradeKey { source: "ARCX", trade_date, reference: "A/7" };
        assert_eq!(pattern.is(&key), expected, "{text}");
    }

    #[test]
    fn a_trade_is_named_by_its_reference_and_as_much_more_as_one_likes() {
        for text in ["A/7", "ARCX/A/7", "2013-10-07/A/7", "ARCX/2013-10-07/A/7"] {
            check(text, true);
        }
        for text in ["7", "A", "XNAS/A/7", "2013-10-08/A/7", "ARCX/2013-10-08/A/7"] {
            check(text, false);
        }
    }

    #[test]
    fn other_things_are_named_by_their_kind() {
        assert_eq!(Subject::parse("entry:17"), Ok(Subject::Entry(EntryNo(17))));
        assert_eq!(Subject::parse("account:M001-H"), Ok(Subject::Account("M001-H".into())));
        let key = ObligationKey {
            account: "M001/H".into(),
            isin: "US0268747849".into(),
            date: date("2013-10-10"),
        };
        let text = "obligation:M001/H/US0268747849/2013-10-10";
        assert_eq!(Subject::parse(text), Ok(Subject::Obligation(key)));
        assert!(Subject::parse("obligation:M001-H").is_err());
        assert!(Subject::parse("entry:x").is_err());
    }
}
