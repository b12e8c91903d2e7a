// SPDX-License-Identifier: EUPL-1.2
//! `rohrpost-load`: drives a real server over real sockets and says what a delivery costs.
#![allow(clippy::print_stdout, reason = "a command-line tool: its report goes to standard output")]

mod link;
mod process;
mod report;
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
}

#[derive(Parser)]
#[command(about = "Load generator for rohrpost-server (loopback only)")]
struct Args {
    kind: Kind,
    /// The server's binary; it is started on a free port with a folder of its own.
    #[arg(long)]
    server: PathBuf,
    /// How long to send.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Connections for `idle`.
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// Members that send at the same time, per group; each waits for its acknowledgement before the next message.
    #[arg(long, default_value_t = 4)]
    senders: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let time = Duration::from_secs(args.seconds);
    let report = runtime.block_on(async {
        match args.kind {
            Kind::Direct => scenario::talk(&args.server, 500, 2, 1, time).await,
            Kind::Teams => scenario::talk(&args.server, 10, 100, args.senders, time).await,
            Kind::Hall => scenario::talk(&args.server, 1, 1000, args.senders, time).await,
            Kind::Idle => scenario::idle(&args.server, args.connections).await,
        }
    })?;
    println!("{report}");
    Ok(())
}
