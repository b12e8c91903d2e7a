// SPDX-License-Identifier: EUPL-1.2
//! The pieces of work: groups that talk, and connections that only listen.

use crate::{
    link::Link,
    process::Server,
    report::Report,
    town::{Log, Town},
};
use anyhow::{Result, bail};
use proto::{Push, Request, ServerFrame};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet, time::timeout};

/// An envelope that carries a 1 KiB body: sealed, framed and padded (Padmé).
const ENVELOPE_BYTES: usize = 1472;
/// One connection may create only so many logs an hour.
const LOGS_PER_CONNECTION: usize = 1000;
/// Where in the body the time of sending stands, behind the version byte.
const STAMP: std::ops::Range<usize> = 1..9;

#[derive(Default)]
struct Tally {
    sent: AtomicU64,
    delivered: AtomicU64,
}

/// `groups` × `members` connections; `senders` of each group send one message after the other for `time`.
pub async fn talk(binary: &Path, groups: usize, members: usize, senders: usize, time: Duration) -> Result<Report> {
    let server = Server::start(binary)?;
    let town = Arc::new(Town::new());
    let (origin, start) = (server.origin(), Instant::now());
    let mut first = Link::connect(&server.address).await?;
    first.ask(town.founding()).await?;
    let tally = Arc::new(Tally::default());
    let (go, waiting) = watch::channel(Phase::Wait);
    let mut tasks = JoinSet::new();
    for _ in 0..groups {
        let log = Arc::new(town.log());
        first.ask(town.create(&log, &origin, &first.hello.nonce)).await?;
        for member in 0..members {
            let link = open(&server, &log, &origin).await?;
            let (tally, phase, log) = (tally.clone(), waiting.clone(), log.clone());
            let body = (member < senders).then(|| town.body(ENVELOPE_BYTES));
            tasks.spawn(take_part(link, log, body, phase, tally, start));
        }
    }
    let cpu = server.cpu_secs()?;
    let begun = Instant::now();
    go.send_replace(Phase::Send);
    tokio::time::sleep(time).await;
    go.send_replace(Phase::Stop);
    // the server pushes to the sender, too: another device of that person may listen on the same connection
    let expected_each = members as u64;
    let drained = timeout(Duration::from_secs(30), async {
        while tally.delivered.load(Ordering::SeqCst) < tally.sent.load(Ordering::SeqCst) * expected_each {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let complete = drained.await.is_ok();
    let (elapsed, server_cpu_secs) = (begun.elapsed(), server.cpu_secs()? - cpu);
    go.send_replace(Phase::End);
    let mut latencies_micros = Vec::new();
    while let Some(result) = tasks.join_next().await {
        latencies_micros.extend(result??);
    }
    let (sent, deliveries) = (tally.sent.load(Ordering::SeqCst), tally.delivered.load(Ordering::SeqCst));
    if !complete {
        bail!("only {deliveries} of {} deliveries arrived within 30 s of the last message", sent * expected_each);
    }
    Ok(Report::Talk { sent, deliveries, time: elapsed, server_cpu_secs, latencies_micros })
}

/// `connections` that each hold one branch of their own open.
pub async fn idle(binary: &Path, connections: usize) -> Result<Report> {
    let server = Server::start(binary)?;
    let (town, origin) = (Town::new(), server.origin());
    let mut first = Link::connect(&server.address).await?;
    first.ask(town.founding()).await?;
    let mut logs = Vec::new();
    for number in 0..connections {
        if number % LOGS_PER_CONNECTION == 0 {
            first = Link::connect(&server.address).await?;
        }
        let log = town.log();
        first.ask(town.create(&log, &origin, &first.hello.nonce)).await?;
        logs.push(log);
    }
    let before_kib = server.resident_kib()?;
    let mut links = Vec::new();
    for log in &logs {
        links.push(open(&server, log, &origin).await?);
    }
    Ok(Report::Idle { connections, before_kib, after_kib: server.resident_kib()? })
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Wait,
    Send,
    Stop,
    End,
}

pub async fn open(server: &Server, log: &Log, origin: &str) -> Result<Link> {
    let mut link = Link::connect(&server.address).await?;
    let request = log.open(origin, &link.hello.nonce);
    link.ask(request).await?;
    Ok(link)
}

/// One member's life: sends while it may, counts what arrives until the end. Answers its latencies in microseconds.
async fn take_part(
    mut link: Link,
    log: Arc<Log>,
    mut body: Option<Vec<u8>>,
    mut phase: watch::Receiver<Phase>,
    tally: Arc<Tally>,
    start: Instant,
) -> Result<Vec<u64>> {
    let mut latencies = Vec::new();
    let mut unanswered: Option<u32> = None;
    loop {
        let now = *phase.borrow();
        if now == Phase::End {
            return Ok(latencies);
        }
        if let (Phase::Send, None, Some(body)) = (now, unanswered, body.as_mut()) {
            stamp(body, micros(start));
            let env = body.clone().into();
            tally.sent.fetch_add(1, Ordering::SeqCst);
            unanswered = Some(link.send(Request::LogAppend { branch: log.branch, env, erase_hash: None }).await?);
        }
        tokio::select! {
            changed = phase.changed() => changed?,
            frame = link.receive() => match frame? {
                ServerFrame::Push(Push::Entry { entry, .. }) => {
                    let Some(env) = entry.env else { bail!("an entry without its envelope") };
                    latencies.push(micros(start).saturating_sub(stamped(&env)));
                    tally.delivered.fetch_add(1, Ordering::SeqCst);
                }
                ServerFrame::Reply(id, _) if Some(id) == unanswered => unanswered = None,
                ServerFrame::Error(_, code) => bail!("refused: {code}"),
                ServerFrame::Push(Push::Behind { .. }) => bail!("the server left pushes out: this reader was too slow"),
                _ => {}
            }
        }
    }
}

fn micros(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn stamp(body: &mut [u8], micros: u64) {
    if let Some(place) = body.get_mut(STAMP) {
        place.copy_from_slice(&micros.to_be_bytes());
    }
}

fn stamped(body: &[u8]) -> u64 {
    body.get(STAMP).and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes)
}
