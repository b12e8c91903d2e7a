// SPDX-License-Identifier: EUPL-1.2
//! The world: who is connected, what is under way, and what time it is.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)] // a test tool: it fails loudly

use client_api::{
    AccountState, Answer, Command, CommandError, ConversationId, Draft, Event, MessageId, MessageView, NewPerson,
    Passphrase, PersonView, Query, Status, Timestamp, UserId, View,
};
use engine::{Engine, Failure, Input, Output, db::Connection, testkit::MemoryMedia};
use proto::{ClientFrame, Nonce, RecoveryId, Reply, Request, ServerFrame, blob::BlobRequest};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use server::{
    ConnectionId, Service, ServiceConfig,
    blob::MemoryBytes,
    domain::{FirstPut, Limits},
};
use std::collections::{BTreeMap, VecDeque};

/// Where the server is said to live.
pub const ORIGIN: &str = "http://127.0.0.1:7000";
/// 2027-01-15T08:00Z.
const START: u64 = 1_800_000_000_000;
/// More steps than any story needs: a world that does not come to rest is a bug.
const STEPS: usize = 200_000;

/// One of the engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person(pub usize);

/// What the network does to frames, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The connection breaks instead of carrying this frame.
    pub broken: u32,
    /// The frame overtakes others going the same way between other parties.
    pub delayed: u32,
    /// The engine ends without warning and is opened again from its store.
    pub crashed: u32,
}

struct Seat {
    engine: Option<Engine>,
    media: MemoryMedia,
    connection: Option<ConnectionId>,
    wanted_online: bool,
    next_command: u64,
    answers: BTreeMap<u64, Result<Answer, CommandError>>,
    events: Vec<Event>,
}

#[expect(clippy::large_enum_variant, reason = "a handful exist at once")]
enum Parcel {
    ToServer(ConnectionId, ClientFrame),
    ToEngine(ConnectionId, ServerFrame),
    Blob(Person, ConnectionId, u32, BlobRequest),
    BlobBack(Person, ConnectionId, u32, Result<proto::blob::BlobReply, Failure>),
}

/// Everything there is.
pub struct World {
    now: Timestamp,
    service: Service,
    seats: Vec<Seat>,
    parcels: VecDeque<Parcel>,
    dice: ChaCha8Rng,
    seed: u64,
    pub faults: Faults,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut recovery = [0; 16];
        dice.fill_bytes(&mut recovery);
        let config = ServiceConfig { origins: vec![ORIGIN.into()], limits: Limits::default(), setup_code: None };
        let db = engine::db::Connection::open_in_memory().expect("memory is there");
        let service = Service::open(db, RecoveryId(recovery), Box::new(MemoryBytes::default()), config)
            .expect("a fresh database opens");
        let (seats, parcels, faults) = Default::default();
        Self { now: Timestamp(START), service, seats, parcels, dice, seed, faults }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new, empty profile, online.
    pub fn profile(&mut self) -> Person {
        let person = Person(self.seats.len());
        let media = MemoryMedia::default();
        let conn = Connection::open_in_memory().expect("memory is there");
        let engine = self.open(conn, &media);
        let (answers, events) = Default::default();
        let engine = Some(engine);
        self.seats.push(Seat {
            engine,
            media,
            connection: None,
            wanted_online: true,
            next_command: 0,
            answers,
            events,
        });
        person
    }

    fn open(&mut self, conn: Connection, media: &MemoryMedia) -> Engine {
        let luck = engine::testkit::luck(self.dice.next_u64());
        Engine::open(conn, Box::new(media.clone()), luck, self.now).expect("the store opens")
    }

    /// The process ends without warning and starts again with what its store holds.
    pub fn crash(&mut self, person: Person) {
        self.disconnect(person);
        let engine = self.seats[person.0].engine.take().expect("every seat has an engine");
        let media = self.seats[person.0].media.clone();
        let engine = self.open(engine.into_connection(), &media);
        self.seats[person.0].engine = Some(engine);
    }

    /// The network goes away until [`Self::online`].
    pub fn offline(&mut self, person: Person) {
        self.seats[person.0].wanted_online = false;
        self.disconnect(person);
    }

    pub fn online(&mut self, person: Person) {
        self.seats[person.0].wanted_online = true;
    }

    fn disconnect(&mut self, person: Person) {
        if let Some(connection) = self.seats[person.0].connection.take() {
            self.service.disconnect(connection);
            self.feed(person, Input::Offline);
        }
    }

    fn connect(&mut self, person: Person) {
        let mut nonce = [0; 32];
        self.dice.fill_bytes(&mut nonce);
        let (connection, hello) = self.service.connect(self.now.0, FirstPut::Trusted, Nonce(nonce));
        self.seats[person.0].connection = Some(connection);
        self.feed(person, Input::Online { hello, origin: ORIGIN.into() });
    }

    fn feed(&mut self, person: Person, input: Input) {
        let seat = &mut self.seats[person.0];
        let engine = seat.engine.as_mut().expect("every seat has an engine");
        let out = engine.handle(self.now, input).unwrap_or_else(|e| panic!("seed {}: {person:?}: {e}", self.seed));
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
                        self.parcels.push_back(Parcel::Blob(person, connection, id, request));
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

    fn dice(&mut self, thousandths: u32) -> bool {
        thousandths > 0 && self.dice.next_u32() % 1000 < thousandths
    }

    /// Carries one parcel; answers whether there was one.
    fn carry(&mut self) -> bool {
        if self.dice(self.faults.delayed)
            && let Some(parcel) = self.parcels.pop_front()
        {
            let place = self.later_place(&parcel);
            self.parcels.insert(place, parcel);
        }
        let Some(parcel) = self.parcels.pop_front() else { return false };
        let trace = std::env::var_os("SIM_TRACE").is_some();
        match parcel {
            Parcel::ToServer(connection, frame) => {
                let Some(person) = self.owner(connection) else { return true };
                if self.shaken(person) {
                    return true;
                }
                if trace {
                    println!("{person:?} -> {}", name(&frame.request));
                }
                let out = self.service.handle(self.now.0, connection, frame).expect("the server's store works");
                for out in out {
                    for to in out.to {
                        self.parcels.push_back(Parcel::ToEngine(to, out.frame.clone()));
                    }
                }
            }
            Parcel::ToEngine(connection, frame) => {
                let Some(person) = self.owner(connection) else { return true };
                if self.shaken(person) {
                    return true;
                }
                if trace {
                    println!("{person:?} <- {}", answer_name(&frame));
                }
                let input = match frame {
                    ServerFrame::Hello(_) => return true,
                    ServerFrame::Reply(id, reply) => Input::Reply(id, Ok(reply)),
                    ServerFrame::Error(id, code) => Input::Reply(id, Err(Failure::Refused(code))),
                    ServerFrame::Push(push) => Input::Pushed(push),
                };
                self.feed(person, input);
            }
            Parcel::Blob(person, connection, id, request) => {
                let result = self.service.blob(self.now.0, request).map_err(Failure::Refused);
                self.parcels.push_back(Parcel::BlobBack(person, connection, id, result));
            }
            Parcel::BlobBack(person, connection, id, result) => {
                if self.owner(connection) == Some(person) {
                    self.feed(person, Input::Transferred(id, result));
                }
            }
        }
        true
    }

    /// Behind other parcels, but never past one of the same connection: a connection keeps its order.
    fn later_place(&mut self, parcel: &Parcel) -> usize {
        let own = connection_of(parcel);
        let most = self.parcels.iter().position(|other| connection_of(other) == own).unwrap_or(self.parcels.len());
        if most == 0 { 0 } else { self.dice.next_u32() as usize % (most + 1) }
    }

    fn shaken(&mut self, person: Person) -> bool {
        if self.dice(self.faults.crashed) {
            self.crash(person);
            return true;
        }
        if self.dice(self.faults.broken) {
            self.disconnect(person);
            return true;
        }
        false
    }

    fn owner(&self, connection: ConnectionId) -> Option<Person> {
        self.seats.iter().position(|seat| seat.connection == Some(connection)).map(Person)
    }

    /// Runs until nobody has anything to do within the next minute.
    pub fn settle(&mut self) {
        self.run(60_000);
    }

    /// Lets time pass and everything that is due in it happen.
    pub fn pass(&mut self, millis: u64) {
        self.run(0);
        let end = self.now.plus_millis(millis);
        while self.now < end {
            let next = self.next_wakeup().filter(|at| *at < end).unwrap_or(end);
            self.now = next.max(self.now.plus_millis(1));
            self.wake();
            self.run(0);
        }
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        self.seats.iter().filter_map(|seat| seat.engine.as_ref().and_then(Engine::next_wakeup)).min()
    }

    fn wake(&mut self) {
        for person in (0..self.seats.len()).map(Person) {
            let due = self.seats[person.0].engine.as_ref().and_then(Engine::next_wakeup);
            if due.is_some_and(|at| at <= self.now) {
                self.feed(person, Input::Wakeup);
            }
        }
    }

    fn run(&mut self, patience_millis: u64) {
        let end = self.now.plus_millis(patience_millis);
        for _ in 0..STEPS {
            for person in (0..self.seats.len()).map(Person) {
                if self.seats[person.0].wanted_online && self.seats[person.0].connection.is_none() {
                    self.connect(person);
                }
            }
            if self.carry() {
                continue;
            }
            match self.next_wakeup() {
                Some(at) if at <= end => {
                    self.now = self.now.max(at);
                    self.wake();
                }
                _ => return,
            }
        }
        panic!("seed {}: the world does not come to rest", self.seed);
    }

    /// Gives a command and what it answered at once.
    pub fn command(&mut self, person: Person, command: Command) -> Result<Answer, CommandError> {
        let seat = &mut self.seats[person.0];
        seat.next_command += 1;
        let id = seat.next_command;
        self.feed(person, Input::Command(id, command));
        self.seats[person.0].answers.remove(&id).expect("every command is answered at once")
    }

    pub fn query(&mut self, person: Person, query: Query) -> View {
        let now = self.now;
        let engine = self.seats[person.0].engine.as_mut().expect("every seat has an engine");
        engine.query(now, query).expect("the store works")
    }

    pub fn status(&mut self, person: Person) -> Status {
        match self.query(person, Query::Status) {
            View::Status(status) => status,
            other => panic!("not a status: {other:?}"),
        }
    }

    pub fn events(&mut self, person: Person) -> Vec<Event> {
        std::mem::take(&mut self.seats[person.0].events)
    }

    pub fn media(&self, person: Person) -> &MemoryMedia {
        &self.seats[person.0].media
    }

    /// The first administrator of a new authority.
    pub fn found(&mut self, name: &str) -> Person {
        let admin = self.profile();
        let command = Command::CreateAuthority {
            server: ORIGIN.into(),
            name: "Musterstadt".into(),
            admin: name.into(),
            passphrase: Passphrase("eight characters".into()),
            setup_code: None,
        };
        let answer = self.command(admin, command);
        assert!(matches!(answer, Ok(Answer::RootFile(_))), "{answer:?}");
        self.settle();
        assert_eq!(self.status(admin).account, AccountState::Ready, "{:?}", self.status(admin));
        admin
    }

    /// Invites and enrols somebody; both come to rest.
    pub fn enrol(&mut self, admin: Person, name: &str) -> Person {
        let people = vec![NewPerson { name: name.into(), unit: None }];
        let Ok(Answer::Links(links)) = self.command(admin, Command::Invite(people)) else { panic!("no link") };
        self.settle();
        let person = self.profile();
        let link = links.into_iter().next().expect("one person, one link");
        assert_eq!(self.command(person, Command::Enrol { link }), Ok(Answer::Done));
        self.settle();
        assert_eq!(self.status(person).account, AccountState::Ready, "{:?}", self.status(person));
        person
    }

    pub fn user(&mut self, person: Person) -> UserId {
        self.status(person).user.expect("a member")
    }

    pub fn people(&mut self, person: Person) -> Vec<PersonView> {
        match self.query(person, Query::People(None)) {
            View::People(people) => people,
            other => panic!("not people: {other:?}"),
        }
    }

    pub fn direct(&mut self, from: Person, to: Person) -> ConversationId {
        let user = self.user(to);
        match self.command(from, Command::OpenDirect(user)) {
            Ok(Answer::Conversation(id)) => id,
            other => panic!("no conversation: {other:?}"),
        }
    }

    pub fn group(&mut self, from: Person, name: &str, members: &[Person]) -> ConversationId {
        let members = members.iter().map(|person| self.user(*person)).collect();
        match self.command(from, Command::CreateGroup { name: name.into(), members }) {
            Ok(Answer::Conversation(id)) => id,
            other => panic!("no group: {other:?}"),
        }
    }

    pub fn say(&mut self, from: Person, conversation: ConversationId, text: &str) -> MessageId {
        self.send(from, conversation, Draft { text: text.into(), ..Draft::default() })
    }

    pub fn send(&mut self, from: Person, conversation: ConversationId, draft: Draft) -> MessageId {
        match self.command(from, Command::Send { conversation, draft }) {
            Ok(Answer::Message(id)) => id,
            other => panic!("not sent: {other:?}"),
        }
    }

    pub fn messages(&mut self, person: Person, conversation: ConversationId) -> Vec<MessageView> {
        match self.query(person, Query::Messages { conversation, after: 0, limit: 10_000 }) {
            View::Messages(messages) => messages,
            other => panic!("not messages: {other:?}"),
        }
    }

    /// What people wrote, as this person sees it, in order.
    pub fn texts(&mut self, person: Person, conversation: ConversationId) -> Vec<String> {
        self.messages(person, conversation).into_iter().filter_map(|message| message.text).collect()
    }
}

fn connection_of(parcel: &Parcel) -> ConnectionId {
    match parcel {
        Parcel::ToServer(id, _) | Parcel::ToEngine(id, _) | Parcel::Blob(_, id, ..) | Parcel::BlobBack(_, id, ..) => {
            *id
        }
    }
}

fn name(request: &Request) -> String {
    let text = format!("{request:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

fn answer_name(frame: &ServerFrame) -> String {
    match frame {
        ServerFrame::Error(id, code) => format!("{id} error {code}"),
        ServerFrame::Reply(id, Reply::Page(page)) => format!("{id} page of {} ({})", page.entries.len(), page.count),
        other => format!("{other:?}").chars().take(60).collect(),
    }
}
