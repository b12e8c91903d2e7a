// SPDX-License-Identifier: EUPL-1.2
//! A town made of keys alone: one authority and logs whose access keys the load generator holds.

use engine::crypto::{
    Luck, LuckSource, Secret, kdf,
    sign::{RootKey, SigningKey},
};
use proto::{
    AuthorityId, AuthorityStatement, BranchId, LogId, MemberProof, NextKeys, Nonce, Request, Signature,
    StatementSigner, TtlClass, authority::authority_id, chain, proof,
};

struct OperatingSystem;
impl LuckSource for OperatingSystem {
    fn fill(&mut self, out: &mut [u8]) {
        getrandom::fill(out).expect("the operating system has randomness");
    }
}

pub struct Town {
    luck: Luck,
    root: RootKey,
    member: SigningKey,
    pub authority: AuthorityId,
}

/// A log as its members know it.
pub struct Log {
    pub id: LogId,
    pub branch: BranchId,
    keys: NextKeys,
    access: SigningKey,
}

impl Town {
    pub fn new() -> Self {
        let luck = Luck::new(OperatingSystem);
        let (root, member) = (RootKey::generate(&luck), SigningKey::generate(&luck));
        let authority = authority_id(&root.public());
        Self { luck, root, member, authority }
    }

    /// `authority.put` by the root, as an empty server on loopback takes it.
    pub fn founding(&self) -> Request {
        let statement = AuthorityStatement {
            authority: self.authority,
            root_pub: self.root.public(),
            member_pub: self.member.public(),
            pass_pub: SigningKey::generate(&self.luck).public(),
            version: 1,
        };
        let signer = StatementSigner::Root(self.root.sign(&statement.signed_bytes()));
        Request::AuthorityPut { statement, signer, setup_code: None }
    }

    pub fn log(&self) -> Log {
        let access = kdf::derive_signing_key(&Secret::new(self.luck.bytes()));
        let id = LogId(self.luck.bytes());
        let keys = NextKeys { access_pub: access.public(), write_pub: None };
        Log { id, branch: chain::branch_id(&id, &chain::ROOT_PARENT, 0, &keys), keys, access }
    }

    pub fn create(&self, log: &Log, origin: &str, nonce: &Nonce) -> Request {
        let bytes = proof::proof_bytes(origin, proof::Op::LogCreate, &log.id.0, nonce);
        let proof = MemberProof { authority: self.authority, signature: self.member.sign(&bytes) };
        Request::LogCreate { log: log.id, keys: log.keys.clone(), ttl: TtlClass::Days30, proof }
    }

    /// Random bytes that pass for an envelope.
    pub fn body(&self, bytes: usize) -> Vec<u8> {
        let mut out = vec![0; bytes];
        self.luck.fill(&mut out);
        if let Some(first) = out.first_mut() {
            *first = 1;
        }
        out
    }
}

impl Log {
    pub fn open(&self, origin: &str, nonce: &Nonce) -> Request {
        let bytes = proof::proof_bytes(origin, proof::Op::LogOpen, &self.branch.0, nonce);
        let proof: Signature = self.access.sign(&bytes);
        Request::LogOpen { branch: self.branch, proof, write_proof: None, after: 0 }
    }
}
