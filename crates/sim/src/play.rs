// SPDX-License-Identifier: EUPL-1.2
//! Living a plan: every step is done, what was promised is written down, and at the end the world is healed.

use crate::{
    plan::{Act, Conversation, Pause, Plan, Step},
    world::{Defect, Fault, Faults, Person, ServerDefect, World},
};
use client_api::{
    AccountState, Answer, AttachmentId, AttachmentState, Command, CommandError, ConversationId, Draft, Event, Expiry,
    MessageId, NewPerson, Query, Timestamp, UserId, View, Why,
};
use std::collections::{BTreeMap, BTreeSet};

/// A message that was accepted.
#[derive(Clone, Debug)]
pub struct Sent {
    pub step: u32,
    pub who: usize,
    pub chat: Conversation,
    pub text: String,
    pub expires: Expiry,
    pub attachment_bytes: Option<u32>,
    pub is_forward: bool,
}

/// Should somebody be in a group, as far as commands say?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    In,
    Out,
    /// Left of their own will.
    Left,
    /// Left and was added again, maybe before the leaving was carried out: both is right.
    Either,
}

/// A plan being lived.
pub struct Play {
    pub world: World,
    pub cast: BTreeMap<usize, Person>,
    pub users: BTreeMap<usize, UserId>,
    pub chats: BTreeMap<Conversation, ConversationId>,
    pub makers: BTreeMap<Conversation, usize>,
    pub sent: BTreeMap<MessageId, Sent>,
    pub wishes: BTreeMap<(Conversation, usize), Wish>,
    /// When a device will have forgotten what it has displayed.
    pub displayed: BTreeMap<(usize, MessageId), Timestamp>,
    pub revoked: BTreeSet<usize>,
    pub warnings: Vec<(usize, Why)>,
    /// Faults that came about, by act.
    pub fired: BTreeMap<(&'static str, Fault), u32>,
    steps: BTreeMap<u32, MessageId>,
}

/// Bugs planted on purpose.
#[derive(Clone, Debug, Default)]
pub struct Planted {
    pub engine: Vec<Defect>,
    pub server: Vec<ServerDefect>,
}

/// Time for everything that waits for a clock, a pause or a rank.
const HEAL_MILLIS: u64 = 4 * 3_600_000;

impl Play {
    /// Begins: the authority is founded, the cast enrolled.
    pub fn begin(plan: &Plan, planted: &Planted) -> Self {
        let mut world = World::with_defects(plan.seed, plan.suite, &planted.engine);
        planted.server.iter().for_each(|defect| world.plant_in_server(*defect));
        let ada = world.found("P0");
        let mut cast = BTreeMap::from([(0, ada)]);
        for number in 1..plan.cast {
            cast.insert(number, world.enrol(ada, &format!("P{number}")));
        }
        let users = cast.iter().map(|(number, person)| (*number, world.user(*person))).collect();
        world.faults = plan.noise;
        world.together = 300;
        let (chats, makers, sent, wishes, displayed) = Default::default();
        let (revoked, warnings, fired, steps) = Default::default();
        Self { world, cast, users, chats, makers, sent, wishes, displayed, revoked, warnings, fired, steps }
    }

    pub fn step(&mut self, step: &Step) {
        let Some(who) = self.cast.get(&step.who).copied() else { return };
        if let Some(fault) = step.fault {
            self.world.arm(fault, who);
        }
        self.act(step, who);
        match step.pause {
            Pause::Parcels(count) => self.world.carry_some(count),
            Pause::Millis(millis) => self.world.pass(millis),
        }
        if self.world.disarm()
            && let Some(fault) = step.fault
        {
            *self.fired.entry((step.act.name(), fault)).or_default() += 1;
        }
        self.listen();
    }

    /// All faults off, everybody online with the right time, and time enough.
    pub fn heal(&mut self) {
        self.world.faults = Faults::default();
        self.world.disarm();
        for person in self.cast.values() {
            self.world.set_clock(*person, 0);
            self.world.online(*person);
        }
        self.world.pass(HEAL_MILLIS);
        self.listen();
    }

    fn listen(&mut self) {
        for (number, person) in &self.cast {
            if !self.users.contains_key(number) {
                self.users.extend(self.world.status(*person).user.map(|user| (*number, user)));
            }
        }
        for (number, person) in &self.cast {
            for event in self.world.events(*person) {
                if let Event::Warning(_, why) = event {
                    self.warnings.push((*number, why));
                }
            }
        }
    }

    fn act(&mut self, step: &Step, who: Person) {
        match &step.act {
            Act::Say(chat) => self.send(step, *chat, Draft::default()),
            Act::Photo(chat, bytes) => self.photo(step, who, *chat, *bytes),
            Act::Forward(message, chat) => self.forward(step, who, *message, *chat),
            Act::Vanish(chat, secs) => {
                self.send(step, *chat, Draft { expires: Expiry::AfterReading(*secs), ..Draft::default() });
            }
            Act::Until(chat, secs) => {
                let at = self.world.clock(who).plus_secs((*secs).into());
                self.send(step, *chat, Draft { expires: Expiry::At(at), ..Draft::default() });
            }
            Act::Display => self.display(step.who, who),
            Act::Fetch => self.fetch(who),
            Act::Group(members) => self.group(step, who, members),
            Act::Open(peer) => self.open(step, step.who, *peer),
            Act::OpenBoth(peer) => {
                self.open(step, step.who, *peer);
                self.open(step, *peer, step.who);
            }
            Act::Add(chat, person) => self.change(who, *chat, *person, Wish::In),
            Act::Remove(chat, person) => self.change(who, *chat, *person, Wish::Out),
            Act::Leave(chat) => self.leave(step.who, who, *chat),
            Act::Revoke(person) => {
                if let Some(user) = self.users.get(person).copied()
                    && self.command(who, Command::RevokePerson(user)).is_some()
                {
                    self.revoked.insert(*person);
                }
            }
            Act::Invite(person) => self.invite(who, *person),
            Act::Offline => self.world.offline(who),
            Act::Online => self.world.online(who),
            Act::Restart => self.world.crash(who),
            Act::Wait(secs) => self.world.pass(u64::from(*secs) * 1000),
        }
    }

    /// `None`: refused, or the store failed as it was made to.
    fn command(&mut self, who: Person, command: Command) -> Option<Answer> {
        match self.world.command(who, command.clone()) {
            Ok(answer) => Some(answer),
            Err(CommandError::Invalid(why)) => panic!("a sound command was called invalid: {why}: {command:?}"),
            Err(_) => None,
        }
    }

    fn conversation(&mut self, who: usize, chat: Conversation) -> Option<ConversationId> {
        if let (Conversation::Direct(one, other), None) = (chat, self.chats.get(&chat)) {
            let (person, peer) = (*self.cast.get(&who)?, if who == one { other } else { one });
            let user = *self.users.get(&peer)?;
            match self.command(person, Command::OpenDirect(user))? {
                Answer::Conversation(id) => self.chats.insert(chat, id),
                other => panic!("no conversation: {other:?}"),
            };
        }
        self.chats.get(&chat).copied()
    }

    fn send(&mut self, step: &Step, chat: Conversation, draft: Draft) {
        self.send_as(step, step.who, chat, draft, None);
    }

    fn send_as(&mut self, step: &Step, who: usize, chat: Conversation, mut draft: Draft, bytes: Option<u32>) {
        let (Some(conversation), Some(person)) = (self.conversation(who, chat), self.cast.get(&who).copied()) else {
            return;
        };
        let text = format!("Schritt {} von {who}", step.id);
        draft.text.clone_from(&text);
        let expires = draft.expires;
        if let Some(Answer::Message(id)) = self.command(person, Command::Send { conversation, draft }) {
            let sent = Sent { step: step.id, who, chat, text, expires, attachment_bytes: bytes, is_forward: false };
            self.note(id, sent);
        }
    }

    fn note(&mut self, id: MessageId, sent: Sent) {
        self.steps.insert(sent.step, id);
        let before = self.sent.insert(id, sent);
        assert!(before.is_none(), "two messages have one id: {before:?}");
    }

    fn photo(&mut self, step: &Step, who: Person, chat: Conversation, bytes: u32) {
        let command =
            Command::StageFile { name: "foto.jpg".into(), media_type: "image/jpeg".into(), size_bytes: bytes.into() };
        let Some(Answer::Attachment(id)) = self.command(who, command) else { return };
        let body = picture(step.id, bytes);
        let staged = self.command(who, Command::StageChunk { attachment: id, bytes: body.into() }).is_some()
            && self.command(who, Command::StageFinish(id)).is_some();
        if staged {
            let draft = Draft { attachments: vec![id], ..Draft::default() };
            self.send_as(step, step.who, chat, draft, Some(bytes));
        }
    }

    fn forward(&mut self, step: &Step, who: Person, message: u32, chat: Conversation) {
        let Some(message) = self.steps.get(&message).copied() else { return };
        let Some(to) = self.conversation(step.who, chat) else { return };
        if let Some(Answer::Message(id)) = self.command(who, Command::Forward { message, to }) {
            let original = self.sent[&message].clone();
            // a forward's date is the original's
            self.note(id, Sent { step: step.id, who: step.who, chat, is_forward: true, ..original });
        }
    }

    fn display(&mut self, number: usize, who: Person) {
        let View::Messages(new) = self.world.query(who, Query::Undisplayed(1000)) else { panic!("not messages") };
        let ids: Vec<MessageId> = new.iter().map(|message| message.id).collect();
        let now = self.world.clock(who);
        if self.command(who, Command::MarkDisplayed(ids)).is_none() {
            return;
        }
        for message in new {
            if let Expiry::AfterReading(secs) = message.expires {
                self.displayed.insert((number, message.id), now.plus_secs(secs.into()));
            }
        }
    }

    fn fetch(&mut self, who: Person) {
        for id in self.attachments(who, AttachmentState::Remote) {
            self.command(who, Command::FetchAttachment(id));
        }
    }

    /// Attachments of shown messages in one state.
    pub fn attachments(&mut self, who: Person, state: AttachmentState) -> Vec<AttachmentId> {
        let chats: Vec<_> = self.chats.values().copied().collect();
        let messages = chats.into_iter().flat_map(|chat| self.world.messages(who, chat)).collect::<Vec<_>>();
        let all = messages.into_iter().flat_map(|message| message.attachments);
        all.filter(|attachment| attachment.state == state).map(|attachment| attachment.id).collect()
    }

    fn group(&mut self, step: &Step, who: Person, members: &[usize]) {
        let chat = Conversation::Group(step.id);
        let members: Vec<usize> = members.iter().copied().filter(|member| self.users.contains_key(member)).collect();
        let users = members.iter().map(|member| self.users[member]).collect();
        let command = Command::CreateGroup { name: format!("Gruppe {}", step.id), members: users };
        let Some(Answer::Conversation(id)) = self.command(who, command) else { return };
        self.chats.insert(chat, id);
        self.makers.insert(chat, step.who);
        for member in members.into_iter().chain([step.who]) {
            self.wishes.insert((chat, member), Wish::In);
        }
    }

    fn open(&mut self, step: &Step, who: usize, peer: usize) {
        self.send_as(step, who, Conversation::direct(who, peer), Draft::default(), None);
    }

    fn change(&mut self, who: Person, chat: Conversation, person: usize, wish: Wish) {
        let (Some(conversation), Some(user)) = (self.chats.get(&chat).copied(), self.users.get(&person).copied())
        else {
            return;
        };
        let command = match wish {
            Wish::In => Command::AddMember { conversation, user },
            _ => Command::RemoveMember { conversation, user },
        };
        if self.command(who, command).is_some() {
            let has_left = matches!(self.wishes.get(&(chat, person)), Some(Wish::Left | Wish::Either));
            let wish = match (has_left, wish) {
                (true, Wish::In) => Wish::Either,
                (true, _) => Wish::Left,
                (false, wish) => wish,
            };
            self.wishes.insert((chat, person), wish);
        }
    }

    fn leave(&mut self, number: usize, who: Person, chat: Conversation) {
        let Some(conversation) = self.chats.get(&chat).copied() else { return };
        if self.command(who, Command::Leave(conversation)).is_some() {
            self.wishes.insert((chat, number), Wish::Left);
        }
    }

    fn invite(&mut self, who: Person, person: usize) {
        let people = vec![NewPerson { name: format!("P{person}"), unit: None }];
        let Some(Answer::Links(links)) = self.command(who, Command::Invite(people)) else { return };
        let profile = self.world.profile();
        self.cast.insert(person, profile);
        for link in links {
            self.command(profile, Command::Enrol { link });
        }
    }

    /// Has an account that was not locked out.
    pub fn is_ready(&mut self, number: usize) -> bool {
        let person = self.cast[&number];
        self.world.status(person).account == AccountState::Ready
    }
}

/// Different for each step.
pub fn picture(step: u32, bytes: u32) -> Vec<u8> {
    (0..bytes).map(|at| (at.wrapping_mul(31) ^ step) as u8).collect()
}
