// SPDX-License-Identifier: EUPL-1.2
//! Attacks by strangers and insiders on real sockets: a stable error, the server goes on, and nobody else notices.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;
#[path = "support/client.rs"]
mod support_client;

use clap::Parser;
use futures_util::SinkExt;
use proto::{
    BranchId, ClientFrame, ContentHash, ErrorCode, InboxId, LogId, Push, Reply, Request, ServerFrame, TtlClass,
    blob::{ERROR_HEADER, OFFSET_HEADER, SECRET_HEADER},
    encode,
    limit::{COMMIT_ENVELOPE_BYTES, DEPOSIT_BYTES, DEPOSITS_PER_CONNECTION_AND_INBOX, ENTRY_ENVELOPE_BYTES},
};
use reqwest::Method;
use server::{
    app::{self, Running},
    config::{Cli, Config},
    folder::hex,
};
use std::collections::BTreeSet;
use support::*;
use support_client::{Client, http};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

const LOG: LogId = LogId([7; 32]);
const BOX: InboxId = InboxId([8; 32]);

/// Alice writes, Bob reads; what happens beside them is not theirs to see.
struct Scene {
    running: Running,
    origin: String,
    town: Town,
    access: Key,
    root: BranchId,
    alice: Client,
    bob: Client,
    said: u32,
    _data: TempDir,
}

impl Scene {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let words = ["rohrpost-server", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()];
        let mut config = Config::load(Cli::try_parse_from(words).unwrap().flags).unwrap();
        change(&mut config);
        let running = app::start(&config).await.unwrap();
        let origin = format!("http://{}", running.address);
        let (town, access) = (Town::default(), Key::new(60));
        let mut alice = Client::connect(&origin).await;
        let mut bob = Client::connect(&origin).await;
        let root = alice.log(&town, LOG, &access).await;
        bob.ask(open(&bob.line, root, &access, 0)).await.unwrap();
        Self { running, origin, town, access, root, alice, bob, said: 0, _data: data }
    }

    async fn stranger(&self) -> Client {
        Client::connect(&self.origin).await
    }

    /// Someone in the log, with a connection of their own.
    async fn insider(&self) -> Client {
        let mut insider = self.stranger().await;
        insider.ask(open(&insider.line, self.root, &self.access, 0)).await.unwrap();
        insider
    }

    /// Alice's next entry has the next number and is the next thing Bob hears: nothing was added, lost or held up.
    async fn nobody_noticed(&mut self) {
        self.said += 1;
        let stored = self.alice.ask(append(self.root, &format!("entry {}", self.said))).await;
        assert!(matches!(stored, Ok(Reply::Stored { n, .. }) if n == self.said), "{stored:?}");
        for listener in [&mut self.alice, &mut self.bob] {
            let Push::Entry { branch, entry } = listener.push().await else { panic!("another push") };
            assert_eq!((branch, entry.n), (self.root, self.said));
        }
    }

    async fn end(mut self) {
        self.nobody_noticed().await;
        self.running.end().await.unwrap();
    }
}

/// A run of bytes that is the same every time.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.next() % most).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

/// What the server says to raw bytes, until it ends the connection or has answered `answers` times.
async fn answers(mut client: Client, bytes: Vec<u8>, answers: usize) -> Vec<ServerFrame> {
    let mut heard = Vec::new();
    client.socket.send(Message::Binary(bytes.into())).await.unwrap();
    while heard.len() < answers {
        match client.frame().await {
            Some(frame) => heard.push(frame),
            None => break,
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_get_malformed_and_end_their_own_connection_only() {
    let mut scene = Scene::start().await;
    let mut luck = Seeded(0x5eed_0001);
    for round in 0..120 {
        let mut bytes = luck.bytes(600);
        if round % 2 == 0 {
            bytes.insert(0, 1); // the right version, then nonsense
        }
        let heard = answers(scene.stranger().await, bytes.clone(), 2).await;
        assert_eq!(heard, [ServerFrame::Error(0, ErrorCode::Malformed)], "round {round}: {bytes:02x?}");
    }
    scene.nobody_noticed().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_websocket_and_half_a_handshake_keep_nobody_waiting() {
    let mut scene = Scene::start().await;
    let mut luck = Seeded(0x5eed_0002);
    let upgrade = "GET /rp1/ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                   sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    let mut unfinished = Vec::new();
    for round in 0..40 {
        let mut tcp = TcpStream::connect(scene.running.address).await.unwrap();
        match round % 4 {
            0 => tcp.write_all(&luck.bytes(2_000)).await.unwrap(),
            1 => tcp.write_all(&upgrade.as_bytes()[..30]).await.unwrap(),
            // A client's frames must be masked, and there is no opcode 3.
            2 => tcp.write_all(&[upgrade.as_bytes(), &[0x82, 0x05, 1, 2, 3, 4, 5]].concat()).await.unwrap(),
            _ => tcp.write_all(&[upgrade.as_bytes(), &[0x83, 0x80, 0, 0, 0, 0]].concat()).await.unwrap(),
        }
        if round % 4 >= 2 {
            let mut heard = Vec::new();
            tcp.read_to_end(&mut heard).await.unwrap();
            assert!(heard.starts_with(b"HTTP/1.1 101"), "the server ends it by itself");
        } else {
            unfinished.push(tcp); // stays open and says no more
        }
    }
    scene.nobody_noticed().await;
    drop(unfinished);
    scene.end().await;
}

/// Where `part` lies in `whole`.
fn places(whole: &[u8], part: &[u8]) -> std::ops::Range<usize> {
    let start = whole.windows(part.len()).position(|window| window == part).unwrap();
    start..start + part.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flipped_bit_anywhere_in_a_proof_opens_nothing() {
    let mut scene = Scene::start().await;
    let sample = |line: &Line| {
        let request = open(line, scene.root, &scene.access, 0);
        let Request::LogOpen { proof, .. } = &request else { panic!() };
        let proof = *proof;
        (encode(&ClientFrame { id: 77, request }), proof)
    };
    let length = sample(&scene.alice.line).0.len();
    let mut codes = BTreeSet::new();
    for at in 0..length {
        let eve = scene.stranger().await;
        let (mut frame, proof) = sample(&eve.line);
        let proven = places(&frame, scene.root.as_bytes()).chain(places(&frame, proof.as_bytes())).any(|n| n == at);
        frame[at] ^= 1 << (at % 8);
        let heard = answers(eve, frame, 1).await;
        match heard.first() {
            Some(ServerFrame::Error(_, code)) => {
                codes.insert(*code as u8);
            }
            // The number of the request and the cursor are nobody's secret.
            Some(ServerFrame::Reply(_, Reply::Page(_))) => assert!(!proven, "byte {at} was proven"),
            other => panic!("byte {at}: {other:?}"),
        }
    }
    let expected = [ErrorCode::Malformed, ErrorCode::Forbidden, ErrorCode::Unknown].map(|code| code as u8);
    assert_eq!(codes, expected.into(), "each of them and no other");
    scene.nobody_noticed().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_one_connection_are_worth_nothing_on_another() {
    let mut scene = Scene::start().await;
    let owner = Key::new(70);
    let line = scene.alice.line.clone();
    scene.alice.ask(scene.town.create_inbox(&line, BOX, &owner)).await.unwrap();
    scene.alice.ask(open_inbox(&line, BOX, &owner)).await.unwrap();
    let heard = [
        open(&line, scene.root, &scene.access, 0),
        Request::LogRead { branch: scene.root, after: 0 },
        append(scene.root, "entry 1"),
        commit(scene.root, 0, "mine", &Key::new(61)),
        scene.town.create(&line, LogId([9; 32]), &keys(&scene.access), TtlClass::Days30),
        scene.town.create_inbox(&line, InboxId([9; 32]), &owner),
        open_inbox(&line, BOX, &owner),
        Request::InboxList { inbox: BOX, skip: 0 },
        Request::InboxDelete { inbox: BOX, hashes: vec![ContentHash([0; 32])] },
        Request::InboxDrop { inbox: BOX },
        scene.town.claim(&line, BOX),
        scene.town.deposit(&line, BOX, vec![1; 600]),
    ];
    let mut eve = scene.stranger().await;
    for request in heard {
        assert_eq!(eve.ask(request.clone()).await, Err(ErrorCode::Forbidden), "{request:?}");
    }
    assert!(matches!(scene.alice.ask(Request::InboxList { inbox: BOX, skip: 0 }).await, Ok(Reply::Inbox { .. })));
    scene.nobody_noticed().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_commit_the_old_key_reads_the_past_and_does_nothing_more() {
    let scene = Scene::start().await;
    let (mut eve, mut alice, new) = (scene.insider().await, scene.insider().await, Key::new(61));
    let answer = alice.ask(commit(scene.root, 0, "eve is out", &new)).await;
    let Ok(Reply::Stored { branch: Some(next), .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(eve.ask(append(scene.root, "still here?")).await, Err(ErrorCode::Frozen));
    assert_eq!(eve.ask(commit(scene.root, 0, "rather mine", &Key::new(62))).await, Err(ErrorCode::Conflict));
    assert_eq!(eve.ask(commit(scene.root, 7, "rather mine", &Key::new(62))).await, Err(ErrorCode::Conflict));
    assert_eq!(eve.ask(append(next, "let me in")).await, Err(ErrorCode::Forbidden));
    assert_eq!(eve.ask(open(&eve.line, next, &scene.access, 0)).await, Err(ErrorCode::Forbidden));
    let stolen = Request::LogErase { branch: scene.root, n: 1, secret: vec![0; 32].into() };
    assert_eq!(eve.ask(stolen).await, Err(ErrorCode::Forbidden));
    let Ok(Reply::Page(page)) = eve.ask(Request::LogRead { branch: scene.root, after: 0 }).await else { panic!() };
    assert_eq!((page.count, page.closed), (1, 1), "her own removal is the last she reads");
    alice.ask(open(&alice.line, next, &new, 0)).await.unwrap();
    assert!(matches!(alice.ask(append(next, "among us")).await, Ok(Reply::Stored { n: 1, .. })));
    scene.running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_by_one_byte_is_refused_and_the_largest_is_taken() {
    let scene = Scene::start().await;
    let mut eve = scene.insider().await;
    let owner = Key::new(70);
    eve.ask(scene.town.create_inbox(&eve.line, BOX, &owner)).await.unwrap();
    let entry = |bytes: usize| Request::LogAppend { branch: scene.root, env: vec![1; bytes].into(), erase_hash: None };
    let closing = |bytes: usize| Request::LogCommit {
        branch: scene.root,
        candidate: 0,
        env: vec![2; bytes].into(),
        next: keys(&scene.access),
    };
    let deposit = |line: &Line, bytes: usize| scene.town.deposit(line, BOX, vec![3; bytes]);
    assert_eq!(eve.ask(entry(ENTRY_ENVELOPE_BYTES + 1)).await, Err(ErrorCode::TooLarge));
    assert_eq!(eve.ask(closing(COMMIT_ENVELOPE_BYTES + 1)).await, Err(ErrorCode::TooLarge));
    assert_eq!(eve.ask(deposit(&eve.line, DEPOSIT_BYTES + 1)).await, Err(ErrorCode::TooLarge));
    assert!(eve.ask(deposit(&eve.line, DEPOSIT_BYTES)).await.is_ok());
    assert!(eve.ask(entry(ENTRY_ENVELOPE_BYTES)).await.is_ok());
    assert!(eve.ask(closing(COMMIT_ENVELOPE_BYTES)).await.is_ok());
    scene.running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_stopped_for_its_own_connection_only() {
    const MOST: u32 = 20;
    let mut scene = Scene::with(|config| config.limits.writes_per_minute = MOST).await;
    let mut eve = scene.stranger().await;
    let (log, access) = (LogId([9; 32]), Key::new(80));
    let own = eve.log(&scene.town, log, &access).await;
    let mut answers = Vec::new();
    // Twice the limit plus one: a minute may turn on the way, but not twice.
    for n in 0..=2 * MOST {
        answers.push(eve.ask(append(own, &format!("flood {n}"))).await.map(drop));
    }
    assert!(answers[..MOST as usize].iter().all(Result::is_ok));
    assert!(answers.contains(&Err(ErrorCode::Rate)));
    assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(ErrorCode::Rate))));
    scene.nobody_noticed().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insider_can_neither_fill_nor_empty_the_inbox_of_another() {
    let mut scene = Scene::start().await;
    let (owner, mut device) = (Key::new(70), scene.stranger().await);
    let line = device.line.clone();
    device.ask(scene.town.create_inbox(&line, BOX, &owner)).await.unwrap();
    let mut eve = scene.stranger().await;
    for n in 0..DEPOSITS_PER_CONNECTION_AND_INBOX {
        let letter = format!("letter {n}").into_bytes();
        assert!(eve.ask(scene.town.deposit(&eve.line, BOX, letter)).await.is_ok());
    }
    let more = scene.town.deposit(&eve.line, BOX, b"one more".to_vec());
    assert_eq!(eve.ask(more).await, Err(ErrorCode::Rate));
    assert_eq!(eve.ask(open_inbox(&eve.line, BOX, &Key::new(71))).await, Err(ErrorCode::Forbidden));
    assert_eq!(eve.ask(Request::InboxDrop { inbox: BOX }).await, Err(ErrorCode::Forbidden));
    assert_eq!(eve.ask(scene.town.create_inbox(&eve.line, BOX, &Key::new(71))).await, Err(ErrorCode::Conflict));
    let foreign = Town::named(40);
    assert_eq!(eve.ask(foreign.deposit(&eve.line, BOX, vec![1])).await, Err(ErrorCode::Forbidden));
    let mut bob = scene.stranger().await;
    assert!(bob.ask(scene.town.deposit(&bob.line, BOX, b"from bob".to_vec())).await.is_ok());
    let Ok(Reply::Inbox { waiting, .. }) = device.ask(open_inbox(&line, BOX, &owner)).await else { panic!() };
    assert_eq!(waiting, DEPOSITS_PER_CONNECTION_AND_INBOX + 1);
    scene.nobody_noticed().await;
    scene.end().await;
}

/// Method, path, secret, offset, and what is to come of it.
type Case<'a> = (Method, &'a str, Option<&'a str>, Option<&'a str>, ErrorCode);

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_at_the_blob_address_gets_a_stable_code() {
    let mut scene = Scene::start().await;
    let (id, secret) = (hex(&[80; 32]), hex(&[1; 32]));
    let cases: [Case<'_>; 7] = [
        (Method::GET, "..%2f..%2fserver.db", Some(&secret), None, ErrorCode::Malformed),
        (Method::GET, &id[1..], Some(&secret), None, ErrorCode::Malformed),
        (Method::GET, &id, None, None, ErrorCode::Forbidden),
        (Method::GET, &id, Some("zz"), None, ErrorCode::Forbidden),
        (Method::GET, &id, Some(&secret), None, ErrorCode::Gone),
        (Method::PUT, &id, Some(&secret), Some("-1"), ErrorCode::Malformed),
        (Method::PUT, &id, Some(&secret), Some("18446744073709551615"), ErrorCode::Gone),
    ];
    for (method, path, secret, offset, code) in cases {
        let mut request = http().request(method, format!("{}/rp1/blob/{path}", scene.origin));
        for (name, value) in [(SECRET_HEADER, secret), (OFFSET_HEADER, offset)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()[ERROR_HEADER], *(code as u8).to_string(), "{path} {code:?}");
    }
    scene.nobody_noticed().await;
    scene.end().await;
}
