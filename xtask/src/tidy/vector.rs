// SPDX-License-Identifier: EUPL-1.2
//! Every message on the wire has a sample vector, every decoder has a fuzz target.

use super::{
    Finding,
    tree::{File, Tree},
};

/// The enums of the wire and the files that declare them.
const MESSAGES: [(&str, &str); 4] = [
    ("crates/proto/src/request.rs", "Request"),
    ("crates/proto/src/reply.rs", "Reply"),
    ("crates/proto/src/frame.rs", "Push"),
    ("crates/proto/src/frame.rs", "ServerFrame"),
];
const VECTORS: &str = "crates/proto/tests/vectors";
/// What these files offer are fuzz targets.
const DECODERS: [&str; 2] = ["crates/proto/src/fuzz.rs", "crates/engine/src/fuzz.rs"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, name) in MESSAGES {
        let variants = tree
            .find(path)
            .and_then(|file| file.rust.as_ref())
            .and_then(|rust| rust.declared.iter().find(|declared| declared.keyword == "enum" && declared.name == name))
            .map(|declared| declared.variants.as_slice())
            .unwrap_or_default();
        if variants.is_empty() {
            findings.push(Finding::new(path, format!("has no enum {name}: this check no longer sees what it should")));
        }
        for variant in variants {
            let vector = format!("{VECTORS}/{}-{}.hex", snake(name), snake(variant));
            if tree.find(&vector).is_none() {
                findings.push(Finding::new(path, format!("{name}::{variant} has no sample {vector}")));
            }
        }
    }
    for path in DECODERS {
        let Some(file) = tree.find(path) else { continue };
        for name in targets(file) {
            let target = format!("fuzz/fuzz_targets/{name}.rs");
            if tree.find(&target).is_none() {
                findings.push(Finding::new(path, format!("{name} has no fuzz target {target}")));
            }
        }
    }
    findings
}

/// Functions, and names under which functions of other modules are re-exported (`pub use a::fuzz as a;`).
fn targets(file: &File) -> Vec<String> {
    let functions = file.rust.iter().flat_map(|rust| &rust.functions).map(|function| function.name.clone());
    let text = file.text();
    let exported = text.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'));
    let names = exported.filter_map(|path| path.rsplit([' ', ':']).next()).map(str::to_owned);
    functions.chain(names).collect()
}

/// `LogOpen` → `log_open`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    const WIRE: [(&str, &str); 7] = [
        ("crates/proto/src/request.rs", "pub enum Request { LogOpen { n: u32 } }"),
        ("crates/proto/src/reply.rs", "pub enum Reply { Done }"),
        ("crates/proto/src/frame.rs", "pub enum Push { Behind } pub enum ServerFrame { Hello(Hello) }"),
        ("crates/proto/src/fuzz.rs", "pub fn client_frame(bytes: &[u8]) {}"),
        ("crates/engine/src/fuzz.rs", "pub use crate::cert::fuzz as cert;"),
        ("fuzz/fuzz_targets/client_frame.rs", ""),
        ("fuzz/fuzz_targets/cert.rs", ""),
    ];
    const VECTORS: [(&str, &str); 4] = [
        ("crates/proto/tests/vectors/request-log_open.hex", ""),
        ("crates/proto/tests/vectors/reply-done.hex", ""),
        ("crates/proto/tests/vectors/push-behind.hex", ""),
        ("crates/proto/tests/vectors/server_frame-hello.hex", ""),
    ];

    #[test]
    fn each_missing_vector_and_target_is_found() {
        let all = [WIRE.as_slice(), &VECTORS].concat();
        assert!(check(&Tree::sample(&all)).is_empty());
        for left_out in 5..all.len() {
            let mut some = all.clone();
            some.remove(left_out);
            assert_eq!(check(&Tree::sample(&some)).len(), 1, "without {}", all[left_out].0);
        }
    }

    #[test]
    fn a_wire_that_moved_away_is_not_taken_for_a_wire_without_messages() {
        assert_eq!(check(&Tree::sample(&[])).len(), 4);
    }
}
