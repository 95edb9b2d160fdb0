//! Empty places for read models in both databases, and a look past `store` into them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::types::ValueRef;
use services::{Postgres, PostgresOptions};
use store::Location;
use tempfile::TempDir;

/// The role of analysts in these tests.
pub const ANALYSTS: &str = "analysts";

/// A place where no read model is yet.
pub struct Place {
    /// Where it is.
    pub location: Location,
    /// What names it in SQL: the file, or URL and schema.
    pub known_as: Known,
    _dir: Option<TempDir>,
}

/// What names a place to the database's own client.
pub enum Known {
    /// A SQLite file.
    File(std::path::PathBuf),
    /// A schema, at a URL.
    Schema(String, String),
}

/// One place in each database.
pub fn places() -> [Place; 2] {
    [file(), schema()]
}

/// A place in SQLite.
pub fn file() -> Place {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("read.db");
    Place { location: Location::file(&path), known_as: Known::File(path), _dir: Some(dir) }
}

/// A place in the PostgreSQL server of these tests.
pub fn schema() -> Place {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server =
        SERVER.get_or_init(|| Postgres::start(PostgresOptions::default()).expect("served"));
    let segment = NEXT.fetch_add(1, Ordering::Relaxed);
    let url = server.url();
    let location = Location::of_segment(&url, segment).expect("a URL").with_reader_role(ANALYSTS);
    let known_as = Known::Schema(url, format!("clearfold_{segment}"));
    Place { location, known_as, _dir: None }
}

impl Place {
    /// Runs SQL, past `store`.
    pub fn execute(&self, sql: &str) {
        match &self.known_as {
            Known::File(path) => {
                let connection = rusqlite::Connection::open(path).expect("open");
                connection.execute_batch(sql).expect("executed");
            }
            Known::Schema(url, schema) => {
                client(url, schema).batch_execute(sql).expect("executed");
            }
        }
    }

    /// What a query finds, past `store`: all as text, nothing as empty text.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.known_as {
            Known::File(path) => in_file(path, sql),
            Known::Schema(url, schema) => {
                let messages = client(url, schema).simple_query(sql).expect("queried");
                let rows = messages.iter().filter_map(|message| {
                    let postgres::SimpleQueryMessage::Row(row) = message else { return None };
                    Some(row)
                });
                let cell =
                    |row: &postgres::SimpleQueryRow, at| row.get(at).unwrap_or("").to_owned();
                rows.map(|row| (0..row.len()).map(|at| cell(row, at)).collect()).collect()
            }
        }
    }

    /// The names of the views for analysts.
    pub fn views(&self) -> Vec<String> {
        let sql = match &self.known_as {
            Known::File(_) => {
                "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'
                 ORDER BY 1"
            }
            Known::Schema(..) => {
                "SELECT viewname FROM pg_views WHERE schemaname = current_schema()
                 AND viewname LIKE 'v\\_%' ORDER BY 1"
            }
        };
        self.query(sql).into_iter().map(|row| row[0].clone()).collect()
    }
}

/// A client of the server for which names are those of a schema.
pub fn client(url: &str, schema: &str) -> postgres::Client {
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("connected");
    client.batch_execute(&format!("SET search_path = {schema}")).expect("set");
    client
}

fn in_file(path: &std::path::Path, sql: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(path).expect("open");
    let mut statement = connection.prepare(sql).expect("prepared");
    let width = statement.column_count();
    let cell = |row: &rusqlite::Row<'_>, at| match row.get_ref(at).expect("a column") {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).expect("text"),
        ValueRef::Blob(bytes) => format!("{bytes:?}"),
        ValueRef::Real(number) => panic!("never stored: {number}"),
    };
    let rows = statement.query_map([], |row| Ok((0..width).map(|at| cell(row, at)).collect()));
    rows.expect("queried").map(|row| row.expect("a row")).collect()
}
