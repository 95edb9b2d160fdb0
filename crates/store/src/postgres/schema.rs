//! Schemas: made, granted, compared with this program's versions, and put in each other's place.

use postgres::Client;
use postgres::error::SqlState;

use crate::store::{check_version, versions};
use crate::{Location, Progress, Served, StoreError};

/// A name as SQL text.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The schema that grows beside one.
pub fn beside(served: &Served) -> String {
    format!("{}_new", served.schema)
}

/// Whether a schema holds a read model.
pub fn exists(client: &mut Client, schema: &str) -> Result<bool, StoreError> {
    let sql =
        "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'progress')";
    Ok(client.query_one(sql, &[&schema])?.get(0))
}

/// Makes the schema of a location unless it is there. Two who try at once make one.
pub fn make_missing(client: &mut Client, served: &Served) -> Result<(), StoreError> {
    if exists(client, &served.schema)? {
        return Ok(());
    }
    match make(client, &served.schema) {
        Err(error) if exists(client, &served.schema)? => {
            drop(error);
            Ok(())
        }
        other => other,
    }
}

/// Makes a schema and its tables, all or none.
pub fn make(client: &mut Client, schema: &str) -> Result<(), StoreError> {
    let encoding: String = client.query_one("SHOW server_encoding", &[])?.get(0);
    if encoding != "UTF8" {
        return Err(StoreError::Encoding { found: encoding });
    }
    let mut transaction = client.transaction()?;
    // Two who make schemas at once would trip over each other's catalogue rows.
    transaction.batch_execute("SELECT pg_advisory_xact_lock(hashtext('clearfold schema'))")?;
    transaction.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)))?;
    transaction.batch_execute(include_str!("schema.sql"))?;
    transaction.batch_execute(include_str!("views.sql"))?;
    for view in versions() {
        let version = i32::try_from(view.version).expect("versions are counted by hand");
        let sql = "INSERT INTO view_versions VALUES ($1, $2)";
        transaction.execute(sql, &[&view.name, &version])?;
    }
    for (name, value) in Progress::default().named() {
        let sql = "INSERT INTO progress VALUES ($1, $2)";
        transaction.execute(sql, &[&name, &value.cast_signed()])?;
    }
    transaction.commit()?;
    Ok(())
}

/// Refuses a schema that another version made.
pub fn check_versions(client: &mut Client, served: &Served) -> Result<(), StoreError> {
    let at = || Location::Served(served.clone());
    for view in versions() {
        let sql = "SELECT version FROM view_versions WHERE name = $1";
        let found = client.query_opt(sql, &[&view.name])?.map(|row| row.get::<_, i32>(0));
        check_version(view, found.map(i32::cast_unsigned), at)?;
    }
    Ok(())
}

/// Lets the members of the reader role read the views for analysts, and nothing else. The role is
/// made when it is missing and this user may make it; who may not leaves that to an administrator.
pub fn grant(client: &mut Client, served: &Served, schema: &str) -> Result<(), StoreError> {
    let Some(role) = &served.reader_role else { return Ok(()) };
    if !role_exists(client, role)? {
        match client.batch_execute(&format!("CREATE ROLE {} NOLOGIN", quoted(role))) {
            // Somebody else was faster.
            Err(error) if error.code() == Some(&SqlState::DUPLICATE_OBJECT) => {}
            Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {}
            Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => return Ok(()),
            other => other?,
        }
    }
    // Granting again what is granted would write to the catalogue at each start.
    let sql = "SELECT viewname::text FROM pg_views
        WHERE schemaname = $1 AND viewname LIKE 'v\\_%' AND NOT has_table_privilege(
            $2, quote_ident(schemaname) || '.' || quote_ident(viewname), 'SELECT')";
    let views = client.query(sql, &[&schema, role])?;
    let views: Vec<String> = views.iter().map(|row| row.get(0)).collect();
    if views.is_empty() {
        return Ok(());
    }
    client.batch_execute(&format!(
        "GRANT USAGE ON SCHEMA {} TO {role}; GRANT SELECT ON {} TO {role}",
        quoted(schema),
        views.join(", "),
        role = quoted(role),
    ))?;
    Ok(())
}

fn role_exists(client: &mut Client, role: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
    Ok(client.query_one(sql, &[&role])?.get(0))
}

/// Removes a schema that is not in use.
pub fn remove(client: &mut Client, schema: &str) -> Result<(), StoreError> {
    client.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema)))?;
    Ok(())
}

/// Puts the schema beside one in its place, in one transaction. Queries that run go on with the
/// old one; it is removed when they are done, or before the next takes its place.
pub fn take_place(client: &mut Client, served: &Served) -> Result<(), StoreError> {
    let (current, new) = (quoted(&served.schema), quoted(&beside(served)));
    let gone = format!("{}_old", served.schema);
    // So long a reader may hold what is to be removed.
    client.batch_execute("SET lock_timeout = '5s'")?;
    remove(client, &gone)?;
    let there = exists(client, &served.schema)?;
    let mut transaction = client.transaction()?;
    if there {
        // A writer of the old one ends its batch first; the next finds the position moved.
        transaction.batch_execute(&format!("LOCK TABLE {current}.progress IN EXCLUSIVE MODE"))?;
        let aside = format!("ALTER SCHEMA {current} RENAME TO {}", quoted(&gone));
        transaction.batch_execute(&aside)?;
    } else {
        // An empty schema that was made for us.
        transaction.batch_execute(&format!("DROP SCHEMA IF EXISTS {current}"))?;
    }
    transaction.batch_execute(&format!("ALTER SCHEMA {new} RENAME TO {current}"))?;
    transaction.commit()?;
    match remove(client, &gone) {
        Err(error) if error.is_unavailable() => Ok(()),
        other => other,
    }
}
