// SPDX-License-Identifier: EUPL-1.2
//! What the world has seen of every log: its branches in order, and who was in the group in each.

use super::{Person, World, store};
use client_api::{ConversationId, UserId};
use proto::BranchId;
use std::collections::{BTreeMap, BTreeSet};

/// One epoch of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    pub conversation: ConversationId,
    pub log: Vec<u8>,
    /// The how-manieth branch of its log, from 0.
    pub place: usize,
    pub members: BTreeSet<UserId>,
    /// Who came to stand in it.
    pub reached: BTreeSet<Person>,
}

/// Every branch any engine ever stood in.
#[derive(Clone, Debug, Default)]
pub struct Census {
    pub epochs: BTreeMap<BranchId, Epoch>,
    lengths: BTreeMap<Vec<u8>, usize>,
    last: BTreeMap<Person, Vec<BranchId>>,
}

impl Census {
    /// The newest branch of every log of a conversation.
    pub fn ends(&self, conversation: &ConversationId) -> Vec<(BranchId, &Epoch)> {
        let mut ends = BTreeMap::<&[u8], (BranchId, &Epoch)>::new();
        for (branch, epoch) in self.epochs.iter().filter(|(_, epoch)| epoch.conversation == *conversation) {
            let end = ends.entry(&epoch.log).or_insert((*branch, epoch));
            if end.1.place < epoch.place {
                *end = (*branch, epoch);
            }
        }
        ends.into_values().collect()
    }
}

impl World {
    /// After every call: did this engine come to stand in a branch it was not in before?
    pub(crate) fn note_branches(&mut self, person: Person) {
        let Some(engine) = &mut self.seats[person.0].engine else { return };
        let conn = &*engine.connection();
        let now = store::branches(conn);
        let before = self.census.last.entry(person).or_default();
        if now.iter().map(|(_, branch, _)| *branch).eq(before.iter().copied()) {
            return;
        }
        for (log, branch, conversation) in &now {
            if before.contains(branch) {
                continue;
            }
            let lengths = &mut self.census.lengths;
            let epoch = self.census.epochs.entry(*branch).or_insert_with(|| {
                let place = lengths.entry(log.clone()).or_default();
                *place += 1;
                let members = store::members(conn, conversation).into_iter().collect();
                Epoch {
                    conversation: *conversation,
                    log: log.clone(),
                    place: *place - 1,
                    members,
                    reached: BTreeSet::new(),
                }
            });
            epoch.reached.insert(person);
        }
        *before = now.into_iter().map(|(_, branch, _)| branch).collect();
    }

    pub fn census(&self) -> &Census {
        &self.census
    }
}
