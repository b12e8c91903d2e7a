// SPDX-License-Identifier: EUPL-1.2
//! Nothing of the place where somebody works gets into the repository: no local paths, no addresses of mirrors.

use super::{Finding, tree::Tree};

/// Written so that this file does not find itself. Paths must not follow a letter or digit.
const PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
/// Hosts that registries and their mirrors are reached at; lock files name crates.io by its index alone.
const HOSTS: [&str; 8] = [
    concat!("artifac", "tory"),
    concat!("nexus", "-repository"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("deb.", "debian.org"),
    concat!("registry.", "yarnpkg.com"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.text().lines().enumerate() {
            let host = HOSTS.iter().find(|host| line.contains(**host));
            let path = PATHS.iter().find(|path| names_path(line, path));
            if let Some(found) = host.or(path) {
                findings.push(Finding::at(
                    &file.path,
                    number + 1,
                    format!("`{found}` belongs to one machine, not to the repository"),
                ));
            }
        }
    }
    findings
}

fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line
            .get(..at)
            .and_then(|before| before.chars().next_back())
            .is_some_and(|c| c.is_alphanumeric() || "./-_".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::{HOSTS, PATHS, Tree, check};

    #[test]
    fn every_host_and_path_is_found_anywhere() {
        for word in HOSTS.iter().chain(&PATHS) {
            assert_eq!(check(&Tree::sample(&[("docs/a.md", &format!("see {word}x"))])).len(), 1, "{word}");
        }
    }

    #[test]
    fn a_folder_inside_the_repository_is_no_local_path() {
        assert!(check(&Tree::sample(&[("a.md", &format!("crates{}x", PATHS[0]))])).is_empty());
    }
}
