// SPDX-License-Identifier: EUPL-1.2
//! The arrows of ARCHITECTURE.md: which of our crates may depend on which, test dependencies included.

use super::Finding;
use serde_json::Value;

/// From a crate to all it may use of ours. A crate that is not here may not exist.
const ARROWS: [(&str, &[&str]); 10] = [
    ("proto", &[]),
    ("client-api", &["proto"]),
    ("engine", &["client-api", "proto"]),
    ("client", &["engine", "client-api", "proto"]),
    ("cli", &["client", "client-api"]),
    ("web", &["client-api", "proto"]),
    ("server", &["proto"]),
    ("load", &["client", "client-api", "engine", "proto"]),
    ("sim", &["engine", "server", "client-api", "proto"]),
    ("xtask", &[]),
];

/// `metadata`: what `cargo metadata --no-deps` prints.
pub fn check(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let name = text(package, "name");
        let place = format!("crate {name}");
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            findings
                .push(Finding::new(place, "has no place in the picture: add it to ARCHITECTURE.md and to arrow.rs"));
            continue;
        };
        for dependency in dependencies(package) {
            let to = text(dependency, "name");
            // A crate's tests may use the crate itself with other features.
            let ours = ARROWS.iter().any(|(crate_name, _)| *crate_name == to) && to != name;
            if ours && !allowed.contains(&to) {
                findings.push(Finding::new(&place, format!("may not depend on {to}")));
            }
        }
    }
    findings
}

/// The workspace's packages.
pub fn packages(metadata: &Value) -> &[Value] {
    list(metadata, "packages")
}

/// All a package asks for, of every kind.
pub fn dependencies(package: &Value) -> &[Value] {
    list(package, "dependencies")
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn found(from: &str, to: &str) -> usize {
        super::check(&json!({"packages": [{"name": from, "dependencies": [{"name": to, "kind": "dev"}]}]})).len()
    }

    #[test]
    fn the_server_may_not_even_test_with_the_engine() {
        assert_eq!(found("server", "engine"), 1);
        assert_eq!(found("server", "proto"), 0);
        assert_eq!(found("server", "tokio"), 0);
    }

    #[test]
    fn a_crate_nobody_drew_is_refused() {
        assert_eq!(found("common", "tokio"), 1);
    }
}
