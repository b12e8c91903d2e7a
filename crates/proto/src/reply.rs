// SPDX-License-Identifier: EUPL-1.2
//! What the server answers.

use crate::{
    authority::AuthorityStatement,
    id::{BranchId, ContentHash},
    request::NextKeys,
    ttl::Hour,
};
use minicbor::{Decode, Encode, bytes::ByteVec};

/// What an entry of a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum EntryKind {
    #[n(0)]
    Entry,
    #[n(1)]
    Commit,
}

impl EntryKind {
    pub fn code(self) -> u8 {
        match self {
            Self::Entry => 0,
            Self::Commit => 1,
        }
    }
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Entry),
            1 => Some(Self::Commit),
            _ => None,
        }
    }
}

/// One row of a branch as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogEntry {
    /// Counted from 1 within the branch.
    #[n(0)]
    pub n: u32,
    #[n(1)]
    pub kind: EntryKind,
    /// SHA-256 of the envelope; stays when the envelope has expired or was erased.
    #[n(2)]
    pub env_hash: ContentHash,
    /// `None`: a tombstone.
    #[n(3)]
    pub env: Option<ByteVec>,
    /// When the server stored it.
    #[n(4)]
    pub hour: Hour,
    /// A commit's announced keys.
    #[n(5)]
    pub next: Option<NextKeys>,
}

/// A run of entries and where the branch stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogPage {
    #[n(0)]
    pub entries: Vec<LogEntry>,
    /// Entries the branch has in all.
    #[n(1)]
    pub count: u32,
    /// Head of the chain after entry `count`.
    #[n(2)]
    pub head: ContentHash,
    /// Candidates the branch has.
    #[n(3)]
    pub closed: u32,
}

/// One deposit as its owner reads it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Deposit {
    #[n(0)]
    pub hash: ContentHash,
    #[n(1)]
    pub sealed: ByteVec,
    #[n(2)]
    pub hour: Hour,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Reply {
    /// Done, nothing to say.
    #[n(0)]
    Done,
    /// `authority.put`: what holds now.
    #[n(1)]
    Authority(#[n(0)] AuthorityStatement),
    /// `log.create`: the root branch.
    #[n(2)]
    Created(#[n(0)] BranchId),
    /// `log.open`, `log.read`.
    #[n(3)]
    Page(#[n(0)] LogPage),
    /// `log.append`, `log.commit`: stored durably as entry `n`, the chain's head with it.
    #[n(4)]
    #[cbor(map)]
    Stored {
        #[n(0)]
        n: u32,
        #[n(1)]
        head: ContentHash,
        #[n(2)]
        hour: Hour,
        /// `log.commit`: the branch it opened.
        #[n(3)]
        branch: Option<BranchId>,
    },
    /// `inbox.open`, `inbox.list`.
    #[n(5)]
    #[cbor(map)]
    Inbox {
        #[n(0)]
        deposits: Vec<Deposit>,
        /// Deposits waiting in all.
        #[n(1)]
        waiting: u32,
        /// Key packages left, the last resort not counted.
        #[n(2)]
        key_packages: u32,
    },
    /// `inbox.claim`.
    #[n(6)]
    #[cbor(map)]
    KeyPackage {
        #[n(0)]
        sealed: ByteVec,
    },
    /// `blob.create`: bytes already stored (a repeated create).
    #[n(7)]
    #[cbor(map)]
    Blob {
        #[n(0)]
        offset: u64,
    },
}
