// SPDX-License-Identifier: EUPL-1.2
//! Issuing: the root signs issuers, an issuer users, a user its devices; a child is cut to its parent's lifetime.

use super::{
    BACKDATE_SECS, CERT_BYTES, CertError, DEVICE_DAYS, ISSUER_DAYS, USER_DAYS, Validity,
    form::{self, Form, Role},
    issuer_id,
    read::{self, Cert},
};
use crate::crypto::{
    Luck,
    sign::{RootKey, SigningKey},
};
use client_api::{DeviceId, Timestamp, UserId};
use proto::{PublicKey, authority::authority_id};
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder},
    der::Encode,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoOwned,
};

const DAY_SECS: u64 = 86_400;

/// An issuer's certificate, DER, valid [`ISSUER_DAYS`] from `now`.
///
/// # Errors
/// [`CertError::Algorithm`] unless `key` is a point on the curve.
pub fn issue_issuer(luck: &Luck, root: &RootKey, key: &PublicKey, now: Timestamp) -> Result<Vec<u8>, CertError> {
    let root_pub = root.public();
    let names = (form::issuer_name(&issuer_id(key)), form::root_name(&authority_id(&root_pub)));
    let form = Form::new(Role::Issuer, names.0, names.1, key, root_pub.as_ref());
    sign(luck, form, key, lifetime(now, ISSUER_DAYS), Signer::Root(root))
}

/// A user's certificate under `issuer_cert`, DER, valid [`USER_DAYS`] from `now` but never longer than its parent.
///
/// # Errors
/// [`CertError::LeafKey`] if `issuer` is not the key of `issuer_cert`, [`CertError::Expired`] if that has ended, or
/// what is wrong with `issuer_cert`.
pub fn issue_user(
    luck: &Luck,
    issuer: &SigningKey,
    issuer_cert: &[u8],
    user: UserId,
    key: &PublicKey,
    now: Timestamp,
) -> Result<Vec<u8>, CertError> {
    let parent = own_cert(issuer, issuer_cert, Role::Issuer)?;
    let authority = parent.root_authority()?;
    let subject = form::user_name(&user, &authority);
    let form = Form::new(Role::User, subject, parent.subject().clone(), key, issuer.public().as_ref());
    sign(luck, form, key, within(lifetime(now, USER_DAYS), parent.valid)?, Signer::Key(issuer))
}

/// A device's certificate under `user_cert`, DER, valid [`DEVICE_DAYS`] from `now` but never longer than its parent.
///
/// # Errors
/// As [`issue_user`].
pub fn issue_device(
    luck: &Luck,
    user: &SigningKey,
    user_cert: &[u8],
    device: DeviceId,
    key: &PublicKey,
    now: Timestamp,
) -> Result<Vec<u8>, CertError> {
    let parent = own_cert(user, user_cert, Role::User)?;
    let subject = form::device_name(&device);
    let form = Form::new(Role::Device, subject, parent.subject().clone(), key, user.public().as_ref());
    sign(luck, form, key, within(lifetime(now, DEVICE_DAYS), parent.valid)?, Signer::Key(user))
}

/// Who signs a certificate.
#[derive(Clone, Copy)]
pub(super) enum Signer<'a> {
    Root(&'a RootKey),
    Key(&'a SigningKey),
}

/// Signs `form` as it is: everything above decides what it says.
pub(super) fn sign(
    luck: &Luck,
    form: Form,
    key: &PublicKey,
    valid: Validity,
    signer: Signer<'_>,
) -> Result<Vec<u8>, CertError> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.as_ref()).map_err(|_| CertError::Algorithm)?;
    let key = SubjectPublicKeyInfoOwned::from_key(&key).map_err(|_| CertError::Algorithm)?;
    let builder = CertificateBuilder::new(form, serial(luck)?, form::validity(valid)?, key);
    let builder = builder.map_err(|_| CertError::Form)?;
    let cert: Certificate = match signer {
        Signer::Root(root) => builder.build::<_, p384::ecdsa::DerSignature>(root.inner()),
        Signer::Key(key) => builder.build::<_, p256::ecdsa::DerSignature>(key.inner()),
    }
    .map_err(|_| CertError::Form)?;
    let der = cert.to_der().map_err(|_| CertError::Form)?;
    if der.len() > CERT_BYTES { Err(CertError::TooLarge) } else { Ok(der) }
}

/// 16 random bytes, positive and without a leading zero.
fn serial(luck: &Luck) -> Result<SerialNumber, CertError> {
    let mut bytes: [u8; 16] = luck.bytes();
    if let Some(byte) = bytes.first_mut() {
        *byte = *byte & 0x7f | 0x40;
    }
    SerialNumber::new(&bytes).map_err(|_| CertError::Form)
}

fn own_cert(key: &SigningKey, der: &[u8], role: Role) -> Result<Cert, CertError> {
    let cert = read::cert(der)?;
    cert.check_profile(role)?;
    if cert.key == key.public() { Ok(cert) } else { Err(CertError::LeafKey) }
}

fn lifetime(now: Timestamp, days: u64) -> Validity {
    let now = now.secs();
    Validity { from_secs: now.saturating_sub(BACKDATE_SECS), to_secs: now.saturating_add(days * DAY_SECS) }
}

fn within(child: Validity, parent: Validity) -> Result<Validity, CertError> {
    let valid =
        Validity { from_secs: child.from_secs.max(parent.from_secs), to_secs: child.to_secs.min(parent.to_secs) };
    if child.from_secs.saturating_add(BACKDATE_SECS) > parent.to_secs || valid.from_secs > valid.to_secs {
        return Err(CertError::Expired);
    }
    Ok(valid)
}
