// SPDX-License-Identifier: EUPL-1.2
//! What a client may ask over the WebSocket.

use crate::{
    authority::{AuthorityStatement, Pass, StatementSigner},
    id::{AuthorityId, BlobId, BranchId, ContentHash, InboxId, LogId},
    key::{PublicKey, Signature},
    ttl::{Hour, TtlClass},
};
use minicbor::{Decode, Encode, bytes::ByteVec};
use std::fmt;

/// Proof of M, "some member of this authority".
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MemberProof {
    #[n(0)]
    pub authority: AuthorityId,
    #[n(1)]
    pub signature: Signature,
}

/// Who vouches for somebody without a log or inbox of their own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(clippy::large_enum_variant, reason = "one lives for one request; a box would cost more than it saves")]
pub enum Voucher {
    #[n(0)]
    Member(#[n(0)] MemberProof),
    /// A pass and the proof by its key.
    #[n(1)]
    Pass(#[n(0)] Pass, #[n(1)] Signature),
}

/// The keys of a branch: announced by the commit that opens it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NextKeys {
    #[n(0)]
    pub access_pub: PublicKey,
    /// Only logs that readers may not append to.
    #[n(1)]
    pub write_pub: Option<PublicKey>,
}

/// The permissions of a blob, as SHA-256 of three secrets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlobHashes {
    #[n(0)]
    pub write: ContentHash,
    #[n(1)]
    pub read: ContentHash,
    #[n(2)]
    pub delete: ContentHash,
}

/// Who may create a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum BlobVoucher {
    /// Lives until `expiry`.
    #[n(0)]
    Member(#[n(0)] MemberProof),
    /// Belongs to a kept log whose write key was proven on this connection for this branch; does not expire.
    #[n(1)]
    KeptLog(#[n(0)] BranchId),
}

#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// Is anybody there. No authority needed.
    #[n(0)]
    Ping,
    #[n(1)]
    #[cbor(map)]
    AuthorityPut {
        #[n(0)]
        statement: AuthorityStatement,
        #[n(1)]
        signer: StatementSigner,
        #[n(2)]
        setup_code: Option<String>,
    },
    #[n(2)]
    #[cbor(map)]
    LogCreate {
        #[n(0)]
        log: LogId,
        #[n(1)]
        keys: NextKeys,
        #[n(2)]
        ttl: TtlClass,
        /// [`crate::proof::Op::LogCreate`] over the log id.
        #[n(3)]
        proof: MemberProof,
    },
    /// Proves K (and the write key), answers the first page and makes the branch live on this connection.
    #[n(3)]
    #[cbor(map)]
    LogOpen {
        #[n(0)]
        branch: BranchId,
        /// [`crate::proof::Op::LogOpen`] over the branch id, by the branch's access key.
        #[n(1)]
        proof: Signature,
        /// [`crate::proof::Op::LogWrite`] over the branch id, by the branch's write key.
        #[n(2)]
        write_proof: Option<Signature>,
        /// Entries with a larger number are wanted.
        #[n(3)]
        after: u32,
    },
    /// One more page of an opened branch.
    #[n(4)]
    #[cbor(map)]
    LogRead {
        #[n(0)]
        branch: BranchId,
        #[n(1)]
        after: u32,
    },
    /// No more pushes for this branch.
    #[n(5)]
    #[cbor(map)]
    LogClose {
        #[n(0)]
        branch: BranchId,
    },
    #[n(6)]
    #[cbor(map)]
    LogAppend {
        #[n(0)]
        branch: BranchId,
        #[n(1)]
        env: ByteVec,
        /// SHA-256 of the secret that may erase this entry.
        #[n(2)]
        erase_hash: Option<ContentHash>,
    },
    /// Compare-and-swap: accepted only if the branch has exactly `candidate` candidates.
    #[n(7)]
    #[cbor(map)]
    LogCommit {
        #[n(0)]
        branch: BranchId,
        #[n(1)]
        candidate: u32,
        #[n(2)]
        env: ByteVec,
        #[n(3)]
        next: NextKeys,
    },
    #[n(8)]
    #[cbor(map)]
    LogErase {
        #[n(0)]
        branch: BranchId,
        #[n(1)]
        n: u32,
        #[n(2)]
        secret: ByteVec,
    },
    #[n(9)]
    #[cbor(map)]
    InboxCreate {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        owner_pub: PublicKey,
        /// [`crate::proof::Op::InboxCreate`] over the inbox id.
        #[n(2)]
        voucher: Voucher,
    },
    /// Proves the owner key, answers what waits and makes the inbox live on this connection.
    #[n(10)]
    #[cbor(map)]
    InboxOpen {
        #[n(0)]
        inbox: InboxId,
        /// [`crate::proof::Op::InboxOpen`] over the inbox id, by the owner key.
        #[n(1)]
        proof: Signature,
    },
    /// What waits in an opened inbox, oldest first, after the first `skip`.
    #[n(11)]
    #[cbor(map)]
    InboxList {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        skip: u32,
    },
    /// Removes deposits of an opened inbox.
    #[n(12)]
    #[cbor(map)]
    InboxDelete {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        hashes: Vec<ContentHash>,
    },
    /// Closes an opened inbox for good, with all it holds.
    #[n(13)]
    #[cbor(map)]
    InboxDrop {
        #[n(0)]
        inbox: InboxId,
    },
    /// Replaces all key packages of an opened inbox; each is exactly [`crate::limit::KEY_PACKAGE_BYTES`].
    #[n(14)]
    #[cbor(map)]
    InboxPublish {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        packages: Vec<ByteVec>,
        #[n(2)]
        last_resort: ByteVec,
    },
    /// Takes one key package.
    #[n(15)]
    #[cbor(map)]
    InboxClaim {
        #[n(0)]
        inbox: InboxId,
        /// [`crate::proof::Op::InboxClaim`] over the inbox id.
        #[n(1)]
        proof: MemberProof,
    },
    #[n(16)]
    #[cbor(map)]
    InboxDeposit {
        #[n(0)]
        inbox: InboxId,
        #[n(1)]
        sealed: ByteVec,
        /// [`crate::proof::Op::InboxDeposit`] over the inbox id.
        #[n(2)]
        voucher: Voucher,
    },
    #[n(17)]
    #[cbor(map)]
    BlobCreate {
        #[n(0)]
        blob: BlobId,
        /// Padded length in bytes, see [`crate::blob::bucket`].
        #[n(1)]
        size_bytes: u64,
        #[n(2)]
        expiry: Hour,
        #[n(3)]
        hashes: BlobHashes,
        /// [`crate::proof::Op::BlobCreate`] over the blob id.
        #[n(4)]
        voucher: BlobVoucher,
    },
}

impl Request {
    /// The operation's name, for logs: nothing of what is asked.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ping => "Ping",
            Self::AuthorityPut { .. } => "AuthorityPut",
            Self::LogCreate { .. } => "LogCreate",
            Self::LogOpen { .. } => "LogOpen",
            Self::LogRead { .. } => "LogRead",
            Self::LogClose { .. } => "LogClose",
            Self::LogAppend { .. } => "LogAppend",
            Self::LogCommit { .. } => "LogCommit",
            Self::LogErase { .. } => "LogErase",
            Self::InboxCreate { .. } => "InboxCreate",
            Self::InboxOpen { .. } => "InboxOpen",
            Self::InboxList { .. } => "InboxList",
            Self::InboxDelete { .. } => "InboxDelete",
            Self::InboxDrop { .. } => "InboxDrop",
            Self::InboxPublish { .. } => "InboxPublish",
            Self::InboxClaim { .. } => "InboxClaim",
            Self::InboxDeposit { .. } => "InboxDeposit",
            Self::BlobCreate { .. } => "BlobCreate",
        }
    }
}

impl fmt::Debug for Request {
    /// The name alone: a request may carry a setup code or the secret that erases an entry.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
