// SPDX-License-Identifier: EUPL-1.2
//! The web messenger's files on real sockets: headers that fence the page in, twins, and no way out of the folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;
#[path = "support/client.rs"]
mod support_client;

use clap::Parser;
use reqwest::{Method, Response, StatusCode};
use server::{
    app::{self, Running},
    config::{Cli, Config},
};
use std::fs;
use support_client::http;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

/// A server with a small messenger in a folder; or with none at all.
struct House {
    running: Running,
    origin: String,
    folder: TempDir,
}

impl House {
    async fn open(words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let web = folder.path().join("web");
        fs::create_dir_all(web.join("icon")).unwrap();
        fs::write(folder.path().join("secret.txt"), "outside").unwrap();
        let files = [
            ("index.html", "<p>page"),
            ("page_bg.wasm", "wasm"),
            ("icon/192.png", "png"),
            ("icon.svg", "<svg/>"),
            (".quality", "5"),
        ];
        files.iter().for_each(|(name, text)| fs::write(web.join(name), text).unwrap());
        fs::write(web.join("page_bg.wasm.br"), "squeezed").unwrap();
        let data = folder.path().join("data").to_str().unwrap().to_owned();
        let words = [&["server", "--listen", "127.0.0.1:0", "--data", data.as_str()], words].concat();
        let mut config = Config::load(Cli::try_parse_from(words).unwrap().flags).unwrap();
        config.web_folder = config.web_folder.map(|_| web);
        let running = app::start(&config).await.unwrap();
        let origin = format!("http://{}", running.address);
        Self { running, origin, folder }
    }

    async fn with_page() -> Self {
        Self::open(&["--web-folder", "web"]).await
    }

    async fn ask(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        let asking = http().get(format!("{}{path}", self.origin));
        headers.iter().fold(asking, |asking, (name, value)| asking.header(*name, *value)).send().await.unwrap()
    }

    /// The status line of a request whose path no library tidies up.
    async fn raw(&self, path: &str) -> String {
        let mut tcp = TcpStream::connect(self.running.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_fence_the_page_in() {
    let house = House::with_page().await;
    for path in ["/", "/page_bg.wasm", "/none.js", "/rp1/none"] {
        let answer = house.ask(path, &[]).await;
        let policy = header(&answer, "content-security-policy");
        let begins = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:";
        assert!(policy.starts_with(begins), "{path}: {policy}");
        assert!(
            policy.ends_with("frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rohrpost"),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-cache"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(header(&answer, name), value, "{path}: {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_say_what_they_may_ask_for_and_other_files_carry_no_word_of_it() {
    let house = House::with_page().await;
    for path in ["/", "/gespraech/ab12", "/icon.svg"] {
        let answer = house.ask(path, &[]).await;
        let permissions = header(&answer, "permissions-policy");
        assert!(permissions.starts_with("camera=(self), geolocation=(self)"), "{path}");
        assert!(permissions.contains("microphone=()"), "{path}");
    }
    for path in ["/page_bg.wasm", "/icon/192.png", "/none.js"] {
        assert_eq!(header(&house.ask(path, &[]).await, "permissions-policy"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_https_the_browser_is_told_to_stay_there() {
    let house = House::open(&["--behind-proxy", "--public-url", "https://rohrpost.example"]).await;
    assert_eq!(header(&house.ask("/", &[]).await, "strict-transport-security"), "max-age=63072000");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_on_every_path_without_an_extension() {
    let house = House::with_page().await;
    for path in ["/", "/einladung", "/gespraech/abc", "/healthy"] {
        let answer = house.ask(path, &[]).await;
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(answer.text().await.unwrap(), "<p>page");
    }
    assert_eq!(house.ask("/health", &[]).await.text().await.unwrap(), "", "endpoints stay what they are");
    assert_eq!(house.ask("/rp1/none", &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(header(&house.ask("/icon/192.png", &[]).await, "content-type"), "image/png");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_brotli_gets_the_twin_and_a_tag_of_its_own() {
    let house = House::with_page().await;
    let plain = house.ask("/page_bg.wasm", &[]).await;
    let twin = house.ask("/page_bg.wasm", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((header(&plain, "content-encoding"), header(&twin, "content-encoding")), ("", "br"));
    assert_eq!((header(&twin, "content-type"), header(&twin, "vary")), ("application/wasm", "accept-encoding"));
    assert_ne!(header(&plain, "etag"), header(&twin, "etag"));
    assert_eq!(twin.text().await.unwrap(), "squeezed");
    let without = house.ask("/index.html", &[("accept-encoding", "br")]).await;
    assert_eq!((header(&without, "content-encoding"), header(&without, "vary")), ("", "accept-encoding"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_has_is_not_sent_again_until_it_changes() {
    let house = House::with_page().await;
    let tag = header(&house.ask("/", &[]).await, "etag").to_owned();
    // SHA-256 of `<p>page`
    assert_eq!(tag, "\"14f7bff480f9c15ce0390d169da1a21f7d7547f7b5288b26bceef661ef8fc739\"");
    let again = house.ask("/", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert!(!header(&again, "content-security-policy").is_empty());
    fs::write(house.folder.path().join("web/index.html"), "<p>newer").unwrap();
    let changed = house.ask("/", &[("if-none-match", &tag)]).await;
    assert_eq!((changed.status(), changed.text().await.unwrap().as_str()), (StatusCode::OK, "<p>newer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_folder_or_to_what_is_hidden() {
    let house = House::with_page().await;
    for path in
        ["/../secret.txt", "/icon/../../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/icon/..%2f..%2fsecret.txt"]
    {
        let answer = house.raw(path).await;
        assert!(answer.starts_with("HTTP/1.1 404") && !answer.contains("outside"), "{path}: {answer}");
    }
    for path in ["/.quality", "/page_bg.wasm.br"] {
        assert_eq!(house.ask(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let posted = http().request(Method::POST, format!("{}/index.html", house.origin)).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_messenger_says_so() {
    let house = House::open(&[]).await;
    let answer = house.ask("/", &[]).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.text().await.unwrap().contains("no web messenger"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_this_server_may_connect_on_whatever_port_it_is() {
    let house = House::with_page().await;
    let port = house.running.address.port();
    let dial = async |origin: String| {
        let mut request = format!("ws://127.0.0.1:{port}/rp1/ws").into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        connect_async(request).await.is_ok()
    };
    assert!(dial(format!("http://127.0.0.1:{port}")).await);
    assert!(dial(format!("http://localhost:{port}")).await);
    assert!(!dial(format!("http://127.0.0.1:{}", port ^ 1)).await, "a page of another server");
}
