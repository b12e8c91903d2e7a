// SPDX-License-Identifier: EUPL-1.2
//! Hashes in the place of cryptography, with the same shape and the same ways to fail; only in tests and the simulator.

use super::suite::SuiteError;
use crate::crypto::{Luck, sign::SigningKey};
use mls_rs_core::crypto::{
    HpkeCiphertext, HpkePsk, HpkePublicKey, HpkeSecretKey, SignaturePublicKey, SignatureSecretKey,
};
use mls_rs_crypto_hpke::context::{ContextR, ContextS};
use mls_rs_crypto_rustcrypto::{aead::Aead, kdf::Kdf};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

type Done<T> = Result<T, SuiteError>;
const TAG: usize = 16;

#[derive(Clone)]
pub(super) struct StandIn {
    luck: Luck,
    /// Public keys by hash of their secret: deriving one is the only true cryptography here, and slow.
    public: Arc<Mutex<BTreeMap<[u8; 32], Vec<u8>>>>,
}

fn digest(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(label);
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl StandIn {
    pub fn new(luck: &Luck) -> Self {
        Self { luck: luck.clone(), public: Arc::default() }
    }

    pub fn hash(&self, data: &[u8]) -> Done<Vec<u8>> {
        Ok(Sha256::digest(data).to_vec())
    }

    pub fn mac(&self, key: &[u8], data: &[u8]) -> Done<Vec<u8>> {
        Ok(digest(b"mac", &[key, data]).to_vec())
    }

    pub fn aead_seal(&self, key: &[u8], data: &[u8], aad: Option<&[u8]>, nonce: &[u8]) -> Done<Vec<u8>> {
        let tag = digest(b"tag", &[key, nonce, aad.unwrap_or_default(), data]);
        Ok(xor(key, nonce, data).into_iter().chain(tag.into_iter().take(TAG)).collect())
    }

    pub fn aead_open(&self, key: &[u8], text: &[u8], aad: Option<&[u8]>, nonce: &[u8]) -> Done<Zeroizing<Vec<u8>>> {
        let body = text.len().checked_sub(TAG).ok_or(SuiteError::Refused)?;
        let (body, tag) = text.split_at_checked(body).ok_or(SuiteError::Refused)?;
        let plain = xor(key, nonce, body);
        let right = digest(b"tag", &[key, nonce, aad.unwrap_or_default(), &plain]);
        if right.starts_with(tag) { Ok(plain.into()) } else { Err(SuiteError::Refused) }
    }

    pub fn kdf_extract(&self, salt: &[u8], ikm: &[u8]) -> Done<Zeroizing<Vec<u8>>> {
        Ok(digest(b"extract", &[salt, ikm]).to_vec().into())
    }

    pub fn kdf_expand(&self, prk: &[u8], info: &[u8], length: usize) -> Done<Zeroizing<Vec<u8>>> {
        Ok((0u32..)
            .flat_map(|n| digest(b"expand", &[prk, info, &n.to_be_bytes()]))
            .take(length)
            .collect::<Vec<_>>()
            .into())
    }

    pub fn kdf_extract_size(&self) -> usize {
        32
    }

    pub fn hpke_seal(
        &self,
        key: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        plain: &[u8],
    ) -> Done<HpkeCiphertext> {
        let kem_output: [u8; 32] = self.luck.bytes();
        let shared = digest(b"shared", &[key.as_ref(), &kem_output, info]);
        Ok(HpkeCiphertext {
            kem_output: kem_output.to_vec(),
            ciphertext: self.aead_seal(&shared, plain, aad, b"hpke")?,
        })
    }

    pub fn hpke_open(
        &self,
        text: &HpkeCiphertext,
        secret: &HpkeSecretKey,
        _: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
    ) -> Done<Zeroizing<Vec<u8>>> {
        let public = digest(b"public", &[secret.as_ref()]);
        let shared = digest(b"shared", &[&public, &text.kem_output, info]);
        self.aead_open(&shared, &text.ciphertext, aad, b"hpke")
    }

    pub fn hpke_seal_psk(
        &self,
        _: &HpkePublicKey,
        _: &[u8],
        _: Option<&[u8]>,
        _: &[u8],
        _: HpkePsk<'_>,
    ) -> Done<HpkeCiphertext> {
        Err(SuiteError::Refused)
    }

    pub fn hpke_open_psk(
        &self,
        _: &HpkeCiphertext,
        _: &HpkeSecretKey,
        _: &HpkePublicKey,
        _: &[u8],
        _: Option<&[u8]>,
        _: HpkePsk<'_>,
    ) -> Done<Zeroizing<Vec<u8>>> {
        Err(SuiteError::Refused)
    }

    /// Contexts are used for external commits alone, which do not exist here.
    pub fn hpke_setup_s(&self, _: &HpkePublicKey, _: &[u8]) -> Done<(Vec<u8>, ContextS<Kdf, Aead>)> {
        Err(SuiteError::Refused)
    }

    /// As [`Self::hpke_setup_s`].
    pub fn hpke_setup_r(&self, _: &[u8], _: &HpkeSecretKey, _: &HpkePublicKey, _: &[u8]) -> Done<ContextR<Kdf, Aead>> {
        Err(SuiteError::Refused)
    }

    pub fn kem_derive(&self, ikm: &[u8]) -> (HpkeSecretKey, HpkePublicKey) {
        let secret = digest(b"secret", &[ikm]).to_vec();
        let public = digest(b"public", &[&secret]).to_vec();
        (secret.into(), public.into())
    }

    pub fn kem_generate(&self) -> Done<(HpkeSecretKey, HpkePublicKey)> {
        Ok(self.kem_derive(&self.luck.bytes::<32>()))
    }

    pub fn kem_public_key_validate(&self, key: &HpkePublicKey) -> Done<()> {
        if key.len() == 32 { Ok(()) } else { Err(SuiteError::Refused) }
    }

    /// The true public key: it must be the one in the device's certificate.
    pub fn public(&self, secret: &SignatureSecretKey) -> Done<SignaturePublicKey> {
        let id = digest(b"id", &[secret.as_bytes()]);
        let mut known = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(public) = known.get(&id) {
            return Ok(public.clone().into());
        }
        let key = SigningKey::from_bytes(secret.as_bytes()).map_err(|_| SuiteError::Refused)?;
        let public = key.public().as_ref().to_vec();
        known.insert(id, public.clone());
        Ok(public.into())
    }

    pub fn sign(&self, secret: &SignatureSecretKey, data: &[u8]) -> Done<Vec<u8>> {
        Ok(digest(b"signature", &[self.public(secret)?.as_bytes(), data]).to_vec())
    }

    pub fn verify(&self, public: &SignaturePublicKey, signature: &[u8], data: &[u8]) -> Done<()> {
        let right = digest(b"signature", &[public.as_bytes(), data]);
        if signature == right { Ok(()) } else { Err(SuiteError::Refused) }
    }
}

fn xor(key: &[u8], nonce: &[u8], data: &[u8]) -> Vec<u8> {
    let start = digest(b"stream", &[key, nonce]);
    let blocks = data.chunks(32).zip(0u32..);
    blocks
        .flat_map(|(chunk, n)| {
            let block = digest(b"block", &[&start, &n.to_be_bytes()]);
            chunk.iter().zip(block).map(|(byte, key)| byte ^ key).collect::<Vec<_>>()
        })
        .collect()
}
