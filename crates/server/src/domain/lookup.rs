// SPDX-License-Identifier: EUPL-1.2
//! What the rules ask of whoever keeps the data, and the words of the answers.

use proto::{
    AuthorityId, AuthorityStatement, BlobId, BranchId, ErrorCode, InboxId, NextKeys, PublicKey, blob::BlobSecret,
    request::BlobHashes,
};

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

/// One consistent look at what is stored. The only error is [`ErrorCode::Unavailable`]: the data could not be read.
pub trait Lookup {
    fn find_authority(&self, id: &AuthorityId) -> Result<Option<AuthorityStatement>, ErrorCode>;
    fn find_branch(&self, id: &BranchId) -> Result<BranchState, ErrorCode>;
    fn find_inbox_owner(&self, id: &InboxId) -> Result<Option<PublicKey>, ErrorCode>;
    fn find_blob(&self, id: &BlobId) -> Result<Option<BlobState>, ErrorCode>;
}

/// Knows nothing: for requests that need no look.
pub struct NoLookup;

impl Lookup for NoLookup {
    fn find_authority(&self, _: &AuthorityId) -> Result<Option<AuthorityStatement>, ErrorCode> {
        Err(ErrorCode::Unavailable)
    }
    fn find_branch(&self, _: &BranchId) -> Result<BranchState, ErrorCode> {
        Err(ErrorCode::Unavailable)
    }
    fn find_inbox_owner(&self, _: &InboxId) -> Result<Option<PublicKey>, ErrorCode> {
        Err(ErrorCode::Unavailable)
    }
    fn find_blob(&self, _: &BlobId) -> Result<Option<BlobState>, ErrorCode> {
        Err(ErrorCode::Unavailable)
    }
}
