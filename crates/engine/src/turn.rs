// SPDX-License-Identifier: EUPL-1.2
//! One turn of the engine: the transaction, the time, and the requests it derives from what is wanted.

use crate::{
    EngineError,
    cert::Seen,
    crypto::{Luck, sign::SigningKey},
    db::Db,
    input::{Output, RequestId},
    media::Media,
    mls::{Group, Suite},
};
use client_api::{AttachmentId, ConversationId, DeviceId, Event, Timestamp, UserId, Why};
use proto::{
    BlobId, BranchId, ContentHash, InboxId, LogId, Nonce, Request, Signature,
    blob::BlobRequest,
    proof::{Op, proof_bytes},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a request is for: never twice in flight, and known again when the answer comes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Want {
    AuthorityPut,
    LogCreate(LogId),
    LogOpen(BranchId),
    LogRead(BranchId),
    LogClose(BranchId),
    Append(i64, ContentHash),
    Commit(LogId, ContentHash),
    /// Nothing is asked under this name: a pause after a change that could not be built.
    Stage(LogId),
    InboxCreate(InboxId),
    InboxOpen(InboxId),
    InboxList(InboxId),
    InboxErase(InboxId),
    InboxDrop(InboxId),
    Publish(InboxId),
    Claim(DeviceId),
    Deposit(i64),
    BlobCreate(BlobId),
    BlobWrite(BlobId),
    BlobRead(BlobId),
    BlobDrop(BlobId),
}

/// Something one room learned that concerns a room above it; the engine's front hands it on in the same transaction.
pub(crate) enum Fact {
    /// A person, or one of their devices, was locked out.
    LockedOut(UserId),
    /// The server has nothing of a log's branch any more.
    Gone(LogId),
    /// This device was locked out: all it holds is to be deleted.
    Wipe,
    /// A letter in the mailbox that is not about the account.
    Letter(Vec<u8>),
    /// The server refused an invitation's pass.
    PassRefused,
    /// The tree a Welcome points to.
    Tree(LogId, Vec<u8>),
    /// The messages of a gap; `None`: they are gone.
    Gap(LogId, Option<Vec<u8>>),
    Snapshot(BlobId, Vec<u8>),
    Wrap(Vec<u8>),
    Kem(Vec<u8>),
    /// All chunks of an attachment are here.
    AttachmentComplete(AttachmentId),
    /// The server has it no longer.
    AttachmentLost(AttachmentId),
}

/// The connection, as far as proofs depend on it.
pub(crate) struct Link {
    pub nonce: Nonce,
    pub origin: String,
    /// The server's hour when it began.
    pub since: Timestamp,
}

/// What is forgotten at a crash: connection, answers outstanding, pauses.
#[derive(Default)]
pub(crate) struct Live {
    pub link: Option<Link>,
    next_request: RequestId,
    flight: BTreeMap<RequestId, Want>,
    wanted: BTreeSet<Want>,
    pauses: BTreeMap<Want, (Timestamp, u32)>,
    /// Entries each opened branch has, as last heard.
    pub opened: BTreeMap<BranchId, u32>,
    /// Keys of the branches followed: deriving one costs two scalar multiplications, and every reconnect needs all.
    pub access_keys: BTreeMap<BranchId, SigningKey>,
    /// How far each branch was read when its page was asked for: a push may overtake the page.
    pub asked_after: BTreeMap<BranchId, u32>,
    /// Groups in use, as loaded or changed in this process; `true`: not saved yet.
    pub groups: BTreeMap<LogId, (Group, bool)>,
    /// Logs whose last change could not be staged whole: one wish at a time.
    pub careful: BTreeSet<LogId>,
    /// Inboxes opened on this connection, and deposits known to wait there.
    pub inboxes: BTreeSet<InboxId>,
    /// Work that must happen at a time, found while pumping.
    pub alarms: BTreeSet<Timestamp>,
    /// When something was last looked at: a pause that had ended by then and was not used is nobody's any more.
    pub looked: Timestamp,
    /// The largest time known; the second is what of it the store has.
    pub largest: (Timestamp, Timestamp),
}

impl Live {
    /// A new connection, or none: nothing asked before will be answered.
    pub fn reset(&mut self, link: Option<Link>) {
        let Self { next_request, looked, largest, .. } = *self;
        let access_keys = std::mem::take(&mut self.access_keys);
        *self = Self { link, next_request, looked, largest, access_keys, ..Self::default() };
    }
    /// Whose answer this is; `None` for one from an earlier connection.
    pub fn take(&mut self, id: RequestId) -> Option<Want> {
        let want = self.flight.remove(&id)?;
        self.wanted.remove(&want);
        Some(want)
    }
    pub fn in_flight(&self) -> usize {
        self.flight.len()
    }
    pub fn is_asked(&self, want: &Want) -> bool {
        self.wanted.contains(want)
    }
    /// Requests that will be repeated soon.
    pub fn repeats_before(&self, at: Timestamp) -> bool {
        self.pauses.values().any(|(until, _)| *until <= at && *until > self.looked)
    }
    pub fn next_alarm(&self) -> Option<Timestamp> {
        let pauses = self.pauses.values().map(|(until, _)| *until).filter(|until| *until > self.looked);
        let paused = self.link.as_ref().and_then(|_| pauses.min());
        [paused, self.alarms.first().copied()].into_iter().flatten().min()
    }
}

pub(crate) struct Turn<'a> {
    pub db: &'a Db<'a>,
    pub now: Timestamp,
    pub luck: &'a Luck,
    /// What groups are made of: always the hybrid suite, but in a simulated world.
    pub suite: Suite,
    #[cfg(any(test, feature = "testkit"))]
    pub defects: &'a std::collections::BTreeSet<crate::testkit::Defect>,
    pub seen: &'a Seen,
    pub media: &'a mut dyn Media,
    pub live: &'a mut Live,
    pub out: Vec<Output>,
    /// For the rooms above.
    pub facts: Vec<Fact>,
    /// Media to delete once the transaction is committed.
    pub doomed: Vec<AttachmentId>,
    /// Something was erased for good: no copy of it may stay in the database's journal.
    pub has_erased: bool,
}

impl Turn<'_> {
    /// Whether a simulated world has planted this bug.
    #[cfg(any(test, feature = "testkit"))]
    pub fn is_planted(&self, defect: crate::testkit::Defect) -> bool {
        self.defects.contains(&defect)
    }

    /// The device's clock, or what the server says if that is later: certificates don't fail for a clock that is slow.
    pub fn latest(&self) -> Timestamp {
        self.live.link.as_ref().map_or(self.now, |link| self.now.max(link.since))
    }

    pub fn online(&self) -> bool {
        self.live.link.is_some()
    }

    pub fn event(&mut self, event: Event) {
        self.out.push(Output::Event(event));
    }

    pub fn warn(&mut self, conversation: Option<ConversationId>, why: Why) {
        self.event(Event::Warning(conversation, why));
    }

    /// May this be asked now: online, not in flight, not paused.
    pub fn may_ask(&self, want: &Want) -> bool {
        self.online()
            && !self.live.wanted.contains(want)
            && self.live.pauses.get(want).is_none_or(|(until, _)| *until <= self.now)
    }

    /// Sends a request unless the same is in flight or paused.
    pub fn ask(&mut self, want: Want, request: Request) {
        if self.may_ask(&want) {
            let id = self.remember(want);
            self.out.push(Output::Request(id, request));
        }
    }

    /// As [`Self::ask`], over HTTPS.
    pub fn transfer(&mut self, want: Want, request: BlobRequest) {
        if self.may_ask(&want) {
            let id = self.remember(want);
            self.out.push(Output::Transfer(id, request));
        }
    }

    fn remember(&mut self, want: Want) -> RequestId {
        self.live.next_request = self.live.next_request.wrapping_add(1);
        self.live.flight.insert(self.live.next_request, want.clone());
        self.live.wanted.insert(want);
        self.live.next_request
    }

    /// Not again before some seconds have passed, each time longer: from `first_secs` up to ten minutes.
    pub fn pause(&mut self, want: Want, first_secs: u64) {
        let tries = self.live.pauses.get(&want).map_or(0, |(_, tries)| *tries);
        let secs = first_secs.saturating_mul(1 << tries.min(10)).min(600.max(first_secs));
        self.live.pauses.insert(want, (self.now.plus_secs(secs), tries + 1));
    }

    /// It worked: the next failure starts from the shortest pause.
    pub fn unpause(&mut self, want: &Want) {
        self.live.pauses.remove(want);
    }

    /// Wakes the engine at `at` if that is still to come.
    pub fn alarm(&mut self, at: Timestamp) {
        if at > self.now {
            self.live.alarms.insert(at);
        }
    }

    /// A proof on this connection; `None` when offline.
    pub fn proof(&self, key: &SigningKey, op: Op, id: &[u8; 32]) -> Option<Signature> {
        let link = self.live.link.as_ref()?;
        Some(key.sign(&proof_bytes(&link.origin, op, id, &link.nonce)))
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.luck.bytes()
    }

    pub fn media_write(&mut self, id: &AttachmentId, number: u32, bytes: &[u8]) -> Result<(), EngineError> {
        self.media.write(id, number, bytes).map_err(EngineError::Media)
    }

    pub fn media_read(&self, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, EngineError> {
        self.media.read(id, number).map_err(EngineError::Media)
    }
}
