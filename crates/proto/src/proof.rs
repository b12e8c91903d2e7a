// SPDX-License-Identifier: EUPL-1.2
//! What is signed to prove a capability on one connection.

use crate::id::Nonce;

/// What a proof is for. The number is part of the signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    LogCreate,
    LogOpen,
    /// Proof of the write key, given at `log.open`.
    LogWrite,
    InboxCreate,
    InboxOpen,
    InboxClaim,
    InboxDeposit,
    BlobCreate,
}

impl Op {
    pub fn code(self) -> u8 {
        match self {
            Self::LogCreate => 1,
            Self::LogOpen => 2,
            Self::LogWrite => 3,
            Self::InboxCreate => 4,
            Self::InboxOpen => 5,
            Self::InboxClaim => 6,
            Self::InboxDeposit => 7,
            Self::BlobCreate => 8,
        }
    }
}

/// "rp1 proof" ‖ len(origin) (u32) ‖ origin ‖ op (u8) ‖ id (32 B) ‖ connection nonce (32 B).
///
/// `origin`: the server's address as the client reached it, e.g. `https://rohrpost.musterstadt.de` (no trailing slash).
/// A proof relayed to another server or another connection is worth nothing.
pub fn proof_bytes(origin: &str, op: Op, id: &[u8; 32], nonce: &Nonce) -> Vec<u8> {
    let length = u32::try_from(origin.len()).unwrap_or(u32::MAX);
    [b"rp1 proof".as_slice(), &length.to_be_bytes(), origin.as_bytes(), &[op.code()], id, nonce.as_ref()].concat()
}
