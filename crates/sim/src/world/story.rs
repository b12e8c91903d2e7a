// SPDX-License-Identifier: EUPL-1.2
//! Short words for stories: found, enrol, write, look.

use super::{ORIGIN, Person, World, store};
use client_api::{
    AccountState, Answer, Command, ConversationId, Draft, MessageId, MessageView, NewPerson, Passphrase, PersonView,
    Query, Status, UserId, View,
};
use proto::BranchId;

impl World {
    pub fn status(&mut self, person: Person) -> Status {
        match self.query(person, Query::Status) {
            View::Status(status) => status,
            other => panic!("not a status: {other:?}"),
        }
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

    /// Where each message of a conversation stands in its log, as this device says.
    pub fn places(
        &mut self,
        person: Person,
        conversation: ConversationId,
    ) -> Vec<(MessageId, Option<(BranchId, u32)>)> {
        let engine = self.seats[person.0].engine.as_mut().expect("every seat has an engine");
        store::places(engine.connection(), &conversation)
    }
}
