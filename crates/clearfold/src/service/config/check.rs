//! Whether a configuration makes sense, before anything is started with it.
//!
//! Each rule says what to do. What is deliberately not here: whether Kafka or the database answer,
//! which the roles find out.

use std::collections::BTreeSet;
use std::path::Path;

use tracing_subscriber::EnvFilter;

use super::problem::Problem;
use super::secret::{Secret, has_password, open_to_others};
use super::{Config, Effective, Kafka, Security};

/// Bounds of a lease, in milliseconds: below, a busy broker looks like a dead node; above, nobody
/// would call it a take-over.
const LEASE_MS: (u64, u64) = (200, 60_000);
/// The longest prefix, in bytes: Kafka allows 249 for a whole name.
const PREFIX_MAX: usize = 200;

/// All that does not make sense. Reads the secrets on the way.
pub fn problems(effective: &mut Effective) -> Vec<Problem> {
    let mut said = Said::default();
    let (kafka, kafka_said) = secret(effective.config.kafka.password_file.as_deref());
    let (store, store_said) = secret(effective.config.store.password_file.as_deref());
    said.when("kafka.password_file", kafka_said);
    said.when("store.password_file", store_said);
    effective.config.kafka.password = kafka;
    effective.config.store.password = store;

    let config = &effective.config;
    segments(config, &mut said);
    topics(&config.kafka, &mut said);
    security(&config.kafka, &mut said);
    files(&config.kafka, &mut said);
    node(config, &mut said);
    store_and_traces(config, &mut said);
    let problem = |(key, what): (&str, String)| Problem {
        key: key.to_owned(),
        origin: effective.origin(key),
        what,
    };
    said.0.into_iter().map(problem).collect()
}

/// What is allowed and probably not meant.
pub fn warnings(config: &Config) -> Vec<String> {
    let secrets = [
        ("kafka.password_file", &config.kafka.password_file),
        ("kafka.key_file", &config.kafka.key_file),
        ("store.password_file", &config.store.password_file),
    ];
    let open = secrets.iter().filter_map(|(key, path)| {
        let path = path.as_deref().filter(|path| open_to_others(path))?;
        let path = path.display();
        Some(format!(
            "{path} (`{key}`) can be read by every user; take it from them: chmod o= {path}"
        ))
    });
    open.collect()
}

/// What was found so far: keys, and what is wrong with them.
#[derive(Default)]
struct Said(Vec<(&'static str, String)>);

impl Said {
    fn add(&mut self, key: &'static str, what: impl Into<String>) {
        self.0.push((key, what.into()));
    }

    fn when(&mut self, key: &'static str, what: Option<String>) {
        self.0.extend(what.map(|what| (key, what)));
    }

    fn unless(&mut self, holds: bool, key: &'static str, what: &str) {
        if !holds {
            self.add(key, what);
        }
    }
}

fn secret(path: Option<&Path>) -> (Option<Secret>, Option<String>) {
    match path.map(|path| (path, Secret::read(path))) {
        None => (None, None),
        Some((_, Ok(secret))) => (Some(secret), None),
        Some((path, Err(error))) => {
            (None, Some(format!("names {}, which holds no secret: {error}", path.display())))
        }
    }
}

fn segments(config: &Config, said: &mut Said) {
    let Config { segments, kafka, .. } = config;
    said.unless(!segments.is_empty(), "segments", "is empty; name at least one segment");
    let unique: BTreeSet<_> = segments.iter().collect();
    said.unless(unique.len() == segments.len(), "segments", "names a segment twice");
    if let Some(beyond) = segments.iter().find(|segment| **segment >= kafka.partitions) {
        let what = format!(
            "names segment {beyond}, but `kafka.partitions` is {}: segments count from 0",
            kafka.partitions
        );
        said.add("segments", what);
    }
}

fn topics(kafka: &Kafka, said: &mut Said) {
    let address = |text: &str| {
        text.trim().rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
    };
    said.unless(
        kafka.bootstrap.split(',').all(address),
        "kafka.bootstrap",
        "must be host:port, several separated by commas",
    );
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    said.unless(
        kafka.prefix.len() <= PREFIX_MAX && kafka.prefix.bytes().all(allowed),
        "kafka.prefix",
        "may hold up to 200 letters, digits, points, underscores and hyphens",
    );
    said.unless(kafka.partitions > 0, "kafka.partitions", "must be at least 1");
    said.unless(kafka.replication > 0, "kafka.replication", "must be at least 1");
    said.unless(
        (1..=kafka.replication.max(1)).contains(&kafka.min_insync),
        "kafka.min_insync",
        "must be at least 1 and at most `kafka.replication`",
    );
    said.unless(kafka.retention_days > 0, "kafka.retention_days", "must be at least 1");
}

fn security(kafka: &Kafka, said: &mut Said) {
    let sasl = kafka.security == Security::SaslTls;
    for (key, set) in [
        ("kafka.user", kafka.user.is_some()),
        ("kafka.password_file", kafka.password_file.is_some()),
    ] {
        if sasl && !set {
            said.add(key, "is empty, but `kafka.security` is `sasl_tls`, which needs it");
        }
        if !sasl && set {
            said.add(key, "is set, but is used with `kafka.security = \"sasl_tls\"` alone");
        }
    }
    for (key, file) in [
        ("kafka.ca_file", &kafka.ca_file),
        ("kafka.certificate_file", &kafka.certificate_file),
        ("kafka.key_file", &kafka.key_file),
    ] {
        if kafka.security == Security::Plaintext && file.is_some() {
            said.add(key, "is set, but `kafka.security` is `plaintext`; set `tls` or `sasl_tls`");
        }
    }
    if kafka.certificate_file.is_some() != kafka.key_file.is_some() {
        said.add("kafka.key_file", "and `kafka.certificate_file` go together; set both or none");
    }
}

fn files(kafka: &Kafka, said: &mut Said) {
    for (key, file) in [
        ("kafka.ca_file", &kafka.ca_file),
        ("kafka.certificate_file", &kafka.certificate_file),
        ("kafka.key_file", &kafka.key_file),
    ] {
        let Some(path) = file else { continue };
        if let Err(error) = std::fs::File::open(path) {
            said.add(key, format!("names {}, which cannot be read: {error}", path.display()));
        }
    }
}

fn node(config: &Config, said: &mut Said) {
    let name = &config.node.name;
    said.unless(
        (1..=100).contains(&name.len()) && !name.chars().any(char::is_control),
        "node.name",
        "must be 1 to 100 bytes without control characters",
    );
    said.unless(!config.node.data.as_os_str().is_empty(), "node.data", "must name a directory");
    if !(LEASE_MS.0..=LEASE_MS.1).contains(&config.node.lease_ms) {
        said.add("node.lease_ms", format!("must be from {} to {}", LEASE_MS.0, LEASE_MS.1));
    }
    if EnvFilter::try_new(&config.log.filter).is_err() {
        said.add("log.filter", "is no filter; write a level such as info, or target=level");
    }
}

fn store_and_traces(config: &Config, said: &mut Said) {
    let store = &config.store;
    if has_password(&store.url) {
        said.add(
            "store.url",
            "holds a password; put it into a file, name it `store.password_file`",
        );
    } else if let Err(what) = store.place(0) {
        said.add("store.url", what);
    }
    said.unless(
        store.password_file.is_none() || !store.url.starts_with("sqlite:"),
        "store.password_file",
        "is set, but SQLite has no passwords",
    );
    let mut letters = store.reader_role.bytes();
    let word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    said.unless(
        store.reader_role.len() <= 63
            && letters.next().is_some_and(word)
            && letters.all(|byte| word(byte) || byte.is_ascii_digit()),
        "store.reader_role",
        "must be a plain name: small letters, digits and underscores",
    );
    let endpoint = &config.traces.endpoint;
    if has_password(endpoint) {
        said.add("traces.endpoint", "holds a password; give it to a collector on this machine");
    } else if endpoint.starts_with("https:") {
        said.add(
            "traces.endpoint",
            "must be http; a collector on this machine can speak TLS onward",
        );
    } else if !endpoint.is_empty()
        && endpoint.strip_prefix("http://").is_none_or(|rest| rest.trim_matches('/').is_empty())
    {
        said.add("traces.endpoint", "must be like http://127.0.0.1:4318, or empty for no traces");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Sources, read};
    use super::*;

    fn with(settings: &[&str]) -> Result<(Config, Vec<String>), String> {
        let flags: Vec<_> = settings.iter().map(|flag| (*flag).to_owned()).collect();
        let sources = Sources { flags: &flags, ..Sources::default() };
        read(&sources).unwrap().checked().map_err(|error| error.to_string())
    }

    fn refused(settings: &[&str], words: &str) {
        let said = with(settings).expect_err(words);
        assert!(said.contains(words), "{settings:?}: {said}");
    }

    #[test]
    fn the_default_makes_sense() {
        let (config, warnings) = with(&[]).unwrap();
        assert_eq!(config, Config::default());
        assert!(warnings.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_do() {
        refused(&["segments="], "name at least one segment");
        refused(&["segments=0,0"], "names a segment twice");
        refused(&["segments=0,3", "kafka.partitions=3"], "`segments` from --set segments names");
        refused(&["kafka.bootstrap=here"], "must be host:port");
        refused(&["kafka.bootstrap=a:1,b:x"], "must be host:port");
        refused(&["kafka.prefix=a b"], "letters, digits");
        refused(&["kafka.partitions=0"], "`kafka.partitions` from --set kafka.partitions must be");
        refused(&["kafka.replication=1"], "`kafka.min_insync` from default must be at least 1");
        refused(&["kafka.retention_days=0"], "at least 1");
        refused(&["kafka.security=sasl_tls"], "`kafka.user` from default is empty");
        refused(&["kafka.user=ann"], "is set, but is used with");
        refused(&["kafka.ca_file=ca.pem"], "but `kafka.security` is `plaintext`");
        refused(&["kafka.security=tls", "kafka.ca_file=no/ca.pem"], "which cannot be read");
        refused(&["kafka.security=tls", "kafka.key_file=no/key.pem"], "go together");
        refused(&["node.lease_ms=10"], "from 200 to 60000");
        refused(&["node.name="], "1 to 100 bytes");
        refused(&["log.filter=in fo=="], "is no filter");
        refused(&["store.url=mysql://x"], "sqlite:PATH or postgres://");
        refused(&["store.url=sqlite:"], "names no file");
        refused(&["store.password_file=no/such"], "which holds no secret");
        refused(&["store.reader_role=A b"], "plain name");
        refused(&["traces.endpoint=https://x"], "must be http");
        refused(&["traces.endpoint=here"], "like http://127.0.0.1:4318");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let said = with(&["node.lease_ms=1", "kafka.partitions=0"]).unwrap_err();
        assert!(said.starts_with("3 settings cannot stay as they are:\n  "), "{said}");
        assert_eq!(said.lines().count(), 4, "{said}");
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for setting in
            ["store.url=postgres://ann:hunter2@db/x", "traces.endpoint=http://a:hunter2@x"]
        {
            let said = with(&[setting]).unwrap_err();
            assert!(said.contains("holds a password") && !said.contains("hunter2"), "{said}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_read_from_its_file_and_an_open_file_is_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        fs::write(&path, "hunter2\n").unwrap();
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let file = format!("kafka.password_file={}", path.display());
        let settings = ["kafka.security=sasl_tls", "kafka.user=ann", &file];
        mode(0o640);
        let (config, warnings) = with(&settings).unwrap();
        assert_eq!(config.kafka.password.as_ref().unwrap().expose(), "hunter2");
        assert!(warnings.is_empty(), "{warnings:?}");
        assert!(!format!("{config:?}").contains("hunter2"));
        mode(0o644);
        let (_, warnings) = with(&settings).unwrap();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("can be read by every user"), "{warnings:?}");
    }
}
