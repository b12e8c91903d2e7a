// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask bench`: measures the release server over real sockets.

use crate::{
    product::{self, Build},
    shell::{self, cargo},
};
use anyhow::Result;

/// Runs `teams`, `hall` and `idle`, or those named in `args`.
///
/// # Errors
/// When something can't be built, or a measurement is not complete.
pub fn run(args: &[String]) -> Result<()> {
    let products = product::build(Build::Release)?;
    shell::run(cargo().args(["build", "--locked", "--release", "-p", "load"]))?;
    let load = shell::target_dir().join("release").join("rohrpost-load");
    let all = ["teams", "hall", "idle"].map(String::from);
    for kind in if args.is_empty() { &all[..] } else { args } {
        println!("\n{kind}");
        shell::run(shell::command(&load).arg(kind).arg("--server").arg(products.join("rohrpost-server")))?;
    }
    Ok(())
}
