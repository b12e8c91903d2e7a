// SPDX-License-Identifier: EUPL-1.2
//! Time and luck are handed in: the brain of the client and the rules of the server ask no clock and draw no lot.

use super::{
    Finding,
    rust::{Place, Rust},
    tree::Tree,
};

/// Folders whose code must replay from a seed.
const PURE: [&str; 6] = [
    "crates/proto/src/",
    "crates/client-api/src/",
    "crates/engine/src/",
    "crates/server/src/domain/",
    "crates/server/src/store/",
    "crates/server/src/hub/",
];
/// A path that has these segments next to each other asks a clock or the system's randomness.
const FORBIDDEN: [&[&str]; 9] = [
    &["SystemTime", "now"],
    &["Instant", "now"],
    &["OffsetDateTime", "now_utc"],
    &["MlsTime", "now"],
    &["thread_rng"],
    &["rand", "rng"],
    &["rand", "random"],
    &["getrandom"],
    &["OsRng"],
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let pure = tree.rust().filter(|(file, _)| PURE.iter().any(|folder| file.path.starts_with(folder)));
    pure.flat_map(|(file, rust)| in_file(&file.path, rust)).collect()
}

fn in_file(path: &str, rust: &Rust) -> Vec<Finding> {
    let mut findings = Vec::new();
    for used in &rust.paths {
        let segments: Vec<&str> = used.segments.iter().map(String::as_str).collect();
        // A test may measure how long something takes; what day it is, is a parameter there too.
        let measures = segments.ends_with(&["Instant", "now"]) && (used.place == Place::Test);
        for forbidden in FORBIDDEN.iter().filter(|_| !measures) {
            if segments.windows(forbidden.len()).any(|window| window == *forbidden) {
                findings.push(Finding::at(
                    path,
                    used.line,
                    format!("{}: time and luck are parameters here", segments.join("::")),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn the_engine_asks_no_clock_and_draws_no_lot() {
        let engine = "crates/engine/src/sync/mod.rs";
        assert_eq!(found(engine, "fn a() { std::time::SystemTime::now(); }"), 1);
        assert_eq!(found(engine, "use rand::thread_rng;"), 1);
        assert_eq!(found(engine, "fn a() { getrandom::fill(&mut b); }"), 1);
        assert_eq!(found(engine, "use rand_core::{OsRng, CryptoRng};"), 1);
        assert_eq!(found(engine, "fn a(now: Timestamp, rng: &mut impl rand_core::CryptoRng) {}"), 0);
    }

    #[test]
    fn outside_the_brain_there_is_a_clock() {
        assert_eq!(found("crates/client/src/run.rs", "fn a() { Instant::now(); }"), 0);
        assert_eq!(found("crates/server/src/domain/session.rs", "fn a() { Instant::now(); }"), 1);
    }

    #[test]
    fn a_test_may_measure_but_not_ask_for_the_date() {
        assert_eq!(found("crates/engine/src/search/tests.rs", "fn a() { Instant::now(); }"), 0);
        assert_eq!(found("crates/engine/src/search/tests.rs", "fn a() { SystemTime::now(); }"), 1);
    }
}
