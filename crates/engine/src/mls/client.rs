// SPDX-License-Identifier: EUPL-1.2
//! One device's part in the library: its key, its chain, and the key packages others add it with.

use super::{
    GroupError, Settings, Suite,
    group::Group,
    identity::Identity,
    rules::Rules,
    settings::{HOUR, SETTINGS},
    storage::Storage,
    suite::{Primitives, Provider},
    witness::Witness,
};
use crate::{
    cert::{DeviceIdentity, Seen, fits_leaf, parse_chain},
    crypto::{Luck, sign::SigningKey},
};
use client_api::Timestamp;
use minicbor::{Decode, Encode, bytes::ByteVec};
use mls_rs::{
    CipherSuiteProvider, Client, CryptoProvider, ExtensionList, MlsMessage,
    client_builder::{
        BaseConfig, IntoConfigOutput, WithCryptoProvider, WithGroupStateStorage, WithIdentityProvider,
        WithKeyPackageRepo, WithMlsRules,
    },
    extension::{MlsExtension, recommended::LastResortKeyPackageExt},
    identity::SigningIdentity,
    mls_rs_codec::{MlsDecode, MlsEncode},
    time::MlsTime,
};
use mls_rs_core::{
    identity::{CertificateChain, Credential},
    key_package::KeyPackageData,
};
use proto::{Hour, RootPublicKey};
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// Days a key package is good for; those of an inbox live at least 100.
const KEY_PACKAGE_DAYS: u64 = 130;
/// A key package is good this long before it was made: groups state whole hours, and clocks differ, some by hours.
const BACKDATE_SECS: u64 = crate::cert::BACKDATE_SECS;
/// Largest key package in bytes, before it is sealed to its fixed size.
const KEY_PACKAGE_LIMIT: usize = proto::limit::KEY_PACKAGE_BYTES;

/// The one configuration: nameable, so nothing else has to be generic.
pub(super) type Config = IntoConfigOutput<
    WithMlsRules<
        Rules,
        WithKeyPackageRepo<
            Storage,
            WithGroupStateStorage<Storage, WithIdentityProvider<Identity, WithCryptoProvider<Provider, BaseConfig>>>,
        >,
    >,
>;

pub(super) struct Inner {
    pub library: Client<Config>,
    pub storage: Storage,
    pub identity: Identity,
    pub witness: Witness,
    pub provider: Provider,
    /// The key and chain new commits put in the own leaf.
    pub key: SigningKey,
    pub who: SigningIdentity,
}

/// A device among groups; clones are the same device.
#[derive(Clone)]
pub struct MlsClient(pub(super) Arc<Inner>);

impl std::fmt::Debug for MlsClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MlsClient(…)")
    }
}

/// How often a key package may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPackageUse {
    Once,
    /// Given out when no other is left; kept after use.
    LastResort,
}

/// A key package just made.
pub struct NewKeyPackage {
    /// What others add this device with.
    pub bytes: Vec<u8>,
    /// To be kept until a Welcome for it was taken; secret.
    pub private: Zeroizing<Vec<u8>>,
    /// Names it in a Welcome.
    pub reference: Vec<u8>,
}

/// A key package whose chain, signature and lifetime are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedKeyPackage {
    pub device: DeviceIdentity,
    pub reference: Vec<u8>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PrivatePart {
    #[n(0)]
    reference: ByteVec,
    #[n(1)]
    data: ByteVec,
}

impl MlsClient {
    /// `chain`: device, user, issuer.
    ///
    /// # Errors
    /// [`GroupError::Suite`] for [`Suite::Hybrid1024`], whose leaves need P-384 keys no certificate has yet;
    /// [`GroupError::Cert`] if the chain is malformed.
    pub fn new(
        suite: Suite,
        key: &SigningKey,
        chain: &[Vec<u8>],
        luck: &Luck,
        seen: &Seen,
    ) -> Result<Self, GroupError> {
        if suite == Suite::Hybrid1024 {
            return Err(GroupError::Suite);
        }
        parse_chain(chain)?;
        let (storage, witness, identity) = (Storage::default(), Witness::default(), Identity::new(seen));
        let provider = Provider { suite, luck: luck.clone(), witness: witness.clone() };
        let credential = Credential::X509(CertificateChain::from(chain.to_vec()));
        let who = SigningIdentity::new(credential, key.public().as_ref().to_vec().into());
        let library = Client::builder()
            .crypto_provider(provider.clone())
            .identity_provider(identity.clone())
            .group_state_storage(storage.clone())
            .key_package_repo(storage.clone())
            .extension_types([SETTINGS, HOUR])
            .key_package_lifetime(Duration::from_secs(KEY_PACKAGE_DAYS * 86_400))
            .mls_rules(Rules { identity: identity.clone(), witness: witness.clone() })
            .signing_identity(who.clone(), key.expose().to_vec().into(), suite.number())
            .build();
        Ok(Self(Arc::new(Inner { library, storage, identity, witness, provider, key: key.clone(), who })))
    }

    /// Turns the device into an insider that seals garbage to every second of those it should seal path secrets to.
    #[cfg(any(test, feature = "testkit"))]
    pub fn poison(&self) {
        self.0.witness.poison();
    }

    /// A fresh key package. Nothing of it is kept here.
    ///
    /// # Errors
    /// [`GroupError::Library`].
    pub fn key_package(&self, at: Timestamp, purpose: KeyPackageUse) -> Result<NewKeyPackage, GroupError> {
        let mut extensions = ExtensionList::new();
        if purpose == KeyPackageUse::LastResort {
            extensions.set(LastResortKeyPackageExt.into_extension().map_err(|_| GroupError::Library)?);
        }
        let from = MlsTime::from(at.secs().saturating_sub(BACKDATE_SECS));
        self.0.storage.clear();
        let message = self.0.library.generate_key_package_message(extensions, ExtensionList::new(), Some(from))?;
        let (reference, data) = self.0.storage.take_key_package().ok_or(GroupError::Library)?;
        let data = Zeroizing::new(data.mls_encode_to_vec().map_err(|_| GroupError::Library)?);
        let part = PrivatePart { reference: reference.clone().into(), data: data.to_vec().into() };
        let private = minicbor::to_vec(&part).map_err(|_| GroupError::Library)?;
        Ok(NewKeyPackage { bytes: message.to_bytes()?, private: private.into(), reference })
    }

    /// Checks what a claim brought: chain under `roots` and lifetime at `at`; the signature is checked when it is used.
    ///
    /// # Errors
    /// [`GroupError::KeyPackage`], [`GroupError::Cert`].
    pub fn verify_key_package(
        &self,
        bytes: &[u8],
        roots: &[RootPublicKey],
        at: Timestamp,
    ) -> Result<VerifiedKeyPackage, GroupError> {
        let message = read_key_package(bytes)?;
        let reference = message.key_package_reference(&self.primitives()?)?;
        let package = message.as_key_package().ok_or(GroupError::KeyPackage)?;
        if package.cipher_suite != self.0.provider.suite.number() {
            return Err(GroupError::KeyPackage);
        }
        let device = self.0.identity.check(package.signing_identity(), roots, Some(at.secs())).map_err(cert)?;
        fits_leaf(&device, package.signing_identity().signature_key.as_ref())?;
        let reference = reference.ok_or(GroupError::KeyPackage)?.to_vec();
        Ok(VerifiedKeyPackage { device, reference })
    }

    /// A new group of this device alone; its hour is `at`.
    ///
    /// # Errors
    /// [`GroupError::Policy`] for settings outside the limits, [`GroupError::Cert`] if the own chain does not fit them.
    pub fn create(&self, settings: &Settings, at: Hour) -> Result<Group, GroupError> {
        Group::create(self, settings, at)
    }

    pub(super) fn has_chain(&self, chain: &[ByteVec]) -> bool {
        let own = self.0.who.credential.as_x509();
        own.is_some_and(|own| own.iter().map(AsRef::<[u8]>::as_ref).eq(chain.iter().map(|cert| cert.as_slice())))
    }

    pub(super) fn primitives(&self) -> Result<Primitives, GroupError> {
        self.0.provider.cipher_suite_provider(self.0.provider.suite.number()).ok_or(GroupError::Suite)
    }

    /// Puts a kept key package where joining finds it.
    pub(super) fn offer(&self, private: &[u8]) -> Result<(), GroupError> {
        let part: PrivatePart = minicbor::decode(private).map_err(|_| GroupError::Library)?;
        let data = KeyPackageData::mls_decode(&mut part.data.as_slice()).map_err(|_| GroupError::Library)?;
        self.0.storage.clear();
        self.0.storage.offer_key_package(part.reference.to_vec(), data);
        Ok(())
    }
}

pub(super) fn read_key_package(bytes: &[u8]) -> Result<MlsMessage, GroupError> {
    if bytes.len() > KEY_PACKAGE_LIMIT {
        return Err(GroupError::KeyPackage);
    }
    let message = MlsMessage::from_bytes(bytes).map_err(|_| GroupError::KeyPackage)?;
    // one encoding, nothing behind it
    let same = message.to_bytes().is_ok_and(|again| again == bytes);
    if same && message.as_key_package().is_some() { Ok(message) } else { Err(GroupError::KeyPackage) }
}

pub(super) fn cert(error: super::identity::IdentityError) -> GroupError {
    match error {
        super::identity::IdentityError::Cert(cert) => GroupError::Cert(cert),
        _ => GroupError::KeyPackage,
    }
}

/// Whether the suite takes these bytes as an HPKE key.
pub(super) fn is_kem_key(primitives: &Primitives, key: &mls_rs_core::crypto::HpkePublicKey) -> bool {
    primitives.kem_public_key_validate(key).is_ok()
}
