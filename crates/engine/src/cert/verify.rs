// SPDX-License-Identifier: EUPL-1.2
//! Judging a chain: a pure function of its bytes, the accepted roots and a time that is handed in.

use super::{
    CertError, Seen, Validity,
    form::Role,
    read::{self, Cert},
};
use client_api::{DeviceId, IssuerId, Timestamp, UserId};
use proto::{AuthorityId, ContentHash, PublicKey, RootPublicKey, authority::authority_id, chain::content_hash};

/// Three well-formed certificates nobody has vouched for yet.
pub struct ChainIn {
    device: Cert,
    user: Cert,
    issuer: Cert,
}

/// Who a verified chain speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceIdentity {
    /// From the user certificate, and that of the root that signed the issuer.
    pub authority: AuthorityId,
    /// From the user certificate.
    pub user: UserId,
    pub device: DeviceId,
    pub device_key: PublicKey,
    pub user_key: PublicKey,
    pub issuer_key: PublicKey,
    pub issuer: IssuerId,
    /// SHA-256 of the issuer certificate.
    pub issuer_cert: ContentHash,
    /// The device certificate's, which lies within those of its parents.
    pub valid: Validity,
}

/// Who a verified issuer certificate speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerIdentity {
    pub authority: AuthorityId,
    pub issuer: IssuerId,
    pub key: PublicKey,
    pub valid: Validity,
}

/// Reads [device, user, issuer], each strict DER of at most [`super::CERT_BYTES`].
///
/// # Errors
/// [`CertError::Length`] and those about form; nothing is verified yet.
pub fn parse_chain<T: AsRef<[u8]>>(chain: &[T]) -> Result<ChainIn, CertError> {
    let [device, user, issuer] = chain else { return Err(CertError::Length) };
    Ok(ChainIn {
        device: read::cert(device.as_ref())?,
        user: read::cert(user.as_ref())?,
        issuer: read::cert(issuer.as_ref())?,
    })
}

/// The whole profile, cheap checks first, signatures last. `at`: `None` leaves the time out.
///
/// # Errors
/// The first rule of the profile that is broken.
pub fn verify(
    chain: &ChainIn,
    roots: &[RootPublicKey],
    at: Option<Timestamp>,
    seen: &Seen,
) -> Result<DeviceIdentity, CertError> {
    let ChainIn { device, user, issuer } = chain;
    device.check_profile(Role::Device)?;
    user.check_profile(Role::User)?;
    issuer.check_profile(Role::Issuer)?;
    device.check_under(user)?;
    user.check_under(issuer)?;
    let (user_id, authority) = user.user()?;
    let device_id = device.device()?;
    let root = verify_issuer_parsed(issuer, roots, seen)?;
    if root.authority != authority {
        return Err(CertError::Authority);
    }
    seen.once(user.der(), issuer.key.as_ref(), || user.check_signature(&issuer.key))?;
    seen.once(device.der(), user.key.as_ref(), || device.check_signature(&user.key))?;
    if let Some(at) = at {
        device.check_time(at.secs())?;
    }
    Ok(DeviceIdentity {
        authority,
        user: user_id,
        device: device_id,
        device_key: device.key,
        user_key: user.key,
        issuer_key: issuer.key,
        issuer: root.issuer,
        issuer_cert: content_hash(issuer.der()),
        valid: device.valid,
    })
}

/// An issuer certificate alone, as it stands in the directory.
///
/// # Errors
/// As [`verify`].
pub fn verify_issuer(
    der: &[u8],
    roots: &[RootPublicKey],
    at: Option<Timestamp>,
    seen: &Seen,
) -> Result<IssuerIdentity, CertError> {
    let cert = read::cert(der)?;
    cert.check_profile(Role::Issuer)?;
    let identity = verify_issuer_parsed(&cert, roots, seen)?;
    if let Some(at) = at {
        cert.check_time(at.secs())?;
    }
    Ok(identity)
}

/// When one certificate is valid, as it says itself.
///
/// # Errors
/// Those about form.
pub fn validity(der: &[u8]) -> Result<Validity, CertError> {
    Ok(read::cert(der)?.valid)
}

/// The key in an MLS leaf is the one the device certificate names.
///
/// # Errors
/// [`CertError::LeafKey`].
pub fn fits_leaf(identity: &DeviceIdentity, leaf_key: &[u8]) -> Result<(), CertError> {
    if identity.device_key.as_ref() == leaf_key { Ok(()) } else { Err(CertError::LeafKey) }
}

/// For mutators: never panics, and what is accepted is accepted again.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(cert) = read::cert(bytes) {
        assert_eq!(cert.der(), bytes, "what was read is not what was received");
        for role in [Role::Issuer, Role::User, Role::Device] {
            let _ = cert.check_profile(role);
        }
        let _ = (cert.root_authority(), cert.issuer_id(), cert.user(), cert.device());
        let _ = (cert.check_signature(&cert.key), cert.check_under(&cert));
    }
}

fn verify_issuer_parsed(issuer: &Cert, roots: &[RootPublicKey], seen: &Seen) -> Result<IssuerIdentity, CertError> {
    let (authority, id) = (issuer.root_authority()?, issuer.issuer_id()?);
    let root = roots.iter().find(|root| authority_id(root) == authority).ok_or(CertError::ForeignRoot)?;
    issuer.check_parent_id(root.as_ref())?;
    seen.once(issuer.der(), root.as_ref(), || issuer.check_root_signature(root))?;
    Ok(IssuerIdentity { authority, issuer: id, key: issuer.key, valid: issuer.valid })
}
