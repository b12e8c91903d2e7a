// SPDX-License-Identifier: EUPL-1.2
//! The one loop: calls, frames, finished transfers and the clock go into the engine; its outputs go out.

mod link;
#[cfg(not(target_arch = "wasm32"))]
mod native;
mod page;
pub mod pulse;
mod transfer;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::thread;
#[cfg(target_arch = "wasm32")]
pub use web::start;

use crate::{
    ClientError, db,
    ground::{self, Instant},
    profile::Profile,
    transport::{
        Server,
        wire::{Generation, Wire},
    },
};
use client_api::{Answer, Command, CommandError, Event, Query, Timestamp, View};
use engine::{
    Engine, EngineError,
    input::{CommandId, Failure, Input, Output},
};
use link::Link;
use page::Pages;
use proto::{Reply, ServerFrame};
use pulse::{LinkState, Pulse};
use std::{collections::BTreeMap, ops::ControlFlow, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};
use transfer::{Transferred, Transfers};

/// The clock is looked at this often at least, so that a jump is noticed.
const LOOK_SECS: u64 = 30;

pub type Told<T> = oneshot::Sender<Result<T, ClientError>>;

/// What the profile's owner asks of the loop.
pub enum Call {
    Command(Command, Told<Answer>),
    Query(Query, Told<View>),
    /// Waits no longer before the next dial.
    #[cfg(target_arch = "wasm32")]
    Dial,
    /// The machine says that it has no network: no connection until [`Call::Dial`].
    #[cfg(target_arch = "wasm32")]
    HangUp,
    Shutdown(oneshot::Sender<()>),
}

/// Where the loop says what nobody asked for.
pub struct Outlets {
    pub event: Box<dyn Fn(Event)>,
    pub pulse: watch::Sender<Pulse>,
}

/// Where the loop hears of its tasks.
struct Inlets {
    wires: mpsc::Receiver<(Generation, Wire)>,
    transfers: mpsc::UnboundedReceiver<Transferred>,
}

struct Body {
    /// `None` only while it is opened anew after a failure of the store.
    engine: Option<Engine>,
    profile: Profile,
    link: Link,
    server: Option<Server>,
    transfers: Transfers,
    pages: Pages,
    waiting: BTreeMap<CommandId, Told<Answer>>,
    next_command: CommandId,
    outlets: Outlets,
}

fn open_engine(profile: &Profile) -> Result<Engine, ClientError> {
    let luck = ground::luck();
    let (conn, media) = db::open(profile, &luck)?;
    Engine::open(conn, media, luck, ground::now()).map_err(|error| failed(&error))
}

/// The engine's failure as its caller hears of it.
fn failed(error: &EngineError) -> ClientError {
    if engine::db::is_full(error) { ClientError::Full } else { ClientError::Store(error.to_string()) }
}

impl Body {
    fn open(profile: Profile, outlets: Outlets) -> Result<(Self, Inlets), ClientError> {
        let (tell, wires) = mpsc::channel(64);
        let (transfers, done) = Transfers::new();
        let mut engine = open_engine(&profile)?;
        engine.forget_unsent(ground::now()).map_err(|error| failed(&error))?;
        let body = Self {
            engine: Some(engine),
            profile,
            link: Link::new(tell),
            server: None,
            transfers,
            pages: Pages::default(),
            waiting: BTreeMap::new(),
            next_command: 0,
            outlets,
        };
        Ok((body, Inlets { wires, transfers: done }))
    }

    /// Ends with a shutdown, with the last caller, or when the store can't be opened any more.
    async fn run(mut self, mut calls: mpsc::Receiver<Call>, mut inlets: Inlets) -> Option<oneshot::Sender<()>> {
        self.feed(Input::Wakeup);
        while self.engine.is_some() {
            self.find_server();
            if self.server.as_ref().is_some_and(|server| self.link.dial_if_due(server)) {
                self.show_dialling();
            }
            let pause = self.pause();
            // What a person waits for comes first, however much the server has to say.
            tokio::select! {
                biased;
                call = calls.recv() => match call.map(|call| self.call(call)) {
                    None => return None,
                    Some(ControlFlow::Break(last)) => return Some(last),
                    Some(ControlFlow::Continue(())) => {}
                },
                () = ground::sleep(pause) => self.tick(),
                Some(done) = inlets.transfers.recv() => {
                    if self.transfers.is_current(&done) {
                        self.feed(Input::Transferred(done.id, done.result));
                    }
                }
                () = ground::breathe(), if self.pages.is_due() => {
                    if let Some((id, piece)) = self.pages.next() {
                        self.feed(Input::Reply(id, Ok(Reply::Page(piece))));
                    }
                }
                Some((generation, wire)) = inlets.wires.recv() => {
                    if self.link.is_current(generation) {
                        self.wire(wire);
                    }
                    ground::breathe().await;
                }
            }
        }
        None
    }

    fn call(&mut self, call: Call) -> ControlFlow<oneshot::Sender<()>> {
        match call {
            Call::Command(command, tell) => self.command(command, tell),
            Call::Query(query, tell) => drop(tell.send(self.query(query))),
            #[cfg(target_arch = "wasm32")]
            Call::Dial => self.link.hurry(),
            #[cfg(target_arch = "wasm32")]
            Call::HangUp => {
                if self.server.is_some() {
                    self.hang_up("no network".into());
                }
                self.link.rest();
            }
            Call::Shutdown(tell) => return ControlFlow::Break(tell),
        }
        ControlFlow::Continue(())
    }

    fn command(&mut self, command: Command, tell: Told<Answer>) {
        self.next_command += 1;
        self.waiting.insert(self.next_command, tell);
        self.feed(Input::Command(self.next_command, command));
    }

    fn query(&mut self, query: Query) -> Result<View, ClientError> {
        let engine = self.engine.as_mut().ok_or(ClientError::Closed)?;
        let answer = engine.query(ground::now(), query);
        answer.map_err(|error| {
            self.reopen(&error);
            failed(&error)
        })
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
                let reply = match reply {
                    Reply::Page(page) => Reply::Page(self.pages.take(id, page)),
                    reply => reply,
                };
                self.feed(Input::Reply(id, Ok(reply)));
            }
            Wire::Frame(ServerFrame::Error(id, code)) if self.link.answered(id) => {
                self.pages.refused(id);
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
        let due = self.engine.as_ref().and_then(Engine::next_wakeup).is_some_and(|at| at <= ground::now());
        if due {
            self.feed(Input::Wakeup);
        }
    }

    /// The connection's end; transfers end with it because the engine forgets them.
    fn hang_up(&mut self, why: String) {
        tracing::debug!(%why, "connection ended");
        let state = self.link.went_down(why);
        self.transfers.end_all();
        self.pages.forget();
        self.feed(Input::Offline);
        self.show(state);
    }

    /// One input, then all that follows from it.
    fn feed(&mut self, input: Input) {
        let Some(engine) = self.engine.as_mut() else { return };
        match engine.handle(ground::now(), input) {
            Ok(outputs) => outputs.into_iter().for_each(|output| self.put_out(output)),
            Err(error) => self.reopen(&error),
        }
        self.outlets.pulse.send_modify(|pulse| pulse.turns += 1);
    }

    fn put_out(&mut self, output: Output) {
        match output {
            Output::Request(id, request) => {
                if !self.pages.answers(id, &request) {
                    self.link.send(id, request);
                }
            }
            Output::Transfer(id, request) => self.transfers.start(self.server.as_ref(), id, request),
            Output::Event(event) => (self.outlets.event)(event),
            Output::Done(id, answer) => {
                if let Some(tell) = self.waiting.remove(&id) {
                    let _ = tell.send(answer.map_err(ClientError::Command));
                }
            }
            Output::Reconnect => self.hang_up("the server broke the protocol".into()),
        }
    }

    /// The transaction failed and nothing of it was kept: begin again from the store.
    fn reopen(&mut self, error: &EngineError) {
        tracing::warn!("the store failed, opening it anew");
        self.engine = None;
        let is_full = engine::db::is_full(error);
        for (_, tell) in std::mem::take(&mut self.waiting) {
            let why = if is_full { ClientError::Full } else { CommandError::Store(error.to_string()).into() };
            let _ = tell.send(Err(why));
        }
        let state = self.link.went_down("the store failed".into());
        self.transfers.end_all();
        self.pages.forget();
        self.engine = open_engine(&self.profile).ok();
        self.outlets.pulse.send_modify(|pulse| {
            pulse.store_failures = pulse.store_failures.saturating_add(1);
            pulse.store_said = error.to_string();
            pulse.store_full = is_full;
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
                Err(error) => {
                    let (why, again_at) = (error.to_string(), Timestamp::default());
                    self.show(LinkState::Down { failures: u32::MAX, why, again_at });
                }
            }
        }
    }

    /// A failed dial stays visible while the next one is under way.
    fn show_dialling(&self) {
        self.outlets.pulse.send_if_modified(|pulse| match pulse.link {
            LinkState::NoServer | LinkState::Up => {
                pulse.link = LinkState::Dialling;
                true
            }
            LinkState::Dialling | LinkState::Down { .. } => false,
        });
    }

    fn show(&self, state: LinkState) {
        self.outlets.pulse.send_if_modified(|pulse| {
            let changed = pulse.link != state;
            pulse.link = state;
            changed
        });
    }

    /// Until the loop must look around of itself.
    fn pause(&self) -> Duration {
        let look = Duration::from_secs(LOOK_SECS);
        let wakeup = self.engine.as_ref().and_then(Engine::next_wakeup);
        let own = wakeup.map_or(look, |at| Duration::from_millis(at.since(ground::now())).min(look));
        self.link.deadline().map_or(own, |at| at.saturating_duration_since(Instant::now()).min(own))
    }
}
