// SPDX-License-Identifier: EUPL-1.2
//! HPKE (RFC 9180) outside MLS: base mode, hybrid ML-KEM-768 + P-256, HKDF-SHA384, AES-256-GCM.

use super::{CryptoError, Luck};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::AesGcm256, kdf::HkdfSha384, kem::MlKem768P256,
    single_shot_open, single_shot_seal_with_rng,
};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

type Hybrid = MlKem768P256;

/// Length in bytes of a public key: ML-KEM-768 (1184) and P-256 (65).
pub const PUBLIC_BYTES: usize = 1249;
/// Bytes a sealed text is longer than its plaintext: encapsulated key (1088 + 65) and tag (16).
pub const OVERHEAD_BYTES: usize = 1153 + 16;

/// A device's or request's key others seal to.
#[derive(Clone, PartialEq, Eq)]
pub struct SealPublic(Vec<u8>);

impl fmt::Debug for SealPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealPublic(…)")
    }
}

impl SealPublic {
    /// # Errors
    /// [`CryptoError::Key`] unless both halves are valid keys.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        <Hybrid as Kem>::PublicKey::from_bytes(bytes).map_err(|_| CryptoError::Key)?;
        Ok(Self(bytes.to_vec()))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Encapsulated key ‖ ciphertext ‖ tag. `info` says what it is for and must be given again to open.
    ///
    /// # Errors
    /// [`CryptoError::Key`] if encapsulation fails.
    pub fn seal(&self, luck: &Luck, info: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let key = <Hybrid as Kem>::PublicKey::from_bytes(&self.0).map_err(|_| CryptoError::Key)?;
        let (encapsulated, body) = single_shot_seal_with_rng::<AesGcm256, HkdfSha384, Hybrid>(
            &OpModeS::Base,
            &key,
            info,
            plain,
            aad,
            &mut luck.clone(),
        )
        .map_err(|_| CryptoError::Key)?;
        Ok([encapsulated.to_bytes().as_slice(), &body].concat())
    }
}

/// The other half; wiped when dropped, shown as `…`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealKey {
    secret: Vec<u8>,
    public: Vec<u8>,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl SealKey {
    pub fn generate(luck: &Luck) -> Self {
        Self::from_pair(Hybrid::gen_keypair_with_rng(&mut luck.clone()))
    }

    /// From what [`Self::expose`] gave.
    ///
    /// # Errors
    /// [`CryptoError::Key`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let secret = <Hybrid as Kem>::PrivateKey::from_bytes(bytes).map_err(|_| CryptoError::Key)?;
        let public = Hybrid::sk_to_pk(&secret);
        Ok(Self::from_pair((secret, public)))
    }

    pub fn expose(&self) -> &[u8] {
        &self.secret
    }

    pub fn public(&self) -> SealPublic {
        SealPublic(self.public.clone())
    }

    /// # Errors
    /// [`CryptoError::Open`] whatever is wrong.
    pub fn open(&self, info: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (encapsulated, body) =
            sealed.split_at_checked(OVERHEAD_BYTES - CIPHER_TAG_BYTES).ok_or(CryptoError::Open)?;
        let secret = <Hybrid as Kem>::PrivateKey::from_bytes(&self.secret).map_err(|_| CryptoError::Key)?;
        let encapsulated = <Hybrid as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| CryptoError::Open)?;
        single_shot_open::<AesGcm256, HkdfSha384, Hybrid>(&OpModeR::Base, &secret, &encapsulated, info, body, aad)
            .map_err(|_| CryptoError::Open)
    }

    fn from_pair((secret, public): (<Hybrid as Kem>::PrivateKey, <Hybrid as Kem>::PublicKey)) -> Self {
        Self { secret: secret.to_bytes().to_vec(), public: public.to_bytes().to_vec() }
    }
}

const CIPHER_TAG_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::luck::seeded;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_was_sealed_opens_only_with_its_key_and_purpose() {
        let luck = seeded::luck(1);
        let (key, other) = (SealKey::generate(&luck), SealKey::generate(&luck));
        let sealed = key.public().seal(&luck, b"purpose", b"aad", b"text").unwrap();
        assert_eq!(sealed.len(), 4 + OVERHEAD_BYTES);
        assert_eq!(key.public().as_bytes().len(), PUBLIC_BYTES);
        assert_eq!(key.open(b"purpose", b"aad", &sealed).unwrap(), b"text");
        assert_eq!(other.open(b"purpose", b"aad", &sealed), Err(CryptoError::Open));
        assert_eq!(key.open(b"another", b"aad", &sealed), Err(CryptoError::Open));
        let again = SealKey::from_bytes(key.expose()).unwrap();
        assert_eq!(again.open(b"purpose", b"aad", &sealed).unwrap(), b"text");
        assert_eq!(again.public(), key.public());
    }
}
