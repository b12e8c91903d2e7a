// SPDX-License-Identifier: EUPL-1.2
//! What is left to do names the issue that says so: `TODO(#12)`.

use super::{Finding, tree::Tree};

/// Written so that this file does not find itself.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const CODE: [&str; 8] = [".rs", ".toml", ".sh", ".sql", ".css", ".js", ".html", ".yml"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| CODE.iter().any(|end| file.path.ends_with(end))) {
        for (number, line) in file.text().lines().enumerate() {
            if MARKS.iter().any(|mark| word_without_issue(line, mark)) {
                findings.push(Finding::at(
                    &file.path,
                    number + 1,
                    "what is left to do must name its issue, as in `(#12)`",
                ));
            }
        }
    }
    findings
}

fn word_without_issue(line: &str, mark: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(mark).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + mark.len()..).unwrap_or_default();
        let names_issue = after.strip_prefix("(#").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        !before.is_some_and(is_word) && !after.starts_with(is_word) && !names_issue
    })
}

#[cfg(test)]
mod tests {
    use super::{MARKS, Tree, check};

    #[test]
    fn only_a_mark_with_an_issue_may_stay() {
        let mark = MARKS[0];
        let found = |line: String| check(&Tree::sample(&[("a.toml", &line)])).len();
        assert_eq!(found(format!("# {mark}: later")), 1);
        assert_eq!(found(format!("# {mark}(anna): later")), 1);
        assert_eq!(found(format!("# {mark}(#12): later")), 0);
        assert_eq!(found(format!("MAS{mark}N = 1")), 0);
    }
}
