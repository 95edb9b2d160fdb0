//! The repository's files in memory, so that every rule is a function that tests can call.
//!
//! The tree holds what is committed or would be: tracked files and new ones that `.gitignore`
//! does not name. Build output and market data are never looked at.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Files by their path from the root, with `/` between folders.
#[derive(Debug, Default)]
pub struct Tree {
    /// `None` if the file is not text.
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads the work tree at `root`, asking git which files belong to it.
    pub fn read(root: &Path) -> Result<Self, String> {
        let listing = Command::new("git")
            // CI may check the tree out as another user than the one that builds it.
            .arg("-c")
            .arg(format!("safe.directory={}", root.display()))
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|error| format!("cannot run git: {error}; install git"))?;
        if !listing.status.success() {
            let reason = String::from_utf8_lossy(&listing.stderr);
            return Err(format!("git cannot list the files: {}", reason.trim()));
        }
        let mut tree = Self::default();
        for path in String::from_utf8_lossy(&listing.stdout).split_terminator('\0') {
            // A file deleted but not yet committed is listed and no longer there.
            if let Ok(bytes) = std::fs::read(root.join(path)) {
                tree.files.insert(path.to_owned(), String::from_utf8(bytes).ok());
            }
        }
        Ok(tree)
    }

    /// A small tree for tests.
    #[cfg(test)]
    pub fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        let files = files.map(|(path, text)| (path.to_owned(), Some(text.to_owned())));
        Self { files: BTreeMap::from(files) }
    }

    /// The text of a file. `None` if there is no such file, or if it is not text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// All text files, by path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// All text files whose name ends with `suffix`.
    pub fn texts_ending(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| path.ends_with(suffix))
    }

    /// True if the path names a file, or a folder with a file in it.
    pub fn has(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(inside.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&inside))
    }

    /// Names of the folders directly under `crates/`.
    pub fn crates(&self) -> Vec<&str> {
        let inner = self.files.keys().filter_map(|path| path.strip_prefix("crates/"));
        let mut names: Vec<_> =
            inner.filter_map(|path| path.split_once('/')).map(|(name, _)| name).collect();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_if_a_file_is_in_it() {
        let tree = Tree::of([("crates/basics/src/lib.rs", ""), ("crates-io.md", "")]);
        assert!(tree.has("crates"));
        assert!(tree.has("crates/basics/"));
        assert!(!tree.has("crates/basic"));
        assert_eq!(tree.crates(), ["basics"]);
    }
}
