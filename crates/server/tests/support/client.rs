// SPDX-License-Identifier: EUPL-1.2
//! A bare client on a real WebSocket: sends requests, keeps pushes that arrive in between.

#![allow(dead_code)] // each story uses its part

use super::support::{Key, Line, Town, keys, open, root_branch};
use futures_util::{SinkExt, StreamExt};
use proto::{
    BranchId, ClientFrame, ErrorCode, Hello, LogId, Push, Reply, Request, ServerFrame, TtlClass, decode, encode,
};
use std::collections::VecDeque;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// A client for blobs; the workspace's build of it wants a TLS provider even where there is no TLS.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default(); // another story was first
    reqwest::Client::new()
}

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub line: Line,
    pub hello: Hello,
    pub pushes: VecDeque<Push>,
    next: u32,
}

impl Client {
    /// `origin`: e.g. `http://127.0.0.1:1234`.
    pub async fn connect(origin: &str) -> Self {
        let url = format!("{}/rp1/ws", origin.replace("http://", "ws://"));
        let (mut socket, _) = connect_async(url).await.unwrap();
        let first = socket.next().await.unwrap().unwrap().into_data();
        let ServerFrame::Hello(hello) = decode(&first, usize::MAX).unwrap() else { panic!("no hello") };
        let line = Line { origin: origin.into(), nonce: hello.nonce };
        Self { socket, line, hello, pushes: VecDeque::new(), next: 0 }
    }
    /// The next frame; `None` when the connection has ended.
    pub async fn frame(&mut self) -> Option<ServerFrame> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => return Some(decode(&bytes, usize::MAX).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
    pub async fn send(&mut self, request: Request) -> Option<u32> {
        self.next += 1;
        let frame = encode(&ClientFrame { id: self.next, request });
        self.socket.send(Message::Binary(frame.into())).await.ok().map(|()| self.next)
    }
    /// `None`: the connection ended before the answer came.
    pub async fn try_ask(&mut self, request: Request) -> Option<Result<Reply, ErrorCode>> {
        let asked = self.send(request).await?;
        loop {
            match self.frame().await? {
                ServerFrame::Reply(id, reply) if id == asked => return Some(Ok(reply)),
                ServerFrame::Error(id, code) if id == asked => return Some(Err(code)),
                ServerFrame::Push(push) => self.pushes.push_back(push),
                other => panic!("{other:?}"),
            }
        }
    }
    pub async fn ask(&mut self, request: Request) -> Result<Reply, ErrorCode> {
        self.try_ask(request).await.expect("the connection lives")
    }
    pub async fn push(&mut self) -> Push {
        if let Some(push) = self.pushes.pop_front() {
            return push;
        }
        match self.frame().await {
            Some(ServerFrame::Push(push)) => push,
            other => panic!("{other:?}"),
        }
    }
    /// Moves the town in (again) and opens a log of it.
    pub async fn log(&mut self, town: &Town, log: LogId, access: &Key) -> BranchId {
        self.ask(town.put(town.statement(1), None)).await.unwrap();
        let create = town.create(&self.line, log, &keys(access), TtlClass::Days30);
        self.ask(create).await.unwrap();
        let root = root_branch(log, &keys(access));
        self.ask(open(&self.line, root, access, 0)).await.unwrap();
        root
    }
}
