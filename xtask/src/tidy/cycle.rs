// SPDX-License-Identifier: EUPL-1.2
//! Modules of one crate depend on each other in one direction only: no circle among the rooms on the top level.

use super::{
    Finding,
    rust::{Place, UsedPath},
    tree::{File, Tree},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Module → module it uses → where.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// Looks at product code; tests may look around.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let crates: BTreeSet<&str> = tree.files.iter().filter_map(File::crate_name).collect();
    crates.into_iter().flat_map(|name| check_crate(name, tree)).collect()
}

fn check_crate(name: &str, tree: &Tree) -> Vec<Finding> {
    let graph = graph(name, tree);
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for module in graph.keys() {
        let Some(circle) = shortest_circle(&graph, module) else { continue };
        if seen.insert(circle.iter().cloned().collect::<BTreeSet<_>>()) {
            let steps = circle.iter().zip(circle.iter().cycle().skip(1));
            let places: Vec<&str> =
                steps.filter_map(|(from, to)| graph.get(from)?.get(to).map(String::as_str)).collect();
            let text = format!("modules in a circle: {} → {module} ({})", circle.join(" → "), places.join(", "));
            findings.push(Finding::new(format!("crate {name}"), text));
        }
    }
    findings
}

fn graph(name: &str, tree: &Tree) -> Graph {
    let sources = || tree.rust().filter(|(file, _)| file.is_source_of(name));
    let modules: BTreeSet<&str> = sources()
        .flat_map(|(_, rust)| &rust.paths)
        .filter_map(|path| path.module.first().map(String::as_str))
        .collect();
    // What the root re-exports (`pub use frame::Push`) is a name for the module it comes from.
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for path in sources().flat_map(|(_, rust)| &rust.paths).filter(|path| path.module.is_empty()) {
        let inside: Vec<&str> =
            path.segments.iter().map(String::as_str).filter(|s| !matches!(*s, "crate" | "self")).collect();
        if let ([first, .., last], true) =
            (inside.as_slice(), inside.first().is_some_and(|first| modules.contains(first)))
        {
            names.insert(last, first);
        }
    }
    let mut graph = Graph::new();
    for (file, rust) in sources() {
        for path in rust.paths.iter().filter(|path| path.place == Place::Product) {
            let Some(from) = path.module.first() else { continue };
            let Some(word) = below_root(path) else { continue };
            let to = if modules.contains(word) { Some(word) } else { names.get(word).copied() };
            if let Some(to) = to.filter(|to| to != from) {
                let uses = graph.entry(from.clone()).or_default();
                uses.entry(to.to_owned()).or_insert_with(|| format!("{}:{}", file.path, path.line));
            }
        }
    }
    graph
}

/// The first name below the crate's root that a path means, if it starts in this crate.
fn below_root(path: &UsedPath) -> Option<&str> {
    let mut segments = path.segments.iter().map(String::as_str).peekable();
    let mut depth = path.module.len();
    match segments.next()? {
        "crate" => return segments.next(),
        "super" => depth -= 1,
        _ => return None,
    }
    while segments.next_if_eq(&"super").is_some() {
        depth = depth.checked_sub(1)?;
    }
    if depth == 0 { segments.next() } else { path.module.first().map(String::as_str) }
}

/// The shortest way from a module back to itself, breadth first.
fn shortest_circle(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in graph.get(at).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut circle = vec![at.to_owned()];
                let mut step = at;
                while let Some(previous) = before.get(step) {
                    circle.push((*previous).to_owned());
                    step = previous;
                }
                circle.reverse();
                return Some(circle);
            }
            if next != start && !before.contains_key(next.as_str()) {
                before.insert(next, at);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn two_modules_that_use_each_other_are_found_with_both_places() {
        let findings = check(&Tree::sample(&[
            ("crates/x/src/a.rs", "use crate::b::B;"),
            ("crates/x/src/b.rs", "fn f() { crate::a::go() }"),
            ("crates/x/src/c.rs", "use crate::a::A;"),
        ]));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].text.contains("a → b → a"), "{}", findings[0].text);
        assert!(findings[0].text.contains("crates/x/src/b.rs:1"));
    }

    #[test]
    fn a_circle_through_a_name_at_the_root_or_through_super_is_found() {
        let root = ("crates/x/src/lib.rs", "pub mod a; pub mod b; pub use b::{B, C};");
        let back = ("crates/x/src/b/deep.rs", "use super::super::a::A;");
        assert_eq!(check(&Tree::sample(&[root, ("crates/x/src/a.rs", "use crate::B;"), back])).len(), 1);
    }

    #[test]
    fn one_way_is_fine_and_so_is_a_circle_in_tests() {
        let test = "#[cfg(test)] mod tests { use crate::a::A; }";
        assert!(
            check(&Tree::sample(&[("crates/x/src/a.rs", "use crate::b::B;"), ("crates/x/src/b.rs", test)])).is_empty()
        );
    }
}
