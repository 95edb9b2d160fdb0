//! Where a service keeps its files: a temporary folder of its own, or one that the caller names.
//!
//! Law: a temporary folder does not outlive the process that made it, however that one ends.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::error::{Error, Tried};

/// A service's folder.
#[derive(Debug)]
pub enum Folder {
    /// Removed with the service.
    Temporary {
        /// The folder.
        folder: TempDir,
        /// Removes it if we cannot.
        keeper: Child,
    },
    /// Kept for the next start.
    Given(PathBuf),
}

impl Folder {
    /// The given folder, created if it is not there, or a temporary one.
    pub fn given_or_temporary(given: Option<&Path>, name: &str) -> Result<Self, Error> {
        let Some(given) = given else {
            let made = tempfile::Builder::new().prefix(&format!("clearfold-{name}-")).tempdir();
            let folder = made.tried(|| "create a temporary folder".to_owned())?;
            let keeper = keep(folder.path()).tried(|| "start sh".to_owned())?;
            return Ok(Self::Temporary { folder, keeper });
        };
        let what = || format!("create {}", given.display());
        std::fs::create_dir_all(given).tried(what)?;
        std::fs::canonicalize(given).tried(what).map(Self::Given)
    }

    /// Its path from the root.
    pub fn path(&self) -> &Path {
        match self {
            Self::Temporary { folder, .. } => folder.path(),
            Self::Given(folder) => folder,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Temporary { keeper, .. } = self {
            // One that is gone already has nothing to remove any more.
            let _gone = keeper.kill().and_then(|()| keeper.wait());
        }
    }
}

/// Starts what removes the folder when we are gone: it waits for the end of its input, which only
/// we hold open, and then a moment for the services that end with us.
fn keep(folder: &Path) -> std::io::Result<Child> {
    const SCRIPT: &str = "cat >/dev/null; sleep 1; rm -rf -- \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "sh"]).arg(folder).current_dir("/").process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// A folder in the user's cache.
pub fn cache(name: &str) -> Result<PathBuf, Error> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    // A user without a home, as some services have, still has the system's temporary folder.
    let folder = cache.or_else(home).unwrap_or_else(std::env::temp_dir).join(name);
    std::fs::create_dir_all(&folder).tried(|| format!("create {}", folder.display()))?;
    Ok(folder)
}

/// Writes a file.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).tried(|| format!("write {}", path.display()))
}
