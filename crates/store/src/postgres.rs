//! The served database: one schema of a PostgreSQL database for each segment.
//!
//! Commits do not wait for the disk: a crash of the server may take the last batches, never half
//! of one, and the topics give them again. Whether this writer is the only one is checked in each
//! transaction ([`Progress`] must be where the writer left it), and by nothing else: a lock of a
//! session would outlive a writer whose machine is gone, and keep its successor out.

mod numeric;
mod order;
mod schema;
mod statement;
mod sums;
mod value;
mod write;

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, NoTls, Transaction};

use crate::progress::PROGRESS;
use crate::row::Row;
use crate::store::Each;
use crate::{Batch, Location, Progress, Served, StoreError};

pub(crate) use value::Number;

use write::Writer;

/// How long a connection may take, and how long a server may be silent before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// A schema in PostgreSQL.
pub(crate) struct Postgres {
    /// Reading needs it for itself as well, one query at a time.
    client: RefCell<Client>,
    writer: Writer,
}

impl Postgres {
    /// Opens a schema for writing, or makes it.
    pub fn open(served: &Served) -> Result<Self, StoreError> {
        let mut client = connect(served, &served.schema)?;
        schema::make_missing(&mut client, served)?;
        schema::check_versions(&mut client, served)?;
        schema::grant(&mut client, served, &served.schema)?;
        Ok(Self::over(client))
    }

    /// Opens a schema for reading alone.
    pub fn open_to_read(served: &Served) -> Result<Self, StoreError> {
        let mut client = connect(served, &served.schema)?;
        client.batch_execute("SET default_transaction_read_only = on")?;
        if !schema::exists(&mut client, &served.schema)? {
            return Err(StoreError::Missing { at: Location::Served(served.clone()) });
        }
        schema::check_versions(&mut client, served)?;
        Ok(Self::over(client))
    }

    /// Makes an empty schema beside one.
    pub fn fresh(served: &Served) -> Result<Self, StoreError> {
        let beside = schema::beside(served);
        let mut client = connect(served, &beside)?;
        schema::remove(&mut client, &beside)?;
        schema::make(&mut client, &beside)?;
        schema::grant(&mut client, served, &beside)?;
        Ok(Self::over(client))
    }

    /// Takes the place of the schema beside which it was made.
    pub fn take_place_of(self, served: &Served) -> Result<(), StoreError> {
        schema::take_place(&mut self.client.into_inner(), served)
    }

    /// Writes a batch and the position it leads to, in one transaction that begins where the
    /// writer left it.
    pub fn write(
        &mut self,
        batch: &Batch,
        from: &Progress,
        to: &Progress,
    ) -> Result<(), StoreError> {
        let mut transaction = self.client.get_mut().transaction()?;
        // Rows are found by their keys. Without this, a plan made while the tables were small would
        // read them whole when they are large.
        transaction.batch_execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
             SET LOCAL enable_mergejoin = off",
        )?;
        let found = lock_position(&mut transaction)?;
        found.check(from)?;
        self.writer.rows(&mut transaction, batch)?;
        sums::write(&mut self.writer, &mut transaction, &batch.tally)?;
        self.writer.progress(&mut transaction, from, to)?;
        transaction.commit()?;
        Ok(())
    }

    /// Runs a query and hands each row on, as they come.
    pub fn each(&self, sql: &str, row: Each<'_>) -> Result<(), StoreError> {
        let mut client = self.client.borrow_mut();
        let mut rows = client.query_raw(sql, std::iter::empty::<&str>())?;
        while let Some(next) = rows.next()? {
            row(Row::Postgres(&next))?;
        }
        Ok(())
    }

    fn over(client: Client) -> Self {
        Self { client: RefCell::new(client), writer: Writer::default() }
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres")
    }
}

/// A connection for which names without a schema are those of this schema.
fn connect(served: &Served, schema: &str) -> Result<Client, StoreError> {
    let mut config: Config = served.url.parse()?;
    if let Some(password) = &served.password {
        config.password(password);
    }
    if config.get_application_name().is_none() {
        config.application_name("clearfold");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    config.keepalives_idle(PATIENCE).keepalives_interval(PATIENCE).keepalives_retries(3);
    config.tcp_user_timeout(PATIENCE * 4);
    let mut client = config.connect(NoTls)?;
    client.batch_execute(&format!(
        "SET search_path = {}; SET synchronous_commit = off; SET jit = off",
        schema::quoted(schema)
    ))?;
    Ok(client)
}

/// The position, which no other writer can change until the transaction ends.
fn lock_position(transaction: &mut Transaction<'_>) -> Result<Progress, StoreError> {
    let mut found = Progress::default();
    for row in transaction.query(&format!("{PROGRESS} FOR UPDATE"), &[])? {
        found.take_row(Row::Postgres(&row))?;
    }
    Ok(found)
}
