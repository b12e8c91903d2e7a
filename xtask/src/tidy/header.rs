// SPDX-License-Identifier: EUPL-1.2
//! Every Rust file opens with its licence and one sentence that says what it is.

use super::{Finding, tree::Tree};

const LICENCE: &str = "// SPDX-License-Identifier: EUPL-1.2";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".rs")) {
        let text = file.text();
        let mut lines = text.lines();
        if lines.next() != Some(LICENCE) {
            findings.push(Finding::at(&file.path, 1, format!("the first line must be `{LICENCE}`")));
        }
        let sentence = lines.next().and_then(|line| line.strip_prefix("//! "));
        if sentence.is_none_or(|sentence| sentence.trim().len() <= 10) {
            findings.push(Finding::at(
                &file.path,
                2,
                "the second line must say in one `//!` sentence what this file is",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{LICENCE, Tree, check};

    #[test]
    fn a_file_without_licence_or_sentence_is_found() {
        let good = format!("{LICENCE}\n//! Says what it is.\n");
        let bad = format!("{LICENCE}\nfn a() {{}}\n");
        let tree =
            Tree::sample(&[("a.rs", &good), ("b.rs", &bad), ("c.rs", "//! Says what it is.\n"), ("d.md", "# x")]);
        let places: Vec<String> = check(&tree).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["b.rs:2", "c.rs:1", "c.rs:2"]);
    }
}
