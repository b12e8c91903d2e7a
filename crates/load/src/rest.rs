// SPDX-License-Identifier: EUPL-1.2
//! Many stored entries, then nobody there: what the server's memory is at rest.

use crate::{process::Server, report::Report, scenario::open, town::Town};
use anyhow::{Result, bail};
use proto::{Request, ServerFrame, limit};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Entries one connection stores: fewer than it may write in a minute.
const ENTRIES_PER_CONNECTION: u32 = 10_000;
/// Unanswered ones at a time.
const WINDOW: u32 = 32;
/// Connections at a time.
const WRITERS: usize = 8;
/// For the server to come to rest: caches are dropped, its log file is folded in.
const PAUSE: Duration = Duration::from_secs(3);

/// Stores `entries` of the smallest size, one log per connection, and looks at the memory when all have left.
pub async fn rest(binary: &Path, entries: u32) -> Result<Report> {
    let server = Server::start(binary)?;
    let (town, origin, start) = (Town::new(), server.origin(), Instant::now());
    let mut first = crate::link::Link::connect(&server.address).await?;
    first.ask(town.founding()).await?;
    let (mut left, mut tasks) = (entries, JoinSet::new());
    while left > 0 {
        let count = left.min(ENTRIES_PER_CONNECTION);
        left -= count;
        let log = town.log();
        first.ask(town.create(&log, &origin, &first.hello.nonce)).await?;
        let mut link = open(&server, &log, &origin).await?;
        let body = town.body(limit::ENVELOPE_MIN_BYTES);
        if tasks.len() >= WRITERS
            && let Some(done) = tasks.join_next().await
        {
            done??;
        }
        tasks.spawn(async move { write(&mut link, log.branch, body, count).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    drop(first);
    let time = start.elapsed();
    tokio::time::sleep(PAUSE).await;
    let written_kib = server.resident_kib()?;
    let server = server.restart(binary)?;
    tokio::time::sleep(PAUSE).await;
    Ok(Report::Rest { entries, time, written_kib, restarted_kib: server.resident_kib()? })
}

async fn write(link: &mut crate::link::Link, branch: proto::BranchId, mut body: Vec<u8>, count: u32) -> Result<()> {
    let (mut sent, mut stored) = (0, 0);
    while stored < count {
        while sent < count && sent - stored < WINDOW {
            if let Some(place) = body.get_mut(1..5) {
                place.copy_from_slice(&sent.to_be_bytes()); // the same bytes would be the same entry
            }
            link.send(Request::LogAppend { branch, env: body.clone().into(), erase_hash: None }).await?;
            sent += 1;
        }
        match link.receive().await? {
            ServerFrame::Reply(..) => stored += 1,
            ServerFrame::Error(_, code) => bail!("refused: {code}"),
            _ => {}
        }
    }
    Ok(())
}
