// SPDX-License-Identifier: EUPL-1.2
//! Stories of the real program: killed, ended, backed up, restored, misconfigured; and what it writes to its log.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;
#[path = "support/client.rs"]
mod support_client;

use proto::{
    BlobId, ErrorCode, Hour, LogId, Reply, Request,
    blob::{OFFSET_HEADER, SECRET_HEADER, bucket},
};
use server::{clock::now_millis, folder::hex};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use support::*;
use support_client::{Client, http};

const LOG: LogId = LogId([7; 32]);
const BINARY: &str = env!("CARGO_BIN_EXE_rohrpost-server");

/// The running program; killed when the story ends.
struct Program {
    child: Child,
    origin: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(BINARY)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("ROHRPOST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let origin = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, origin }
    }
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    /// SIGTERM; returns what it wrote to its log.
    fn terminate(mut self) -> String {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

fn run(words: &[&str]) -> Output {
    Command::new(BINARY).args(words).output().unwrap()
}

/// Every entry of a branch: text to how often it is there.
async fn stored(client: &mut Client, branch: proto::BranchId) -> BTreeMap<Vec<u8>, u32> {
    let (mut all, mut after) = (BTreeMap::new(), 0);
    loop {
        let Ok(Reply::Page(page)) = client.ask(Request::LogRead { branch, after }).await else { panic!() };
        for entry in page.entries {
            *all.entry(entry.env.unwrap().to_vec()).or_default() += 1;
            after = entry.n;
        }
        if after == page.count {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_five_times_under_load_it_has_every_acknowledged_entry_exactly_once() {
    let data = tempfile::tempdir().unwrap();
    let town = Town::default();
    let access = Key::new(60);
    let root = root_branch(LOG, &keys(&access));
    let (mut next, mut acknowledged) = (0u32, Vec::new());
    for round in 0..5 {
        let program = Program::start(data.path());
        let mut alice = Client::connect(&program.origin).await;
        if round == 0 {
            alice.log(&town, LOG, &access).await;
        } else {
            alice.ask(open(&alice.line, root, &access, 0)).await.unwrap();
        }
        let kill_after = acknowledged.len() + 150;
        let mut program = Some(program);
        loop {
            // the entry in doubt is repeated with the same bytes, like an outbox does
            match alice.try_ask(append(root, &format!("entry {next}"))).await {
                Some(Ok(Reply::Stored { .. })) => {
                    acknowledged.push(next);
                    next += 1;
                }
                Some(other) => panic!("{other:?}"),
                None => break,
            }
            if acknowledged.len() >= kill_after
                && let Some(program) = program.take()
            {
                for n in 0..20 {
                    alice.send(append(root, &format!("entry {}", next + n))).await;
                }
                program.kill();
            }
        }
    }
    let program = Program::start(data.path());
    let mut alice = Client::connect(&program.origin).await;
    alice.ask(open(&alice.line, root, &access, 0)).await.unwrap();
    let all = stored(&mut alice, root).await;
    assert!(all.values().all(|count| *count == 1), "doubled");
    assert!(acknowledged.iter().all(|n| all.contains_key(&env(&format!("entry {n}")))), "lost");
    assert!(acknowledged.len() >= 5 * 150);
    program.terminate();
    let checked = run(&["--data", data.path().to_str().unwrap(), "check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_log_names_no_address_no_id_and_no_content() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path());
    let origin = program.origin.clone();
    let town = Town::default();
    let mut alice = Client::connect(&origin).await;
    let root = alice.log(&town, LOG, &Key::new(60)).await;
    alice.ask(append(root, "Schlagloch Hauptstraße")).await.unwrap();
    assert_eq!(alice.ask(open(&alice.line, root, &Key::new(61), 0)).await, Err(ErrorCode::Forbidden));
    let agent = "Inspector/1.0";
    let url = format!("{origin}/rp1/blob/{}", hex(&[80; 32]));
    http().get(url).header("user-agent", agent).header(SECRET_HEADER, hex(&READ)).send().await.unwrap();
    let mut eve = Client::connect(&origin).await;
    futures_util::SinkExt::send(&mut eve.socket, tokio_tungstenite::tungstenite::Message::Binary(vec![9; 9].into()))
        .await
        .unwrap();
    while eve.frame().await.is_some() {}
    let log = program.terminate();
    assert!(log.contains("ended"), "it does log: {log}");
    let port = origin.rsplit(':').next().unwrap().to_owned();
    let ids = [hex(&LOG.0), hex(&root.0), hex(&town.id().0), hex(&[80; 32]), hex(&READ), hex(&alice.hello.nonce.0)];
    let short = ids.iter().map(|id| id[..8].to_owned());
    for secret in short.chain(["127.0.0.1".into(), port, agent.into(), "Schlagloch".into()]) {
        assert!(!log.contains(&secret), "{secret} is in the log: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_running_server_comes_back_with_a_new_recovery_id() {
    let [data, copy, restored] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let path = |dir: &tempfile::TempDir| dir.path().to_str().unwrap().to_owned();
    let town = Town::default();
    let access = Key::new(60);
    let program = Program::start(data.path());
    let mut alice = Client::connect(&program.origin).await;
    let root = alice.log(&town, LOG, &access).await;
    alice.ask(append(root, "kept")).await.unwrap();
    let (blob, size) = (BlobId([80; 32]), bucket(2000));
    alice.ask(town.blob(&alice.line, blob, size, Hour::of_millis(now_millis()).plus_days(9))).await.unwrap();
    let url = |origin: &str| format!("{origin}/rp1/blob/{}", hex(&blob.0));
    let bytes = vec![5; usize::try_from(size).unwrap()];
    let put = http().put(url(&program.origin)).header(SECRET_HEADER, hex(&WRITE));
    assert!(put.header(OFFSET_HEADER, 0).body(bytes.clone()).send().await.unwrap().status().is_success());
    let before = alice.hello.recovery;
    let backup = run(&["--data", &path(&data), "backup", &path(&copy)]);
    assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
    alice.ask(append(root, "after the backup")).await.unwrap();
    program.kill();

    assert!(run(&["--data", &path(&restored), "restore", &path(&copy)]).status.success());
    assert!(!run(&["--data", &path(&restored), "restore", &path(&copy)]).status.success(), "not over other data");
    let program = Program::start(restored.path());
    let mut alice = Client::connect(&program.origin).await;
    assert_ne!(alice.hello.recovery, before);
    alice.ask(open(&alice.line, root, &access, 0)).await.unwrap();
    assert_eq!(stored(&mut alice, root).await.into_keys().collect::<Vec<_>>(), [env("kept")]);
    let get = http().get(url(&program.origin)).header(SECRET_HEADER, hex(&READ));
    assert!(get.send().await.unwrap().bytes().await.unwrap() == bytes);
    program.terminate();

    let chunk = restored.path().join(format!("blobs/50/{}/0", hex(&blob.0)));
    std::fs::write(chunk, b"short").unwrap();
    let damaged = run(&["--data", &path(&restored), "check"]);
    assert!(!damaged.status.success());
    assert!(String::from_utf8_lossy(&damaged.stdout).contains("chunk 0 is missing or short"));
}

#[test]
fn one_data_folder_has_one_server() {
    let data = tempfile::tempdir().unwrap();
    let _first = Program::start(data.path());
    let second = run(&["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()]);
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another rohrpost-server"));
}

#[test]
fn without_encryption_it_does_not_listen_to_the_world() {
    let data = tempfile::tempdir().unwrap();
    let refused = run(&["--listen", "0.0.0.0:0", "--data", data.path().to_str().unwrap()]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--tls-cert"));
}
