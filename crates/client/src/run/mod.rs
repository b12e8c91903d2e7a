// SPDX-License-Identifier: EUPL-1.2
//! The one loop: calls, frames, finished transfers and the clock go into the engine; its outputs go out.

mod link;
pub mod luck;
pub mod pulse;

use crate::{
    ClientError, db,
    media::Folder,
    profile::Profile,
    transport::{http, ws::Wire},
};
use client_api::{Answer, Command, CommandError, Event, Query, View};
use engine::{
    Engine,
    input::{CommandId, Failure, Input, Output, RequestId},
};
use link::{Link, Server};
use proto::{ServerFrame, blob::BlobReply, blob::BlobRequest};
use pulse::{LinkState, Pulse};
use std::{collections::BTreeMap, path::Path, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinSet,
    time::Instant,
};

/// The clock is looked at this often at least, so that a jump is noticed.
const LOOK_SECS: u64 = 30;

type Told<T> = oneshot::Sender<Result<T, ClientError>>;
type Transferred = (RequestId, Result<BlobReply, Failure>);

/// What a [`crate::Client`] asks of its thread.
pub enum Call {
    Command(Command, Told<Answer>),
    Query(Query, Told<View>),
    Shutdown(oneshot::Sender<()>),
}

/// Body of the engine's thread.
pub fn thread(
    folder: &Path,
    calls: mpsc::Receiver<Call>,
    events: broadcast::Sender<Event>,
    pulse: watch::Sender<Pulse>,
    ready: Told<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            let _ = ready.send(Err(ClientError::folder("start a runtime for", &e)));
            return;
        }
    };
    let (tell, wires) = mpsc::channel(64);
    match Body::open(folder, events, pulse, Link::new(tell)) {
        Ok(body) => {
            let _ = ready.send(Ok(()));
            let last = runtime.block_on(body.run(calls, wires));
            runtime.shutdown_timeout(Duration::from_secs(1));
            if let Some(tell) = last {
                let _ = tell.send(());
            }
        }
        Err(error) => drop(ready.send(Err(error))),
    }
}

struct Body {
    /// `None` only while it is opened anew after a failure of the store.
    engine: Option<Engine>,
    profile: Profile,
    link: Link,
    server: Option<Server>,
    transfers: JoinSet<Transferred>,
    waiting: BTreeMap<CommandId, Told<Answer>>,
    next_command: CommandId,
    events: broadcast::Sender<Event>,
    pulse: watch::Sender<Pulse>,
}

fn open_engine(profile: &Profile) -> Result<Engine, ClientError> {
    let luck = luck::system();
    let conn = db::native::open(profile, &luck)?;
    let media = Folder::open(profile.path("media")).map_err(|e| ClientError::folder("write to", &e))?;
    Engine::open(conn, Box::new(media), luck, luck::now()).map_err(|e| ClientError::Store(e.to_string()))
}

impl Body {
    fn open(
        folder: &Path,
        events: broadcast::Sender<Event>,
        pulse: watch::Sender<Pulse>,
        link: Link,
    ) -> Result<Self, ClientError> {
        let profile = Profile::lock(folder)?;
        Ok(Self {
            engine: Some(open_engine(&profile)?),
            profile,
            link,
            server: None,
            transfers: JoinSet::new(),
            waiting: BTreeMap::new(),
            next_command: 0,
            events,
            pulse,
        })
    }

    /// Ends with a shutdown, with the last client, or when the store can't be opened any more.
    async fn run(
        mut self,
        mut calls: mpsc::Receiver<Call>,
        mut wires: mpsc::Receiver<(u64, Wire)>,
    ) -> Option<oneshot::Sender<()>> {
        self.feed(Input::Wakeup);
        while self.engine.is_some() {
            self.find_server();
            if self.server.as_ref().is_some_and(|server| self.link.dial_if_due(server)) {
                // A failed dial stays visible while the next one is under way.
                self.pulse.send_if_modified(|p| match p.link {
                    LinkState::NoServer | LinkState::Up => {
                        p.link = LinkState::Dialling;
                        true
                    }
                    LinkState::Dialling | LinkState::Down { .. } => false,
                });
            }
            let deadline = self.deadline();
            tokio::select! {
                call = calls.recv() => match call {
                    None => return None,
                    Some(Call::Shutdown(tell)) => return Some(tell),
                    Some(Call::Command(command, tell)) => self.command(command, tell),
                    Some(Call::Query(query, tell)) => {
                        let _ = tell.send(self.query(query));
                    }
                },
                Some((generation, wire)) = wires.recv() => {
                    if self.link.is_current(generation) {
                        self.wire(wire);
                    }
                }
                Some(done) = self.transfers.join_next(), if !self.transfers.is_empty() => {
                    if let Ok((id, result)) = done {
                        self.feed(Input::Transferred(id, result));
                    }
                }
                () = tokio::time::sleep_until(deadline) => self.tick(),
            }
        }
        None
    }

    fn command(&mut self, command: Command, tell: Told<Answer>) {
        self.next_command += 1;
        self.waiting.insert(self.next_command, tell);
        self.feed(Input::Command(self.next_command, command));
    }

    fn query(&mut self, query: Query) -> Result<View, ClientError> {
        let engine = self.engine.as_mut().ok_or(ClientError::Closed)?;
        engine.query(luck::now(), query).map_err(|e| ClientError::Store(e.to_string()))
    }

    fn wire(&mut self, wire: Wire) {
        match wire {
            Wire::Up(hello) => {
                self.link.came_up();
                self.show(LinkState::Up);
                let origin = self.server.as_ref().map(|s| s.address.origin.clone()).unwrap_or_default();
                self.feed(Input::Online { hello, origin });
            }
            Wire::Frame(ServerFrame::Push(push)) => self.feed(Input::Pushed(push)),
            Wire::Frame(ServerFrame::Reply(id, reply)) if self.link.answered(id) => {
                self.feed(Input::Reply(id, Ok(reply)));
            }
            Wire::Frame(ServerFrame::Error(id, code)) if self.link.answered(id) => {
                self.feed(Input::Reply(id, Err(Failure::Refused(code))));
            }
            Wire::Frame(_) => self.hang_up("the server broke the protocol".into()),
            Wire::Down(why) => self.hang_up(why),
        }
    }

    fn tick(&mut self) {
        if self.link.is_overdue() {
            self.hang_up("the server does not answer".into());
        }
        let due = self.engine.as_ref().and_then(Engine::next_wakeup).is_some_and(|at| at <= luck::now());
        if due {
            self.feed(Input::Wakeup);
        }
    }

    /// The connection's end; transfers end with it because the engine forgets them.
    fn hang_up(&mut self, why: String) {
        tracing::debug!(%why, "connection ended");
        let state = self.link.went_down(why);
        self.transfers.abort_all();
        self.transfers = JoinSet::new();
        self.feed(Input::Offline);
        self.show(state);
    }

    /// One input, then all that follows from it.
    fn feed(&mut self, input: Input) {
        let Some(engine) = self.engine.as_mut() else { return };
        match engine.handle(luck::now(), input) {
            Ok(outputs) => outputs.into_iter().for_each(|output| self.put_out(output)),
            Err(error) => self.reopen(&error.to_string()),
        }
        self.pulse.send_modify(|pulse| pulse.turns += 1);
    }

    fn put_out(&mut self, output: Output) {
        match output {
            Output::Request(id, request) => self.link.send(id, request),
            Output::Transfer(id, request) => self.transfer(id, request),
            // Nobody listening is fine: an event is never the only place something is said.
            Output::Event(event) => drop(self.events.send(event)),
            Output::Done(id, answer) => {
                if let Some(tell) = self.waiting.remove(&id) {
                    let _ = tell.send(answer.map_err(ClientError::Command));
                }
            }
            Output::Reconnect => self.hang_up("the server broke the protocol".into()),
        }
    }

    fn transfer(&mut self, id: RequestId, request: BlobRequest) {
        match &self.server {
            Some(server) => {
                let (http, address) = (server.http.clone(), server.address.clone());
                self.transfers.spawn(async move { (id, http::transfer(http, address, request).await) });
            }
            None => drop(self.transfers.spawn(async move { (id, Err(Failure::Lost)) })),
        }
    }

    /// The transaction failed and nothing of it was kept: begin again from the store.
    fn reopen(&mut self, why: &str) {
        tracing::warn!("the store failed, opening it anew");
        self.engine = None;
        for (_, tell) in std::mem::take(&mut self.waiting) {
            let _ = tell.send(Err(ClientError::Command(CommandError::Store(why.to_owned()))));
        }
        let state = self.link.went_down("the store failed".into());
        self.transfers.abort_all();
        self.transfers = JoinSet::new();
        self.engine = open_engine(&self.profile).ok();
        self.pulse.send_modify(|pulse| {
            pulse.store_failures = pulse.store_failures.saturating_add(1);
            why.clone_into(&mut pulse.store_said);
        });
        self.show(state);
    }

    /// The engine learns its server from a link or from the founder; from then on we dial.
    fn find_server(&mut self) {
        if self.server.is_some() {
            return;
        }
        if let Ok(View::Status(status)) = self.query(Query::Status)
            && let Some(text) = status.server
        {
            match Server::new(&text) {
                Ok(server) => self.server = Some(server),
                Err(error) => self.show(LinkState::Down { failures: u32::MAX, why: error.to_string() }),
            }
        }
    }

    fn show(&self, state: LinkState) {
        self.pulse.send_if_modified(|pulse| {
            let changed = pulse.link != state;
            pulse.link = state;
            changed
        });
    }

    fn deadline(&self) -> Instant {
        let now = luck::now();
        let look = Duration::from_secs(LOOK_SECS);
        let engine = self.engine.as_ref().and_then(Engine::next_wakeup);
        let pause = engine.map_or(look, |at| Duration::from_millis(at.since(now)).min(look));
        let own = Instant::now() + pause;
        self.link.deadline().map_or(own, |at| at.min(own))
    }
}
