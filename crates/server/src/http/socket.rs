// SPDX-License-Identifier: EUPL-1.2
//! One WebSocket: frames in, answers and pushes out, with bounded memory and bounded patience.

use super::App;
use crate::{
    clock::{now_millis, random},
    domain::{FirstPut, NoLookup, Op, Session, Task, authorise, authorise::needs_store},
    hub::{ConnectionId, Topic},
    outlet::Outlet,
    store::{Read, Sqlite},
};
use axum::{
    body::Bytes,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::SinkExt;
use proto::{ClientFrame, ErrorCode, Hello, Nonce, Reply, RequestId, ServerFrame, decode, encode, limit};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

/// A connection that says nothing for this long is asked whether it lives.
const PING_AFTER: Duration = Duration::from_secs(50);
/// One frame must be taken by the other side within this time.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// `GET /rp1/ws`. A page of another site may not connect (it could take an empty server on loopback).
pub async fn connect(State(app): State<Arc<App>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if let Some(origin) = headers.get("origin")
        && !app.origins.iter().any(|known| known.as_bytes() == origin.as_bytes())
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    let direct = !forwarded.iter().any(|name| headers.contains_key(*name));
    let first_put = if app.trusts_first && direct { FirstPut::Trusted } else { FirstPut::NeedsCode };
    upgrade
        .read_buffer_size(2 * 1024)
        .write_buffer_size(0)
        .max_message_size(limit::FRAME_BYTES)
        .max_frame_size(limit::FRAME_BYTES)
        .on_upgrade(move |socket| run(app, socket, first_put))
}

/// The server ends and this connection does not notice, since its other side takes nothing.
async fn overdue(mut ending: watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await; // a lost sender is an end, too
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// Why a connection ends.
struct Ended;

async fn run(app: Arc<App>, mut socket: WebSocket, first_put: FirstPut) {
    let _alive = app.alive.clone();
    let Ok(nonce) = random().map(Nonce) else { return };
    let hello = Hello { nonce, recovery: app.recovery, now_millis: now_millis() };
    if send(&mut socket, encode(&ServerFrame::Hello(hello)).into()).await.is_err() {
        return;
    }
    let outlet = Arc::new(Outlet::default());
    let connection = app.new_connection();
    app.board.lock().outlets.insert(connection, Arc::clone(&outlet));
    app.metrics.connections.inc();
    let session = Session::new(nonce, Arc::clone(&app.origins), first_put, app.limits);
    let mut desk = Desk { app, connection, outlet, session: Some(Box::new(session)) };
    let ending = desk.app.ending.clone();
    tokio::select! {
        _ = desk.serve(&mut socket) => {}
        () = overdue(ending) => {}
    }
    desk.leave();
    let _ = timeout(Duration::from_secs(1), socket.send(Message::Close(None))).await;
}

async fn send(socket: &mut WebSocket, bytes: Bytes) -> Result<(), Ended> {
    match timeout(SEND_WITHIN, socket.feed(Message::Binary(bytes))).await {
        Ok(Ok(())) => flush(socket).await,
        _ => Err(Ended),
    }
}

async fn flush(socket: &mut WebSocket) -> Result<(), Ended> {
    match timeout(SEND_WITHIN, socket.flush()).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Ended),
    }
}

/// One connection at work.
struct Desk {
    app: Arc<App>,
    connection: ConnectionId,
    outlet: Arc<Outlet>,
    /// `None` only while a blocking thread has it.
    session: Option<Box<Session>>,
}

impl Desk {
    async fn serve(&mut self, socket: &mut WebSocket) -> Result<(), Ended> {
        let mut ending = self.app.ending.clone();
        let outlet = Arc::clone(&self.outlet);
        let (mut quiet_since, mut asked) = (Instant::now(), false);
        loop {
            while let Some(bytes) = outlet.pop() {
                send(socket, bytes).await?;
            }
            if outlet.is_closed() {
                return Err(Ended);
            }
            tokio::select! {
                () = outlet.filled() => {}
                _ = ending.changed() => return Ok(()),
                () = sleep_until(quiet_since + PING_AFTER) => {
                    if asked {
                        return Err(Ended);
                    }
                    (quiet_since, asked) = (Instant::now(), true);
                    socket.send(Message::Ping(Bytes::new())).await.map_err(|_| Ended)?;
                }
                message = socket.recv(), if outlet.has_room() => {
                    (quiet_since, asked) = (Instant::now(), false);
                    match message {
                        Some(Ok(Message::Binary(bytes))) => Box::pin(self.receive(bytes, socket)).await?,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Text(_))) => return refuse(socket, ErrorCode::Malformed).await,
                        Some(Ok(Message::Close(_))) | None => return Ok(()),
                        Some(Err(_)) => return refuse(socket, ErrorCode::TooLarge).await,
                    }
                }
            }
        }
    }

    async fn receive(&mut self, bytes: Bytes, socket: &mut WebSocket) -> Result<(), Ended> {
        let Ok(ClientFrame { id, request }) = decode::<ClientFrame>(&bytes, limit::FRAME_BYTES) else {
            return refuse(socket, ErrorCode::Malformed).await;
        };
        drop(bytes);
        self.app.metrics.requests.inc();
        self.outlet.owe();
        let now = now_millis();
        let mut session = self.session.take().ok_or(Ended)?;
        let task = if needs_store(&request) {
            let work = move |store: &Sqlite| {
                let task = authorise(now, &mut session, store, request);
                (session, task)
            };
            let (session, task) = self.app.readers.run(work).await.map_err(|_| Ended)?;
            self.session = Some(session);
            task
        } else {
            let task = authorise(now, &mut session, &NoLookup, request);
            self.session = Some(session);
            task
        };
        match task {
            Ok(task) => self.carry_out(id, task).await,
            Err(refused) => self.outlet.answer(id, Err(refused)),
        }
        Ok(())
    }

    async fn carry_out(&mut self, id: RequestId, task: Task) {
        let answer = match task {
            Task::Write(Op::DropInbox { inbox, owner_pub }) => {
                let answer = self.app.writer.call(Op::DropInbox { inbox, owner_pub }).await;
                if answer.is_ok() {
                    self.app.board.lock().hub.leave(&Topic::Inbox(inbox), self.connection);
                    self.session.iter_mut().for_each(|session| session.close_inbox(&inbox));
                }
                answer
            }
            Task::Write(op) => return self.app.writer.send(op, &self.outlet, id).await,
            Task::Answer(reply) => Ok(reply),
            Task::OpenBranch { branch, after } => {
                self.app.board.lock().hub.join(Topic::Branch(branch), self.connection);
                self.page(branch, after).await
            }
            Task::ReadPage { branch, after } => self.page(branch, after).await,
            Task::CloseBranch(branch) => {
                self.app.board.lock().hub.leave(&Topic::Branch(branch), self.connection);
                Ok(Reply::Done)
            }
            Task::OpenInbox { inbox, owner_pub } => {
                self.app.board.lock().hub.join(Topic::Inbox(inbox), self.connection);
                match self.app.writer.call(Op::TouchInbox { inbox, owner_pub }).await {
                    Ok(_) => self.inbox(inbox, owner_pub, 0).await,
                    refused => refused,
                }
            }
            Task::ReadInbox { inbox, owner_pub, skip } => self.inbox(inbox, owner_pub, skip).await,
        };
        self.outlet.answer(id, answer);
    }

    async fn page(&self, branch: proto::BranchId, after: u32) -> Result<Reply, ErrorCode> {
        self.app.readers.run(move |store| store.page(&branch, after)).await??.map(Reply::Page)
    }

    async fn inbox(&self, inbox: proto::InboxId, owner_pub: proto::PublicKey, skip: u32) -> Result<Reply, ErrorCode> {
        self.app.readers.run(move |store| store.inbox_page(&inbox, &owner_pub, skip)).await??
    }

    fn leave(&mut self) {
        let mut board = self.app.board.lock();
        board.outlets.remove(&self.connection);
        match &self.session {
            Some(session) => board.hub.leave_all(self.connection, session.topics()),
            None => board.hub.leave_everything(self.connection), // lost with a failed blocking thread
        }
        drop(board);
        self.app.metrics.connections.dec();
    }
}

/// The other side does not speak our language: say so once, then end. Request 0 stands for "no request".
async fn refuse(socket: &mut WebSocket, code: ErrorCode) -> Result<(), Ended> {
    send(socket, encode(&ServerFrame::Error(0, code)).into()).await?;
    Err(Ended)
}
