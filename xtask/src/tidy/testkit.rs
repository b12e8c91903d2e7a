// SPDX-License-Identifier: EUPL-1.2
//! The feature `testkit` (seeded luck, planted bugs) is for `sim` and for tests; no product may be built with it.

use super::{
    Finding,
    arrow::{dependencies, packages, text},
};
use serde_json::Value;

const FEATURE: &str = "testkit";
/// The one crate that is a test tool as a whole.
const TEST_CRATE: &str = "sim";

/// `metadata`: what `cargo metadata --no-deps` prints.
pub fn check(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages(metadata).iter().filter(|package| text(package, "name") != TEST_CRATE) {
        let place = format!("crate {}", text(package, "name"));
        for dependency in dependencies(package) {
            if text(dependency, "kind") != "dev" && names(dependency.get("features")).contains(&FEATURE) {
                let to = text(dependency, "name");
                findings.push(Finding::new(&place, format!("may use {to}'s `{FEATURE}` only as a dev-dependency")));
            }
        }
        let Some(features) = package.get("features").and_then(Value::as_object) else { continue };
        for (feature, switched) in features {
            for on in names(Some(switched)) {
                let of_other = on.rsplit_once('/').is_some_and(|(_, name)| name == FEATURE);
                let by_default = feature == "default" && on == FEATURE;
                if of_other || by_default {
                    findings.push(Finding::new(&place, format!("feature `{feature}` may not switch on `{on}`")));
                }
            }
        }
    }
    findings
}

fn names(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::{Value, json};

    fn found(name: &str, kind: Value, features: Value) -> usize {
        let engine = json!({"name": "engine", "kind": kind, "features": ["testkit"]});
        check(&json!({"packages": [{"name": name, "dependencies": [engine], "features": features}]})).len()
    }

    #[test]
    fn only_sim_and_tests_may_switch_it_on() {
        assert_eq!(found("cli", Value::Null, json!({})), 1);
        assert_eq!(found("cli", json!("dev"), json!({})), 0);
        assert_eq!(found("sim", Value::Null, json!({})), 0);
    }

    #[test]
    fn a_feature_of_another_crate_does_not_smuggle_it_in() {
        assert_eq!(found("client", json!("dev"), json!({"extra": ["engine/testkit"]})), 1);
        assert_eq!(found("engine", json!("dev"), json!({"default": ["testkit"]})), 1);
    }
}
