// SPDX-License-Identifier: EUPL-1.2
//! Verified acts that change what is stored. Only [`super::authorise`] makes them out of requests.

use proto::{
    AuthorityId, AuthorityStatement, BlobId, BranchId, ContentHash, Hour, InboxId, InviteId, LogId, NextKeys,
    PublicKey, RootPublicKey, TtlClass, request::BlobHashes,
};

/// A key of an authority a proof was verified under; the store refuses if it has changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberKey {
    pub authority: AuthorityId,
    pub member_pub: PublicKey,
}

/// A pass whose signature and possession were verified under `pass_pub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedPass {
    pub authority: AuthorityId,
    pub pass_pub: PublicKey,
    pub invite: InviteId,
    pub not_after: Hour,
}

/// Who answers for an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sponsor {
    Member(MemberKey),
    Pass(UsedPass),
}

/// Who answers for a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobSponsor {
    /// Lives until the hour.
    Member(MemberKey, Hour),
    /// The write key of this branch was proven; the store checks that its log is kept.
    KeptLog(BranchId),
}

/// Whose signature an authority's statement carries, as verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementBy {
    /// The root key itself.
    Root(RootPublicKey),
    /// An issuer whose grant this root key signed.
    Issuer(RootPublicKey),
}

/// How the first statement of an authority gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Only if the server is still empty.
    IfEmpty,
    /// With this setup code.
    Code(String),
    /// Not at all.
    Never,
}

/// One verified write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    PutAuthority {
        statement: AuthorityStatement,
        by: StatementBy,
        admission: Admission,
    },
    CreateLog {
        log: LogId,
        keys: NextKeys,
        ttl: TtlClass,
        member: MemberKey,
    },
    Append {
        branch: BranchId,
        env: Vec<u8>,
        erase_hash: Option<ContentHash>,
    },
    Commit {
        branch: BranchId,
        candidate: u32,
        env: Vec<u8>,
        next: NextKeys,
    },
    Erase {
        branch: BranchId,
        n: u32,
        secret_hash: ContentHash,
    },
    CreateInbox {
        inbox: InboxId,
        owner_pub: PublicKey,
        sponsor: Sponsor,
    },
    TouchInbox {
        inbox: InboxId,
        owner_pub: PublicKey,
    },
    DeleteDeposits {
        inbox: InboxId,
        owner_pub: PublicKey,
        hashes: Vec<ContentHash>,
    },
    DropInbox {
        inbox: InboxId,
        owner_pub: PublicKey,
    },
    Publish {
        inbox: InboxId,
        owner_pub: PublicKey,
        packages: Vec<Vec<u8>>,
        last_resort: Vec<u8>,
    },
    Claim {
        inbox: InboxId,
        member: MemberKey,
    },
    Deposit {
        inbox: InboxId,
        sealed: Vec<u8>,
        sponsor: Sponsor,
    },
    CreateBlob {
        blob: BlobId,
        size_bytes: u64,
        hashes: BlobHashes,
        sponsor: BlobSponsor,
    },
    /// The bytes up to `to` are durable.
    AdvanceBlob {
        blob: BlobId,
        from: u64,
        to: u64,
    },
    DeleteBlob {
        blob: BlobId,
    },
}
