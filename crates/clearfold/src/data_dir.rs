//! The data directory: where the journal and the read model lie.

use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};

/// A data directory.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// The directory of a new or an existing data set.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The directory of an existing data set.
    ///
    /// # Errors
    /// [`Exit::NotFound`] when there is no journal in it.
    pub fn existing(path: &Path) -> Result<Self, Failure> {
        if path.join("journal").is_dir() {
            return Ok(Self(path.to_owned()));
        }
        let message =
            format!("{} holds no journal; make one with `clearfold import`", path.display());
        Err(Failure::new(Exit::NotFound, message))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The read model's file.
    pub fn read_model(&self) -> PathBuf {
        self.0.join("read-model.sqlite")
    }
}
