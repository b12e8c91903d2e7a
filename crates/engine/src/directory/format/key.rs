// SPDX-License-Identifier: EUPL-1.2
//! What follows from a directory key (20-protocol §3), and key packages sealed to members.

use super::FormatError;
use crate::crypto::{Luck, Secret, aead, kdf, sign::SigningKey};
use proto::{BlobId, InboxId, LogId, limit::KEY_PACKAGE_BYTES};

/// DIRKEY of one directory epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirKey(pub Secret);

impl DirKey {
    pub fn generate(luck: &Luck) -> Self {
        Self(Secret::new(luck.bytes()))
    }
    /// ENV_d: seals the entries of the directory's log.
    pub fn envelope_key(&self, log: &LogId) -> Secret {
        kdf::expand(&self.log_secret(log), &[b"rp1 env"])
    }
    /// K_d: may read the directory's log.
    pub fn access_key(&self, log: &LogId) -> SigningKey {
        kdf::derive_signing_key(&kdf::expand(&self.log_secret(log), &[b"rp1 access"]))
    }
    /// M_d: "some member of this authority".
    pub fn member_key(&self) -> SigningKey {
        kdf::derive_signing_key(&kdf::expand(&self.0, &[b"rp1 member"]))
    }
    /// KPROOT_d: outlives d in the snapshots of later epochs.
    pub fn package_root(&self) -> Secret {
        kdf::expand(&self.0, &[b"rp1 kp root"])
    }
    /// Seals the snapshot that lies in this blob, and nothing else.
    pub fn snapshot_key(&self, blob: &BlobId) -> Secret {
        kdf::expand(&self.0, &[b"rp1 snapshot", blob.as_ref()])
    }
    /// Seals the slots of the KEM blob.
    pub fn kem_key(&self) -> Secret {
        kdf::expand(&self.0, &[b"rp1 kem"])
    }
    /// S_d.
    fn log_secret(&self, log: &LogId) -> Secret {
        kdf::expand(&self.0, &[b"rp1 log", log.as_ref()])
    }
}

/// KP_d: seals the key packages of one inbox; `root` is KPROOT_d.
pub fn package_key(root: &Secret, inbox: &InboxId) -> Secret {
    kdf::expand(root, &[b"rp1 kp", inbox.as_ref()])
}

const EPOCH_BYTES: usize = 4;
const PLAIN_BYTES: usize = KEY_PACKAGE_BYTES - EPOCH_BYTES - aead::OVERHEAD_BYTES;

/// d (u32) ‖ sealed, padded; exactly [`KEY_PACKAGE_BYTES`].
///
/// # Errors
/// [`FormatError::TooLarge`].
pub fn seal_key_package(luck: &Luck, kp: &Secret, d: u32, package: &[u8]) -> Result<Vec<u8>, FormatError> {
    let plain = pad(package, PLAIN_BYTES)?;
    Ok([d.to_be_bytes().as_slice(), &aead::seal(luck, kp, &package_aad(d), &plain)].concat())
}

/// Under which directory epoch a key package was sealed.
///
/// # Errors
/// [`FormatError::Malformed`] unless it has exactly [`KEY_PACKAGE_BYTES`].
pub fn key_package_epoch(sealed: &[u8]) -> Result<u32, FormatError> {
    let (d, _) = sealed.split_first_chunk::<EPOCH_BYTES>().ok_or(FormatError::Malformed)?;
    if sealed.len() == KEY_PACKAGE_BYTES { Ok(u32::from_be_bytes(*d)) } else { Err(FormatError::Malformed) }
}

/// `kp`: that of the epoch [`key_package_epoch`] tells.
///
/// # Errors
/// [`FormatError::Malformed`] or [`FormatError::Open`].
pub fn open_key_package(kp: &Secret, sealed: &[u8]) -> Result<Vec<u8>, FormatError> {
    let d = key_package_epoch(sealed)?;
    let body = sealed.get(EPOCH_BYTES..).ok_or(FormatError::Malformed)?;
    unpad(&aead::open(kp, &package_aad(d), body).map_err(|_| FormatError::Open)?)
}

fn package_aad(d: u32) -> [u8; 10] {
    let mut aad = *b"rp1 kp\0\0\0\0";
    aad.iter_mut().skip(6).zip(d.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
    aad
}

/// length (u32) ‖ bytes ‖ zeros, `size` bytes in all.
pub(crate) fn pad(bytes: &[u8], size: usize) -> Result<Vec<u8>, FormatError> {
    let length = u32::try_from(bytes.len()).map_err(|_| FormatError::TooLarge)?;
    if bytes.len() + 4 > size {
        return Err(FormatError::TooLarge);
    }
    let mut out = [length.to_be_bytes().as_slice(), bytes].concat();
    out.resize(size, 0);
    Ok(out)
}

/// Undoes [`pad`]; padding other than zeros is refused.
pub(crate) fn unpad(plain: &[u8]) -> Result<Vec<u8>, FormatError> {
    let (length, rest) = plain.split_first_chunk::<4>().ok_or(FormatError::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| FormatError::Malformed)?;
    let (bytes, padding) = rest.split_at_checked(length).ok_or(FormatError::Malformed)?;
    if padding.iter().all(|byte| *byte == 0) { Ok(bytes.to_vec()) } else { Err(FormatError::Malformed) }
}
