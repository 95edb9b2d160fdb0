//! A secret: text from a file that is never printed.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// What stands where a secret would.
pub const REDACTED: &str = "[redacted]";

/// A secret. It shows itself to nobody but who asks for it by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The first line of a file, without its line end.
    ///
    /// # Errors
    /// The file cannot be read, or it holds nothing ([`io::ErrorKind::InvalidData`]).
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Self(line.to_owned())),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "its first line is empty")),
        }
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Whether others than owner and group may read the file.
pub fn open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// A text for people, with the password taken out of a URL that holds one.
pub fn without_password(text: &str) -> String {
    let text = match userinfo(text) {
        Some((before, userinfo, after)) => match userinfo.split_once(':') {
            Some((user, _)) => format!("{before}{user}:{REDACTED}@{after}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    };
    match text.split_once('?') {
        Some((url, query)) if query.contains(PARAMETER) => format!("{url}?{REDACTED}"),
        _ => text,
    }
}

/// Whether a URL holds a password.
pub fn has_password(url: &str) -> bool {
    userinfo(url).is_some_and(|(_, userinfo, _)| userinfo.contains(':'))
        || url.split_once('?').is_some_and(|(_, query)| query.contains(PARAMETER))
}

/// How a password is given in the query of a URL.
const PARAMETER: &str = "password=";

/// What stands before, in and behind the userinfo of a URL.
///
/// It ends at the last `@`: a password that was not escaped may hold `@` and `/` itself.
fn userinfo(url: &str) -> Option<(&str, &str, &str)> {
    let start = url.find("://")? + "://".len();
    let at = start + url[start..].rfind('@')?;
    Some((&url[..start], &url[start..at], &url[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_only_when_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        fs::write(&path, "hunter2\nsecond line\n").unwrap();
        let secret = Secret::read(&path).unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), {
            format!("{REDACTED} {REDACTED} Some({REDACTED})")
        });
        fs::write(&path, "\n").unwrap();
        assert_eq!(Secret::read(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn passwords_in_urls_are_seen_and_taken_out() {
        let check = |url: &str, has: bool, shown: &str| {
            assert_eq!(has_password(url), has, "{url}");
            assert_eq!(without_password(url), shown);
        };
        check("sqlite:a:b.sqlite", false, "sqlite:a:b.sqlite");
        check("postgres://ann@db:5432/x", false, "postgres://ann@db:5432/x");
        check("postgres://ann:pw@db/x", true, "postgres://ann:[redacted]@db/x");
        check("postgres://ann:p@w@db/x", true, "postgres://ann:[redacted]@db/x");
        check("postgres://ann:p/w@db/x", true, "postgres://ann:[redacted]@db/x");
        check("postgres://db/x?user=a&password=b", true, "postgres://db/x?[redacted]");
        check("http://ann:pw@host", true, "http://ann:[redacted]@host");
        check("127.0.0.1:9092", false, "127.0.0.1:9092");
    }
}
