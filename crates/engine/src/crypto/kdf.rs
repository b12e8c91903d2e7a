// SPDX-License-Identifier: EUPL-1.2
//! HKDF-SHA-256 (RFC 5869) with 32-byte output, and key pairs by RFC 9180 §7.1.3 DeriveKeyPair(P-256).

use super::{Secret, sign::SigningKey};
use hkdf::Hkdf;
use sha2::Sha256;

/// HKDF-Expand(secret, info, 32). `info` parts are joined; every part but the last must have a fixed length.
pub fn expand(secret: &Secret, info: &[&[u8]]) -> Secret {
    let mut out = [0; 32];
    Hkdf::<Sha256>::from_prk(secret.expose())
        .expect("32 bytes are a valid pseudo-random key")
        .expand_multi_info(info, &mut out)
        .expect("32 bytes are within HKDF's limit");
    Secret::new(out)
}

/// HKDF-Extract(salt, input) → a key for [`expand`].
pub fn extract(salt: &[u8], input: &[&[u8]]) -> Secret {
    let mut hk = hkdf::HkdfExtract::<Sha256>::new(Some(salt));
    for part in input {
        hk.input_ikm(part);
    }
    Secret::new(hk.finalize().0.into())
}

/// DeriveKeyPair of DHKEM(P-256, HKDF-SHA256): one seed, one signing key.
pub fn derive_signing_key(seed: &Secret) -> SigningKey {
    use hpke::{Kem, Serializable, kem::DhP256HkdfSha256};
    let (private, _) = DhP256HkdfSha256::derive_keypair(seed.expose());
    SigningKey::from_bytes(&private.to_bytes()).expect("DeriveKeyPair gives a valid scalar")
}
