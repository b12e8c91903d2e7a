// SPDX-License-Identifier: EUPL-1.2
//! The suites' signatures: ECDSA written as DER (RFC 9420 §5.1.2), deterministic (RFC 6979). The library's own signer
//! would bring curves nobody here uses, tables and all, into every browser.

use crate::crypto::{
    CryptoError,
    sign::{RootKey, SigningKey},
};
use p256::ecdsa::signature::{Signer, Verifier};

/// The curve a suite signs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    /// The uncompressed point of a scalar, 65 or 97 bytes.
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn public(self, secret: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(match self {
            Self::P256 => SigningKey::from_bytes(secret)?.public().as_ref().to_vec(),
            Self::P384 => RootKey::from_bytes(secret)?.public().as_ref().to_vec(),
        })
    }

    /// # Errors
    /// [`CryptoError::Key`].
    pub fn sign(self, secret: &[u8], data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(match self {
            Self::P256 => {
                let signature: p256::ecdsa::Signature = SigningKey::from_bytes(secret)?.inner().sign(data);
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384 => {
                let signature: p384::ecdsa::Signature = RootKey::from_bytes(secret)?.inner().sign(data);
                signature.to_der().as_bytes().to_vec()
            }
        })
    }

    /// # Errors
    /// [`CryptoError::Key`] or [`CryptoError::Signature`].
    pub fn verify(self, public: &[u8], signature: &[u8], data: &[u8]) -> Result<(), CryptoError> {
        let is_right = match self {
            Self::P256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public).map_err(|_| CryptoError::Key)?;
                p256::ecdsa::Signature::from_der(signature).and_then(|signature| key.verify(data, &signature))
            }
            Self::P384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(public).map_err(|_| CryptoError::Key)?;
                p384::ecdsa::Signature::from_der(signature).and_then(|signature| key.verify(data, &signature))
            }
        };
        is_right.map_err(|_| CryptoError::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::luck;
    use mls_rs_crypto_rustcrypto::ec_signer::EcSigner;
    use mls_rs_crypto_traits::Curve as LibraryCurve;

    #[test]
    fn signs_as_the_library_does_and_refuses_what_is_altered() {
        let luck = luck(1);
        for (curve, library, secret) in [
            (Curve::P256, LibraryCurve::P256, SigningKey::generate(&luck).expose().to_vec()),
            (Curve::P384, LibraryCurve::P384, RootKey::generate(&luck).expose().to_vec()),
        ] {
            let library = EcSigner::new_from_curve(library);
            let public = curve.public(&secret).unwrap();
            assert_eq!(public, library.signature_key_derive_public(&secret.clone().into()).unwrap().as_ref());
            let mut signature = curve.sign(&secret, b"said").unwrap();
            assert_eq!(signature, library.sign(&secret.clone().into(), b"said").unwrap());
            assert_eq!(curve.verify(&public, &signature, b"said"), Ok(()));
            assert_eq!(curve.verify(&public, &signature, b"other"), Err(CryptoError::Signature));
            assert_eq!(curve.verify(&[4; 65], &signature, b"said"), Err(CryptoError::Key));
            assert_eq!(curve.sign(&secret[1..], b"said"), Err(CryptoError::Key));
            signature.pop();
            assert_eq!(curve.verify(&public, &signature, b"said"), Err(CryptoError::Signature));
        }
    }
}
