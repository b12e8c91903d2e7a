// SPDX-License-Identifier: EUPL-1.2
//! The engine's unit tests once more, built for WebAssembly and run in node: what the browser will run.

use crate::{
    bindgen::{self, Host, TARGET},
    shell::{self, cargo},
    tool,
};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

/// Name of the node module.
const MODULE: &str = "engine";
/// Hands every exported test to the test library; it fails when there is none or one fails.
const RUNNER: &str = include_str!("node.cjs");

/// Builds and runs them; the binding library is built for this chore alone.
///
/// # Errors
/// When something is missing, can't be built, or a test fails.
pub fn run() -> Result<()> {
    bindgen::with_libraries("node", &[], build_and_run)
}

fn build_and_run() -> Result<()> {
    tool::wasm_target()?;
    tool::clang()?;
    tool::node()?;
    let folder = shell::target_dir().join("node");
    bindgen::bind(&build()?, MODULE, Host::Node, &folder)?;
    let runner = folder.join("run.cjs");
    fs::write(&runner, RUNNER)?;
    shell::run(shell::command("node").arg(runner))
}

/// The unit tests as one WebAssembly file.
fn build() -> Result<PathBuf> {
    let options = ["test", "--locked", "-p", "engine", "--lib", "--target", TARGET, "--no-run"];
    let said = shell::output(cargo().args(options).arg("--message-format=json"))?;
    let test_of_the_engine = |message: &serde_json::Value| {
        message.pointer("/profile/test").is_some_and(|test| test == true)
            && message.pointer("/target/name").is_some_and(|name| name == "engine")
    };
    let artifact = said
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(test_of_the_engine)
        .find_map(|message| message.pointer("/executable")?.as_str().map(PathBuf::from));
    artifact.context("cargo built no test of the engine")
}
