//! `export`: one table, whole, in the promised order.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use basics::Seq;
use interchange::tables::{Format, TableError, Writer};
use store::{Store, StoreError};
use views::Export;

use crate::cli;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::follow;
use crate::place::Place;

/// Runs `export`.
pub fn run(args: &cli::Export, context: &Context) -> Result<(), Failure> {
    let what = Export::from_name(&args.what).ok_or_else(|| unknown(&args.what))?;
    let place = Place::of(&args.place)?;
    let store = open_as_of(args, &place, context)?;
    let format = format(args.format);
    match &args.out {
        Some(path) => to_file(&store, what, format, path),
        None => to_standard_output(&store, what, format),
    }
}

fn unknown(what: &str) -> Failure {
    let names: Vec<&str> = Export::ALL.iter().map(|export| export.name()).collect();
    let message = format!("there is no table {what}; choose one of {}", names.join(", "));
    Failure::new(Exit::Usage, message)
}

const fn format(format: cli::Format) -> Format {
    match format {
        cli::Format::Csv => Format::Csv,
        cli::Format::Jsonl => Format::Jsonl,
        cli::Format::Xlsx => Format::Xlsx,
        cli::Format::Parquet => Format::Parquet,
    }
}

/// The read model as it stands, or as it stood.
fn open_as_of(args: &cli::Export, place: &Place, context: &Context) -> Result<Store, Failure> {
    let current = follow::up_to_date(place, context)?;
    let reached = current.progress()?.seq;
    let wanted = match (args.as_of, args.as_of_seq) {
        (None, None) => return Ok(current),
        (None, Some(seq)) => Seq(seq),
        (Some(date), _) => current.end_of(date)?.ok_or_else(|| {
            let message = format!("{date} was never opened; `clearfold status` tells the day");
            Failure::new(Exit::NotFound, message)
        })?,
    };
    if wanted > reached {
        let message = format!("the journal ends at sequence {reached}, before {wanted}");
        return Err(Failure::new(Exit::NotFound, message));
    }
    if wanted == reached { Ok(current) } else { follow::as_of(place, wanted, context) }
}

/// Writes beside the file and then takes its place, so that nobody reads half a table. What is
/// no ordinary file (a pipe, a device) is written as it is.
fn to_file(store: &Store, what: Export, format: Format, path: &Path) -> Result<(), Failure> {
    let failed = |error: &io::Error| Failure::io("write", path, error);
    let place = match fs::canonicalize(path) {
        Ok(known) if known.is_dir() => {
            let message = format!("{} is a directory; name a file in it", path.display());
            return Err(Failure::new(Exit::Unavailable, message));
        }
        Ok(known) if !known.is_file() => {
            let out = File::options().write(true).open(path).map_err(|error| failed(&error))?;
            return write_all(store, what, format, out, path);
        }
        Ok(known) => known,
        Err(_) => path.to_owned(),
    };
    let mut part = place.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let file = File::create(part).map_err(|error| failed(&error))?;
    let written = write_all(store, what, format, file, path)
        .and_then(|()| fs::rename(part, &place).map_err(|error| failed(&error)));
    if written.is_err() {
        let _ = fs::remove_file(part);
    }
    written
}

fn write_all(
    store: &Store,
    what: Export,
    format: Format,
    file: File,
    path: &Path,
) -> Result<(), Failure> {
    let out = write(store, what, format, BufWriter::new(file))?;
    let flushed = out.into_inner().map(drop);
    flushed.map_err(|error| Failure::io("write", path, error.error()))
}

fn to_standard_output(store: &Store, what: Export, format: Format) -> Result<(), Failure> {
    let out = io::stdout();
    if out.is_terminal() && matches!(format, Format::Xlsx | Format::Parquet) {
        let message = "this format is not for a terminal; name a file with --out";
        return Err(Failure::new(Exit::Usage, message));
    }
    let written = write(store, what, format, BufWriter::new(out))
        .and_then(|mut out| out.flush().map_err(|error| Unwritten::Table(error.into())));
    match written {
        // A reader that has seen enough (`| head`) is no failure.
        Err(Unwritten::Table(TableError::Io(error)))
            if error.kind() == io::ErrorKind::BrokenPipe =>
        {
            Ok(())
        }
        other => Ok(other?),
    }
}

/// Why a table could not be written: the reading or the writing failed.
enum Unwritten {
    Store(StoreError),
    Table(TableError),
}

impl From<Unwritten> for Failure {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Store(error) => error.into(),
            Unwritten::Table(error) => error.into(),
        }
    }
}

fn write<W: Write + Send>(
    store: &Store,
    what: Export,
    format: Format,
    out: W,
) -> Result<W, Unwritten> {
    let mut writer = Writer::create(format, what.columns(), out).map_err(Unwritten::Table)?;
    let mut failed = None;
    store
        .export(what, &mut |row| {
            if failed.is_none() {
                failed = writer.row(row).err();
            }
        })
        .map_err(Unwritten::Store)?;
    match failed {
        Some(error) => Err(Unwritten::Table(error)),
        None => writer.finish().map_err(Unwritten::Table),
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        let exit = match &error {
            TableError::Io(_) => Exit::Unavailable,
            TableError::OutOfRange { .. } => Exit::Usage,
            TableError::CellCount { .. }
            | TableError::OtherKind { .. }
            | TableError::Xlsx(_)
            | TableError::Parquet(_) => Exit::Internal,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Url { .. } | StoreError::Encoding { .. } => Exit::Usage,
            StoreError::Missing { .. } => Exit::NotFound,
            StoreError::Moved { .. } | StoreError::FromTheFuture { .. } => Exit::Conflict,
            StoreError::Postgres(_) | StoreError::Connection(_) => Exit::Unavailable,
            StoreError::DoesNotFit { .. } => Exit::Internal,
            StoreError::Sqlite(_)
            | StoreError::SqliteTooOld { .. }
            | StoreError::Stale { .. }
            | StoreError::Replace { .. }
            | StoreError::Damaged { .. } => {
                let message = format!("{error}; `clearfold rebuild` makes the read model anew");
                return Self::new(Exit::Unavailable, message);
            }
        };
        Self::new(exit, error.to_string())
    }
}
