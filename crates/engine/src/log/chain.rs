// SPDX-License-Identifier: EUPL-1.2
//! Following the hash chain of one branch while its entries come in.

use proto::{
    BranchId, ContentHash, EntryKind, LogEntry,
    chain::{content_hash, first_head, next_head},
};

/// Where a reader stands in a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Entries read.
    pub n: u32,
    /// Head after entry `n`.
    pub head: ContentHash,
}

/// Why an entry does not continue the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Read the branch from the cursor.
    #[error("not the next entry")]
    NotNext,
    /// Evidence against the server.
    #[error("the envelope is not the one the chain names")]
    Altered,
    /// Evidence against the server.
    #[error("announced keys on an entry, or none on a commit")]
    Kind,
}

impl Chain {
    /// Before the first entry. `opening`: hash of the commit that opened the branch, `None` for a root.
    pub fn start(branch: &BranchId, opening: Option<&ContentHash>) -> Self {
        Self { n: 0, head: first_head(branch, opening) }
    }

    /// The chain after `entry`; `self` stays usable if it does not fit.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn after(&self, entry: &LogEntry) -> Result<Self, ChainError> {
        if self.n.checked_add(1) != Some(entry.n) {
            return Err(ChainError::NotNext);
        }
        if entry.env.as_ref().is_some_and(|env| content_hash(env) != entry.env_hash) {
            return Err(ChainError::Altered);
        }
        if (entry.kind == EntryKind::Commit) != entry.next.is_some() {
            return Err(ChainError::Kind);
        }
        let head = next_head(&self.head, entry.n, entry.kind, &entry.env_hash, entry.next.as_ref());
        Ok(Self { n: entry.n, head })
    }
}
