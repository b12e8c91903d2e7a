// SPDX-License-Identifier: EUPL-1.2
//! Files as sealed chunks: STREAM under a key used for one file, each chunk one wire chunk, the whole padded to a size bucket.

pub mod open;
pub mod seal;
#[cfg(test)]
mod tests;

pub use open::{FileCheck, FileOpener};
pub use seal::{FileSealer, FileSummary, SealedChunk};

use crate::crypto::{Luck, Secret, aead::CHUNK_OVERHEAD_BYTES};
use proto::{BlobId, ContentHash, blob::bucket, chain::content_hash, limit};

/// Plaintext bytes of every chunk but those that hold padding.
pub const PLAIN_CHUNK_BYTES: usize = limit::BLOB_CHUNK_BYTES - CHUNK_OVERHEAD_BYTES;
/// The true length stands, big-endian, in the last bytes of the last chunk; zeros fill the space before it.
const LENGTH_BYTES: usize = 8;

/// Why a file can't be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("larger than the limit")]
    TooLarge,
    /// Chunk altered, swapped, cut, added, or of another file.
    #[error("a chunk does not open")]
    Chunk,
    #[error("there is no such chunk")]
    Range,
    #[error("the file is not the one that was announced")]
    Hash,
}

/// Everything random about one uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSecrets {
    pub blob: BlobId,
    pub key: Secret,
    pub read: Secret,
    pub write: Secret,
    /// Stays with the sender's devices.
    pub delete: Secret,
}

impl FileSecrets {
    pub fn generate(luck: &Luck) -> Self {
        let [key, read, write, delete] = [(); 4].map(|()| Secret::new(luck.bytes()));
        Self { blob: BlobId(luck.bytes()), key, read, write, delete }
    }
}

/// What the server keeps of a permission: SHA-256 of its secret.
pub fn permission_hash(secret: &Secret) -> ContentHash {
    content_hash(secret.expose())
}

/// Size as stored of a file of `size_bytes`, a size bucket; `None` above the server's limit.
pub fn padded_bytes(size_bytes: u64) -> Option<u64> {
    let inner = size_bytes.checked_add(LENGTH_BYTES as u64)?;
    let overhead = inner.div_ceil(PLAIN_CHUNK_BYTES as u64).checked_mul(CHUNK_OVERHEAD_BYTES as u64)?;
    let padded = bucket(inner.checked_add(overhead)?);
    (padded <= limit::BLOB_BYTES).then_some(padded)
}

/// Chunks of a blob of `padded` bytes.
fn chunk_count(padded: u64) -> u32 {
    u32::try_from(padded.div_ceil(limit::BLOB_CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
}

/// Bytes inside all chunks of a blob of `padded` bytes: file, zeros, length.
fn inner_bytes(padded: u64) -> u64 {
    padded.saturating_sub(u64::from(chunk_count(padded)) * CHUNK_OVERHEAD_BYTES as u64)
}
