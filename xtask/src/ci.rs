// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask ci`: what every change must pass besides the tests; the same at home and on the build server.

use crate::{
    bindgen::TARGET,
    shell::{cargo, run as sh},
    stage::Stages,
    tidy, tool,
};
use anyhow::Result;

/// Runs all stages, cheapest first, and prints how long each took.
///
/// # Errors
/// Names the stages that failed.
pub fn run() -> Result<()> {
    let mut stages = Stages::default();
    stages.run("format", || sh(cargo().args(["fmt", "--all", "--check"])));
    stages.run("tidy", tidy::run);
    stages.run("deny", deny);
    stages.run("clippy", || {
        sh(cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    stages.run("worker and page for wasm", wasm);
    stages.finish()
}

/// Bans, licences and sources; no advisories, because that would ask a third party.
fn deny() -> Result<()> {
    sh(tool::deny()?.args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
}

fn wasm() -> Result<()> {
    tool::wasm_target()?;
    tool::clang()?;
    let words = ["clippy", "--locked", "-p", "client", "-p", "web", "--target", TARGET, "--", "-D", "warnings"];
    sh(cargo().args(words))
}
