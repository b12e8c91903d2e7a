// SPDX-License-Identifier: EUPL-1.2
//! What outlives the process never changes again: frozen vectors and old migrations, by their hashes.

use super::{Finding, tree::Tree};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Lines `<sha-256>  <path>`, and `folder  <path>`: every file in it must be listed. `#` begins a remark.
const LIST: &str = "xtask/frozen.txt";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.find(LIST) else {
        return vec![Finding::new(LIST, "is missing")];
    };
    let text = list.text();
    let mut findings = Vec::new();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let entries: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once("  ")).collect();
    for (hash, path) in entries.iter().filter(|(hash, _)| *hash != "folder") {
        match tree.find(path) {
            None => findings.push(Finding::new(*path, "is frozen and may not be removed")),
            Some(file) if hex(&Sha256::digest(&file.bytes)) != *hash => {
                findings.push(Finding::new(*path, "is frozen and may not change: add a new one beside it"));
            }
            Some(_) => {}
        }
    }
    for (_, folder) in entries.iter().filter(|(word, _)| *word == "folder") {
        let inside = tree.files.iter().filter(|file| file.path.starts_with(&format!("{folder}/")));
        for file in inside.filter(|file| !entries.iter().any(|(_, path)| *path == file.path)) {
            let line = format!("{}  {}", hex(&Sha256::digest(&file.bytes)), file.path);
            findings.push(Finding::new(&file.path, format!("is new in a frozen folder: add `{line}` to {LIST}")));
        }
    }
    findings
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a string does not fail");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::{LIST, Tree, check};

    /// SHA-256 of "abc", FIPS 180-2 appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn found(files: &[(&str, &str)]) -> usize {
        let list = format!("# remark\n{ABC}  v/one\nfolder  v\n");
        check(&Tree::sample(&[&[(LIST, list.as_str())], files].concat())).len()
    }

    #[test]
    fn a_changed_a_removed_and_an_unlisted_file_are_found() {
        assert_eq!(found(&[("v/one", "abc")]), 0);
        assert_eq!(found(&[("v/one", "abd")]), 1);
        assert_eq!(found(&[]), 1);
        assert_eq!(found(&[("v/one", "abc"), ("v/two", "x")]), 1);
    }

    #[test]
    fn a_missing_list_is_not_taken_for_an_empty_one() {
        assert_eq!(check(&Tree::sample(&[])).len(), 1);
    }
}
