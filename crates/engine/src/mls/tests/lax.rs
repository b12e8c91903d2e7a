// SPDX-License-Identifier: EUPL-1.2
//! A certified member whose program leaves out every check: the library with an identity provider that says yes.

use super::super::{
    settings::{HOUR, SETTINGS},
    suite::Provider,
    witness::Witness,
};
use super::*;
use mls_rs::{
    CipherSuiteProvider, Client, CryptoProvider, Extension, ExtensionList, IdentityProvider, MlsMessage,
    client_builder::{
        BaseConfig, IntoConfigOutput, PaddingMode, WithCryptoProvider, WithIdentityProvider, WithMlsRules,
    },
    group::{CommitBuilder, ExportedTree},
    identity::{CredentialType, SigningIdentity},
    mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions},
    time::MlsTime,
};
use mls_rs_core::crypto::{
    HpkeCiphertext, HpkePsk, HpkePublicKey, HpkeSecretKey, SignaturePublicKey, SignatureSecretKey,
};
use mls_rs_core::identity::{CertificateChain, Credential, MemberValidationContext};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};
use zeroize::Zeroizing;

#[derive(Clone)]
pub(super) struct Yes;

impl IdentityProvider for Yes {
    type Error = Infallible;
    fn validate_member(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: MemberValidationContext<'_>,
    ) -> Result<(), Infallible> {
        Ok(())
    }
    fn validate_external_sender(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: Option<&ExtensionList>,
    ) -> Result<(), Infallible> {
        Ok(())
    }
    fn identity(&self, who: &SigningIdentity, _: &ExtensionList) -> Result<Vec<u8>, Infallible> {
        Ok(who.signature_key.as_ref().to_vec())
    }
    fn valid_successor(&self, _: &SigningIdentity, _: &SigningIdentity, _: &ExtensionList) -> Result<bool, Infallible> {
        Ok(true)
    }
    fn supported_types(&self) -> Vec<CredentialType> {
        vec![CredentialType::X509]
    }
}

type LaxConfig = IntoConfigOutput<
    WithMlsRules<DefaultMlsRules, WithIdentityProvider<Yes, WithCryptoProvider<Spoiling, BaseConfig>>>,
>;

pub(super) struct Lax {
    client: Client<LaxConfig>,
    package: MlsMessage,
    /// Public keys that get garbage from it.
    pub victims: Arc<Mutex<Vec<Vec<u8>>>>,
}

pub(super) struct LaxGroup {
    pub group: mls_rs::Group<LaxConfig>,
}

/// One commit being built.
pub(super) struct Build<'a>(CommitBuilder<'a, LaxConfig>);

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    Usual,
    NoPath,
    Public,
}

impl Lax {
    /// A person with a good certificate.
    pub fn new(town: &Town, user: u32, style: Style) -> Self {
        Self::with_chain(town, &|key| town.chain(user, user, key, NOW), style)
    }

    /// With any chain, e.g. a bad one.
    pub fn with_chain(town: &Town, chain: &dyn Fn(&SigningKey) -> Vec<Vec<u8>>, style: Style) -> Self {
        let key = SigningKey::generate(&town.luck);
        let credential = Credential::X509(CertificateChain::from(chain(&key)));
        let who = SigningIdentity::new(credential, key.public().as_ref().to_vec().into());
        let inner = Provider { suite: town.suite, luck: town.luck.clone(), witness: Witness::default() };
        let victims = Arc::default();
        let commits = CommitOptions::new()
            .with_path_required(style != Style::NoPath)
            .with_ratchet_tree_extension(false)
            .with_single_welcome_message(false);
        let encryption = EncryptionOptions::new(style != Style::Public, PaddingMode::None);
        let client = Client::builder()
            .crypto_provider(Spoiling { inner, victims: Arc::clone(&victims) })
            .identity_provider(Yes)
            .extension_types([SETTINGS, HOUR])
            .mls_rules(DefaultMlsRules::new().with_commit_options(commits).with_encryption_options(encryption))
            .signing_identity(who, key.expose().to_vec().into(), town.suite.number())
            .build();
        let at = MlsTime::from(NOW.secs() - 7200);
        let package = client.generate_key_package_message(Default::default(), Default::default(), Some(at)).unwrap();
        Self { client, package, victims }
    }

    pub fn package(&self) -> Vec<u8> {
        self.package.to_bytes().unwrap()
    }

    /// Added by `groups[by]`, accepted by everybody.
    pub fn join(self, groups: &mut [Group], by: usize) -> LaxGroup {
        let plan = Plan { add: vec![self.package()], ..Plan::default() };
        let staged = commit(groups, by, &plan);
        let tree = ExportedTree::from_bytes(&staged.tree).unwrap();
        let welcome = MlsMessage::from_bytes(&staged.welcomes[0].message).unwrap();
        LaxGroup { group: self.client.join_group(Some(tree), &welcome, None).unwrap().0 }
    }
}

impl LaxGroup {
    /// The commit's bytes; the group stays where it is.
    pub fn commit(&mut self, f: impl FnOnce(Build<'_>) -> Build<'_>) -> Vec<u8> {
        self.detached(hour(), f).0
    }

    pub fn commit_at(&mut self, at: Hour) -> Vec<u8> {
        self.detached(at, |build| build).0
    }

    /// Commit, welcomes, tree, and the keys of the next epoch.
    pub fn detached(
        &mut self,
        at: Hour,
        f: impl FnOnce(Build<'_>) -> Build<'_>,
    ) -> (Vec<u8>, Vec<Vec<u8>>, Vec<u8>, NextKeys) {
        let builder = self
            .group
            .commit_builder()
            .commit_time(MlsTime::from(NOW.secs()))
            .authenticated_data(aad(at).encode())
            .set_group_info_ext(vec![Extension::new(HOUR, at.0.to_be_bytes().to_vec())].into());
        let (out, secrets) = f(Build(builder)).0.build_detached().unwrap();
        let mut next = self.group.clone();
        next.apply_detached_commit(secrets).unwrap();
        let secret = next.export_secret(b"rp1 log", LOG.as_ref(), 32).unwrap();
        let keys = EpochKeys::derive(&Secret::from_slice(secret.as_bytes()).unwrap()).announce();
        let welcomes = out.welcome_messages.iter().map(|w| w.to_bytes().unwrap()).collect();
        (out.commit_message.to_bytes().unwrap(), welcomes, out.ratchet_tree.unwrap().to_bytes().unwrap(), keys)
    }

    pub fn propose_remove(&mut self, leaf: u32) -> Vec<u8> {
        self.group.propose_remove(leaf, aad(hour()).encode()).unwrap().to_bytes().unwrap()
    }
}

impl Build<'_> {
    pub fn add(self, package: &[u8]) -> Self {
        Self(self.0.add_member(MlsMessage::from_bytes(package).unwrap()).unwrap())
    }
    pub fn remove(self, leaf: u32) -> Self {
        Self(self.0.remove_member(leaf).unwrap())
    }
    pub fn settings(self, settings: &Settings) -> Self {
        Self(self.0.set_group_context_ext(settings.extensions()).unwrap())
    }
    pub fn no_settings(self) -> Self {
        Self(self.0.set_group_context_ext(ExtensionList::new()).unwrap())
    }
}

/// Spoils what is sealed to chosen keys.
#[derive(Clone)]
pub(super) struct Spoiling {
    pub inner: Provider,
    pub victims: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl CryptoProvider for Spoiling {
    type CipherSuiteProvider = SpoilingSuite;
    fn supported_cipher_suites(&self) -> Vec<mls_rs::CipherSuite> {
        self.inner.supported_cipher_suites()
    }
    fn cipher_suite_provider(&self, number: mls_rs::CipherSuite) -> Option<SpoilingSuite> {
        Some(SpoilingSuite { inner: self.inner.cipher_suite_provider(number)?, victims: self.victims.clone() })
    }
}

#[derive(Clone)]
pub(super) struct SpoilingSuite {
    inner: super::super::suite::Primitives,
    victims: Arc<Mutex<Vec<Vec<u8>>>>,
}

type P = super::super::suite::Primitives;
type E = <P as CipherSuiteProvider>::Error;

impl CipherSuiteProvider for SpoilingSuite {
    type Error = E;
    type HpkeContextS = <P as CipherSuiteProvider>::HpkeContextS;
    type HpkeContextR = <P as CipherSuiteProvider>::HpkeContextR;
    fn cipher_suite(&self) -> mls_rs::CipherSuite {
        self.inner.cipher_suite()
    }
    fn hash(&self, d: &[u8]) -> Result<Vec<u8>, E> {
        self.inner.hash(d)
    }
    fn mac(&self, k: &[u8], d: &[u8]) -> Result<Vec<u8>, E> {
        self.inner.mac(k, d)
    }
    fn aead_seal(&self, k: &[u8], d: &[u8], a: Option<&[u8]>, n: &[u8]) -> Result<Vec<u8>, E> {
        self.inner.aead_seal(k, d, a, n)
    }
    fn aead_open(&self, k: &[u8], t: &[u8], a: Option<&[u8]>, n: &[u8]) -> Result<Zeroizing<Vec<u8>>, E> {
        self.inner.aead_open(k, t, a, n)
    }
    fn aead_key_size(&self) -> usize {
        self.inner.aead_key_size()
    }
    fn aead_nonce_size(&self) -> usize {
        self.inner.aead_nonce_size()
    }
    fn kdf_extract(&self, s: &[u8], i: &[u8]) -> Result<Zeroizing<Vec<u8>>, E> {
        self.inner.kdf_extract(s, i)
    }
    fn kdf_expand(&self, p: &[u8], i: &[u8], l: usize) -> Result<Zeroizing<Vec<u8>>, E> {
        self.inner.kdf_expand(p, i, l)
    }
    fn kdf_extract_size(&self) -> usize {
        self.inner.kdf_extract_size()
    }
    fn hpke_seal(&self, k: &HpkePublicKey, i: &[u8], a: Option<&[u8]>, p: &[u8]) -> Result<HpkeCiphertext, E> {
        let mut text = self.inner.hpke_seal(k, i, a, p)?;
        if self.victims.lock().unwrap().iter().any(|victim| victim == k.as_ref()) {
            *text.ciphertext.last_mut().unwrap() ^= 1;
        }
        Ok(text)
    }
    fn hpke_seal_psk(
        &self,
        k: &HpkePublicKey,
        i: &[u8],
        a: Option<&[u8]>,
        p: &[u8],
        psk: HpkePsk<'_>,
    ) -> Result<HpkeCiphertext, E> {
        self.inner.hpke_seal_psk(k, i, a, p, psk)
    }
    fn hpke_open(
        &self,
        t: &HpkeCiphertext,
        s: &HpkeSecretKey,
        p: &HpkePublicKey,
        i: &[u8],
        a: Option<&[u8]>,
    ) -> Result<Zeroizing<Vec<u8>>, E> {
        self.inner.hpke_open(t, s, p, i, a)
    }
    fn hpke_open_psk(
        &self,
        t: &HpkeCiphertext,
        s: &HpkeSecretKey,
        p: &HpkePublicKey,
        i: &[u8],
        a: Option<&[u8]>,
        psk: HpkePsk<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, E> {
        self.inner.hpke_open_psk(t, s, p, i, a, psk)
    }
    fn hpke_setup_s(&self, k: &HpkePublicKey, i: &[u8]) -> Result<(Vec<u8>, Self::HpkeContextS), E> {
        self.inner.hpke_setup_s(k, i)
    }
    fn hpke_setup_r(&self, e: &[u8], s: &HpkeSecretKey, p: &HpkePublicKey, i: &[u8]) -> Result<Self::HpkeContextR, E> {
        self.inner.hpke_setup_r(e, s, p, i)
    }
    fn kem_derive(&self, i: &[u8]) -> Result<(HpkeSecretKey, HpkePublicKey), E> {
        self.inner.kem_derive(i)
    }
    fn kem_generate(&self) -> Result<(HpkeSecretKey, HpkePublicKey), E> {
        self.inner.kem_generate()
    }
    fn kem_public_key_validate(&self, k: &HpkePublicKey) -> Result<(), E> {
        self.inner.kem_public_key_validate(k)
    }
    fn random_bytes(&self, o: &mut [u8]) -> Result<(), E> {
        self.inner.random_bytes(o)
    }
    fn signature_key_generate(&self) -> Result<(SignatureSecretKey, SignaturePublicKey), E> {
        self.inner.signature_key_generate()
    }
    fn signature_key_derive_public(&self, s: &SignatureSecretKey) -> Result<SignaturePublicKey, E> {
        self.inner.signature_key_derive_public(s)
    }
    fn sign(&self, s: &SignatureSecretKey, d: &[u8]) -> Result<Vec<u8>, E> {
        self.inner.sign(s, d)
    }
    fn verify(&self, p: &SignaturePublicKey, s: &[u8], d: &[u8]) -> Result<(), E> {
        self.inner.verify(p, s, d)
    }
}
