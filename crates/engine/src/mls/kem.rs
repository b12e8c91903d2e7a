// SPDX-License-Identifier: EUPL-1.2
//! The hybrid KEMs of draft-ietf-hpke-pq under the library's interface, with luck handed in.

use crate::crypto::Luck;
use hpke::{Deserializable, HpkeError, Kem, Serializable};
use mls_rs_core::{
    crypto::{HpkePublicKey, HpkeSecretKey},
    error::IntoAnyError,
};
use mls_rs_crypto_traits::{KemResult, KemType};
use std::marker::PhantomData;

pub(super) struct Hybrid<K> {
    luck: Luck,
    kind: PhantomData<fn() -> K>,
}

impl<K> Hybrid<K> {
    pub fn new(luck: &Luck) -> Self {
        Self { luck: luck.clone(), kind: PhantomData }
    }
}

impl<K> Clone for Hybrid<K> {
    fn clone(&self) -> Self {
        Self::new(&self.luck)
    }
}

/// A key, encapsulated key or shared secret has the wrong form.
#[derive(Debug, thiserror::Error)]
#[error("a key of the KEM is malformed")]
pub(super) struct KemError;

impl From<HpkeError> for KemError {
    fn from(_: HpkeError) -> Self {
        Self
    }
}

impl IntoAnyError for KemError {
    fn into_dyn_error(self) -> Result<Box<dyn std::error::Error + Send + Sync>, Self> {
        Ok(self.into())
    }
}

/// DeriveKeyPair works on the input itself (the library's own way would hash it first).
pub(super) fn derive<K: Kem>(ikm: &[u8]) -> (HpkeSecretKey, HpkePublicKey) {
    pair::<K>(K::derive_keypair(ikm))
}

fn pair<K: Kem>((secret, public): (K::PrivateKey, K::PublicKey)) -> (HpkeSecretKey, HpkePublicKey) {
    (secret.to_bytes().to_vec().into(), public.to_bytes().to_vec().into())
}

impl<K: Kem> KemType for Hybrid<K> {
    type Error = KemError;

    fn kem_id(&self) -> u16 {
        K::KEM_ID
    }

    fn generate_deterministic(&self, seed: &[u8]) -> Result<(HpkeSecretKey, HpkePublicKey), KemError> {
        Ok(derive::<K>(seed))
    }

    fn generate(&self) -> Result<(HpkeSecretKey, HpkePublicKey), KemError> {
        Ok(pair::<K>(K::gen_keypair_with_rng(&mut self.luck.clone())))
    }

    fn public_key_validate(&self, key: &HpkePublicKey) -> Result<(), KemError> {
        K::PublicKey::from_bytes(key.as_ref())?;
        Ok(())
    }

    fn encap(&self, key: &HpkePublicKey) -> Result<KemResult, KemError> {
        let key = K::PublicKey::from_bytes(key.as_ref())?;
        let (shared, encapsulated) = K::encap_with_rng(&key, None, &mut self.luck.clone())?;
        Ok(KemResult::new(shared.0.to_vec(), encapsulated.to_bytes().to_vec()))
    }

    fn decap(&self, encapsulated: &[u8], secret: &HpkeSecretKey, _: &HpkePublicKey) -> Result<Vec<u8>, KemError> {
        let secret = K::PrivateKey::from_bytes(secret.as_ref())?;
        Ok(K::decap(&secret, None, &K::EncappedKey::from_bytes(encapsulated)?)?.0.to_vec())
    }

    fn seed_length_for_derive(&self) -> usize {
        32
    }
}
