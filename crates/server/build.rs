// SPDX-License-Identifier: EUPL-1.2
//! Puts the web messenger into the binary: the folder that `cargo xtask web` made, if ROHRPOST_WEB names it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

#[allow(clippy::print_stdout, reason = "this is how cargo is told")]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=ROHRPOST_WEB");
    let mut files = Vec::new();
    if let Some(folder) = env::var_os("ROHRPOST_WEB").filter(|folder| !folder.is_empty()) {
        let folder = fs::canonicalize(folder)?;
        println!("cargo::rerun-if-changed={}", folder.display());
        find(&folder, &folder, &mut files)?;
    }
    files.sort();
    let lines: String =
        files.iter().map(|(name, path)| format!("    ({name:?}, include_bytes!({path:?})),\n")).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo gives OUT_DIR"))?);
    fs::write(out.join("page.rs"), format!("&[\n{lines}]\n"))
}

/// Name as it is asked for, and where it lies. Hidden files are the builder's own.
fn find(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            find(root, &path, files)?;
        } else if !name.split('/').any(|part| part.starts_with('.')) {
            files.push((name, path.to_string_lossy().into_owned()));
        }
    }
    Ok(())
}
