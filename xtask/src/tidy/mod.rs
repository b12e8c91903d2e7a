// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask tidy`: the house rules a machine can keep. One file per rule, each with a test that shows it can fail.

mod arrow;
mod cycle;
mod endpoint;
mod frozen;
mod header;
mod leak;
mod purity;
mod room;
mod rust;
mod server_tree;
mod size;
mod testkit;
mod threat;
mod todo;
mod tree;
mod vector;
mod word;

use crate::shell;
use anyhow::{Result, bail};
use tree::Tree;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Relative to the root, with the line where there is one.
    place: String,
    /// What is wrong and, where it isn't obvious, what to do.
    text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
    fn at(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), text)
    }
}

/// Runs every check.
///
/// # Errors
/// When a rule is broken, or git or cargo can't be asked.
pub fn run() -> Result<()> {
    let tree = Tree::load(shell::root())?;
    let metadata = shell::output(shell::cargo().args(["metadata", "--locked", "--no-deps", "--format-version", "1"]))?;
    let metadata = serde_json::from_str(&metadata)?;
    let mut findings: Vec<Finding> = [
        tree.broken.clone(),
        arrow::check(&metadata),
        testkit::check(&metadata),
        server_tree::check_from_cargo()?,
        room::check(&tree),
        cycle::check(&tree),
        purity::check(&tree),
        header::check(&tree),
        size::check(&tree),
        word::check(&tree),
        todo::check(&tree),
        vector::check(&tree),
        endpoint::check(&tree),
        frozen::check(&tree),
        leak::check(&tree),
        threat::check(&tree),
    ]
    .concat();
    findings.sort();
    for finding in &findings {
        eprintln!("{}: {}", finding.place, finding.text);
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    println!("tidy: {} files, nothing to say", tree.files.len());
    Ok(())
}
