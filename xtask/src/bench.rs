// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask bench`: measures the release server over real sockets, and the web messenger in a browser.

use crate::{
    product::{self, Build},
    shell::{self, cargo},
    tool, web,
};
use anyhow::Result;

/// As many open files as this user may have, for the generator and the server it starts: `idle` holds 10,000
/// connections, which are two files each.
const OPEN_FILES: &str = r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#;

/// Runs all kinds of load, or those named in `args`; `web` is what a person feels in a browser.
///
/// # Errors
/// When something can't be built, or a measurement is not complete.
pub fn run(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "web") {
        return in_browser();
    }
    let products = product::build(Build::Release)?;
    shell::run(cargo().args(["build", "--locked", "--release", "-p", "load"]))?;
    let load = shell::target_dir().join("release").join("rohrpost-load");
    let all = ["direct", "teams", "hall", "idle", "rest"].map(String::from);
    for kind in if args.is_empty() { &all[..] } else { args } {
        println!("\n{kind}");
        let mut sh = shell::command("sh");
        sh.args(["-c", OPEN_FILES]).arg(&load).arg(kind).arg("--server").arg(products.join("rohrpost-server"));
        shell::run(&mut sh)?;
    }
    Ok(())
}

/// The marks of the web messenger, on release builds of everything.
fn in_browser() -> Result<()> {
    web::run(&[])?;
    let products = product::build(Build::Release)?;
    shell::run(cargo().args(["build", "--locked", "--release", "-p", "load"]))?;
    let (stories, chromium) = (shell::root().join("e2e"), tool::chromium()?);
    tool::npm_packages(&stories)?;
    let mut node = shell::command("node");
    node.current_dir(&stories)
        .arg("bench.mjs")
        .env("ROHRPOST_CHROMIUM", chromium)
        .env("ROHRPOST_BIN_DIR", &products)
        .env("ROHRPOST_WEB_DIR", web::folder());
    shell::run(node.env("ROHRPOST_LOAD", shell::target_dir().join("release/rohrpost-load")))
}
