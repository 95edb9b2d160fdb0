//! Where values come from: the four layers, and what they add up to.

use std::collections::BTreeMap;
use std::path::Path;

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Tag, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::problem::{ConfigError, Problem, misfits, mistyped};
use super::{Config, check};

/// What starts every variable of the configuration.
const PREFIX: &str = "CLEARFOLD__";
/// What stands between section and key in a variable.
const BETWEEN: &str = "__";

/// Names of the layers that are no files, as figment carries them along.
const DEFAULT: &str = "default";
const ENVIRONMENT: &str = "environment";
const FLAG: &str = "flag";

/// The layers above the defaults, from low to high.
#[derive(Clone, Debug, Default)]
pub struct Sources<'s> {
    /// The TOML file. None: there is none.
    pub file: Option<&'s Path>,
    /// The environment: name and value; what does not start with `CLEARFOLD__` is not ours.
    pub environment: Vec<(String, String)>,
    /// `section.key=value` from the command line.
    pub flags: &'s [String],
}

impl<'s> Sources<'s> {
    /// A file, the environment of this process, and flags.
    pub fn of_process(file: Option<&'s Path>, flags: &'s [String]) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        Self { file, environment, flags }
    }
}

/// A configuration, and where each of its values came from.
#[derive(Debug)]
pub struct Effective {
    /// The configuration; its secrets are not read yet.
    pub config: Config,
    /// For each key, such as `kafka.prefix`, where its value came from.
    pub origins: BTreeMap<String, String>,
}

impl Effective {
    /// The configuration with its secrets, if it makes sense, and warnings about it.
    ///
    /// # Errors
    /// All that does not make sense, with where it came from.
    pub fn checked(mut self) -> Result<(Config, Vec<String>), ConfigError> {
        let problems = check::problems(&mut self);
        if !problems.is_empty() {
            return Err(ConfigError::Problems(problems));
        }
        let warnings = check::warnings(&self.config);
        Ok((self.config, warnings))
    }

    /// Where a key's value came from.
    pub fn origin(&self, key: &str) -> String {
        self.origins.get(key).cloned().unwrap_or_else(|| DEFAULT.to_owned())
    }
}

/// Reads all layers.
///
/// # Errors
/// A file that cannot be read, a key that nobody knows, a value of the wrong type.
pub fn read(sources: &Sources) -> Result<Effective, ConfigError> {
    let defaults = tree_of(&Config::default());
    let layers = stacked(sources, &defaults)?;
    let origin = |tag: Tag, path: &[String]| origin_of(layers.get_metadata(tag), path);
    let tree = layers.data().ok().and_then(|mut data| data.remove(&Profile::Default));
    let tree = tree.unwrap_or_default();
    let problems = misfits(&tree, &defaults, &origin);
    if !problems.is_empty() {
        return Err(ConfigError::Problems(problems));
    }
    let config = layers.extract::<Config>().map_err(|errors| {
        let problem = |error: Error| {
            let origin = |path: &[String]| origin_of(error.metadata.as_ref(), path);
            mistyped(&error, &origin)
        };
        ConfigError::Problems(errors.into_iter().map(problem).collect::<Vec<Problem>>())
    })?;
    let mut origins = BTreeMap::new();
    collect(&tree, &mut Vec::new(), &mut |path, value| {
        origins.insert(path.join("."), origin(value.tag(), path));
    });
    Ok(Effective { config, origins })
}

/// The four layers, the later over the earlier.
fn stacked(sources: &Sources, defaults: &Dict) -> Result<Figment, ConfigError> {
    let mut layers = Figment::from(Layer { name: DEFAULT, values: defaults.clone() });
    if let Some(path) = sources.file {
        // figment takes a missing file for an empty one, and its words for others are long.
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        if let Err(error) = Toml::from_str::<Dict>(&text) {
            return Err(ConfigError::not_toml(path, &text, &error));
        }
        layers = layers.merge(Toml::file_exact(path));
    }
    let variables = sources.environment.iter().filter_map(|(name, value)| {
        let path = name.strip_prefix(PREFIX)?.to_lowercase();
        Some((path.split(BETWEEN).map(str::to_owned).collect(), value.as_str()))
    });
    layers = layers.merge(Layer::from_texts(ENVIRONMENT, variables, defaults));
    let mut flags = Vec::new();
    for flag in sources.flags {
        let (key, value) =
            flag.split_once('=').ok_or_else(|| ConfigError::NotASetting(flag.clone()))?;
        flags.push((key.trim().split('.').map(str::to_owned).collect(), value));
    }
    Ok(layers.merge(Layer::from_texts(FLAG, flags.into_iter(), defaults)))
}

/// A configuration as a tree of values: the keys there are, and of which type each is.
fn tree_of(config: &Config) -> Dict {
    let data = Serialized::defaults(config).data();
    let mut data = data.expect("a configuration is a table of plain values");
    data.remove(&Profile::Default).unwrap_or_default()
}

/// Says where a value came from, in words that an operator can go to.
fn origin_of(metadata: Option<&Metadata>, path: &[String]) -> String {
    let Some(metadata) = metadata else { return DEFAULT.to_owned() };
    if let Some(file) = metadata.source.as_ref().and_then(|source| source.file_path()) {
        return file.display().to_string();
    }
    match &*metadata.name {
        ENVIRONMENT => format!("{PREFIX}{}", path.join(BETWEEN).to_uppercase()),
        FLAG => format!("--set {}", path.join(".")),
        other => other.to_owned(),
    }
}

/// Visits every value that is no section.
fn collect(tree: &Dict, path: &mut Vec<String>, visit: &mut impl FnMut(&[String], &Value)) {
    for (key, value) in tree {
        path.push(key.clone());
        match value {
            Value::Dict(_, section) => collect(section, path, visit),
            Value::String(..)
            | Value::Char(..)
            | Value::Bool(..)
            | Value::Num(..)
            | Value::Empty(..)
            | Value::Array(..) => visit(path, value),
        }
        path.pop();
    }
}

/// One layer of figment that is no file.
struct Layer {
    name: &'static str,
    values: Dict,
}

impl Layer {
    /// A layer of texts. The default's type decides how a text is read, so that a node may be
    /// called `7` and a list needs no brackets.
    fn from_texts<'t>(
        name: &'static str,
        entries: impl Iterator<Item = (Vec<String>, &'t str)>,
        defaults: &Dict,
    ) -> Self {
        let mut values = Dict::new();
        for (path, text) in entries {
            let value = match at(defaults, &path) {
                Some(Value::Num(..) | Value::Bool(..)) => parsed(text),
                Some(Value::Array(..)) if !text.starts_with('[') => parsed(&format!("[{text}]")),
                Some(Value::Array(..)) => parsed(text),
                _ => Value::from(text),
            };
            put(&mut values, &path, value);
        }
        Self { name, values }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

/// A text as the value it looks like.
fn parsed(text: &str) -> Value {
    let Ok(value) = text.parse::<Value>();
    value
}

fn at<'d>(tree: &'d Dict, path: &[String]) -> Option<&'d Value> {
    let (last, sections) = path.split_last()?;
    let mut here = tree;
    for section in sections {
        here = here.get(section)?.as_dict()?;
    }
    here.get(last)
}

fn put(tree: &mut Dict, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        tree.insert(first.clone(), value);
        return;
    }
    let section =
        tree.entry(first.clone()).or_insert_with(|| Value::Dict(Tag::Default, Dict::new()));
    if !matches!(section, Value::Dict(..)) {
        *section = Value::Dict(Tag::Default, Dict::new());
    }
    if let Value::Dict(_, section) = section {
        put(section, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Format, Security};
    use super::*;

    fn sentence(sources: &Sources) -> String {
        read(sources).expect_err("it should be refused").to_string()
    }

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clearfold.toml");
        fs::write(&path, text).unwrap();
        (dir, path)
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_later_layer_wins_key_by_key_and_is_remembered() {
        let (_dir, path) =
            file("[kafka]\nprefix = 'a.'\nbootstrap = 'b:1'\n[node]\nlease_ms = 900");
        let flags = ["kafka.bootstrap=d:3".to_owned(), "segments=0,2".to_owned()];
        let sources = Sources {
            file: Some(&path),
            environment: variables(&[
                ("CLEARFOLD__KAFKA__BOOTSTRAP", "c:2"),
                ("CLEARFOLD__KAFKA__SECURITY", "sasl_tls"),
                ("CLEARFOLD__NODE__NAME", "7"),
                ("CLEARFOLD__KAFKA__PARTITIONS", "4"),
                ("CLEARFOLD__NODE__STANDBY_VERIFIES", "true"),
                ("CLEARFOLD_LOG", "not ours"),
            ]),
            flags: &flags,
        };
        let effective = read(&sources).unwrap();
        let config = &effective.config;
        assert_eq!(config.kafka.prefix, "a.");
        assert_eq!(config.kafka.bootstrap, "d:3");
        assert_eq!(config.kafka.security, Security::SaslTls);
        assert_eq!(config.kafka.partitions, 4);
        assert_eq!((config.node.name.as_str(), config.node.lease_ms), ("7", 900));
        assert!(config.node.standby_verifies);
        assert_eq!(config.segments, [0, 2]);
        assert_eq!(config.log.format, Format::Auto);
        let path = path.display().to_string();
        for (key, origin) in [
            ("kafka.prefix", path.as_str()),
            ("node.lease_ms", path.as_str()),
            ("kafka.bootstrap", "--set kafka.bootstrap"),
            ("segments", "--set segments"),
            ("node.name", "CLEARFOLD__NODE__NAME"),
            ("http.listen", "default"),
        ] {
            assert_eq!(effective.origin(key), origin, "{key}");
        }
    }

    #[test]
    fn no_layer_at_all_is_the_default() {
        let effective = read(&Sources::default()).unwrap();
        assert_eq!(effective.config, Config::default());
        assert!(effective.origins.values().all(|origin| origin == "default"));
        assert_eq!(effective.origins.len(), 24);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_the_nearest_known() {
        let (_dir, path) = file("[kafka]\nboostrap = 'x'\n");
        let said = sentence(&Sources { file: Some(&path), ..Sources::default() });
        assert_eq!(
            said,
            format!(
                "`kafka.boostrap` from {} is not a setting; did you mean `kafka.bootstrap`?",
                path.display()
            )
        );
        let environment = variables(&[("CLEARFOLD__STORE__URI", "sqlite:x")]);
        let said = sentence(&Sources { environment, ..Sources::default() });
        assert!(said.contains("`store.uri` from CLEARFOLD__STORE__URI is not a setting"), "{said}");
        assert!(said.contains("did you mean `store.url`?"), "{said}");
        let flags = ["bootstrap=x:1".to_owned()];
        let said = sentence(&Sources { flags: &flags, ..Sources::default() });
        assert!(said.contains("`bootstrap` from --set bootstrap"), "{said}");
        assert!(said.contains("did you mean `kafka.bootstrap`?"), "{said}");
        let flags = ["kafka.zzzzzzzz=1".to_owned()];
        let said = sentence(&Sources { flags: &flags, ..Sources::default() });
        assert!(said.contains("known here are `bootstrap`, `ca_file`"), "{said}");
    }

    #[test]
    fn a_password_in_the_configuration_is_refused_and_not_repeated() {
        let (_dir, path) = file("[kafka]\npassword = 'hunter2'\n[store]\npassword_file = 5\n");
        let said = sentence(&Sources { file: Some(&path), ..Sources::default() });
        assert!(said.contains("did you mean `kafka.password_file`?"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }

    #[test]
    fn a_wrong_type_names_key_and_place() {
        let check = |key: &str, value: &str, words: &str| {
            let variable = format!("CLEARFOLD__{}", key.replace('.', "__").to_uppercase());
            let environment = variables(&[(&variable, value)]);
            let said = sentence(&Sources { environment, ..Sources::default() });
            assert_eq!(said, format!("`{key}` from {variable} {words}"));
        };
        check("kafka.partitions", "many", "is text, but must be a whole number up to 4294967295");
        check(
            "kafka.replication",
            "70000",
            "is too large or too small: it must be a whole number up to 65535",
        );
        check(
            "kafka.partitions",
            "-1",
            "is too large or too small: it must be a whole number up to 4294967295",
        );
        check("node.standby_verifies", "maybe", "is text, but must be true or false");
        check("kafka.security", "ssl", "is `ssl`, but must be `plaintext`, `tls` or `sasl_tls`");
        check("http.listen", "9464", "is no address like 127.0.0.1:9464");
        check("kafka", "x", "must be a section with keys of its own");
        check("segments", "a", "holds text, but must hold a whole number up to 4294967295");
    }

    #[test]
    fn a_file_that_is_missing_or_is_no_toml_says_so() {
        let missing = Path::new("no-such-folder/clearfold.toml");
        let said = sentence(&Sources { file: Some(missing), ..Sources::default() });
        assert!(said.starts_with("cannot read no-such-folder/clearfold.toml: "), "{said}");
        let (_dir, path) = file("segments = [0]\n[kafka\npassword = 'hunter2'\n");
        let said = sentence(&Sources { file: Some(&path), ..Sources::default() });
        assert!(said.contains("is not TOML at line 2"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        let flags = ["kafka.prefix".to_owned()];
        let said = sentence(&Sources { flags: &flags, ..Sources::default() });
        assert_eq!(said, "`--set kafka.prefix` has no value; write it as --set section.key=value");
    }
}
