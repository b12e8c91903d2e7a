// SPDX-License-Identifier: EUPL-1.2
//! Every request the server answers is named in a test of the server or told as a story in the small world.

use super::{
    Finding,
    rust::Place,
    tree::{File, Tree},
};
use std::collections::BTreeSet;

const REQUESTS: &str = "crates/proto/src/request.rs";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let tested: BTreeSet<&str> = tree
        .rust()
        .filter(|(file, _)| matches!(file.crate_name(), Some("server" | "sim")))
        .flat_map(|(file, rust)| rust.paths.iter().filter(|path| is_test(file) || path.place == Place::Test))
        .filter_map(|path| match path.segments.as_slice() {
            [.., before, variant] if before == "Request" => Some(variant.as_str()),
            _ => None,
        })
        .collect();
    let Some(requests) = tree.find(REQUESTS).and_then(|file| file.rust.as_ref()) else {
        return vec![Finding::new(REQUESTS, "is missing: this check no longer sees what it should")];
    };
    let declared = requests.declared.iter().filter(|declared| declared.name == "Request");
    declared
        .flat_map(|declared| &declared.variants)
        .filter(|variant| !tested.contains(variant.as_str()))
        .map(|variant| Finding::new(REQUESTS, format!("Request::{variant} is in no test of the server")))
        .collect()
}

/// The simulator is a test as a whole.
fn is_test(file: &File) -> bool {
    file.crate_name() == Some("sim")
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn a_request_without_a_test_is_found() {
        let request = ("crates/proto/src/request.rs", "pub enum Request { Ping, LogOpen { n: u32 } }");
        let handler = ("crates/server/src/domain/mod.rs", "fn a() { Request::Ping; Request::LogOpen; }");
        let test = ("crates/server/src/domain/tests.rs", "fn a() { proto::Request::Ping; }");
        assert_eq!(check(&Tree::sample(&[request, handler])).len(), 2);
        assert_eq!(check(&Tree::sample(&[request, handler, test])).len(), 1);
    }
}
