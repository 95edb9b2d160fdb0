//! Snapshots: the whole state as bytes and back, so that a restart need not fold the whole log.
//!
//! The layout is the engine's own and has a version. Look-up tables and what follows from other
//! parts are not written; loading builds them again. Loading never panics, whatever the bytes are,
//! and takes memory in proportion to them.
//!
//! Law: REPLAY what was saved and loaded has the same state hash and decides the same from there,
//! also between two steps of a run.

mod codec;
mod money;
mod positions;
mod reference;
mod trades;

use alloc::vec::Vec;
use core::fmt;

use basics::{Date, EntryNo};

use crate::State;
use crate::day::{Days, Phase};
use codec::{Reader, Writer, known};

/// The version of the layout. Bytes of another version are refused.
pub const SNAPSHOT_VERSION: u32 = 1;

/// Why bytes are not a snapshot that this version can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// They have another version.
    Version(u32),
    /// They end too early.
    TooShort,
    /// They go on after the end.
    TooLong,
    /// They say something that no state can say; the text names what.
    Malformed(&'static str),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(f, "the snapshot has layout {version}, not {SNAPSHOT_VERSION}")
            }
            Self::TooShort => f.write_str("the snapshot ends too early"),
            Self::TooLong => f.write_str("the snapshot goes on after its end"),
            Self::Malformed(what) => write!(f, "the snapshot has {what} that cannot be"),
        }
    }
}

impl core::error::Error for SnapshotError {}

impl State {
    /// Adds the whole state to `out`.
    pub fn save(&self, out: &mut Vec<u8>) {
        self.write(&mut |chunk| out.extend_from_slice(chunk));
    }

    /// Hands the whole state to `write` in chunks of about 64 KiB, so that it never lies in
    /// memory twice.
    ///
    /// # Errors
    /// The first that `write` gives; it is not called again then.
    pub fn save_to<E>(&self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut result = Ok(());
        self.write(&mut |chunk| {
            if result.is_ok() {
                result = write(chunk);
            }
        });
        result
    }

    fn write(&self, sink: &mut dyn FnMut(&[u8])) {
        let mut out = Writer::new(sink);
        out.u32(SNAPSHOT_VERSION);
        reference::write(&self.registry, &mut out);
        write_days(&self.days, &mut out);
        trades::write(self, &mut out);
        positions::write(self, &mut out);
        money::write(self, &mut out);
        out.u64(self.next_entry.0);
        out.finish();
    }

    /// The state that was saved.
    ///
    /// # Errors
    /// A [`SnapshotError`] when the bytes are not a whole snapshot of this version.
    pub fn load(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut bytes = Reader::new(bytes);
        let version = bytes.u32()?;
        if version != SNAPSHOT_VERSION {
            return Err(SnapshotError::Version(version));
        }
        let mut state = Self { registry: reference::read(&mut bytes)?, ..Self::default() };
        state.days = read_days(&mut bytes)?;
        trades::read(&mut state, &mut bytes)?;
        positions::read(&mut state, &mut bytes)?;
        money::read(&mut state, &mut bytes)?;
        state.next_entry = EntryNo(bytes.u64()?);
        bytes.finish()?;
        let open_day = state.days.open_day();
        state.registry.refresh_today(open_day);
        Ok(state)
    }
}

fn write_days(days: &Days, out: &mut Writer<'_>) {
    out.byte(u8::from(days.last_opened.is_some()));
    out.date(days.last_opened.unwrap_or_default());
    out.byte(match days.phase {
        Phase::Closed => 0,
        Phase::Trading => 1,
        Phase::TradingClosed => 2,
        Phase::Settled => 3,
        Phase::Closing => 4,
    });
    out.byte(u8::from(days.commitment.is_some()));
    if let Some(commitment) = &days.commitment {
        out.digest(commitment);
    }
    out.date(days.purged_before);
}

fn read_days(bytes: &mut Reader<'_>) -> Result<Days, SnapshotError> {
    let opened = flag(bytes.byte()?)?;
    let date: Date = bytes.date()?;
    let phase = known(match bytes.byte()? {
        0 => Some(Phase::Closed),
        1 => Some(Phase::Trading),
        2 => Some(Phase::TradingClosed),
        3 => Some(Phase::Settled),
        4 => Some(Phase::Closing),
        _ => None,
    })?;
    let commitment = match flag(bytes.byte()?)? {
        true => Some(bytes.digest()?),
        false => None,
    };
    let purged_before = bytes.date()?;
    Ok(Days { last_opened: opened.then_some(date), phase, commitment, purged_before })
}

/// A yes or no.
fn flag(value: impl Into<u64>) -> Result<bool, SnapshotError> {
    known(match value.into() {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    })
}
