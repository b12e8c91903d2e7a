// SPDX-License-Identifier: EUPL-1.2
//! Tools the chores need: taken from the machine, else built once from the package registry into `target/tools`.

use crate::shell;
use anyhow::{Context, Result};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// The newest cargo-deny is fine: its rules are in deny.toml.
const DENY: &str = "cargo-deny";
/// Runs the tests.
const NEXTEST: &str = "cargo-nextest";

/// cargo-deny, built when the machine has none (about three minutes on two cores).
///
/// # Errors
/// When it can't be built.
pub fn deny() -> Result<Command> {
    let program = find(DENY).map_or_else(|| install(DENY, &["--debug"]), Ok)?;
    Ok(shell::command(program))
}

/// cargo-nextest, built when the machine has none; `None` when that fails too.
pub fn nextest() -> Option<Command> {
    let program = find(NEXTEST).map_or_else(|| install(NEXTEST, &[]), Ok);
    match program {
        Ok(program) => Some(shell::command(program)),
        Err(error) => {
            eprintln!("no {NEXTEST}, `cargo test` runs instead: {error:#}");
            None
        }
    }
}

/// Adds the browser's target to the toolchain where it is missing.
///
/// # Errors
/// When rustup can't add it.
pub fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let libdir = shell::output(shell::command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    shell::run(shell::command("rustup").args(["target", "add", TARGET]))
}

/// The C compiler for wasm: SQLite is C.
///
/// # Errors
/// When clang is missing.
pub fn clang() -> Result<()> {
    shell::output(shell::command("clang").arg("--version"))
        .map(drop)
        .context("clang is needed to build SQLite for wasm")
}

/// Runs WebAssembly without a browser.
///
/// # Errors
/// When node is missing.
pub fn node() -> Result<()> {
    shell::output(shell::command("node").arg("--version"))
        .map(drop)
        .context("node is needed to run WebAssembly and to make style sheets")
}

/// The packages a folder's lock file names, fetched if they are not there or older than it; none of them runs a script.
///
/// # Errors
/// When npm can't fetch them.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let (lock, there) = (folder.join("package-lock.json"), folder.join("node_modules/.package-lock.json"));
    if there.exists() && there.metadata()?.modified()? >= lock.metadata()?.modified()? {
        return Ok(());
    }
    let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    shell::run(shell::command("npm").current_dir(folder).args(words))
}

/// The browser the stories run in; root gets it from the distribution when there is none.
///
/// # Errors
/// When there is none and it can't be installed: says the command.
pub fn chromium() -> Result<PathBuf> {
    const INSTALL: [&str; 4] = ["install", "-y", "--no-install-recommends", "chromium"];
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    let is_root = shell::output(shell::command("id").arg("-u")).is_ok_and(|user| user.trim() == "0");
    if is_root && shell::works(shell::command("apt-get").arg("--version")) {
        shell::run(shell::command("apt-get").arg("update"))?;
        shell::run(shell::command("apt-get").args(INSTALL).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find_chromium().with_context(|| {
        format!(
            "Chromium is needed for the browser: run `apt-get {}` as root, or name it in ROHRPOST_CHROMIUM",
            INSTALL.join(" ")
        )
    })
}

fn find_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("ROHRPOST_CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.exists())
}

fn folder() -> PathBuf {
    shell::target_dir().join("tools")
}

fn find(name: &str) -> Option<OsString> {
    let own = folder().join("bin").join(name);
    [OsString::from(own), OsString::from(name)]
        .into_iter()
        .find(|program| shell::works(shell::command(program).arg("--version")))
}

fn install(name: &str, options: &[&str]) -> Result<OsString> {
    println!("{name} is not on this machine: building it into {}", folder().display());
    let mut cargo = shell::cargo();
    cargo.args(["install", "--locked", name, "--root"]).arg(folder()).args(options);
    cargo.arg("--target-dir").arg(folder().join("build")).env("CARGO_PROFILE_DEV_DEBUG", "0");
    shell::run(&mut cargo).with_context(|| format!("install it yourself: cargo install --locked {name}"))?;
    Ok(folder().join("bin").join(name).into())
}
