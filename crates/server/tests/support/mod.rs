// SPDX-License-Identifier: EUPL-1.2
//! A small authority with keys, and requests signed by them, for the stories of the server.
#![allow(dead_code)] // each story uses its part
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use p256::ecdsa::signature::Signer;
use proto::{
    AuthorityStatement, BranchId, Hour, InboxId, InviteId, LogId, MemberProof, NextKeys, Nonce, PublicKey, Request,
    RootPublicKey, RootSignature, Signature, StatementSigner, TtlClass, Voucher,
    authority::{IssuerGrant, Pass, authority_id},
    chain::{ROOT_PARENT, branch_id, content_hash},
    proof::{Op, proof_bytes},
    request::{BlobHashes, BlobVoucher},
};

pub const NOON: u64 = 1_800_000_000_000;
pub const HOUR: u64 = 3_600_000;
pub const DAY: u64 = 24 * HOUR;

pub struct Key(p256::ecdsa::SigningKey);

impl Key {
    pub fn new(seed: u8) -> Self {
        Self(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap())
    }
    pub fn public(&self) -> PublicKey {
        PublicKey::from_slice(self.0.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }
    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Signature(signature.to_bytes().into())
    }
}

/// How a connection names itself in proofs.
#[derive(Clone)]
pub struct Line {
    pub origin: String,
    pub nonce: Nonce,
}

impl Line {
    pub fn prove(&self, key: &Key, op: Op, id: &[u8; 32]) -> Signature {
        key.sign(&proof_bytes(&self.origin, op, id, &self.nonce))
    }
}

pub struct Town {
    root: p384::ecdsa::SigningKey,
    pub member: Key,
    pub pass: Key,
}

impl Default for Town {
    fn default() -> Self {
        Self::named(1)
    }
}

impl Town {
    pub fn named(seed: u8) -> Self {
        let root = p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap();
        Self { root, member: Key::new(seed + 1), pass: Key::new(seed + 2) }
    }
    pub fn root_pub(&self) -> RootPublicKey {
        RootPublicKey::from_slice(self.root.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }
    pub fn id(&self) -> proto::AuthorityId {
        authority_id(&self.root_pub())
    }
    pub fn sign_root(&self, message: &[u8]) -> RootSignature {
        let signature: p384::ecdsa::Signature = self.root.sign(message);
        RootSignature(signature.to_bytes().into())
    }
    pub fn statement(&self, version: u64) -> AuthorityStatement {
        AuthorityStatement {
            authority: self.id(),
            root_pub: self.root_pub(),
            member_pub: self.member.public(),
            pass_pub: self.pass.public(),
            version,
        }
    }
    pub fn put(&self, statement: AuthorityStatement, setup_code: Option<&str>) -> Request {
        let signer = StatementSigner::Root(self.sign_root(&statement.signed_bytes()));
        Request::AuthorityPut { statement, signer, setup_code: setup_code.map(Into::into) }
    }
    pub fn put_by(&self, issuer: &Key, generation: u32, not_after: Hour, statement: AuthorityStatement) -> Request {
        let bytes = IssuerGrant::signed_bytes(&self.id(), &issuer.public(), generation, not_after);
        let root_signature = self.sign_root(&bytes);
        let grant = IssuerGrant { issuer_pub: issuer.public(), generation, not_after, root_signature };
        let signer = StatementSigner::Issuer(grant, issuer.sign(&statement.signed_bytes()));
        Request::AuthorityPut { statement, signer, setup_code: None }
    }
    pub fn member_proof(&self, line: &Line, op: Op, id: &[u8; 32]) -> MemberProof {
        MemberProof { authority: self.id(), signature: line.prove(&self.member, op, id) }
    }
    pub fn create(&self, line: &Line, log: LogId, keys: &NextKeys, ttl: TtlClass) -> Request {
        Request::LogCreate { log, keys: keys.clone(), ttl, proof: self.member_proof(line, Op::LogCreate, &log.0) }
    }
    pub fn create_inbox(&self, line: &Line, inbox: InboxId, owner: &Key) -> Request {
        let voucher = Voucher::Member(self.member_proof(line, Op::InboxCreate, &inbox.0));
        Request::InboxCreate { inbox, owner_pub: owner.public(), voucher }
    }
    pub fn deposit(&self, line: &Line, inbox: InboxId, sealed: Vec<u8>) -> Request {
        let voucher = Voucher::Member(self.member_proof(line, Op::InboxDeposit, &inbox.0));
        Request::InboxDeposit { inbox, sealed: sealed.into(), voucher }
    }
    pub fn claim(&self, line: &Line, inbox: InboxId) -> Request {
        Request::InboxClaim { inbox, proof: self.member_proof(line, Op::InboxClaim, &inbox.0) }
    }
    pub fn blob(&self, line: &Line, blob: proto::BlobId, size_bytes: u64, expiry: Hour) -> Request {
        let voucher = BlobVoucher::Member(self.member_proof(line, Op::BlobCreate, &blob.0));
        Request::BlobCreate { blob, size_bytes, expiry, hashes: blob_hashes(), voucher }
    }
    pub fn invite(&self, invite: u8, holder: &Key, approver: InboxId, reply: InboxId, not_after: Hour) -> Pass {
        let mut pass = Pass {
            authority: self.id(),
            invite: InviteId([invite; 16]),
            pass_key: holder.public(),
            approver_inbox: approver,
            reply_inbox: reply,
            not_after,
            signature: Signature([0; 64]),
        };
        pass.signature = self.pass.sign(&pass.signed_bytes());
        pass
    }
}

pub const WRITE: [u8; 32] = [1; 32];
pub const READ: [u8; 32] = [2; 32];
pub const DELETE: [u8; 32] = [3; 32];

pub fn blob_hashes() -> BlobHashes {
    BlobHashes { write: content_hash(&WRITE), read: content_hash(&READ), delete: content_hash(&DELETE) }
}

pub fn keys(access: &Key) -> NextKeys {
    NextKeys { access_pub: access.public(), write_pub: None }
}

pub fn root_branch(log: LogId, keys: &NextKeys) -> BranchId {
    branch_id(&log, &ROOT_PARENT, 0, keys)
}

pub fn open(line: &Line, branch: BranchId, access: &Key, after: u32) -> Request {
    Request::LogOpen { branch, proof: line.prove(access, Op::LogOpen, &branch.0), write_proof: None, after }
}

pub fn open_inbox(line: &Line, inbox: InboxId, owner: &Key) -> Request {
    Request::InboxOpen { inbox, proof: line.prove(owner, Op::InboxOpen, &inbox.0) }
}

/// An envelope that differs from all others of another `text`.
pub fn env(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(proto::limit::ENVELOPE_MIN_BYTES.max(bytes.len()), b'.');
    bytes
}

pub fn append(branch: BranchId, text: &str) -> Request {
    Request::LogAppend { branch, env: env(text).into(), erase_hash: None }
}

pub fn commit(branch: BranchId, candidate: u32, text: &str, next: &Key) -> Request {
    Request::LogCommit { branch, candidate, env: env(text).into(), next: keys(next) }
}
