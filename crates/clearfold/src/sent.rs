//! What of a market directory is in already, row by row: here the journal is asked.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::path::Path;

use basics::Seq;
use interchange::market::render;
use model::decision::Form;
use model::{Cause, Command, Place};
use node::{DecisionRef, History, NodeError, Read};

use crate::failure::{Exit, Failure};

/// A row's bytes in short, to see a change.
pub type Fingerprint = u64;

/// The fingerprint of some bytes. A fixed hash: it is only ever compared with itself.
pub fn fingerprint(bytes: &[u8]) -> Fingerprint {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A file that ends must still have all its rows that are in: `seen` is the last row read of it.
/// Operations are read in parts, and are only ever few: of them each row is compared and none is
/// missed.
///
/// # Errors
/// [`Exit::Conflict`]: rows that are in are gone from the file.
pub fn check_end(channel: &str, seen: u64, rows_in: u64) -> Result<(), Failure> {
    if channel.ends_with("operations.csv") || seen >= rows_in {
        return Ok(());
    }
    let message = format!(
        "{channel} ends after row {seen}, but {rows_in} of its rows are in; rows that are in \
         stay as they are: restore the file"
    );
    Err(Failure::new(Exit::Conflict, message))
}

/// The rows of one file that are in.
#[derive(Debug, Default)]
pub struct SentFile {
    /// By row, from 1; `None` where a row was not sent.
    rows: Vec<Option<Fingerprint>>,
    /// How often the file was sent again on purpose.
    pub passes: u32,
}

impl SentFile {
    /// The fingerprint of a row that is in.
    pub fn row(&self, position: u64) -> Option<Fingerprint> {
        let at = usize::try_from(position).ok()?.checked_sub(1)?;
        self.rows.get(at).copied().flatten()
    }

    /// The last row that is in.
    pub fn last(&self) -> u64 {
        self.rows.len() as u64
    }

    fn put(&mut self, position: u64, fingerprint: Fingerprint) {
        let Some(at) = usize::try_from(position).ok().and_then(|p| p.checked_sub(1)) else {
            return;
        };
        if self.rows.len() <= at {
            self.rows.resize(at + 1, None);
        }
        self.rows[at] = Some(fingerprint);
    }
}

/// The rows of all files that are in.
#[derive(Debug, Default)]
pub struct Sent {
    files: BTreeMap<String, SentFile>,
}

impl Sent {
    /// Reads a data directory's journal.
    ///
    /// # Errors
    /// [`NodeError`] when the journal cannot be read.
    pub fn read(directory: &Path) -> Result<Self, NodeError> {
        let mut sent = Self::default();
        let mut bytes = Vec::new();
        History::open(directory, Seq(1))?.read::<NodeError>(Seq(u64::MAX), |decision| {
            if let Some(origin) = Origin::of(&decision) {
                origin.bytes(&mut bytes);
                sent.put(&origin.place, fingerprint(&bytes));
            }
            Ok(Read::More)
        })?;
        Ok(sent)
    }

    /// Notes a row that is in.
    pub fn put(&mut self, place: &Place<'_>, fingerprint: Fingerprint) {
        if !self.files.contains_key(place.channel) {
            self.files.insert(place.channel.to_owned(), SentFile::default());
        }
        let file = self.files.get_mut(place.channel).expect("it was just put in");
        file.put(place.position, fingerprint);
        file.passes = file.passes.max(place.pass + 1);
    }

    /// What is in of one file.
    pub fn file(&self, channel: &str) -> Option<&SentFile> {
        self.files.get(channel)
    }
}

/// Where a recorded input came from, and its bytes.
pub struct Origin<'a> {
    /// Its place.
    pub place: Place<'a>,
    command: Option<Command<'a>>,
    verbatim: Option<&'a [u8]>,
}

impl<'a> Origin<'a> {
    /// The origin of a decision; `None` when no file caused it.
    pub fn of(decision: &DecisionRef<'a>) -> Option<Self> {
        let (place, form, command, verbatim) = match decision {
            DecisionRef::Trade(decision) => (
                decision.place,
                decision.form,
                decision.report.map(Command::Trade),
                decision.verbatim,
            ),
            DecisionRef::Other(decision) => {
                let Cause::Input { place, .. } = decision.cause else { return None };
                (place, decision.input.form, decision.input.command, decision.input.verbatim)
            }
        };
        (form == Form::MarketCsv).then_some(Self { place, command, verbatim })
    }

    /// Its bytes as received: kept verbatim, or built again from the command.
    pub fn bytes(&self, out: &mut Vec<u8>) {
        out.clear();
        match (self.verbatim, &self.command) {
            (Some(bytes), _) => out.extend_from_slice(bytes),
            (None, Some(command)) => {
                let rebuilt = render(command, out);
                assert!(rebuilt, "an input is kept verbatim unless its bytes can be built again");
            }
            (None, None) => {}
        }
    }
}
