// SPDX-License-Identifier: EUPL-1.2
//! What a connection that only listens costs the real program.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;
#[path = "support/client.rs"]
mod support_client;

use proto::LogId;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use support::*;
use support_client::Client;

const CONNECTIONS: usize = 2_000;
/// docs: ≤ 8 KiB per idle WebSocket with one open branch.
const MARK_BYTES: usize = 8 * 1024;

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended
        let _ = self.0.wait();
    }
}

impl Program {
    /// Resident memory, bytes.
    fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_with_one_open_branch_stays_below_the_mark() {
    let data = tempfile::tempdir().unwrap();
    let command = [env!("CARGO_BIN_EXE_rohrpost-server"), "--listen", "127.0.0.1:0", "--data"];
    let child = Command::new(command[0]).args(&command[1..]).arg(data.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut program = Program(child);
    let mut line = String::new();
    BufReader::new(program.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let origin = line.trim().strip_prefix("listening on ").unwrap();
    let access = Key::new(60);
    let mut idle = vec![Client::connect(origin).await];
    let root = idle[0].log(&Town::default(), LogId([7; 32]), &access).await;
    let mut before = 0;
    for n in 0..CONNECTIONS + 100 {
        if n == 100 {
            before = program.resident(); // readers and threads are there now
        }
        let mut client = Client::connect(origin).await;
        let request = open(&client.line, root, &access, 0);
        client.ask(request).await.unwrap();
        idle.push(client);
    }
    let each = program.resident().saturating_sub(before) / CONNECTIONS;
    println!("{each} bytes per idle connection");
    assert!(each <= MARK_BYTES, "{each} bytes per idle connection");
}
