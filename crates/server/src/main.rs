// SPDX-License-Identifier: EUPL-1.2
//! `rohrpost-server`: reads settings, serves until a signal, or does one chore.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a binary talks to its operator

use anyhow::Context;
use clap::Parser;
use server::{
    app::{self, AppError, Data},
    chore,
    config::{Chore, Cli, Config},
};
use std::{io::Write, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Libraries only when they fail: at finer levels some of them write down addresses.
    let level = std::env::var("ROHRPOST_LOG").ok().filter(|level| level.parse::<tracing::Level>().is_ok());
    let filter = format!("error,server={}", level.as_deref().unwrap_or("info"));
    let filter = tracing_subscriber::EnvFilter::new(filter);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let done = tokio::runtime::Runtime::new().context("no runtime").and_then(|runtime| {
        let _inside = runtime.enter();
        match cli.chore {
            None => runtime.block_on(serve(Config::load(cli.flags)?)),
            Some(chore) => run_chore(&chore, &Config::load(cli.flags)?),
        }
    });
    done.unwrap_or_else(|error| {
        eprintln!("rohrpost-server: {error:#}");
        ExitCode::FAILURE
    })
}

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let running = app::start(&config).await?;
    if let Some(code) = &running.setup_code {
        eprintln!("no authority has moved in yet; setup code: {code}");
    }
    let scheme = if running.is_tls { "https" } else { "http" };
    println!("listening on {scheme}://{}", running.address);
    std::io::stdout().flush()?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    running.end().await?;
    Ok(ExitCode::SUCCESS)
}

fn run_chore(chore: &Chore, config: &Config) -> anyhow::Result<ExitCode> {
    let data = Data::open(&config.data)?;
    match chore {
        Chore::Check => {
            let report = chore::check(&data)?;
            report.leftovers.iter().for_each(|line| println!("note: {line}"));
            report.damage.iter().for_each(|line| println!("damaged: {line}"));
            if !report.damage.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
            println!("database and {} blobs are sound", report.blobs);
        }
        Chore::Backup { dir } => println!("backed up, with {} blobs", chore::backup(&data, dir)?),
        Chore::Restore { dir } => {
            let _lock = data.lock()?;
            println!("restored, with {} blobs", chore::restore(&data, dir)?);
        }
    }
    Ok::<_, AppError>(ExitCode::SUCCESS).map_err(Into::into)
}
