// SPDX-License-Identifier: EUPL-1.2
//! `rohrpost-load`: drives a real server over real sockets and says what a delivery costs.
#![allow(clippy::print_stdout, reason = "a command-line tool: its report goes to standard output")]

mod history;
mod link;
mod process;
mod report;
mod rest;
mod scenario;
mod town;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use std::{path::PathBuf, time::Duration};

/// The same work as in docs: 1 KiB bodies, delivered to every online member, durable before the acknowledgement.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// 500 pairs.
    Direct,
    /// 10 groups of 100.
    Teams,
    /// 1 group of 1,000.
    Hall,
    /// 10,000 connections that only listen.
    Idle,
    /// 1,000,000 stored entries and nobody there.
    Rest,
    /// A long conversation with a real person, on a server that runs.
    History,
}

#[derive(Parser)]
#[command(about = "Load generator for rohrpost-server (loopback only)")]
struct Args {
    kind: Kind,
    /// The server's binary; it is started on a free port with a folder of its own.
    #[arg(long, default_value = "rohrpost-server")]
    server: PathBuf,
    /// `history`: the invitation to write as, `-` for the second run with one profile.
    #[arg(long, default_value = "-")]
    link: String,
    /// `history`: whom to write to.
    #[arg(long, default_value = "")]
    to: String,
    /// `history`: the profile's folder.
    #[arg(long, default_value = "history-profile")]
    profile: PathBuf,
    /// `history`: how many messages.
    #[arg(long, default_value_t = 100_000)]
    count: u32,
    /// How long to send.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Connections for `idle`.
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// Entries for `rest`.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u32,
    /// Runs of `direct`, `teams` and `hall`; the one in the middle is reported.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Members that send at the same time, per group; each waits for its acknowledgement before the next message.
    #[arg(long, default_value_t = 4)]
    senders: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let time = Duration::from_secs(args.seconds);
    let (groups, members, senders) = match args.kind {
        Kind::Direct => (500, 2, 1),
        Kind::Teams => (10, 100, args.senders),
        Kind::Hall => (1, 1000, args.senders),
        Kind::Idle => {
            println!("{}", runtime.block_on(scenario::idle(&args.server, args.connections))?);
            return Ok(());
        }
        Kind::History => {
            let done = runtime.block_on(history::history(&args.profile, &args.link, &args.to, args.count))?;
            println!("{done}");
            return Ok(());
        }
        Kind::Rest => {
            println!("{}", runtime.block_on(rest::rest(&args.server, args.entries))?);
            return Ok(());
        }
    };
    let mut reports = Vec::new();
    for _ in 0..args.runs.max(1) {
        let report = runtime.block_on(scenario::talk(&args.server, groups, members, senders, time))?;
        println!("{report}\n");
        reports.push(report);
    }
    if let Some(middle) = report::middle(reports) {
        println!("the run in the middle of {}:\n{middle}", args.runs.max(1));
    }
    Ok(())
}
