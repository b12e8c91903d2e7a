// SPDX-License-Identifier: EUPL-1.2
//! A folder of files to be served: each written once, with its brotli twin, and nothing else left in it.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// File names, `/` between folders, and contents.
pub type Files = BTreeMap<String, Vec<u8>>;

/// How much time a twin is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    Fast,
    Best,
}

/// What is compressed already gains nothing.
const COMPRESSIBLE: [&str; 9] = ["html", "js", "css", "wasm", "svg", "json", "webmanifest", "txt", "map"];
/// Holds the quality of the twins, which does not show in them.
const MARK: &str = ".quality";

/// Makes `folder` hold exactly `files` and their twins; what is there already is not written again. Answers how many
/// files were.
///
/// # Errors
/// When a file can't be written.
pub fn write(folder: &Path, files: &Files, quality: Quality) -> Result<usize> {
    fs::create_dir_all(folder)?;
    let mark = format!("{}", level(quality));
    let is_marked = fs::read_to_string(folder.join(MARK)).is_ok_and(|old| old == mark);
    let mut written = 0;
    let mut names = BTreeSet::from([MARK.to_owned()]);
    for (name, bytes) in files {
        let twin = is_compressible(name).then(|| format!("{name}.br"));
        let is_same = fs::read(folder.join(name)).is_ok_and(|old| old == *bytes);
        let has_twin = twin.as_ref().is_none_or(|twin| is_marked && folder.join(twin).exists());
        if !(is_same && has_twin) {
            written += 1;
            // the twin first: a server between the two then sends the old file
            if let Some(twin) = &twin {
                put(&folder.join(twin), &compress(bytes, level(quality))?)?;
            }
            put(&folder.join(name), bytes)?;
        }
        names.insert(name.clone());
        names.extend(twin);
    }
    if !is_marked {
        put(&folder.join(MARK), mark.as_bytes())?;
    }
    sweep(folder, "", &names)?;
    Ok(written)
}

/// Lower-case hex of SHA-256.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn level(quality: Quality) -> u32 {
    match quality {
        Quality::Fast => 5,
        Quality::Best => 11,
    }
}

fn is_compressible(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, kind)| COMPRESSIBLE.contains(&kind))
}

/// A fresh file under a name that may be open elsewhere.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let said = || format!("can't write {}", path.display());
    let folder = path.parent().with_context(said)?;
    fs::create_dir_all(folder).with_context(said)?;
    let fresh = folder.join(".new");
    fs::write(&fresh, bytes).with_context(said)?;
    fs::rename(&fresh, path).with_context(said)
}

fn sweep(folder: &Path, prefix: &str, names: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            sweep(&entry.path(), &format!("{name}/"), names)?;
        } else if !names.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(feature = "wasm")]
fn compress(bytes: &[u8], level: u32) -> Result<Vec<u8>> {
    use std::io::Write;
    let mut twin = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut twin, 1 << 16, level, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(twin)
}

#[cfg(not(feature = "wasm"))]
fn compress(_: &[u8], _: u32) -> Result<Vec<u8>> {
    anyhow::bail!("built without the feature `wasm`, which compresses")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_and_what_is_gone_is_removed() {
        let folder = std::env::temp_dir().join(format!("rohrpost-twin-{}", std::process::id()));
        let files = |names: &[(&str, &str)]| -> Files {
            names.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
        };
        // kinds without twins, since a build for tests has no compressor
        assert_eq!(write(&folder, &files(&[("a.png", "1"), ("icon/b.png", "2")]), Quality::Fast).unwrap(), 2);
        assert_eq!(write(&folder, &files(&[("a.png", "1"), ("icon/b.png", "3")]), Quality::Fast).unwrap(), 1);
        assert_eq!(write(&folder, &files(&[("a.png", "1")]), Quality::Fast).unwrap(), 0);
        let touched = || fs::metadata(&folder).and_then(|folder| folder.modified()).unwrap();
        let before = touched();
        assert_eq!(write(&folder, &files(&[("a.png", "1")]), Quality::Fast).unwrap(), 0);
        assert_eq!(touched(), before, "what embeds the folder would be built anew");
        let left = fs::read_dir(folder.join("icon")).unwrap().count();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_hash_is_that_of_the_standard() {
        assert_eq!(hash(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
