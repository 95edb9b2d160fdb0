//! Where the rows of a segment lie, from one URL for all segments.

use std::path::PathBuf;

use super::Store;

/// Where the rows of one segment lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A schema of PostgreSQL.
    Postgres {
        /// How to reach the server; it holds no password.
        url: String,
        /// The schema.
        schema: String,
    },
}

impl Store {
    /// Where the rows of a segment lie: a file or a schema of its own.
    ///
    /// # Errors
    /// The URL is of no known kind; the rest of a sentence that says which are.
    pub fn place(&self, segment: u32) -> Result<Place, &'static str> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            let Some(stem) = path.file_stem() else { return Err("names no file behind sqlite:") };
            if segment == 0 {
                return Ok(Place::Sqlite(path));
            }
            let mut name = stem.to_owned();
            name.push(format!("-{segment}"));
            if let Some(extension) = path.extension() {
                name.push(".");
                name.push(extension);
            }
            return Ok(Place::Sqlite(path.with_file_name(name)));
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            let schema = format!("clearfold_{segment}");
            return Ok(Place::Postgres { url: self.url.clone(), schema });
        }
        Err("must be sqlite:PATH or postgres://user@host:port/database")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn each_segment_has_a_place_of_its_own() {
        let place = |url: &str, segment| {
            Store { url: url.to_owned(), ..Config::default().store }.place(segment)
        };
        let sqlite = |path: &str| Ok(Place::Sqlite(PathBuf::from(path)));
        assert_eq!(place("sqlite:a/read.model.sqlite", 0), sqlite("a/read.model.sqlite"));
        assert_eq!(place("sqlite:a/read.model.sqlite", 2), sqlite("a/read.model-2.sqlite"));
        assert_eq!(place("sqlite:rows", 1), sqlite("rows-1"));
        assert_eq!(place("sqlite:///var/rows.sqlite", 0), sqlite("/var/rows.sqlite"));
        let url = "postgres://ann@db:5432/clearing".to_owned();
        let schema = "clearfold_3".to_owned();
        assert_eq!(place(&url, 3), Ok(Place::Postgres { url: url.clone(), schema }));
        assert!(place("sqlite:", 0).is_err() && place("oracle:x", 0).is_err());
    }
}
