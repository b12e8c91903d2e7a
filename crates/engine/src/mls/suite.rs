// SPDX-License-Identifier: EUPL-1.2
//! The two hybrid cipher suites and no other; all randomness is handed in, and failures are noted for the verdicts.

#[cfg(any(test, feature = "testkit"))]
use super::stand_in;
use super::{
    kem::{Hybrid, derive},
    path,
    signer::Curve,
    witness::{Failed, Witness},
};
use crate::crypto::{
    CryptoError, Luck,
    sign::{RootKey, SigningKey},
};
use hpke::kem::{MlKem768P256, MlKem1024P384};
use mls_rs::{CipherSuite, CipherSuiteProvider, CryptoProvider};
use mls_rs_core::{
    crypto::{HpkeCiphertext, HpkePsk, HpkePublicKey, HpkeSecretKey, SignaturePublicKey, SignatureSecretKey},
    error::IntoAnyError,
};
use mls_rs_crypto_hpke::context::{ContextR, ContextS};
use mls_rs_crypto_rustcrypto::{RustCryptoCipherSuite, RustCryptoError, aead::Aead, kdf::Kdf};
use zeroize::Zeroizing;

/// Which cryptography a group uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// 0xF004: ML-KEM-768 + P-256, AES-256-GCM, SHA-384, ECDSA P-256.
    Hybrid768,
    /// 0xF005: ML-KEM-1024 + P-384, AES-256-GCM, SHA-384, ECDSA P-384.
    Hybrid1024,
    /// 0xFFF0: hashes in place of cryptography, for many simulated days in little time. Protects nothing.
    #[cfg(any(test, feature = "testkit"))]
    StandIn,
}

impl Suite {
    pub(super) fn number(self) -> CipherSuite {
        CipherSuite::new(match self {
            Self::Hybrid768 => 0xF004,
            Self::Hybrid1024 => 0xF005,
            #[cfg(any(test, feature = "testkit"))]
            Self::StandIn => 0xFFF0,
        })
    }
}

/// Offers exactly one suite: groups of another can't be joined.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub suite: Suite,
    pub luck: Luck,
    pub witness: Witness,
}

impl CryptoProvider for Provider {
    type CipherSuiteProvider = Primitives;

    fn supported_cipher_suites(&self) -> Vec<CipherSuite> {
        vec![self.suite.number()]
    }

    fn cipher_suite_provider(&self, number: CipherSuite) -> Option<Primitives> {
        if number != self.suite.number() {
            return None;
        }
        let inner = match self.suite {
            Suite::Hybrid768 => Inner::P256(parts(&self.luck)?),
            Suite::Hybrid1024 => Inner::P384(parts(&self.luck)?),
            #[cfg(any(test, feature = "testkit"))]
            Suite::StandIn => Inner::StandIn(stand_in::StandIn::new(&self.luck)),
        };
        Some(Primitives { number, inner, luck: self.luck.clone(), witness: self.witness.clone() })
    }
}

type Parts<K> = RustCryptoCipherSuite<Hybrid<K>, Kdf, Aead>;

/// AES-256-GCM and SHA-384 are those of the library's suite 7.
fn parts<K: hpke::Kem>(luck: &Luck) -> Option<Parts<K>> {
    let base = CipherSuite::P384_AES256;
    RustCryptoCipherSuite::new(base, Hybrid::new(luck), Kdf::new(base)?, Aead::new(base)?)
}

#[derive(Clone)]
enum Inner {
    P256(Parts<MlKem768P256>),
    P384(Parts<MlKem1024P384>),
    #[cfg(any(test, feature = "testkit"))]
    StandIn(stand_in::StandIn),
}

/// One suite's primitives.
#[derive(Clone)]
pub(super) struct Primitives {
    number: CipherSuite,
    inner: Inner,
    luck: Luck,
    witness: Witness,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum SuiteError {
    #[error(transparent)]
    Library(#[from] RustCryptoError),
    #[error(transparent)]
    Signature(#[from] CryptoError),
    /// Only the stand-in: something does not open or verify.
    #[cfg(any(test, feature = "testkit"))]
    #[error("refused")]
    Refused,
}

impl IntoAnyError for SuiteError {
    fn into_dyn_error(self) -> Result<Box<dyn std::error::Error + Send + Sync>, Self> {
        Ok(self.into())
    }
}

/// The same call on whichever suite it is.
macro_rules! on {
    ($self:ident, $parts:ident => $call:expr) => {
        match &$self.inner {
            Inner::P256($parts) => $call.map_err(SuiteError::from),
            Inner::P384($parts) => $call.map_err(SuiteError::from),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn($parts) => $call,
        }
    };
}

type Done<T> = Result<T, SuiteError>;
type KeyPair = (HpkeSecretKey, HpkePublicKey);

impl CipherSuiteProvider for Primitives {
    type Error = SuiteError;
    type HpkeContextS = ContextS<Kdf, Aead>;
    type HpkeContextR = ContextR<Kdf, Aead>;

    fn cipher_suite(&self) -> CipherSuite {
        self.number
    }
    fn hash(&self, data: &[u8]) -> Done<Vec<u8>> {
        on!(self, parts => parts.hash(data))
    }
    fn mac(&self, key: &[u8], data: &[u8]) -> Done<Vec<u8>> {
        on!(self, parts => parts.mac(key, data))
    }
    fn aead_seal(&self, key: &[u8], data: &[u8], aad: Option<&[u8]>, nonce: &[u8]) -> Done<Vec<u8>> {
        on!(self, parts => parts.aead_seal(key, data, aad, nonce))
    }
    fn aead_open(&self, key: &[u8], text: &[u8], aad: Option<&[u8]>, nonce: &[u8]) -> Done<Zeroizing<Vec<u8>>> {
        let plain = on!(self, parts => parts.aead_open(key, text, aad, nonce));
        let plain = self.witness.watch(Failed::AeadOpen, plain)?;
        if self.witness.armed() {
            let seen = path::look(&plain);
            self.witness.with(|notes| notes.path = seen);
        }
        Ok(plain)
    }
    fn aead_key_size(&self) -> usize {
        32
    }
    fn aead_nonce_size(&self) -> usize {
        12
    }
    fn kdf_extract(&self, salt: &[u8], ikm: &[u8]) -> Done<Zeroizing<Vec<u8>>> {
        on!(self, parts => parts.kdf_extract(salt, ikm))
    }
    fn kdf_expand(&self, prk: &[u8], info: &[u8], length: usize) -> Done<Zeroizing<Vec<u8>>> {
        on!(self, parts => parts.kdf_expand(prk, info, length))
    }
    fn kdf_extract_size(&self) -> usize {
        match &self.inner {
            Inner::P256(parts) => parts.kdf_extract_size(),
            Inner::P384(parts) => parts.kdf_extract_size(),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn(parts) => parts.kdf_extract_size(),
        }
    }
    fn hpke_seal(&self, key: &HpkePublicKey, info: &[u8], aad: Option<&[u8]>, plain: &[u8]) -> Done<HpkeCiphertext> {
        let sealed = on!(self, parts => parts.hpke_seal(key, info, aad, plain));
        #[cfg(any(test, feature = "testkit"))]
        let sealed = sealed.map(|mut sealed| {
            if let Some(byte) = sealed.ciphertext.first_mut().filter(|_| self.witness.spoils()) {
                *byte ^= 1;
            }
            sealed
        });
        sealed
    }
    fn hpke_seal_psk(
        &self,
        key: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        plain: &[u8],
        psk: HpkePsk<'_>,
    ) -> Done<HpkeCiphertext> {
        on!(self, parts => parts.hpke_seal_psk(key, info, aad, plain, psk))
    }
    fn hpke_open(
        &self,
        text: &HpkeCiphertext,
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
    ) -> Done<Zeroizing<Vec<u8>>> {
        let opened = on!(self, parts => parts.hpke_open(text, secret, public, info, aad));
        self.witness.watch(Failed::HpkeOpen, opened)
    }
    fn hpke_open_psk(
        &self,
        text: &HpkeCiphertext,
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        psk: HpkePsk<'_>,
    ) -> Done<Zeroizing<Vec<u8>>> {
        let opened = on!(self, parts => parts.hpke_open_psk(text, secret, public, info, aad, psk));
        self.witness.watch(Failed::HpkeOpen, opened)
    }
    fn hpke_setup_s(&self, key: &HpkePublicKey, info: &[u8]) -> Done<(Vec<u8>, Self::HpkeContextS)> {
        on!(self, parts => parts.hpke_setup_s(key, info))
    }
    fn hpke_setup_r(
        &self,
        encapsulated: &[u8],
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
    ) -> Done<Self::HpkeContextR> {
        on!(self, parts => parts.hpke_setup_r(encapsulated, secret, public, info))
    }
    fn kem_derive(&self, ikm: &[u8]) -> Done<KeyPair> {
        Ok(match &self.inner {
            Inner::P256(..) => derive::<MlKem768P256>(ikm),
            Inner::P384(..) => derive::<MlKem1024P384>(ikm),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn(parts) => parts.kem_derive(ikm),
        })
    }
    fn kem_generate(&self) -> Done<KeyPair> {
        on!(self, parts => parts.kem_generate())
    }
    fn kem_public_key_validate(&self, key: &HpkePublicKey) -> Done<()> {
        let valid = on!(self, parts => parts.kem_public_key_validate(key));
        self.witness.watch(Failed::KemKey, valid)
    }
    fn random_bytes(&self, out: &mut [u8]) -> Done<()> {
        self.luck.fill(out);
        Ok(())
    }
    fn signature_key_generate(&self) -> Done<(SignatureSecretKey, SignaturePublicKey)> {
        let secret = match &self.inner {
            Inner::P384(..) => RootKey::generate(&self.luck).expose().to_vec(),
            _ => SigningKey::generate(&self.luck).expose().to_vec(),
        };
        let secret = SignatureSecretKey::from(secret);
        let public = self.signature_key_derive_public(&secret)?;
        Ok((secret, public))
    }
    fn signature_key_derive_public(&self, secret: &SignatureSecretKey) -> Done<SignaturePublicKey> {
        match &self.inner {
            Inner::P256(..) => Ok(Curve::P256.public(secret)?.into()),
            Inner::P384(..) => Ok(Curve::P384.public(secret)?.into()),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn(parts) => parts.public(secret),
        }
    }
    /// Deterministic (RFC 6979).
    fn sign(&self, secret: &SignatureSecretKey, data: &[u8]) -> Done<Vec<u8>> {
        match &self.inner {
            Inner::P256(..) => Ok(Curve::P256.sign(secret, data)?),
            Inner::P384(..) => Ok(Curve::P384.sign(secret, data)?),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn(parts) => parts.sign(secret, data),
        }
    }
    fn verify(&self, public: &SignaturePublicKey, signature: &[u8], data: &[u8]) -> Done<()> {
        let right = match &self.inner {
            Inner::P256(..) => Curve::P256.verify(public, signature, data).map_err(SuiteError::from),
            Inner::P384(..) => Curve::P384.verify(public, signature, data).map_err(SuiteError::from),
            #[cfg(any(test, feature = "testkit"))]
            Inner::StandIn(parts) => parts.verify(public, signature, data),
        };
        self.witness.watch(Failed::Signature, right)
    }
}
