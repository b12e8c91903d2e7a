// SPDX-License-Identifier: EUPL-1.2
//! What the server knows of one connection: its challenge, what it has proven, how much it asked for. Memory only.

use super::limits::Limits;
use crate::hub::Topic;
use proto::{BranchId, ErrorCode, Hour, InboxId, Nonce, PublicKey, limit};
use std::{collections::BTreeMap, sync::Arc};

/// May this connection put the first authority on an empty server without the setup code?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstPut {
    /// Loopback, not behind a proxy, no forwarding header.
    Trusted,
    NeedsCode,
}

/// Was the write key of an opened branch proven?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Proven, or the branch has none.
    Allowed,
    /// Proven: blobs of a kept log may be created.
    Proven,
    ReadOnly,
}

/// What is counted per connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counted {
    Writes,
    Logs,
    Inboxes,
    Blobs,
    Claims(InboxId),
    Deposits(InboxId),
}

/// One connection's state.
#[derive(Debug)]
pub struct Session {
    nonce: Nonce,
    origins: Arc<[String]>,
    first_put: FirstPut,
    pub(super) limits: Limits,
    branches: BTreeMap<BranchId, Writing>,
    inboxes: BTreeMap<InboxId, PublicKey>,
    counters: BTreeMap<Counted, (u64, u32)>,
}

impl Session {
    /// `origins`: the addresses under which clients may have reached the server, as they sign them in proofs.
    pub fn new(nonce: Nonce, origins: Arc<[String]>, first_put: FirstPut, limits: Limits) -> Self {
        let (branches, inboxes, counters) = Default::default();
        Self { nonce, origins, first_put, limits, branches, inboxes, counters }
    }
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }
    pub fn origins(&self) -> &[String] {
        &self.origins
    }
    pub fn first_put(&self) -> FirstPut {
        self.first_put
    }
    /// `None`: not opened on this connection.
    pub fn branch(&self, branch: &BranchId) -> Option<Writing> {
        self.branches.get(branch).copied()
    }
    /// The owner key an inbox was opened with.
    pub fn inbox(&self, inbox: &InboxId) -> Option<PublicKey> {
        self.inboxes.get(inbox).copied()
    }
    /// Everything that is open, to leave it.
    pub fn topics(&self) -> impl Iterator<Item = Topic> {
        let branches = self.branches.keys().copied().map(Topic::Branch);
        branches.chain(self.inboxes.keys().copied().map(Topic::Inbox))
    }
    pub fn close_branch(&mut self, branch: &BranchId) {
        self.branches.remove(branch);
    }
    pub fn close_inbox(&mut self, inbox: &InboxId) {
        self.inboxes.remove(inbox);
    }
    pub(super) fn open_branch(&mut self, branch: BranchId, writing: Writing) -> Result<(), ErrorCode> {
        if self.branches.len() >= limit::OPEN_BRANCHES_PER_CONNECTION && !self.branches.contains_key(&branch) {
            return Err(ErrorCode::Quota);
        }
        self.branches.insert(branch, writing);
        Ok(())
    }
    pub(super) fn open_inbox(&mut self, inbox: InboxId, owner: PublicKey) -> Result<(), ErrorCode> {
        if self.inboxes.len() >= limit::OPEN_INBOXES_PER_CONNECTION && !self.inboxes.contains_key(&inbox) {
            return Err(ErrorCode::Quota);
        }
        self.inboxes.insert(inbox, owner);
        Ok(())
    }

    /// Counts one act in its window (a minute for writes, else an hour); [`ErrorCode::Rate`] above the limit.
    pub(super) fn count(&mut self, now_millis: u64, what: Counted) -> Result<(), ErrorCode> {
        let (most, window) = self.allowance(now_millis, what);
        if self.counters.len() > 64 {
            let current = [now_millis / 60_000, u64::from(Hour::of_millis(now_millis).0)];
            self.counters.retain(|_, (at, _)| current.contains(at));
        }
        let (at, used) = self.counters.entry(what).or_default();
        if *at != window {
            (*at, *used) = (window, 0);
        }
        if *used >= most {
            return Err(ErrorCode::Rate);
        }
        *used += 1;
        Ok(())
    }

    fn allowance(&self, now_millis: u64, what: Counted) -> (u32, u64) {
        let hour = u64::from(Hour::of_millis(now_millis).0);
        match what {
            Counted::Writes => (self.limits.writes_per_minute, now_millis / 60_000),
            Counted::Logs => (self.limits.logs_per_hour, hour),
            Counted::Inboxes => (self.limits.inboxes_per_hour, hour),
            Counted::Blobs => (self.limits.blobs_per_hour, hour),
            Counted::Claims(_) => (self.limits.claims_per_inbox_and_hour, hour),
            Counted::Deposits(_) => (self.limits.deposits_per_inbox_and_hour, hour),
        }
    }
}
