// SPDX-License-Identifier: EUPL-1.2
//! ECDSA P-256 / SHA-256, deterministic (RFC 6979), and P-384 / SHA-384 for an authority's root.

use super::{CryptoError, Luck};
use p256::ecdsa::signature::{Signer, Verifier};
use proto::{PublicKey, RootPublicKey, RootSignature, Signature};
use std::fmt;

/// A P-256 signing key; wiped when dropped, shown as `…`.
#[derive(Clone)]
pub struct SigningKey(p256::ecdsa::SigningKey);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    pub fn generate(luck: &Luck) -> Self {
        loop {
            // refused with probability 2^-32: zero or not below the group order
            if let Ok(key) = Self::from_bytes(&luck.bytes::<32>()) {
                return key;
            }
        }
    }

    /// The scalar, 32 bytes big-endian.
    ///
    /// # Errors
    /// [`CryptoError::Key`] if it is zero, too large or not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let whole = <&[u8; 32]>::try_from(bytes).map_err(|_| CryptoError::Key)?; // `from_slice` would take fewer
        p256::ecdsa::SigningKey::from_slice(whole).map(Self).map_err(|_| CryptoError::Key)
    }

    /// The scalar, 32 bytes big-endian.
    pub fn expose(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::from_slice(self.0.verifying_key().to_sec1_point(false).as_bytes())
            .expect("an uncompressed P-256 point has 65 bytes")
    }

    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Signature(signature.to_bytes().into())
    }

    /// For the certificate builder.
    pub fn inner(&self) -> &p256::ecdsa::SigningKey {
        &self.0
    }
}

/// # Errors
/// [`CryptoError::Key`] or [`CryptoError::Signature`].
pub fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.as_ref()).map_err(|_| CryptoError::Key)?;
    let signature = p256::ecdsa::Signature::from_slice(signature.as_ref()).map_err(|_| CryptoError::Signature)?;
    key.verify(message, &signature).map_err(|_| CryptoError::Signature)
}

/// An authority's root key (P-384); wiped when dropped, shown as `…`.
#[derive(Clone)]
pub struct RootKey(p384::ecdsa::SigningKey);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(…)")
    }
}

impl RootKey {
    pub fn generate(luck: &Luck) -> Self {
        loop {
            if let Ok(key) = Self::from_bytes(&luck.bytes::<48>()) {
                return key;
            }
        }
    }

    /// The scalar, 48 bytes big-endian.
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let whole = <&[u8; 48]>::try_from(bytes).map_err(|_| CryptoError::Key)?;
        p384::ecdsa::SigningKey::from_slice(whole).map(Self).map_err(|_| CryptoError::Key)
    }

    pub fn expose(&self) -> [u8; 48] {
        self.0.to_bytes().into()
    }

    pub fn public(&self) -> RootPublicKey {
        RootPublicKey::from_slice(self.0.verifying_key().to_sec1_point(false).as_bytes())
            .expect("an uncompressed P-384 point has 97 bytes")
    }

    pub fn sign(&self, message: &[u8]) -> RootSignature {
        let signature: p384::ecdsa::Signature = self.0.sign(message);
        RootSignature(signature.to_bytes().into())
    }

    /// For the certificate builder.
    pub fn inner(&self) -> &p384::ecdsa::SigningKey {
        &self.0
    }
}

/// # Errors
/// [`CryptoError::Key`] or [`CryptoError::Signature`].
pub fn verify_root(key: &RootPublicKey, message: &[u8], signature: &RootSignature) -> Result<(), CryptoError> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key.as_ref()).map_err(|_| CryptoError::Key)?;
    let signature = p384::ecdsa::Signature::from_slice(signature.as_ref()).map_err(|_| CryptoError::Signature)?;
    key.verify(message, &signature).map_err(|_| CryptoError::Signature)
}
