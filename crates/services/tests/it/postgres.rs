//! PostgreSQL, with its own `psql` as client.

use std::process::Command;

use services::{Postgres, PostgresOptions, Signal};

fn psql(postgres: &Postgres) -> Command {
    let mut psql = Command::new(postgres.program("psql"));
    psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--no-password"]);
    psql.arg(postgres.url());
    psql
}

#[track_caller]
fn query(postgres: &Postgres, sql: &str) -> String {
    let output = psql(postgres).args(["-c", sql]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_was_committed_is_there_after_a_kill() {
    let postgres = Postgres::start(PostgresOptions::default()).unwrap();
    query(&postgres, "CREATE TABLE t (n INT); INSERT INTO t VALUES (41), (42)");
    assert_eq!(query(&postgres, "SHOW fsync"), "on");
    // Someone is in the middle of something.
    let mut busy = psql(&postgres).args(["-c", "SELECT pg_sleep(600)"]).spawn().unwrap();
    while query(&postgres, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)%'")
        != "2"
    {
        std::thread::yield_now();
    }
    postgres.signal(Signal::Kill).unwrap();
    assert!(!busy.wait().unwrap().success());
    assert!(!psql(&postgres).args(["-c", "SELECT 1"]).output().unwrap().status.success());
    postgres.restart().unwrap();
    assert_eq!(query(&postgres, "SELECT max(n) FROM t"), "42");
}

#[test]
fn a_stopped_server_stands_still_and_goes_on() {
    let postgres = Postgres::start(PostgresOptions::default()).unwrap();
    postgres.signal(Signal::Stop).unwrap();
    let mut asked = psql(&postgres).args(["-c", "SELECT 1"]).spawn().unwrap();
    assert!(asked.try_wait().unwrap().is_none());
    postgres.signal(Signal::Continue).unwrap();
    assert!(asked.wait().unwrap().success());
}

#[test]
fn a_backup_is_put_back() {
    let postgres = Postgres::start(PostgresOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    query(&postgres, "CREATE TABLE t AS SELECT 1 AS n");
    postgres.stop().unwrap();
    postgres.back_up(&backup).unwrap();
    postgres.restart().unwrap();
    query(&postgres, "UPDATE t SET n = 2");
    postgres.stop().unwrap();
    postgres.restore(&backup).unwrap();
    postgres.restart().unwrap();
    assert_eq!(query(&postgres, "SELECT n FROM t"), "1");
}

#[test]
fn a_password_is_asked_for_and_settings_are_used() {
    let options = PostgresOptions {
        password: Some("correct horse".to_owned()),
        settings: vec![("max_connections".to_owned(), "7".to_owned())],
        ..Default::default()
    };
    let postgres = Postgres::start(options).unwrap();
    let ask = |password: &str| {
        let mut ask = psql(&postgres);
        ask.args(["-c", "SHOW max_connections"]).env("PGPASSWORD", password).output().unwrap()
    };
    assert_eq!(String::from_utf8_lossy(&ask("correct horse").stdout).trim(), "7");
    assert!(!ask("battery staple").status.success());
}
