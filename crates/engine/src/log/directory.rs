// SPDX-License-Identifier: EUPL-1.2
//! What follows from a directory key DIRKEY (20-protocol §3); the directory's log has no MLS group.

use crate::crypto::{Luck, Secret, kdf, sign::SigningKey};
use proto::{BlobId, InboxId, LogId};

/// DIRKEY of one directory epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirKey(pub Secret);

impl DirKey {
    pub fn generate(luck: &Luck) -> Self {
        Self(Secret::new(luck.bytes()))
    }
    /// ENV_d: seals the entries of the directory's log.
    pub fn envelope_key(&self, log: &LogId) -> Secret {
        kdf::expand(&self.log_secret(log), &[b"rp1 env"])
    }
    /// K_d: may read the directory's log.
    pub fn access_key(&self, log: &LogId) -> SigningKey {
        kdf::derive_signing_key(&kdf::expand(&self.log_secret(log), &[b"rp1 access"]))
    }
    /// M_d: "some member of this authority".
    pub fn member_key(&self) -> SigningKey {
        kdf::derive_signing_key(&kdf::expand(&self.0, &[b"rp1 member"]))
    }
    /// KPROOT_d: outlives d in the snapshots of later epochs.
    pub fn package_root(&self) -> Secret {
        kdf::expand(&self.0, &[b"rp1 kp root"])
    }
    /// Seals the snapshot that lies in this blob, and nothing else.
    pub fn snapshot_key(&self, blob: &BlobId) -> Secret {
        kdf::expand(&self.0, &[b"rp1 snapshot", blob.as_ref()])
    }
    /// Seals the slots of the KEM blob.
    pub fn kem_key(&self) -> Secret {
        kdf::expand(&self.0, &[b"rp1 kem"])
    }
    /// S_d.
    fn log_secret(&self, log: &LogId) -> Secret {
        kdf::expand(&self.0, &[b"rp1 log", log.as_ref()])
    }
}

/// KP_d: seals the key packages of one inbox; `root` is KPROOT_d.
pub fn package_key(root: &Secret, inbox: &InboxId) -> Secret {
    kdf::expand(root, &[b"rp1 kp", inbox.as_ref()])
}
