//! What is wrong with a configuration, in sentences that say where and what to do.
//!
//! Values are never repeated, except of keys with a fixed choice: a value can be a secret at the
//! wrong place.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::providers::{Format, Toml};
use figment::value::{Dict, Tag, Value};

use crate::failure::{Exit, Failure};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{} is not TOML at line {line}: {what}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// A flag without a value.
    #[error("`--set {0}` has no value; write it as --set section.key=value")]
    NotASetting(String),
    /// Keys or values that make no sense, at least one.
    #[error("{}", listed(.0))]
    Problems(Vec<Problem>),
}

impl ConfigError {
    /// A file that is no TOML. The line itself is not repeated.
    pub(super) fn not_toml(path: &Path, text: &str, error: &<Toml as Format>::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let what = error.message().lines().collect::<Vec<_>>().join(", ");
        Self::NotToml { path: path.to_owned(), line, what }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match &error {
            ConfigError::Unreadable { path, source } => Failure::io("read", path, source),
            ConfigError::NotASetting(_) => Failure::new(Exit::Usage, error.to_string()),
            ConfigError::NotToml { .. } | ConfigError::Problems(_) => {
                Failure::new(Exit::InvalidInput, error.to_string())
            }
        }
    }
}

/// One key that cannot stay as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key with its section.
    pub key: String,
    /// Where its value came from.
    pub origin: String,
    /// What is wrong and what to do: the rest of the sentence.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, origin, what } = self;
        write!(f, "`{key}` from {origin} {what}")
    }
}

fn listed(problems: &[Problem]) -> String {
    match problems {
        [one] => one.to_string(),
        many => {
            let lines: Vec<_> = many.iter().map(|problem| format!("\n  {problem}")).collect();
            format!("{} settings cannot stay as they are:{}", many.len(), lines.concat())
        }
    }
}

/// Keys that nobody knows, and values where a section should be.
pub fn misfits(
    found: &Dict,
    known: &Dict,
    origin: &impl Fn(Tag, &[String]) -> String,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(found, known, &mut Vec::new(), &mut |path, value, siblings| {
        let key = path.join(".");
        let what = match siblings {
            Some(siblings) => unknown(path, siblings, known),
            None => "must be a section with keys of its own".to_owned(),
        };
        problems.push(Problem { key, origin: origin(value.tag(), path), what });
    });
    problems
}

/// Visits what does not fit: with the keys known at its place, or none if it should be a section.
fn walk(
    found: &Dict,
    known: &Dict,
    path: &mut Vec<String>,
    visit: &mut impl FnMut(&[String], &Value, Option<&Dict>),
) {
    for (key, value) in found {
        path.push(key.clone());
        match (known.get(key), value) {
            (None, Value::Dict(_, section)) if !section.is_empty() => {
                // Its keys say better where it stands in the environment.
                let (key, value) = section.iter().next().expect("it is not empty");
                path.push(key.clone());
                visit(path, value, Some(known));
                path.pop();
            }
            (None, value) => visit(path, value, Some(known)),
            (Some(Value::Dict(_, inner)), Value::Dict(_, section)) => {
                walk(section, inner, path, visit);
            }
            (Some(Value::Dict(..)), value) => visit(path, value, None),
            (Some(_), _) => {}
        }
        path.pop();
    }
}

fn unknown(path: &[String], siblings: &Dict, all: &Dict) -> String {
    let known_sections = || all.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let depth = path.len() - 1;
    // A section that does not exist: its first key stands for it.
    if depth > 0 && !all.contains_key(&path[0]) {
        return match nearest(&path[0], all.keys()) {
            Some(section) => format!("is not a setting; did you mean the section `{section}`?"),
            None => format!("is not a setting; known sections and keys are {}", known_sections()),
        };
    }
    let word = &path[depth];
    let section = path[..depth].iter().map(|part| format!("{part}.")).collect::<String>();
    if let Some(near) = nearest(word, siblings.keys()) {
        return format!("is not a setting; did you mean `{section}{near}`?");
    }
    for (name, value) in all {
        let Some(keys) = value.as_dict() else { continue };
        if let Some(near) = nearest(word, keys.keys()) {
            return format!("is not a setting; did you mean `{name}.{near}`?");
        }
    }
    let names: Vec<_> = siblings.keys().map(|key| format!("`{key}`")).collect();
    format!("is not a setting; known here are {}", names.join(", "))
}

/// The known word that was probably meant.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k String>) -> Option<&'k String> {
    let far = word.len().div_ceil(3).max(1);
    let near = |key: &&String| strsim::damerau_levenshtein(word, key);
    // `password` is meant as `password_file`: secrets are read from files.
    known.filter(|key| near(key) <= far || key.strip_suffix("_file") == Some(word)).min_by_key(near)
}

/// Says in words what serde found and expected.
#[expect(clippy::wildcard_enum_match_arm, reason = "what it does not name, the library says")]
pub fn mistyped(error: &figment::Error, origin: &impl Fn(&[String]) -> String) -> Problem {
    let mut path = error.path.clone();
    // An item of a list is told by the list's name.
    let item = path.pop_if(|last| last.parse::<usize>().is_ok()).is_some();
    let (is, be) = if item { ("holds", "hold") } else { ("is", "be") };
    let what = match &error.kind {
        Kind::InvalidType(found, expected) => {
            format!("{is} {}, but must {be} {}", kind_of(found), expected_words(expected))
        }
        Kind::InvalidValue(Actual::Signed(_) | Actual::Unsigned(_), expected) => {
            let expected = expected_words(expected);
            format!("{is} too large or too small: it must {be} {expected}")
        }
        Kind::UnknownVariant(found, choices) => {
            format!("{is} `{found}`, but must {be} {}", or(choices))
        }
        Kind::Message(_) if path.join(".") == "http.listen" => {
            "is no address like 127.0.0.1:9464".to_owned()
        }
        other => format!("cannot be read: {other}"),
    };
    Problem { key: path.join("."), origin: origin(&path), what }
}

fn or(choices: &[&str]) -> String {
    let names: Vec<_> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn kind_of(found: &Actual) -> &'static str {
    match found {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a number with a fraction",
        Actual::Char(_) | Actual::Str(_) => "text",
        Actual::Seq => "a list",
        Actual::Map => "a section",
        Actual::Bytes(_)
        | Actual::Unit
        | Actual::Option
        | Actual::NewtypeStruct
        | Actual::Enum
        | Actual::UnitVariant
        | Actual::NewtypeVariant
        | Actual::TupleVariant
        | Actual::StructVariant
        | Actual::Other(_) => "something else",
    }
}

/// What serde expects, for people.
fn expected_words(expected: &str) -> String {
    match expected {
        "u16" => format!("a whole number up to {}", u16::MAX),
        "u32" => format!("a whole number up to {}", u32::MAX),
        "u64" => "a whole number, 0 or more".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "text".to_owned(),
        "a sequence" => "a list".to_owned(),
        other => other.to_owned(),
    }
}
