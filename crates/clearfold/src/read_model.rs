//! The read model of a segment of an installation: where it lies, and how far it is.

use basics::Seq;
use kafka::Connection;
use projector::service::{KafkaSource, Source};
use projector::topics::TopicProjector;
use store::{Location, Store, StoreError};

use crate::failure::{Exit, Failure};
use crate::service::config;

/// Where it lies.
///
/// # Errors
/// The store's address says nothing.
pub fn location(store: &config::Store, segment: u32) -> Result<Location, Failure> {
    let mut location = Location::of_segment(&store.url, segment)?;
    if let Some(password) = &store.password {
        location = location.with_password(password.expose());
    }
    if !store.reader_role.is_empty() {
        location = location.with_reader_role(&store.reader_role);
    }
    Ok(location)
}

/// Opens it for writing; begins it anew when there is none, or it is of an earlier version.
///
/// # Errors
/// The database cannot be used.
pub fn open_or_begin(location: &Location) -> Result<Store, StoreError> {
    match Store::open(location) {
        Err(StoreError::Stale { .. }) => Store::fresh(location)?.take_place_of(location),
        other => other,
    }
}

/// How far it is; 0 when there is none that this version can read.
///
/// # Errors
/// The database cannot be read.
pub fn position(location: &Location) -> Result<Seq, Failure> {
    match Store::open_to_read(location) {
        Err(StoreError::Stale { .. } | StoreError::Missing { .. }) => Ok(Seq(0)),
        other => Ok(other?.progress()?.seq),
    }
}

/// Builds it anew from the public topics' beginning up to a decision, beside the old one, which
/// answers until the new one takes its place.
///
/// # Errors
/// A topic cannot be read, or has lost its beginning; the database cannot be written.
pub fn rebuild(
    location: &Location,
    connection: Connection,
    segment: u32,
    last: Seq,
) -> Result<Store, Failure> {
    let mut projector = TopicProjector::open(Store::fresh(location)?, segment)?;
    let mut source = KafkaSource::new(connection, segment);
    source.begin(projector.written().offsets)?;
    while projector.written().seq < last {
        let mut taken = Ok(());
        let came = source.poll(PATIENCE, &mut |record| {
            taken = projector.take(record.topic, record.offset, record.bytes);
        })?;
        taken?;
        if !came {
            projector.flush()?;
        }
        if !came && projector.newest() < last {
            let message = format!(
                "the public topics end at sequence {}, the journal at {last}: let a node relay \
                 the rest, then rebuild",
                projector.newest()
            );
            return Err(Failure::new(Exit::Unavailable, message));
        }
    }
    Ok(projector.close()?.take_place_of(location)?)
}

/// How long the topics may be silent before they count as read to their end.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
