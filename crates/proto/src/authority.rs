// SPDX-License-Identifier: EUPL-1.2
//! What an authority tells the server about itself, and the pass an invitation carries.

use crate::{
    id::{AuthorityId, InboxId, InviteId},
    key::{PublicKey, RootPublicKey, RootSignature, Signature},
    ttl::Hour,
};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// SHA-256("rp1 authority" ‖ root public key).
pub fn authority_id(root: &RootPublicKey) -> AuthorityId {
    AuthorityId(Sha256::new_with_prefix(b"rp1 authority").chain_update(root).finalize().into())
}

/// All the server knows of an authority.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AuthorityStatement {
    #[n(0)]
    pub authority: AuthorityId,
    #[n(1)]
    pub root_pub: RootPublicKey,
    /// M: "some member of this authority"; changes at every rekey of the directory.
    #[n(2)]
    pub member_pub: PublicKey,
    /// Signs passes; changes only when an issuer is revoked.
    #[n(3)]
    pub pass_pub: PublicKey,
    /// High 32 bits: generation (only the root raises it, when an issuer is revoked); low 32: counter. Monotone.
    #[n(4)]
    pub version: u64,
}

impl AuthorityStatement {
    /// The signed bytes: "rp1 authority put" and the fields in order, integers big-endian.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [
            b"rp1 authority put".as_slice(),
            self.authority.as_ref(),
            self.root_pub.as_ref(),
            self.member_pub.as_ref(),
            self.pass_pub.as_ref(),
            &self.version.to_be_bytes(),
        ]
        .concat()
    }
    /// Which issuers' grants count.
    pub fn generation(&self) -> u32 {
        u32::try_from(self.version >> 32).unwrap_or(u32::MAX)
    }
}

/// The root's word that an issuer may sign statements of one generation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct IssuerGrant {
    #[n(0)]
    pub issuer_pub: PublicKey,
    #[n(1)]
    pub generation: u32,
    #[n(2)]
    pub not_after: Hour,
    #[n(3)]
    pub root_signature: RootSignature,
}

impl IssuerGrant {
    /// "rp1 issuer grant" ‖ authority ‖ issuer key ‖ generation ‖ not_after.
    pub fn signed_bytes(authority: &AuthorityId, issuer: &PublicKey, generation: u32, not_after: Hour) -> Vec<u8> {
        [
            b"rp1 issuer grant".as_slice(),
            authority.as_ref(),
            issuer.as_ref(),
            &generation.to_be_bytes(),
            &not_after.0.to_be_bytes(),
        ]
        .concat()
    }
}

/// Who signed a statement. An issuer may not change `root_pub`, `pass_pub` or the generation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum StatementSigner {
    #[n(0)]
    Root(#[n(0)] RootSignature),
    #[n(1)]
    Issuer(#[n(0)] IssuerGrant, #[n(1)] Signature),
}

/// Lets somebody without an account create one reply inbox and deposit with one approver.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pass {
    #[n(0)]
    pub authority: AuthorityId,
    #[n(1)]
    pub invite: InviteId,
    /// The holder proves possession of this key on each use.
    #[n(2)]
    pub pass_key: PublicKey,
    #[n(3)]
    pub approver_inbox: InboxId,
    #[n(4)]
    pub reply_inbox: InboxId,
    #[n(5)]
    pub not_after: Hour,
    /// By the authority's pass key.
    #[n(6)]
    pub signature: Signature,
}

impl Pass {
    /// "rp1 pass" ‖ authority ‖ invite ‖ pass key ‖ approver inbox ‖ reply inbox ‖ not_after.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [
            b"rp1 pass".as_slice(),
            self.authority.as_ref(),
            self.invite.as_ref(),
            self.pass_key.as_ref(),
            self.approver_inbox.as_ref(),
            self.reply_inbox.as_ref(),
            &self.not_after.0.to_be_bytes(),
        ]
        .concat()
    }
}
