// SPDX-License-Identifier: EUPL-1.2
//! AES-256-GCM (NIST SP 800-38D) with 96-bit random nonces in front, and the STREAM construction for files.

use super::{CryptoError, Luck, Secret};
use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};

/// Bytes a sealed text is longer than its plaintext: nonce and tag.
pub const OVERHEAD_BYTES: usize = 12 + 16;
/// Bytes a STREAM chunk is longer than its plaintext: the tag.
pub const CHUNK_OVERHEAD_BYTES: usize = 16;

/// nonce (12 B) ‖ ciphertext ‖ tag (16 B).
pub fn seal(luck: &Luck, key: &Secret, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; 12] = luck.bytes();
    let body =
        cipher(key).encrypt(&Nonce::from(nonce), Payload { msg: plain, aad }).expect("far below GCM's length limit");
    [nonce.as_slice(), &body].concat()
}

/// # Errors
/// [`CryptoError::Open`] whatever is wrong.
pub fn open(key: &Secret, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let (nonce, body) = sealed.split_at_checked(12).ok_or(CryptoError::Open)?;
    let nonce: [u8; 12] = nonce.try_into().map_err(|_| CryptoError::Open)?;
    cipher(key).decrypt(&Nonce::from(nonce), Payload { msg: body, aad }).map_err(|_| CryptoError::Open)
}

/// Chunk `number` of a file under a key used for this file alone (STREAM, Hoang–Reyhanitabar–Rogaway–Vizár 2015):
/// nonce = 0^56 ‖ number (u32) ‖ last-chunk flag (u8). Chunks can't be swapped, cut off or added.
pub fn seal_chunk(key: &Secret, number: u32, last: Last, plain: &[u8]) -> Vec<u8> {
    cipher(key)
        .encrypt(&chunk_nonce(number, last), Payload { msg: plain, aad: b"rp1 file" })
        .expect("far below GCM's length limit")
}

/// # Errors
/// [`CryptoError::Open`] if the chunk is not this one of this file.
pub fn open_chunk(key: &Secret, number: u32, last: Last, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
    cipher(key)
        .decrypt(&chunk_nonce(number, last), Payload { msg: sealed, aad: b"rp1 file" })
        .map_err(|_| CryptoError::Open)
}

/// Whether a chunk ends its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    No,
    Yes,
}

fn cipher(key: &Secret) -> Aes256Gcm {
    Aes256Gcm::new(key.expose().into())
}

fn chunk_nonce(number: u32, last: Last) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    for (slot, byte) in nonce.iter_mut().skip(7).zip(number.to_be_bytes()) {
        *slot = byte;
    }
    if let Some(flag) = nonce.last_mut() {
        *flag = u8::from(last == Last::Yes);
    }
    Nonce::from(nonce)
}
