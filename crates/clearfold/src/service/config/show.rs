//! The effective configuration as text and as JSON. Secrets do not appear.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::secret::without_password;
use super::{Config, Effective};

/// The column at which origins start, where there is room.
const ORIGIN_COLUMN: usize = 48;

/// Whether values are followed by where they came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Values alone.
    Hidden,
    /// Each with its origin.
    Shown,
}

/// As TOML: what a file would hold that changes nothing.
pub fn text(effective: &Effective, origins: Origins) -> String {
    let mut out = String::new();
    let mut last = "";
    for (section, key, value) in &entries(&effective.config) {
        if section != last {
            let _ = writeln!(out, "\n[{section}]");
            last = section;
        }
        // A text in JSON is a text in TOML.
        let mut line = format!("{key} = {value}");
        if origins == Origins::Shown {
            let origin = effective.origin(&path(section, key));
            line = format!("{line:<ORIGIN_COLUMN$} # {origin}");
        }
        let _ = writeln!(out, "{line}");
    }
    out
}

/// As one JSON document: the configuration, and origins by key if they are wanted.
pub fn json(effective: &Effective, origins: Origins) -> Value {
    let mut tree = Map::new();
    let mut from = Map::new();
    for (section, key, value) in entries(&effective.config) {
        let path = path(&section, &key);
        from.insert(path.clone(), json!(effective.origin(&path)));
        if section.is_empty() {
            tree.insert(key, value);
        } else {
            let section = tree.entry(section).or_insert_with(|| json!({}));
            section[&key] = value;
        }
    }
    match origins {
        Origins::Hidden => json!({ "config": tree }),
        Origins::Shown => json!({ "config": tree, "origin": from }),
    }
}

fn path(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// Section, key and value of every setting; what stands in no section first.
fn entries(config: &Config) -> Vec<(String, String, Value)> {
    let tree = serde_json::to_value(config).expect("a configuration is plain values");
    let mut top = Vec::new();
    let mut rest = Vec::new();
    for (name, value) in tree.as_object().into_iter().flatten() {
        match value {
            Value::Object(section) => rest.extend(
                section.iter().map(|(key, value)| (name.clone(), key.clone(), clean(value))),
            ),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => top.push((String::new(), name.clone(), clean(value))),
        }
    }
    top.append(&mut rest);
    top
}

fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_password(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Sources, read};
    use super::*;

    fn effective(flags: &[&str]) -> Effective {
        let flags: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        read(&Sources { flags: &flags, ..Sources::default() }).unwrap()
    }

    #[test]
    fn what_is_shown_can_be_read_again_and_changes_nothing() {
        let shown = effective(&["kafka.prefix=\"quoted\\", "segments=0,1", "kafka.partitions=2"]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shown.toml");
        for origins in [Origins::Hidden, Origins::Shown] {
            std::fs::write(&path, text(&shown, origins)).unwrap();
            let again = read(&Sources { file: Some(&path), ..Sources::default() }).unwrap();
            assert_eq!(again.config, shown.config);
        }
    }

    #[test]
    fn origins_stand_beside_the_values() {
        let effective = effective(&["node.name=left"]);
        let text = text(&effective, Origins::Shown);
        assert!(text.starts_with("segments = [0]"), "{text}");
        let line = text.lines().find(|line| line.starts_with("name = ")).unwrap();
        assert!(line.starts_with("name = \"left\"  ") && line.ends_with("# --set node.name"));
        let json = json(&effective, Origins::Shown);
        assert_eq!(json["config"]["node"]["name"], "left");
        assert_eq!(json["origin"]["node.name"], "--set node.name");
        assert_eq!(json["origin"]["http.listen"], "default");
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        let effective = effective(&["store.url=postgres://ann:hunter2@db/x"]);
        let shown =
            text(&effective, Origins::Shown) + &json(&effective, Origins::Shown).to_string();
        assert!(shown.contains("postgres://ann:[redacted]@db/x"), "{shown}");
        assert!(!shown.contains("hunter2"));
    }
}
