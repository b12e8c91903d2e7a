// SPDX-License-Identifier: EUPL-1.2
//! Who may stand in a leaf: our certificate profile under the group's own roots, at the time the commit states.

use super::settings::Settings;
use crate::cert::{CertError, DeviceIdentity, Seen, fits_leaf, parse_chain, verify};
use mls_rs::{
    ExtensionList, IdentityProvider,
    identity::{CredentialType, SigningIdentity},
    time::MlsTime,
};
use mls_rs_core::{error::IntoAnyError, identity::MemberValidationContext};
use proto::RootPublicKey;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Chains remembered before the memory starts anew.
const MEMORY: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum IdentityError {
    #[error(transparent)]
    Cert(#[from] CertError),
    #[error("only certificate chains")]
    NotX509,
    #[error("no group settings to judge by")]
    NoSettings,
    #[error("external senders do not exist")]
    External,
}

impl IntoAnyError for IdentityError {
    fn into_dyn_error(self) -> Result<Box<dyn std::error::Error + Send + Sync>, Self> {
        Ok(self.into())
    }
}

/// The check and its memory: a pure function of chain, key and roots, so that remembering can't make devices differ.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    seen: Seen,
    known: Arc<Mutex<BTreeMap<[u8; 32], DeviceIdentity>>>,
}

impl Identity {
    pub fn new(seen: &Seen) -> Self {
        Self { seen: seen.clone(), known: Arc::default() }
    }

    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// `at`: seconds since 1970, `None` leaves the time out.
    pub fn check(
        &self,
        who: &SigningIdentity,
        roots: &[RootPublicKey],
        at: Option<u64>,
    ) -> Result<DeviceIdentity, IdentityError> {
        let chain = who.credential.as_x509().ok_or(IdentityError::NotX509)?;
        let id = memory_id(chain, who.signature_key.as_ref(), roots);
        let known = self.lock(|known| known.get(&id).cloned());
        let device = match known {
            Some(device) => device,
            None => {
                let device = verify(&parse_chain(chain)?, roots, None, &self.seen)?;
                fits_leaf(&device, who.signature_key.as_ref())?;
                self.lock(|known| {
                    if known.len() >= MEMORY {
                        known.clear();
                    }
                    known.insert(id, device.clone());
                });
                device
            }
        };
        match at {
            Some(at) if at < device.valid.from_secs => Err(CertError::NotYetValid.into()),
            Some(at) if at > device.valid.to_secs => Err(CertError::Expired.into()),
            _ => Ok(device),
        }
    }

    fn lock<T>(&self, f: impl FnOnce(&mut BTreeMap<[u8; 32], DeviceIdentity>) -> T) -> T {
        f(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn memory_id<T: AsRef<[u8]>>(chain: &[T], key: &[u8], roots: &[RootPublicKey]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    add(key);
    chain.iter().for_each(|cert| add(cert.as_ref()));
    add(&[]);
    roots.iter().for_each(|root| add(root.as_ref()));
    hash.finalize().into()
}

fn roots(extensions: Option<&ExtensionList>) -> Result<Vec<RootPublicKey>, IdentityError> {
    let settings = extensions.and_then(Settings::read).ok_or(IdentityError::NoSettings)?;
    Ok(settings.roots)
}

impl IdentityProvider for Identity {
    type Error = IdentityError;

    fn validate_member(
        &self,
        who: &SigningIdentity,
        at: Option<MlsTime>,
        context: MemberValidationContext<'_>,
    ) -> Result<(), IdentityError> {
        self.check(who, &roots(context.new_extensions())?, at.map(|at| at.seconds_since_epoch())).map(drop)
    }

    fn validate_external_sender(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: Option<&ExtensionList>,
    ) -> Result<(), IdentityError> {
        Err(IdentityError::External)
    }

    /// One leaf per signature key: the certificate changes at renewal, its key does not.
    fn identity(&self, who: &SigningIdentity, _: &ExtensionList) -> Result<Vec<u8>, IdentityError> {
        Ok(Sha256::digest(who.signature_key.as_ref()).to_vec())
    }

    fn valid_successor(
        &self,
        before: &SigningIdentity,
        after: &SigningIdentity,
        extensions: &ExtensionList,
    ) -> Result<bool, IdentityError> {
        let roots = roots(Some(extensions))?;
        let (before, after) = (self.check(before, &roots, None)?, self.check(after, &roots, None)?);
        Ok((before.authority, before.user, before.device) == (after.authority, after.user, after.device))
    }

    fn supported_types(&self) -> Vec<CredentialType> {
        vec![CredentialType::X509]
    }
}
