// SPDX-License-Identifier: EUPL-1.2
//! Branch ids and the hash chain over a branch (docs/protocol.md §3, §4): both sides compute them alike.

use crate::{
    id::{BranchId, ContentHash, LogId},
    key::PublicKey,
    reply::EntryKind,
    request::NextKeys,
};
use sha2::{Digest, Sha256};

/// Parent of a log's first branch.
pub const ROOT_PARENT: BranchId = BranchId([0; 32]);

/// SHA-256 of stored bytes; the identity of an envelope, a deposit or a permission's secret.
pub fn content_hash(bytes: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(bytes).into())
}

/// SHA-256("rp1 branch" ‖ log ‖ parent ‖ candidate (u32) ‖ access key ‖ write key or 65 zero bytes).
pub fn branch_id(log: &LogId, parent: &BranchId, candidate: u32, keys: &NextKeys) -> BranchId {
    let mut hash = Sha256::new_with_prefix(b"rp1 branch");
    hash.update(log);
    hash.update(parent);
    hash.update(candidate.to_be_bytes());
    hash.update(keys.access_pub);
    hash.update(keys.write_pub.unwrap_or(PublicKey([0; 65])));
    BranchId(hash.finalize().into())
}

/// The head of a branch that has no entries yet. `opening`: hash of the commit that opened it, `None` for a root.
pub fn first_head(branch: &BranchId, opening: Option<&ContentHash>) -> ContentHash {
    let mut hash = Sha256::new_with_prefix(b"rp1 chain");
    hash.update(branch);
    hash.update(opening.map_or([0; 32], |h| h.0));
    ContentHash(hash.finalize().into())
}

/// The head after entry `n` (counted from 1). `next`: the keys a commit announces.
pub fn next_head(
    before: &ContentHash,
    n: u32,
    kind: EntryKind,
    env_hash: &ContentHash,
    next: Option<&NextKeys>,
) -> ContentHash {
    let mut hash = Sha256::new_with_prefix(b"rp1 chain");
    hash.update(before);
    hash.update(n.to_be_bytes());
    hash.update([kind.code()]);
    hash.update(env_hash);
    if let Some(next) = next {
        hash.update(next.access_pub);
        hash.update(next.write_pub.unwrap_or(PublicKey([0; 65])));
    }
    ContentHash(hash.finalize().into())
}
