// SPDX-License-Identifier: EUPL-1.2
//! A large text as a blob: STREAM chunks whose sealed form is exactly one wire chunk, padded to a size bucket.

use crate::crypto::{
    Secret,
    aead::{CHUNK_OVERHEAD_BYTES, Last, open_chunk, seal_chunk},
    pad::{PadError, pad, unpad},
};
use minicbor::{Decode, Encode};
use proto::{BlobId, ContentHash, blob::bucket, limit::BLOB_CHUNK_BYTES};

/// Largest snapshot in bytes, sealed.
pub const SEALED_BYTES: usize = 64 * 1024 * 1024;
const PLAIN_CHUNK: usize = BLOB_CHUNK_BYTES - CHUNK_OVERHEAD_BYTES;

/// Where a blob lies and what it must be. What opens it follows from the directory's key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlobRef {
    #[n(0)]
    pub id: BlobId,
    /// Lets read it.
    #[n(1)]
    pub read: Secret,
    #[n(2)]
    pub size_bytes: u64,
    /// SHA-256 of the blob as stored.
    #[n(3)]
    pub hash: ContentHash,
}

/// Why a blob is refused; final for these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("longer than the limit")]
    TooLarge,
    #[error("not in the fixed form")]
    Malformed,
    #[error("does not open")]
    Open,
}

impl From<PadError> for BlobError {
    fn from(error: PadError) -> Self {
        match error {
            PadError::TooLarge => Self::TooLarge,
            PadError::Malformed => Self::Malformed,
        }
    }
}

/// `key` must be used for this one text. The result's length is a size bucket.
///
/// # Errors
/// [`BlobError::TooLarge`] above [`SEALED_BYTES`].
pub fn seal_blob(key: &Secret, plain: &[u8]) -> Result<Vec<u8>, BlobError> {
    let needed = plain.len().saturating_add(4);
    let sealed = needed.saturating_add(needed.div_ceil(PLAIN_CHUNK).saturating_mul(CHUNK_OVERHEAD_BYTES));
    let size = usize::try_from(bucket(sealed as u64)).map_err(|_| BlobError::TooLarge)?;
    if size > SEALED_BYTES {
        return Err(BlobError::TooLarge);
    }
    let plain = pad(plain, size - size.div_ceil(BLOB_CHUNK_BYTES) * CHUNK_OVERHEAD_BYTES)?;
    let mut out = Vec::with_capacity(size);
    let mut chunks = plain.chunks(PLAIN_CHUNK).zip(0..).peekable();
    while let Some((chunk, number)) = chunks.next() {
        let last = if chunks.peek().is_none() { Last::Yes } else { Last::No };
        out.extend(seal_chunk(key, number, last, chunk));
    }
    Ok(out)
}

/// # Errors
/// [`BlobError::TooLarge`], [`BlobError::Open`] or [`BlobError::Malformed`].
pub fn open_blob(key: &Secret, sealed: &[u8]) -> Result<Vec<u8>, BlobError> {
    if sealed.len() > SEALED_BYTES {
        return Err(BlobError::TooLarge);
    }
    let mut plain = Vec::with_capacity(sealed.len());
    let mut chunks = sealed.chunks(BLOB_CHUNK_BYTES).zip(0..).peekable();
    while let Some((chunk, number)) = chunks.next() {
        let last = if chunks.peek().is_none() { Last::Yes } else { Last::No };
        plain.extend(open_chunk(key, number, last, chunk).map_err(|_| BlobError::Open)?);
    }
    Ok(unpad(&plain)?)
}
