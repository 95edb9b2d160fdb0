//! A journal into read models: through the relay and the views into SQLite and PostgreSQL, and
//! beside it what PostgreSQL takes for the same rows when nothing but COPY happens.
//!
//! An event is a public record. Server and projector share the machine.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use basics::Seq;
use journal::Reader;
use projector::Projector;
use services::{Postgres, PostgresOptions};
use store::{Location, Store};

use crate::Outcome;
use crate::cli::Setting;
use crate::figure::{Figure, Goal, Unit};
use crate::import;

/// Events a second into SQLite.
const GOAL_SQLITE: f64 = 200_000.0;

/// Events a second into PostgreSQL.
const GOAL_POSTGRES: f64 = 100_000.0;

/// The tables that grow with every trade.
const TABLES: [&str; 2] = ["trades", "trade_entries"];

/// Measures both.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let scratch = setting.scratch()?;
    let data = scratch.path().join("data");
    import::fill(market, &data)?;
    let server = Postgres::start(PostgresOptions::default())?;
    let (mut sqlite, mut postgres, mut copies) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..setting.runs {
        let file = scratch.path().join(format!("read-{run}.sqlite"));
        sqlite.push(project(&data, &Location::file(&file))?);
        std::fs::remove_file(&file)?;
        postgres.push(project(&data, &Location::of_segment(&server.url(), run)?)?);
        copies.push(copy(&server, run)?);
    }
    let figure = |name, unit, values| Figure::new("store", name, unit, values);
    Ok(vec![
        figure("SQLite", Unit::EventsPerSecond, sqlite).with(Goal::AtLeast(GOAL_SQLITE)),
        figure("PostgreSQL", Unit::EventsPerSecond, postgres).with(Goal::AtLeast(GOAL_POSTGRES)),
        figure("PostgreSQL, bare COPY of trades and their entries", Unit::RowsPerSecond, copies),
    ])
}

/// Events a second from a journal into an empty read model.
fn project(data: &Path, at: &Location) -> Outcome<f64> {
    let mut projector = Projector::open(Store::open(at)?)?;
    let mut reader = Reader::open(data, 1)?;
    let begun = Instant::now();
    projector.catch_up(&mut reader, Seq(u64::MAX))?;
    let seconds = begun.elapsed().as_secs_f64();
    let events: u64 = projector.close()?.progress()?.topics.iter().sum();
    Ok(events as f64 / seconds)
}

/// Rows a second that a COPY of the same rows into tables with the same keys takes.
fn copy(server: &Postgres, segment: u32) -> Outcome<f64> {
    let (mut rows, mut seconds) = (0.0, 0.0);
    for table in TABLES {
        let file = server.data().join(format!("{table}.copy"));
        let (from, file) = (format!("clearfold_{segment}.{table}"), file.display());
        sql(
            server,
            &format!("DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE {from} INCLUDING ALL)"),
        )?;
        sql(server, &format!("COPY {from} TO '{file}' BINARY"))?;
        let begun = Instant::now();
        let said = sql(server, &format!("COPY bare FROM '{file}' BINARY"))?;
        seconds += begun.elapsed().as_secs_f64();
        let count = said.trim().strip_prefix("COPY ").unwrap_or_default();
        rows += count.parse::<f64>()?;
    }
    Ok(rows / seconds)
}

/// Runs SQL in a process of its own: what it costs is measured with it.
fn sql(server: &Postgres, sql: &str) -> Outcome<String> {
    let mut psql = Command::new(server.program("psql"));
    let run = psql.args(["--no-psqlrc", "--dbname"]).arg(server.url()).args(["--command", sql]);
    let output = run.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
