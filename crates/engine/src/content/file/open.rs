// SPDX-License-Identifier: EUPL-1.2
//! Opening a sealed file, any chunk by itself; the announced size says how many there are and where the file ends.

use super::{FileError, LENGTH_BYTES, PLAIN_CHUNK_BYTES, chunk_count, inner_bytes, padded_bytes};
use crate::crypto::{
    Secret,
    aead::{CHUNK_OVERHEAD_BYTES, Last, open_chunk},
};
use proto::{ContentHash, limit};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Opens chunks in any order.
pub struct FileOpener {
    key: Secret,
    size_bytes: u64,
    padded_bytes: u64,
}

impl FileOpener {
    /// `size_bytes` as the message announced it.
    ///
    /// # Errors
    /// [`FileError::TooLarge`].
    pub fn new(key: Secret, size_bytes: u64) -> Result<Self, FileError> {
        let padded_bytes = padded_bytes(size_bytes).ok_or(FileError::TooLarge)?;
        Ok(Self { key, size_bytes, padded_bytes })
    }

    /// Bytes of the whole blob.
    pub fn padded_bytes(&self) -> u64 {
        self.padded_bytes
    }

    /// Chunks of the blob; the last ones may hold padding only.
    pub fn chunk_count(&self) -> u32 {
        chunk_count(self.padded_bytes)
    }

    /// Offset and length of chunk `number` in the blob; `None` behind the end.
    pub fn range(&self, number: u32) -> Option<(u64, u32)> {
        if number >= self.chunk_count() {
            return None;
        }
        let offset = u64::from(number) * limit::BLOB_CHUNK_BYTES as u64;
        let length = (self.padded_bytes - offset).min(limit::BLOB_CHUNK_BYTES as u64);
        Some((offset, u32::try_from(length).ok()?))
    }

    /// The file's bytes in chunk `number`: empty where it holds padding only.
    ///
    /// # Errors
    /// [`FileError::Range`] or [`FileError::Chunk`].
    pub fn open_chunk(&self, number: u32, sealed: &[u8]) -> Result<Vec<u8>, FileError> {
        let (_, length) = self.range(number).ok_or(FileError::Range)?;
        if sealed.len() != length as usize || sealed.len() < CHUNK_OVERHEAD_BYTES {
            return Err(FileError::Chunk);
        }
        let last = if number + 1 == self.chunk_count() { Last::Yes } else { Last::No };
        let mut plain = open_chunk(&self.key, number, last, sealed).map_err(|_| FileError::Chunk)?;
        if last == Last::Yes {
            let length = plain.split_off(plain.len().saturating_sub(LENGTH_BYTES));
            if length != self.size_bytes.to_be_bytes() {
                return Err(FileError::Chunk);
            }
        }
        let start = u64::from(number) * PLAIN_CHUNK_BYTES as u64;
        let here = self.size_bytes.saturating_sub(start).min(plain.len() as u64);
        let padding = plain.split_off(usize::try_from(here).map_err(|_| FileError::Chunk)?);
        if padding.iter().any(|byte| *byte != 0) { Err(FileError::Chunk) } else { Ok(plain) }
    }

    /// Bytes inside all chunks together: file, padding, length.
    pub fn inner_bytes(&self) -> u64 {
        inner_bytes(self.padded_bytes)
    }
}

/// Compares a whole file with the hash its author signed; feed it every chunk's plaintext in order.
#[derive(Default)]
pub struct FileCheck(Sha256);

impl FileCheck {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, plain: &[u8]) {
        self.0.update(plain);
    }

    /// # Errors
    /// [`FileError::Hash`]: throw the file away.
    pub fn finish(self, expect: &ContentHash) -> Result<(), FileError> {
        let found = self.0.finalize();
        if bool::from(found.as_slice().ct_eq(expect.as_ref())) { Ok(()) } else { Err(FileError::Hash) }
    }
}
