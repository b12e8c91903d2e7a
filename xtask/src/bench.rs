// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask bench`: measures the release server over real sockets.

use crate::{
    product::{self, Build},
    shell::{self, cargo},
};
use anyhow::Result;

/// As many open files as this user may have, for the generator and the server it starts: `idle` holds 10,000
/// connections, which are two files each.
const OPEN_FILES: &str = r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#;

/// Runs all kinds, or those named in `args`.
///
/// # Errors
/// When something can't be built, or a measurement is not complete.
pub fn run(args: &[String]) -> Result<()> {
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
