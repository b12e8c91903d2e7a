// SPDX-License-Identifier: EUPL-1.2
//! From an epoch's exporter secret S: the envelope key ENV and the access key pair K.

use crate::crypto::{Secret, kdf, sign::SigningKey};
use proto::NextKeys;

/// What one epoch of a log is opened and read with.
#[derive(Clone, Debug)]
pub struct EpochKeys {
    /// ENV: seals envelopes.
    pub envelope: Secret,
    /// K: proves to the server that its holder may read and append.
    pub access: SigningKey,
}

impl EpochKeys {
    /// ENV = HKDF-Expand(S, "rp1 env"), K = DeriveKeyPair(HKDF-Expand(S, "rp1 access")).
    pub fn derive(secret: &Secret) -> Self {
        Self {
            envelope: kdf::expand(secret, &[b"rp1 env"]),
            access: kdf::derive_signing_key(&kdf::expand(secret, &[b"rp1 access"])),
        }
    }

    /// What the commit that opens this epoch announces; conversations have no write key.
    pub fn announce(&self) -> NextKeys {
        NextKeys { access_pub: self.access.public(), write_pub: None }
    }
}
