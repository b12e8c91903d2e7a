// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask test`: the products first, then every test of the workspace.

use crate::{
    e2e, node,
    product::{self, Build},
    shell::{self, cargo},
    stage::Stages,
    tool, web,
};
use anyhow::{Context, Result};
use std::{path::Path, process::Command};

/// Tests that start a product look for it in this folder.
const BIN_DIR: &str = "ROHRPOST_BIN_DIR";
/// How long each seeded mutator runs.
const FUZZ_SECS: (&str, &str) = ("ROHRPOST_FUZZ_SECS", "30");

/// Extra arguments go to the test runner as they are.
///
/// # Errors
/// Names the stages that failed.
pub fn run(args: &[String]) -> Result<()> {
    let mut stages = Stages::default();
    let mut products = None;
    stages.run("build products", || {
        products = Some(product::build(Build::Checked)?);
        Ok(())
    });
    stages.run("tests", || tests(products.as_deref().context("there is nothing to test")?, args));
    if args.is_empty() {
        let mut is_built = false;
        stages.run("build the web messenger", || {
            web::run(&["--fast".into()])?;
            is_built = true;
            Ok(())
        });
        stages.run("stories in the browser", || {
            let products = products.as_deref().filter(|_| is_built).context("there is nothing to play")?;
            e2e::play(products, &[])
        });
        stages.run("engine in node", node::run);
        stages.run("examples in the docs", || {
            shell::run(cargo().args(["test", "--locked", "--workspace", "--doc", "-q"]))
        });
    }
    stages.finish()
}

fn tests(products: &Path, args: &[String]) -> Result<()> {
    let mut runner = match tool::nextest() {
        Some(mut nextest) => {
            nextest.args(["nextest", "run"]);
            nextest
        }
        None => plain(),
    };
    runner.args(["--locked", "--workspace"]).args(args).env(BIN_DIR, products);
    if std::env::var_os(FUZZ_SECS.0).is_none() {
        runner.env(FUZZ_SECS.0, FUZZ_SECS.1);
    }
    shell::run(&mut runner)
}

fn plain() -> Command {
    let mut test = cargo();
    test.args(["test", "--all-targets", "--no-fail-fast"]);
    test
}
