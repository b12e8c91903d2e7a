// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask demo`: a server with "Stadt Musterstadt" on loopback, and links that open in a browser as real people.

mod history;
mod town;

use crate::{
    product::{self, Build},
    shell, tool, web,
};
use anyhow::{Context, Result, ensure};
use signal_hook::{consts::TERM_SIGNALS, flag};
use std::{
    fs,
    io::Write,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use town::{Guest, Town};

/// How often it is looked whether somebody has used a link.
const LOOK: Duration = Duration::from_secs(1);

/// Runs until it is interrupted or told to end, and ends its server and agents with it. The town is kept in the target
/// folder and comes back with the same links; `--fresh` forgets it first.
///
/// # Errors
/// The step that failed, with what the program said.
pub fn run(args: &[String]) -> Result<()> {
    ensure!(args.iter().all(|arg| arg == "--fresh"), "usage: cargo xtask demo [--fresh]");
    web::run(&[])?;
    let products = product::build(Build::Release)?;
    let folder = folder();
    if !args.is_empty() && folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("can't remove {}", folder.display()))?;
    }
    let ended = Arc::new(AtomicBool::new(false));
    for signal in TERM_SIGNALS {
        flag::register(*signal, ended.clone()).context("can't wait for signals")?;
    }
    let mut town = Town::open(products, folder)?;
    greet(&town);
    loop {
        std::thread::sleep(LOOK);
        let looked = town.look();
        // what a terminal says to all of us has ended the command line too
        if ended.load(Ordering::Relaxed) {
            return Ok(());
        }
        looked?;
    }
}

/// Plays the demo's story in browsers and takes the handbook's pictures on the way, in a town of its own.
///
/// # Errors
/// The step that failed.
pub fn handbook() -> Result<()> {
    web::run(&[])?;
    let (products, stories, chromium) = (product::build(Build::Release)?, shell::root().join("e2e"), tool::chromium()?);
    tool::npm_packages(&stories)?;
    let folder = shell::target_dir().join("handbook");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut town = Town::open(products, folder.clone())?;
    let mut node = shell::command("node");
    node.current_dir(&stories).arg("handbook.mjs");
    node.env("ROHRPOST_TOWN", folder.join(town::STATE)).env("ROHRPOST_CHROMIUM", chromium);
    node.env("ROHRPOST_PICTURES", shell::root().join("docs/handbuch/bilder"));
    let mut player = node.spawn().context("can't start node")?;
    loop {
        if let Some(status) = player.try_wait()? {
            ensure!(status.success(), "the pictures were not taken ({status})");
            return Ok(());
        }
        std::thread::sleep(LOOK);
        town.look()?;
    }
}

fn folder() -> PathBuf {
    shell::target_dir().join("demo")
}

fn greet(town: &Town) {
    println!("\nStadt Musterstadt läuft auf {}", town.address());
    println!("Öffnen Sie jeden Link in einem eigenen Tab; jeder Tab wird diese Person.");
    println!("Öffnen Sie erst alle und schreiben Sie dann: Wer in eine Gruppe kommt, liest ab da mit.\n");
    for guest in Guest::ALL {
        println!("  {:<16} {}", guest.name(), guest.role());
        println!("  {}\n", town.link(guest));
    }
    println!("Zum Ausprobieren: Als Aylin in „Tiefbauamt Meldung“ ein Foto mit Ort senden, als Jonas an „Bautrupp 2“");
    println!("weiterleiten, als Mehmet sehen, wer es gemeldet hat. Ende mit Strg C; der Stand bleibt erhalten.");
    let _ = std::io::stdout().flush();
}
