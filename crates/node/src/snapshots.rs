//! Snapshots of the state, so that a restart reads only what came after. They are a short cut:
//! the journal alone is the truth, and without any snapshot the state is the same.

use std::io::{Read, Write};
use std::path::Path;

use engine::{RULES_VERSION, State};
use journal::{Head, JournalError, SnapshotBody, SnapshotHeader, Snapshots};

use crate::NodeError;

/// Writes a snapshot of the state at a frame's end.
pub(crate) fn write(directory: &Path, head: &Head, state: &State) -> Result<(), JournalError> {
    let header = SnapshotHeader { head: *head, rules_version: RULES_VERSION };
    let save = |out: &mut dyn Write| state.save_to(|chunk| out.write_all(chunk));
    Snapshots::new(directory, head.segment).write(&header, save).map(drop)
}

/// The newest snapshot that is valid and no newer than the journal.
pub(crate) fn newest(
    directory: &Path,
    journal: &Head,
) -> Result<Option<(SnapshotHeader, State)>, NodeError> {
    let mut ahead = None;
    let load = |header: &SnapshotHeader, body: &mut SnapshotBody| -> Result<State, String> {
        if header.head.last_seq > journal.last_seq {
            ahead = Some(header.head.last_seq);
            return Err("it is newer than the journal".to_owned());
        }
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        State::load(&bytes).map_err(|error| error.to_string())
    };
    let newest = Snapshots::new(directory, journal.segment).load_newest(load)?.newest;
    match ahead {
        None => Ok(newest),
        Some(snapshot) => Err(NodeError::Lost { snapshot, journal: journal.last_seq }),
    }
}

/// The last sequence that the newest valid snapshot covers; 0 without one.
pub(crate) fn newest_seq(directory: &Path) -> Result<u64, JournalError> {
    let sound = |_: &SnapshotHeader, _: &mut SnapshotBody| Ok(());
    let newest = Snapshots::new(directory, Head::start(0).segment).load_newest(sound)?.newest;
    Ok(newest.map_or(0, |(header, ())| header.head.last_seq))
}
