// SPDX-License-Identifier: EUPL-1.2
//! The server built alone is blind by construction: no engine, no MLS, no SQLCipher, no OpenSSL in it.

use super::Finding;
use crate::shell;
use anyhow::Result;

/// A line of the tree that holds one of these is a finding.
const FORBIDDEN: [&str; 8] =
    ["mls-rs", "openmls", "sqlcipher", "openssl", "engine v", "client v", "client-api v", "hpke v"];

/// Asks cargo for the server's own tree, with features.
///
/// # Errors
/// When cargo can't say.
pub fn check_from_cargo() -> Result<Vec<Finding>> {
    let arguments = ["tree", "--locked", "-p", "server", "-e", "normal,build,features", "--prefix", "none"];
    Ok(check(&shell::output(shell::cargo().args(arguments))?))
}

/// `tree`: one package or package feature per line.
fn check(tree: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = tree
        .lines()
        .filter(|line| {
            FORBIDDEN.iter().any(|word| line.starts_with(word) || (!word.contains(' ') && line.contains(word)))
        })
        .map(|line| Finding::new("the server's own build", format!("holds {}", line.trim_end_matches(" (*)"))))
        .collect();
    findings.sort();
    findings.dedup();
    if !tree.lines().any(|line| line.starts_with("rusqlite v")) {
        findings
            .push(Finding::new("the server's own build", "has no rusqlite: this check no longer sees what it should"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;

    const CLEAN: &str =
        "server v0.1.0 (x)\nproto v0.1.0 (x)\nrusqlite v0.43.0\nrusqlite feature \"bundled\"\nhttp-client v1.0.0\n";

    #[test]
    fn the_clean_server_passes() {
        assert!(check(CLEAN).is_empty());
    }

    #[test]
    fn each_forbidden_thing_is_seen() {
        let lines = [
            "engine v0.1.0 (x)",
            "mls-rs-core v0.27.0",
            "rusqlite feature \"bundled-sqlcipher\"",
            "openssl-sys v0.9.1",
            "client v0.1.0",
        ];
        for line in lines {
            assert_eq!(check(&format!("{CLEAN}{line}\n")).len(), 1, "{line}");
        }
    }

    #[test]
    fn an_empty_tree_is_not_taken_for_a_clean_one() {
        assert_eq!(check("").len(), 1);
    }
}
