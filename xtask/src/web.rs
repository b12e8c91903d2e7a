// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask web`: the web messenger as a folder of files that any server can hand out, `target/web`.

use crate::{
    bindgen::{self, Host, TARGET},
    shell::{self, cargo},
    tool,
    twin::{self, Files, Quality},
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// How the messenger is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// The profile the engine's tests for WebAssembly are built with, so most of it is there already.
    Fast,
    /// As it is shipped.
    Release,
}

/// One of the two WebAssembly files: the page, which never sees a key, and the worker, which holds them.
struct Part {
    name: &'static str,
    package: &'static str,
    /// Words for cargo.
    what: &'static [&'static str],
}

const WORKER: Part =
    Part { name: "worker_core", package: "client", what: &["rustc", "--lib", "--crate-type", "cdylib"] };
const PAGE: Part = Part { name: "page", package: "web", what: &["build", "--bin", "web"] };

/// `--fast` builds for the edit loop.
///
/// # Errors
/// When something is missing or can't be built.
pub fn run(args: &[String]) -> Result<()> {
    ensure!(args.iter().all(|arg| arg == "--fast"), "usage: cargo xtask web [--fast]");
    let build = if args.is_empty() { Build::Release } else { Build::Fast };
    bindgen::with_libraries("web", args, || make(build).map(drop))
}

/// Where the files are served from.
pub fn folder() -> PathBuf {
    shell::target_dir().join("web")
}

fn make(build: Build) -> Result<()> {
    tool::wasm_target()?;
    tool::clang()?;
    let started = Instant::now();
    let mut files = Files::new();
    collect(&bound(&WORKER, build)?, "", &mut files)?;
    collect(&bound(&PAGE, build)?, "", &mut files)?;
    let source = shell::root().join("crates/web");
    collect(&source.join("static"), "", &mut files)?;
    collect(&styled(&source)?, "", &mut files)?;
    sign(&mut files, build)?;
    let quality = if build == Build::Release { Quality::Best } else { Quality::Fast };
    let written = twin::write(&folder(), &files, quality)?;
    let bytes: usize = files.values().map(Vec::len).sum();
    println!(
        "{}: {} files, {} KiB, {written} of them new, {:.1} s",
        folder().display(),
        files.len(),
        bytes / 1024,
        started.elapsed().as_secs_f32()
    );
    Ok(())
}

/// The part's module, in a folder of its own; made anew only when the built file has changed.
fn bound(part: &Part, build: Build) -> Result<PathBuf> {
    let (profile, folder, host) = match build {
        Build::Fast => ("dev", "debug", Host::Checked),
        Build::Release => ("browser", "browser", Host::Web),
    };
    let mut command = cargo();
    command.args(part.what.iter().take(1)).args(["--locked", "-p", part.package, "--target", TARGET]);
    if build == Build::Release {
        command.arg("--config").arg(without_home()?);
    }
    shell::run(command.args(["--profile", profile]).args(part.what.iter().skip(1)))?;
    let wasm = shell::target_dir().join(TARGET).join(folder).join(format!("{}.wasm", part.package));
    let module = shell::target_dir().join("web-parts").join(folder).join(part.name);
    let bytes = fs::read(&wasm).with_context(|| format!("can't read {}", wasm.display()))?;
    once(&module, &twin::hash(&bytes), || bindgen::bind(&wasm, part.name, host, &module))?;
    Ok(module)
}

/// A setting for cargo: what is shipped does not say in whose home its libraries were built.
fn without_home() -> Result<String> {
    let own = std::env::home_dir().map(|home| home.join(".cargo"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(own).context("cargo's home is not known")?;
    let sources = home.join("registry/src");
    let sources = sources.to_str().context("cargo's home has no readable name")?;
    Ok(format!("target.{TARGET}.rustflags = [{:?}]", format!("--remap-path-prefix={sources}=")))
}

/// Style sheet and fonts, made by npm; made anew only when their sources have changed.
fn styled(source: &Path) -> Result<PathBuf> {
    tool::node()?;
    tool::npm_packages(source)?;
    let mut sources = Files::new();
    collect(&source.join("style"), "style/", &mut sources)?;
    for name in ["package.json", "package-lock.json"] {
        sources.insert(name.into(), fs::read(source.join(name))?);
    }
    let seen: Vec<u8> =
        sources.iter().flat_map(|(name, bytes)| format!("{name} {}\n", twin::hash(bytes)).into_bytes()).collect();
    let made = shell::target_dir().join("web-parts/style");
    let out = made.to_str().context("the target folder has no readable name")?;
    once(&made, &twin::hash(&seen), || {
        shell::run(shell::command("npm").current_dir(source).args(["run", "build", "--", out]))
    })?;
    Ok(made)
}

/// Empties `folder` and makes it anew, unless it was made of the same before.
fn once(folder: &Path, source: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = folder.with_extension("source");
    if fs::read_to_string(&mark).is_ok_and(|old| old == source) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    make()?;
    Ok(fs::write(mark, source)?)
}

/// All files below `folder`.
fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_str().context("a file has no readable name")?);
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Adds the signed manifest of all files.
#[cfg(feature = "wasm")]
fn sign(files: &mut Files, build: Build) -> Result<()> {
    crate::release::sign(files, if build == Build::Release { "browser" } else { "dev" })
}

#[cfg(not(feature = "wasm"))]
fn sign(_: &mut Files, _: Build) -> Result<()> {
    anyhow::bail!("built without the feature `wasm`, which signs")
}
