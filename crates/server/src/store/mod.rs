// SPDX-License-Identifier: EUPL-1.2
//! What is kept, spoken in use cases; SQL lives below this folder and nowhere else.

pub mod sqlite;

/// The database's own types, for those who open, copy or hand over a file.
pub use rusqlite::{Connection, OpenFlags, backup::Backup};
pub use sqlite::Sqlite;

use crate::{domain::Op, hub::Topic};
use proto::{
    AuthorityId, AuthorityStatement, BlobId, BranchId, ErrorCode, InboxId, NextKeys, PublicKey, Push, Reply,
    blob::BlobSecret, reply::LogPage, request::BlobHashes,
};

/// Why the store could not do its work; never the client's fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the data was written by a newer version (schema {found}, this program knows {known})")]
    Newer { found: u32, known: u32 },
    #[error("a stored value does not have its form: {0}")]
    Corrupt(&'static str),
}

impl From<StoreError> for ErrorCode {
    /// Whatever is wrong with the store: nothing was stored, repeat later.
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

/// A refusal is an answer for the client; only a broken store is an error.
pub type Judged<T> = Result<Result<T, ErrorCode>, StoreError>;

/// What is known of a branch before anything is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchState {
    Alive(NextKeys),
    /// It was there once.
    Dead,
    Unknown,
}

/// One blob's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobState {
    pub size_bytes: u64,
    /// Bytes stored so far.
    pub offset: u64,
    pub hashes: BlobHashes,
}

/// Which permission of a blob a secret is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobRight {
    Write,
    Read,
    Delete,
}

impl BlobState {
    /// Compares in constant time.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] if `secret` is not the preimage.
    pub fn permit(&self, right: BlobRight, secret: &BlobSecret) -> Result<(), ErrorCode> {
        use subtle::ConstantTimeEq;
        let stored = match right {
            BlobRight::Write => &self.hashes.write,
            BlobRight::Read => &self.hashes.read,
            BlobRight::Delete => &self.hashes.delete,
        };
        let given = proto::chain::content_hash(&secret.0);
        if bool::from(stored.0.ct_eq(&given.0)) { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }
}

/// What one batch did: an answer per act, in order, and what listeners shall see. All of it is durable.
#[derive(Debug, Default)]
pub struct Applied {
    pub answers: Vec<Result<Reply, ErrorCode>>,
    pub pushes: Vec<(Topic, Push)>,
    /// The setup code let an authority in and is worth nothing from now on.
    pub setup_code_used: bool,
}

/// What one step of cleaning removed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Their bytes can be deleted now.
    pub blobs: Vec<BlobId>,
    /// Rows removed or turned into tombstones.
    pub rows: usize,
    /// There is more to do.
    pub more: bool,
}

/// The reading side: many at once, each call sees one consistent state. All errors are a failing store.
pub trait Read {
    fn find_authority(&self, id: &AuthorityId) -> Result<Option<AuthorityStatement>, StoreError>;
    fn find_branch(&self, id: &BranchId) -> Result<BranchState, StoreError>;
    fn find_inbox_owner(&self, id: &InboxId) -> Result<Option<PublicKey>, StoreError>;
    fn find_blob(&self, id: &BlobId) -> Result<Option<BlobState>, StoreError>;
    /// Entries with a number larger than `after`, within the limits of a page.
    fn page(&self, branch: &BranchId, after: u32) -> Judged<LogPage>;
    /// [`Reply::Inbox`]: what waits after the first `skip`, at most a page, if the inbox still has this owner.
    fn inbox_page(&self, inbox: &InboxId, owner_pub: &PublicKey, skip: u32) -> Judged<Reply>;
}

/// The writing side: one at a time.
pub trait Write: Read {
    /// One transaction for the whole batch; an act that is refused does not disturb the others.
    ///
    /// # Errors
    /// [`StoreError`]: nothing of the batch was stored.
    fn apply(&mut self, now_millis: u64, batch: Vec<Op>) -> Result<Applied, StoreError>;
    /// Removes what has expired, at most a few thousand rows at once.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was removed.
    fn sweep(&mut self, now_millis: u64) -> Result<Swept, StoreError>;
}

/// Knows nothing: for requests that need no look into the store.
pub struct NoStore;

const NOT_LOOKED: StoreError = StoreError::Corrupt("this request needs the store");

impl Read for NoStore {
    fn find_authority(&self, _: &AuthorityId) -> Result<Option<AuthorityStatement>, StoreError> {
        Err(NOT_LOOKED)
    }
    fn find_branch(&self, _: &BranchId) -> Result<BranchState, StoreError> {
        Err(NOT_LOOKED)
    }
    fn find_inbox_owner(&self, _: &InboxId) -> Result<Option<PublicKey>, StoreError> {
        Err(NOT_LOOKED)
    }
    fn find_blob(&self, _: &BlobId) -> Result<Option<BlobState>, StoreError> {
        Err(NOT_LOOKED)
    }
    fn page(&self, _: &BranchId, _: u32) -> Judged<LogPage> {
        Err(NOT_LOOKED)
    }
    fn inbox_page(&self, _: &InboxId, _: &PublicKey, _: u32) -> Judged<Reply> {
        Err(NOT_LOOKED)
    }
}
