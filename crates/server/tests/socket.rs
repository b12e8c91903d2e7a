// SPDX-License-Identifier: EUPL-1.2
//! Stories on real sockets against the server in this process, on a free port and a folder of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;
#[path = "support/client.rs"]
mod support_client;

use clap::Parser;
use futures_util::SinkExt;
use proto::{
    BlobId, ErrorCode, Hour, LogId, Push, Reply, Request, ServerFrame,
    blob::{ERROR_HEADER, OFFSET_HEADER, SECRET_HEADER, bucket},
    limit,
};
use reqwest::{Method, StatusCode};
use server::{
    app::{self, Running},
    clock::now_millis,
    config::{Cli, Config},
    folder::hex,
};
use std::path::Path;
use support::*;
use support_client::{Client, http};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

const LOG: LogId = LogId([7; 32]);

fn config(data: &Path) -> Config {
    let words = ["rohrpost-server", "--listen", "127.0.0.1:0", "--metrics", "--data", data.to_str().unwrap()];
    let mut config = Config::load(Cli::try_parse_from(words).unwrap().flags).unwrap();
    config.limits.writes_per_minute = u32::MAX;
    config
}

async fn start() -> (Running, String, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let running = app::start(&config(data.path())).await.unwrap();
    let origin = format!("http://{}", running.address);
    (running, origin, data)
}

fn number(push: Push) -> u32 {
    match push {
        Push::Entry { entry, .. } => entry.n,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_answered_after_it_is_stored_and_pushed_to_everybody_who_listens() {
    let (running, origin, _data) = start().await;
    let town = Town::default();
    let (mut alice, mut bob) = (Client::connect(&origin).await, Client::connect(&origin).await);
    let access = Key::new(60);
    let root = alice.log(&town, LOG, &access).await;
    bob.ask(open(&bob.line, root, &access, 0)).await.unwrap();
    assert!(matches!(alice.ask(append(root, "hello")).await, Ok(Reply::Stored { n: 1, .. })));
    assert_eq!((number(bob.push().await), number(alice.push().await)), (1, 1));
    running.end().await.unwrap();
    assert_eq!(bob.frame().await, None, "the end closes connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_proofs_old_keys_and_taken_candidates_get_their_own_errors() {
    let (running, origin, _data) = start().await;
    let town = Town::default();
    let (mut alice, mut eve) = (Client::connect(&origin).await, Client::connect(&origin).await);
    let (old, new) = (Key::new(60), Key::new(61));
    let root = alice.log(&town, LOG, &old).await;
    assert_eq!(eve.ask(open(&alice.line, root, &old, 0)).await, Err(ErrorCode::Forbidden), "replayed proof");
    let Ok(Reply::Stored { branch: Some(next), .. }) = alice.ask(commit(root, 0, "c0", &new)).await else { panic!() };
    assert_eq!(eve.ask(open(&eve.line, next, &old, 0)).await, Err(ErrorCode::Forbidden), "old branch's key");
    assert_eq!(alice.ask(commit(root, 0, "mine", &Key::new(62))).await, Err(ErrorCode::Conflict), "taken candidate");
    let mut elsewhere = eve.line.clone();
    elsewhere.origin = "https://elsewhere.example".into();
    assert_eq!(eve.ask(open(&elsewhere, next, &new, 0)).await, Err(ErrorCode::Forbidden), "relayed proof");
    let Request::LogOpen { branch, proof, write_proof, after } = open(&eve.line, next, &new, 0) else { panic!() };
    let mut flipped = proof;
    flipped.0[40] ^= 1;
    let request = Request::LogOpen { branch, proof: flipped, write_proof, after };
    assert_eq!(eve.ask(request).await, Err(ErrorCode::Forbidden), "flipped bit");
    assert!(eve.ask(open(&eve.line, next, &new, 0)).await.is_ok());
    running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_ends_one_connection_and_nobody_else_notices() {
    let (running, origin, _data) = start().await;
    let town = Town::default();
    let mut alice = Client::connect(&origin).await;
    let root = alice.log(&town, LOG, &Key::new(60)).await;
    let garbage = [
        (Message::Binary(vec![1, 0xff, 0x13, 0x37].into()), ErrorCode::Malformed),
        (Message::Binary(Vec::new().into()), ErrorCode::Malformed),
        (Message::Text("hello".into()), ErrorCode::Malformed),
        (Message::Binary(vec![1; limit::FRAME_BYTES + 1].into()), ErrorCode::TooLarge),
    ];
    for (message, code) in garbage {
        let mut eve = Client::connect(&origin).await;
        let _ = eve.socket.send(message).await; // the server may end before it has taken all
        match eve.frame().await {
            Some(frame) => assert_eq!(frame, ServerFrame::Error(0, code)),
            None => assert_eq!(code, ErrorCode::TooLarge, "only what was not taken may go unanswered"),
        }
        assert_eq!(eve.frame().await, None);
        assert!(alice.ask(append(root, &format!("{code:?} {}", now_millis()))).await.is_ok());
    }
    running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_nothing_slows_nobody_and_is_told_that_it_is_behind() {
    let (running, origin, _data) = start().await;
    let town = Town::default();
    let access = Key::new(60);
    let mut alice = Client::connect(&origin).await;
    let root = alice.log(&town, LOG, &access).await;
    let (mut bob, mut slow) = (Client::connect(&origin).await, Client::connect(&origin).await);
    for reader in [&mut bob, &mut slow] {
        let request = open(&reader.line, root, &access, 0);
        reader.ask(request).await.unwrap();
    }
    const ENTRIES: u32 = 400;
    for n in 0..ENTRIES {
        let mut bytes = env(&format!("{n} "));
        bytes.resize(64 * 1024, b'x');
        let stored = alice.ask(Request::LogAppend { branch: root, env: bytes.into(), erase_hash: None }).await;
        assert!(matches!(stored, Ok(Reply::Stored { n: stored, .. }) if stored == n + 1));
        alice.pushes.clear();
        assert_eq!(number(bob.push().await), n + 1);
    }
    let mut last = 0;
    loop {
        match slow.push().await {
            Push::Entry { entry, .. } => {
                assert_eq!(entry.n, last + 1, "no hole before the word about it");
                last = entry.n;
            }
            Push::Behind { branch } => {
                assert_eq!(branch, root);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(last < ENTRIES);
    let Ok(Reply::Page(page)) = slow.ask(Request::LogRead { branch: root, after: last }).await else { panic!() };
    assert_eq!((page.entries[0].n, page.count), (last + 1, ENTRIES));
    running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_it_was_after_a_restart() {
    let (running, origin, data) = start().await;
    let town = Town::default();
    let mut alice = Client::connect(&origin).await;
    alice.log(&town, LOG, &Key::new(60)).await;
    let (blob, size) = (BlobId([80; 32]), bucket(2 * 1024 * 1024 + 17));
    let create = town.blob(&alice.line, blob, size, Hour::of_millis(now_millis()).plus_days(30));
    assert_eq!(alice.ask(create).await, Ok(Reply::Blob { offset: 0 }));
    let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 249).unwrap()).collect();
    let http = http();
    let ask = |origin: &str, method: Method, secret: [u8; 32]| {
        let url = format!("{origin}/rp1/blob/{}", hex(&blob.0));
        http.request(method, url).header(SECRET_HEADER, hex(&secret))
    };
    let chunks: Vec<&[u8]> = bytes.chunks(limit::BLOB_CHUNK_BYTES).collect();
    let put = |origin: &str, n: usize| {
        ask(origin, Method::PUT, WRITE).header(OFFSET_HEADER, n * limit::BLOB_CHUNK_BYTES).body(chunks[n].to_vec())
    };
    let stored = put(&origin, 0).send().await.unwrap();
    assert_eq!(stored.headers()[OFFSET_HEADER], limit::BLOB_CHUNK_BYTES.to_string());
    let skipped = put(&origin, 2).send().await.unwrap();
    let range = (ErrorCode::Range as u8).to_string();
    assert_eq!(skipped.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(skipped.headers()[ERROR_HEADER], *range);
    running.end().await.unwrap();

    let running = app::start(&config(data.path())).await.unwrap();
    let origin = format!("http://{}", running.address);
    let state = ask(&origin, Method::HEAD, WRITE).send().await.unwrap();
    assert_eq!(state.headers()[OFFSET_HEADER], limit::BLOB_CHUNK_BYTES.to_string());
    for n in 1..chunks.len() {
        assert!(put(&origin, n).send().await.unwrap().status().is_success());
    }
    let (first, last) = (limit::BLOB_CHUNK_BYTES - 7, 2 * limit::BLOB_CHUNK_BYTES + 3);
    let ranged = ask(&origin, Method::GET, READ).header("range", format!("bytes={first}-{last}"));
    let answer = ranged.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert!(answer.bytes().await.unwrap() == bytes[first..=last]);
    let wrong = ask(&origin, Method::GET, WRITE).header("range", "bytes=0-9").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    assert_eq!(ask(&origin, Method::DELETE, DELETE).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(ask(&origin, Method::HEAD, READ).send().await.unwrap().status(), StatusCode::GONE);
    let left = std::fs::read_dir(data.path().join("blobs/50")).unwrap().count();
    assert_eq!(left, 0, "the bytes are gone, too");
    running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_may_not_connect() {
    let (running, origin, _data) = start().await;
    let url = format!("{}/rp1/ws", origin.replace("http", "ws"));
    for (from, allowed) in [("https://evil.example", false), (origin.as_str(), true)] {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", from.parse().unwrap());
        assert_eq!(connect_async(request).await.is_ok(), allowed);
    }
    running.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_first_authority_needs_the_setup_code() {
    let (running, origin, data) = start().await;
    let mut request = format!("{}/rp1/ws", origin.replace("http", "ws")).into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
    let (socket, _) = connect_async(request).await.unwrap();
    let mut outside = Client::connect(&origin).await;
    outside.socket = socket;
    outside.frame().await.unwrap();
    let town = Town::default();
    let code = running.setup_code.clone().unwrap();
    assert_eq!(outside.ask(town.put(town.statement(1), None)).await, Err(ErrorCode::SetupCode));
    assert!(outside.ask(town.put(town.statement(1), Some(&code))).await.is_ok());
    running.end().await.unwrap();
    assert!(!data.path().join("setup-code").exists(), "a used code is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_answer_with_sums_only() {
    let (running, origin, _data) = start().await;
    let mut alice = Client::connect(&origin).await;
    alice.log(&Town::default(), LOG, &Key::new(60)).await;
    assert_eq!(http().get(format!("{origin}/health")).send().await.unwrap().status(), StatusCode::OK);
    let text = http().get(format!("{origin}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("rohrpost_connections 1\n"), "{text}");
    assert!(!text.contains('{') && !text.contains("127.0.0.1") && !text.contains(&hex(&LOG.0)));
    running.end().await.unwrap();
}
