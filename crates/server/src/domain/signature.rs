// SPDX-License-Identifier: EUPL-1.2
//! Verifying signatures in their one wire form; malformed keys are simply wrong signatures.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, UnparsedPublicKey};
use proto::{ErrorCode, PublicKey, RootPublicKey, RootSignature, Signature};

/// ECDSA P-256 over SHA-256 of `message`.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the signature is not by `key`.
pub fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), ErrorCode> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.as_bytes())
        .verify(message, signature.as_bytes())
        .map_err(|_| ErrorCode::Forbidden)
}

/// ECDSA P-384 over SHA-384 of `message`.
///
/// # Errors
/// [`ErrorCode::Forbidden`] if the signature is not by `key`.
pub fn verify_root(key: &RootPublicKey, message: &[u8], signature: &RootSignature) -> Result<(), ErrorCode> {
    UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, key.as_bytes())
        .verify(message, signature.as_bytes())
        .map_err(|_| ErrorCode::Forbidden)
}
