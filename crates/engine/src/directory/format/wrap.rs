// SPDX-License-Identifier: EUPL-1.2
//! Fixed slots: the new directory key for each device, and each device's sealing key for depositors.
//! Slot numbers: the place of a device among all that are not revoked, in the order of their ids.

use super::{DirKey, FormatError};
use crate::crypto::{
    Luck, Secret, aead,
    seal::{self, SealKey, SealPublic},
    sign::SigningKey,
};
use client_api::IssuerId;
use minicbor::{Decode, Encode};
use proto::{AuthorityId, blob::bucket};
use zeroize::Zeroizing;

/// Length of one wrap: HPKE's overhead and 32 bytes.
pub const WRAP_SLOT_BYTES: usize = seal::OVERHEAD_BYTES + 32;
/// Length of one sealed sealing key.
pub const KEM_SLOT_BYTES: usize = aead::OVERHEAD_BYTES + seal::PUBLIC_BYTES;

/// Where slot `slot` begins in its blob, in bytes; the length is the slot's constant.
pub fn slot_offset(slot: u32, slot_bytes: usize) -> u64 {
    u64::from(slot) * slot_bytes as u64
}

/// One wrap of DIRKEY_d per key, in order; padded with noise to a size bucket.
///
/// # Errors
/// [`FormatError::Malformed`] for a key nothing can be sealed to.
pub fn seal_wrap_blob(
    luck: &Luck,
    authority: &AuthorityId,
    d: u32,
    key: &DirKey,
    devices: &[SealPublic],
) -> Result<Vec<u8>, FormatError> {
    let (mut out, info) = (Vec::new(), info(b"rp1 wrap", authority, d));
    for (device, slot) in devices.iter().zip(0u32..) {
        let wrap = device.seal(luck, &info, &slot.to_be_bytes(), key.0.expose());
        out.extend(wrap.map_err(|_| FormatError::Malformed)?);
    }
    fill(luck, out)
}

/// # Errors
/// [`FormatError::Open`] unless `wrap` is slot `slot` for this device.
pub fn open_wrap(
    own: &SealKey,
    authority: &AuthorityId,
    d: u32,
    slot: u32,
    wrap: &[u8],
) -> Result<DirKey, FormatError> {
    let plain = own.open(&info(b"rp1 wrap", authority, d), &slot.to_be_bytes(), wrap).map_err(|_| FormatError::Open)?;
    Secret::from_slice(&plain).map(DirKey).ok_or(FormatError::Open)
}

/// Each device's sealing key alone under a key from DIRKEY_d; padded with noise to a size bucket.
///
/// # Errors
/// [`FormatError::TooLarge`].
pub fn seal_kem_blob(luck: &Luck, key: &DirKey, devices: &[SealPublic]) -> Result<Vec<u8>, FormatError> {
    let (mut out, key) = (Vec::new(), key.kem_key());
    for (device, slot) in devices.iter().zip(0u32..) {
        out.extend(aead::seal(luck, &key, &kem_aad(slot), device.as_bytes()));
    }
    fill(luck, out)
}

/// The sealing key in one slot; compare its hash with the device's record.
///
/// # Errors
/// [`FormatError::Open`] unless `sealed` is slot `slot` of this epoch.
pub fn open_kem(key: &DirKey, slot: u32, sealed: &[u8]) -> Result<SealPublic, FormatError> {
    let plain = aead::open(&key.kem_key(), &kem_aad(slot), sealed).map_err(|_| FormatError::Open)?;
    SealPublic::from_bytes(&plain).map_err(|_| FormatError::Open)
}

/// The directory's write key for one issuer.
///
/// # Errors
/// [`FormatError::Malformed`] for a key nothing can be sealed to.
pub fn seal_write_key(
    luck: &Luck,
    authority: &AuthorityId,
    d: u32,
    to: &SealPublic,
    key: &SigningKey,
) -> Result<Vec<u8>, FormatError> {
    to.seal(luck, &info(b"rp1 write key", authority, d), b"", &key.expose()).map_err(|_| FormatError::Malformed)
}

/// # Errors
/// [`FormatError::Open`].
pub fn open_write_key(
    own: &SealKey,
    authority: &AuthorityId,
    d: u32,
    sealed: &[u8],
) -> Result<SigningKey, FormatError> {
    let plain = own.open(&info(b"rp1 write key", authority, d), b"", sealed).map_err(|_| FormatError::Open)?;
    SigningKey::from_bytes(&plain).map_err(|_| FormatError::Open)
}

/// What an issuer needs besides its own key and certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct IssuerSecrets {
    /// The directory's write key.
    #[n(0)]
    pub write: Secret,
    /// The authority's pass key.
    #[n(1)]
    pub pass: Secret,
}

/// Bound to the issuer it is for.
///
/// # Errors
/// [`FormatError::Malformed`] for a key nothing can be sealed to.
pub fn seal_issuer_keys(
    luck: &Luck,
    authority: &AuthorityId,
    issuer: &IssuerId,
    to: &SealPublic,
    keys: &IssuerSecrets,
) -> Result<Vec<u8>, FormatError> {
    let plain = Zeroizing::new(proto::encode(keys));
    to.seal(luck, &issuer_info(authority, issuer), b"", &plain).map_err(|_| FormatError::Malformed)
}

/// # Errors
/// [`FormatError::Open`] or [`FormatError::Malformed`].
pub fn open_issuer_keys(
    own: &SealKey,
    authority: &AuthorityId,
    issuer: &IssuerId,
    sealed: &[u8],
) -> Result<IssuerSecrets, FormatError> {
    let plain = own.open(&issuer_info(authority, issuer), b"", sealed).map_err(|_| FormatError::Open)?;
    Ok(proto::decode(&Zeroizing::new(plain), 256)?)
}

fn issuer_info(authority: &AuthorityId, issuer: &IssuerId) -> Vec<u8> {
    [b"rp1 issuer keys".as_slice(), authority.as_ref(), issuer.as_bytes()].concat()
}

fn info(label: &[u8], authority: &AuthorityId, d: u32) -> Vec<u8> {
    [label, authority.as_ref(), &d.to_be_bytes()].concat()
}

fn kem_aad(slot: u32) -> Vec<u8> {
    [b"rp1 kem".as_slice(), &slot.to_be_bytes()].concat()
}

fn fill(luck: &Luck, mut out: Vec<u8>) -> Result<Vec<u8>, FormatError> {
    let used = out.len();
    out.resize(usize::try_from(bucket(used as u64)).map_err(|_| FormatError::TooLarge)?, 0);
    luck.fill(out.get_mut(used..).unwrap_or_default());
    Ok(out)
}
