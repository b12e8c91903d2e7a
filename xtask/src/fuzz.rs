// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask fuzz`: coverage-guided fuzzing of the decoders, on demand; tests run the same functions seeded.

use crate::shell;
use anyhow::{Context, Result, bail};

const INSTALL: &str = "cargo install --locked cargo-fuzz";
const DEFAULT_SECS: &str = "60";

/// Without arguments lists the targets, with one runs it for so many seconds.
///
/// # Errors
/// When cargo-fuzz is missing, the target is unknown, or a crash was found.
pub fn run(args: &[String]) -> Result<()> {
    let targets = list_targets()?;
    let Some(target) = args.first() else {
        println!("{}", targets.join("\n"));
        return Ok(());
    };
    if !targets.contains(target) {
        bail!("no fuzz target `{target}`; there are: {}", targets.join(", "));
    }
    let secs: u32 = args.get(1).map_or(DEFAULT_SECS, String::as_str).parse().context("SECONDS must be a number")?;
    if !shell::works(shell::cargo().args(["fuzz", "--version"])) {
        bail!("cargo-fuzz is missing; install it with: {INSTALL}");
    }
    let mut fuzz = shell::cargo();
    // The sanitizer needs unstable compiler flags; the decoders hold no unsafe code it could watch.
    fuzz.args(["fuzz", "run", "--sanitizer", "none", target, "--", &format!("-max_total_time={secs}")]);
    fuzz.env("RUSTC_BOOTSTRAP", "1");
    shell::run(&mut fuzz)
}

fn list_targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(shell::root().join("fuzz/fuzz_targets")).context("no folder fuzz/fuzz_targets")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    Ok(targets)
}
