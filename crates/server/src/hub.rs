// SPDX-License-Identifier: EUPL-1.2
//! Who listens where: opened branches and inboxes to connections. Synchronous, memory only, in a stable order.

use proto::{BranchId, InboxId};
use std::collections::{BTreeMap, BTreeSet};

/// Names one connection within one run of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Something a connection may listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Branch(BranchId),
    Inbox(InboxId),
}

/// All listeners of one server.
#[derive(Debug, Default)]
pub struct Hub {
    listeners: BTreeMap<Topic, BTreeSet<ConnectionId>>,
}

impl Hub {
    pub fn join(&mut self, topic: Topic, connection: ConnectionId) {
        self.listeners.entry(topic).or_default().insert(connection);
    }
    pub fn leave(&mut self, topic: &Topic, connection: ConnectionId) {
        if let Some(all) = self.listeners.get_mut(topic) {
            all.remove(&connection);
            if all.is_empty() {
                self.listeners.remove(topic);
            }
        }
    }
    /// A connection has ended.
    pub fn leave_all(&mut self, connection: ConnectionId, topics: impl IntoIterator<Item = Topic>) {
        for topic in topics {
            self.leave(&topic, connection);
        }
    }
    /// Like [`Self::leave_all`] when nobody remembers what was open; looks at every topic.
    pub fn leave_everything(&mut self, connection: ConnectionId) {
        self.listeners.retain(|_, all| {
            all.remove(&connection);
            !all.is_empty()
        });
    }
    /// In the order in which they connected.
    pub fn listeners(&self, topic: &Topic) -> impl Iterator<Item = ConnectionId> {
        self.listeners.get(topic).into_iter().flatten().copied()
    }
    /// Branches and inboxes somebody listens to.
    pub fn topics(&self) -> usize {
        self.listeners.len()
    }
}
