// SPDX-License-Identifier: EUPL-1.2
//! Key packages sealed to the members of an authority (20-protocol §3).

use super::FormatError;
use crate::crypto::{
    Luck, Secret, aead,
    pad::{pad, unpad},
};
use proto::limit::KEY_PACKAGE_BYTES;

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
    Ok(unpad(&aead::open(kp, &package_aad(d), body).map_err(|_| FormatError::Open)?)?)
}

fn package_aad(d: u32) -> [u8; 10] {
    let mut aad = *b"rp1 kp\0\0\0\0";
    aad.iter_mut().skip(6).zip(d.to_be_bytes()).for_each(|(slot, byte)| *slot = byte);
    aad
}
