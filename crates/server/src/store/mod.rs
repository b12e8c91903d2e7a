// SPDX-License-Identifier: EUPL-1.2
//! What is kept, spoken in use cases; SQL lives below this folder and nowhere else.

pub mod sqlite;

/// The database's own types, for those who open, copy or hand over a file.
pub use rusqlite::{Connection, OpenFlags, backup::Backup};
pub use sqlite::Sqlite;

use crate::{
    domain::{Lookup, Op},
    hub::Topic,
};
use proto::{BlobId, BranchId, ErrorCode, InboxId, PublicKey, Push, Reply, reply::LogPage};

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
    /// Whatever is wrong with the store: nothing was stored, repeat later; the operator reads why.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Unavailable
    }
}

/// A refusal is an answer for the client; only a broken store is an error.
pub type Judged<T> = Result<Result<T, ErrorCode>, StoreError>;

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
pub trait Read: Lookup {
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
