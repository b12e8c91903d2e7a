// SPDX-License-Identifier: EUPL-1.2
//! One engine's place in the world: its store, its clock, its connection, and how it fails.

use super::{
    Defect, Fault, Suite, World,
    fault::only_answers,
    network::Parcel,
    store::{self, Failing},
};
use client_api::{Answer, Command, CommandError, Event, Query, Timestamp, View};
use engine::{Engine, EngineError, Input, Output, db::Connection, testkit::MemoryMedia};
use proto::ClientFrame;
use server::ConnectionId;
use std::collections::{BTreeMap, BTreeSet};

/// One of the engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person(pub usize);

pub(crate) struct Seat {
    pub engine: Option<Engine>,
    pub media: MemoryMedia,
    pub connection: Option<ConnectionId>,
    pub wanted_online: bool,
    pub next_command: u64,
    pub answers: BTreeMap<u64, Result<Answer, CommandError>>,
    pub events: Vec<Event>,
    /// How far its clock is ahead of the world's.
    pub clock_millis: i64,
    /// The largest time it has been told, by its clock or in whole hours by the server.
    pub latest: Timestamp,
}

impl Seat {
    fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("every seat has an engine")
    }
}

/// What was chosen for the whole world's engines.
#[derive(Clone, Debug)]
pub(crate) struct Make {
    pub suite: Suite,
    pub defects: BTreeSet<Defect>,
}

impl World {
    /// A new, empty profile, online.
    pub fn profile(&mut self) -> Person {
        let person = Person(self.seats.len());
        let media = MemoryMedia::default();
        let conn = Connection::open_in_memory().expect("memory is there");
        let engine = self.open(conn, &media, self.now());
        let (answers, events) = Default::default();
        self.seats.push(Seat {
            engine: Some(engine),
            media,
            connection: None,
            wanted_online: true,
            next_command: 0,
            answers,
            events,
            clock_millis: 0,
            latest: self.now(),
        });
        person
    }

    fn open(&mut self, conn: Connection, media: &MemoryMedia, now: Timestamp) -> Engine {
        let luck = engine::testkit::luck(self.dice_u64());
        let make = (self.make.suite, self.make.defects.clone());
        Engine::open_in_world(conn, Box::new(media.clone()), luck, now, make).expect("the store opens")
    }

    /// The process ends without warning and starts again with what its store holds.
    pub fn crash(&mut self, person: Person) {
        self.reopen(person);
        let now = self.clock(person);
        self.seats[person.0].engine().forget_unsent(now).expect("the store works");
    }

    /// The store failed: the process opens it anew and goes on.
    pub fn reopen(&mut self, person: Person) {
        self.disconnect(person);
        let now = self.clock(person);
        let engine = self.seats[person.0].engine.take().expect("every seat has an engine");
        let media = self.seats[person.0].media.clone();
        let engine = self.open(engine.into_connection(), &media, now);
        self.seats[person.0].engine = Some(engine);
    }

    /// What this person's clock shows.
    pub fn clock(&mut self, person: Person) -> Timestamp {
        let seat = &mut self.seats[person.0];
        let shown = Timestamp(self.now.0.saturating_add_signed(seat.clock_millis));
        seat.latest = seat.latest.max(shown);
        shown
    }

    /// The largest time this device knows of.
    pub fn latest(&mut self, person: Person) -> Timestamp {
        self.clock(person);
        self.seats[person.0].latest
    }

    /// The clock is set, by hand or by the system, so much ahead of the right time.
    pub fn set_clock(&mut self, person: Person, millis: i64) {
        self.seats[person.0].clock_millis = millis;
    }

    /// The network goes away until [`Self::online`].
    pub fn offline(&mut self, person: Person) {
        self.seats[person.0].wanted_online = false;
        self.disconnect(person);
    }

    pub fn online(&mut self, person: Person) {
        self.seats[person.0].wanted_online = true;
    }

    pub fn is_online(&self, person: Person) -> bool {
        self.seats[person.0].wanted_online
    }

    pub(crate) fn wakeup_of(&self, person: Person) -> Option<Timestamp> {
        let seat = &self.seats[person.0];
        let at = seat.engine.as_ref().and_then(Engine::next_wakeup)?;
        Some(Timestamp(at.0.saturating_add_signed(-seat.clock_millis)))
    }

    /// One input; what comes of it goes on its way.
    pub(crate) fn feed(&mut self, person: Person, input: Input) {
        let now = self.clock(person);
        let failing = self.failing(person);
        let engine = self.seats[person.0].engine();
        if let Some((_, how)) = failing {
            store::let_fail(engine.connection(), how);
        }
        let result = engine.handle(now, input);
        if failing.is_some() {
            store::mend(engine.connection());
        }
        match result {
            Ok(out) if !out.is_empty() && self.fire(Fault::Crash, person) => {
                self.take(person, only_answers(out));
                self.crash(person);
            }
            Ok(out) => self.take(person, out),
            Err(error) => self.failed(person, failing.map(|(fault, _)| fault), &error),
        }
        self.note_branches(person);
    }

    fn failing(&mut self, person: Person) -> Option<(Fault, Failing)> {
        if self.is_armed(Fault::DiskFull) == Some(person) {
            return Some((Fault::DiskFull, Failing::Full));
        }
        if self.is_armed(Fault::CrashInside) != Some(person) {
            return None;
        }
        let how = match self.dice_u64() % 3 {
            0 => Failing::AtCommit,
            _ => Failing::AfterSteps(1 + (self.dice_u64() % 64) as u32),
        };
        Some((Fault::CrashInside, how))
    }

    fn failed(&mut self, person: Person, fault: Option<Fault>, error: &EngineError) {
        let expected = matches!(error, EngineError::Store(_)) && fault.is_some_and(|fault| self.fire(fault, person));
        assert!(expected, "seed {}: {person:?}: {error}", self.seed);
        self.crash(person);
    }

    fn take(&mut self, person: Person, out: Vec<Output>) {
        for output in &out {
            if let Output::Event(Event::Warning(_, why)) = output {
                self.trace(|| format!("{} warns: {why}", person.0));
            }
        }
        let seat = &mut self.seats[person.0];
        let mut hang_up = false;
        for output in out {
            match output {
                Output::Request(id, request) => {
                    if let Some(connection) = seat.connection {
                        self.parcels.push_back(Parcel::ToServer(connection, ClientFrame { id, request }));
                    }
                }
                Output::Transfer(id, request) => {
                    if let Some(connection) = seat.connection {
                        self.parcels.push_back(Parcel::Blob(connection, id, request));
                    }
                }
                Output::Event(event) => seat.events.push(event),
                Output::Done(id, answer) => {
                    seat.answers.insert(id, answer);
                }
                Output::Reconnect => hang_up = true,
            }
        }
        if hang_up {
            self.disconnect(person);
        }
    }

    /// Gives a command and what it answered at once. A store that fails has done nothing.
    pub fn command(&mut self, person: Person, command: Command) -> Result<Answer, CommandError> {
        let seat = &mut self.seats[person.0];
        seat.next_command += 1;
        let id = seat.next_command;
        self.feed(person, Input::Command(id, command));
        let failed = || Err(CommandError::Store("the store failed".into()));
        self.seats[person.0].answers.remove(&id).unwrap_or_else(failed)
    }

    pub fn query(&mut self, person: Person, query: Query) -> View {
        let now = self.clock(person);
        self.seats[person.0].engine().query(now, query).expect("the store works")
    }

    pub fn events(&mut self, person: Person) -> Vec<Event> {
        std::mem::take(&mut self.seats[person.0].events)
    }

    pub fn media(&self, person: Person) -> &MemoryMedia {
        &self.seats[person.0].media
    }
}
