// SPDX-License-Identifier: EUPL-1.2
//! Size walls: 800 lines a file, 100 lines a function; aim for half of each.

use super::{Finding, tree::Tree};

const FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 100;
/// Path, or path and function, that may be larger for now, with its lines. May only shrink: no entry is added, no number raised.
const EXCEPTIONS: &[(&str, usize)] = &[];

pub fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, EXCEPTIONS)
}

fn check_with(tree: &Tree, exceptions: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut large = Vec::new();
    for (file, rust) in tree.rust() {
        large.push((file.path.clone(), file.text().lines().count(), FILE_LINES, 1));
        for function in &rust.functions {
            let name = format!("{} {}", file.path, function.name);
            large.push((name, function.lines, FUNCTION_LINES, function.line));
        }
    }
    large.retain(|(_, lines, wall, _)| lines > wall);
    for (name, lines, wall, line) in &large {
        let allowed = exceptions.iter().find(|(exception, _)| exception == name).map_or(*wall, |(_, lines)| *lines);
        if *lines > allowed {
            findings
                .push(Finding::new(format!("{name} (line {line})"), format!("{lines} lines, the wall is {allowed}")));
        }
    }
    for (exception, lines) in exceptions {
        if !large.iter().any(|(name, now, ..)| name == exception && now >= lines) {
            findings.push(Finding::new(*exception, "has shrunk: lower or remove its exception"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Tree, check, check_with};

    #[test]
    fn too_long_files_and_functions_are_found() {
        let long_function = format!("fn a() {{{}}}", "\n".repeat(100));
        let long_file = "\n".repeat(801);
        let fine = format!("fn a() {{{}}}", "\n".repeat(99));
        assert_eq!(check(&Tree::sample(&[("a.rs", &long_function), ("b.rs", &long_file), ("c.rs", &fine)])).len(), 2);
    }

    #[test]
    fn an_exception_may_not_grow_and_not_outlive_its_reason() {
        let tree = Tree::sample(&[("a.rs", &"\n".repeat(900))]);
        assert!(check_with(&tree, &[("a.rs", 900)]).is_empty());
        assert_eq!(check_with(&tree, &[("a.rs", 850)]).len(), 1);
        assert_eq!(check_with(&tree, &[("a.rs", 950)]).len(), 1);
        assert_eq!(check_with(&tree, &[("a.rs", 900), ("b.rs", 900)]).len(), 1);
    }
}
