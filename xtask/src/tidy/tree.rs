// SPDX-License-Identifier: EUPL-1.2
//! The files of the repository as the checks see them.

use super::{Finding, rust::Rust};
use crate::shell;
use anyhow::{Context, Result};
use std::path::Path;

/// One file, tracked or about to be.
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    pub bytes: Vec<u8>,
    /// Only for `.rs` files.
    pub rust: Option<Rust>,
}

impl File {
    /// The text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The crate's folder name, for files below `crates/`.
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether the path lies below `src` of one of our crates.
    pub fn is_source_of(&self, crate_name: &str) -> bool {
        self.path
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_prefix(crate_name))
            .is_some_and(|rest| rest.starts_with("/src/"))
    }
}

/// All files that git tracks or would track.
pub struct Tree {
    pub files: Vec<File>,
    /// Files that could not be read as what their name says.
    pub broken: Vec<Finding>,
}

impl Tree {
    /// Reads everything git knows below `root`, ignored files left out.
    ///
    /// # Errors
    /// When git can't be asked or a file can't be read.
    pub fn load(root: &Path) -> Result<Self> {
        let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
        let names = shell::output(shell::command("git").current_dir(root).args(list))?;
        let mut files = Vec::new();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            let path = root.join(name);
            // Deleted but not yet committed, or a link.
            if !path.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
                continue;
            }
            files.push((name.to_owned(), std::fs::read(&path).with_context(|| format!("can't read {name}"))?));
        }
        Ok(Self::of(files))
    }

    /// A tree from paths and contents.
    pub fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut tree = Self { files: Vec::new(), broken: Vec::new() };
        for (path, bytes) in files {
            let mut rust = None;
            if path.ends_with(".rs") {
                match Rust::parse(&path, &String::from_utf8_lossy(&bytes)) {
                    Ok(parsed) => rust = Some(parsed),
                    Err(error) => tree.broken.push(Finding::new(&path, format!("not Rust: {error}"))),
                }
            }
            tree.files.push(File { path, bytes, rust });
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        tree
    }

    /// A small tree for tests.
    #[cfg(test)]
    pub fn sample(files: &[(&str, &str)]) -> Self {
        Self::of(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())))
    }

    /// All Rust files.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Rust)> {
        self.files.iter().filter_map(|file| file.rust.as_ref().map(|rust| (file, rust)))
    }

    /// The file with exactly this path.
    pub fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}
