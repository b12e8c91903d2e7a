// SPDX-License-Identifier: EUPL-1.2
//! One engine that does not do what it should: an insider, or a device with a defect of its own.

use super::{Defect, Person, World};
use client_api::{ConversationId, UserId};

impl World {
    /// This engine is opened again and has these defects until it is opened once more.
    pub fn plant(&mut self, person: Person, defects: &[Defect]) {
        let others = std::mem::replace(&mut self.make.defects, defects.iter().copied().collect());
        self.crash(person);
        self.make.defects = others;
    }

    /// This device makes another group under the id of a conversation it is in.
    pub fn usurp(&mut self, person: Person, conversation: ConversationId, members: &[UserId]) {
        let now = self.clock(person);
        let engine = self.seats[person.0].engine.as_mut().expect("every seat has an engine");
        engine.usurp(now, &conversation, members).expect("the store works");
    }

    /// This device says that it can't follow a conversation, whatever the truth is.
    pub fn pretend_stuck(&mut self, person: Person, conversation: ConversationId) {
        let now = self.clock(person);
        let engine = self.seats[person.0].engine.as_mut().expect("every seat has an engine");
        engine.pretend_stuck(now, &conversation).expect("the store works");
    }
}
