// SPDX-License-Identifier: EUPL-1.2
//! The threat model names the test behind each claim: what is marked as existing must exist.

use super::{Finding, tree::Tree};
use std::collections::BTreeSet;

const MODEL: &str = "docs/threat-model.md";
/// Stands before the name of a test that exists.
const MARK: &str = "✔ `";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(model) = tree.find(MODEL) else { return vec![Finding::new(MODEL, "is missing")] };
    let functions: BTreeSet<&str> =
        tree.rust().flat_map(|(_, rust)| &rust.functions).map(|function| function.name.as_str()).collect();
    let mut findings = Vec::new();
    for (number, line) in model.text().lines().enumerate() {
        for claim in line.split(MARK).skip(1) {
            let name = claim.split('`').next().unwrap_or_default();
            if !functions.contains(name) {
                findings.push(Finding::at(MODEL, number + 1, format!("there is no test `{name}`")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{MODEL, Tree, check};

    #[test]
    fn a_claim_without_its_test_is_found() {
        let test = ("crates/a/tests/b.rs", "fn nobody_reads_along() {}");
        let found = |text| check(&Tree::sample(&[(MODEL, text), test])).len();
        assert_eq!(found("safe: ✔ `nobody_reads_along`, ○ `later`"), 0);
        assert_eq!(found("safe: ✔ `nobody_reads_along`, ✔ `nobody_writes`"), 1);
        assert_eq!(check(&Tree::sample(&[test])).len(), 1, "a missing model makes no claims");
    }
}
