//! Where a read model lies: in a file, or in a schema of a served database.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::said;

/// Where the read model of a segment lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A schema in a PostgreSQL database.
    Served(Served),
}

/// A schema in a PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub struct Served {
    /// `postgres://user@host:port/database`, without a password.
    pub(crate) url: String,
    pub(crate) schema: String,
    pub(crate) password: Option<String>,
    /// The role that analysts are members of; `None`: nobody is granted anything.
    pub(crate) reader_role: Option<String>,
}

impl Location {
    /// A SQLite file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self::File(path.as_ref().to_owned())
    }

    /// The read model of a segment, in the database of a URL: `sqlite:PATH` (with `-SEGMENT`
    /// before the extension for segments above 0) or `postgres://user@host:port/database` (schema
    /// `clearfold_SEGMENT`).
    ///
    /// # Errors
    /// When it is neither, or holds a password: that comes from a file.
    pub fn of_segment(url: &str, segment: u32) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err(refused("no file is named after sqlite:"));
            }
            return Ok(Self::File(numbered(Path::new(path), segment)));
        }
        let known = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known {
            return Err(refused("it begins with neither sqlite: nor postgres://"));
        }
        let config: postgres::Config =
            url.parse().map_err(|error: postgres::Error| refused(&said(&error)))?;
        if config.get_password().is_some() {
            return Err(refused("it holds a password; put that in a file of its own"));
        }
        let schema = format!("clearfold_{segment}");
        let url = url.to_owned();
        Ok(Self::Served(Served { url, schema, password: None, reader_role: None }))
    }

    /// The same with a password; a file needs none.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        if let Self::Served(served) = &mut self {
            served.password = Some(password.to_owned());
        }
        self
    }

    /// The same, readable for the members of a role, which is made when it is missing; a file is
    /// readable for whoever may read files.
    #[must_use]
    pub fn with_reader_role(mut self, role: &str) -> Self {
        if let Self::Served(served) = &mut self {
            served.reader_role = Some(role.to_owned());
        }
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Served(served) => write!(f, "{}", served.schema),
        }
    }
}

impl fmt::Debug for Served {
    /// Without the password, which never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({} in {})", self.schema, self.url)
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::Url { why: why.to_owned() }
}

/// `read-model.sqlite` for segment 0, `read-model-2.sqlite` for segment 2.
fn numbered(path: &Path, segment: u32) -> PathBuf {
    if segment == 0 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{segment}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_numbered_before_its_extension() {
        for (url, segment, path) in [
            ("sqlite:read-model.sqlite", 0, "read-model.sqlite"),
            ("sqlite:data/read-model.sqlite", 2, "data/read-model-2.sqlite"),
            ("sqlite:read", 1, "read-1"),
        ] {
            let location = Location::of_segment(url, segment).expect("a location");
            assert_eq!(location, Location::file(path));
        }
    }

    #[test]
    fn a_served_segment_has_a_schema_and_shows_no_password() {
        let url = "postgres://clearfold@db:5432/clearing";
        let location = Location::of_segment(url, 3).expect("a location").with_password("hunter2");
        let Location::Served(served) = &location else { panic!("{location:?}") };
        assert_eq!(served.schema, "clearfold_3");
        assert!(!format!("{location:?} {location}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_url_of_a_store_is_refused() {
        for (url, why) in [
            ("sqlite:", "no file"),
            ("mysql://db", "begins with neither"),
            ("postgres://user:secret@db/clearing", "password"),
            ("postgres://user@db:port/clearing", "port"),
        ] {
            let refused = Location::of_segment(url, 0).expect_err(url).to_string();
            assert!(refused.contains(why), "{refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
