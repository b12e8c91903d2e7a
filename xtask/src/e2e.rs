// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask e2e`: stories in real browsers against real servers, on the quick builds.

use crate::{
    product::{self, Build},
    shell, tool, web,
};
use anyhow::Result;
use std::path::Path;

/// Builds what the stories need, then plays them; `args` go to the runner, e.g. the name of one.
///
/// # Errors
/// When something is missing, can't be built, or a story fails.
pub fn run(args: &[String]) -> Result<()> {
    web::run(&["--fast".into()])?;
    play(&product::build(Build::Checked)?, args)
}

/// Plays the stories on what is built.
///
/// # Errors
/// When something is missing or a story fails.
pub fn play(products: &Path, args: &[String]) -> Result<()> {
    tool::node()?;
    let (stories, chromium) = (shell::root().join("e2e"), tool::chromium()?);
    tool::npm_packages(&stories)?;
    let mut runner = shell::command("npm");
    runner.current_dir(&stories).args(["test", "--"]).args(args);
    runner.env("ROHRPOST_BIN_DIR", products).env("ROHRPOST_WEB_DIR", web::folder()).env("ROHRPOST_CHROMIUM", chromium);
    if std::env::var_os(OUT).is_none() {
        runner.env(OUT, shell::target_dir().join("e2e"));
    }
    shell::run(&mut runner)
}

/// Where pictures of failed stories go.
const OUT: &str = "ROHRPOST_E2E_OUT";
