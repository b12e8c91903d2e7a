// SPDX-License-Identifier: EUPL-1.2
//! Blobs over HTTPS: `PUT|GET|HEAD|DELETE /rp1/blob/{id}`; secrets in headers, never in the address.

use crate::id::BlobId;
use minicbor::bytes::ByteVec;

/// Path prefix; the lower-case hex of the blob id follows.
pub const PATH: &str = "/rp1/blob/";
/// Header that carries a permission's secret as lower-case hex of 32 bytes.
pub const SECRET_HEADER: &str = "x-rohrpost-secret";
/// Header of a `PUT`: byte offset of the chunk, decimal. Also answered by `PUT` and `HEAD`: bytes stored so far.
pub const OFFSET_HEADER: &str = "x-rohrpost-offset";
/// Header of an error answer: the number of an [`crate::ErrorCode`].
pub const ERROR_HEADER: &str = "x-rohrpost-error";

/// A secret that is a permission; shown as `…`.
#[derive(Clone, PartialEq, Eq)]
pub struct BlobSecret(pub [u8; 32]);

impl std::fmt::Debug for BlobSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlobSecret(…)")
    }
}

/// What a client does with a blob's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobRequest {
    /// Bytes at `offset`, at most [`crate::limit::BLOB_CHUNK_BYTES`]. Repeating a stored chunk is fine.
    Write {
        blob: BlobId,
        secret: BlobSecret,
        offset: u64,
        bytes: ByteVec,
    },
    /// Bytes `offset .. offset + length`.
    Read {
        blob: BlobId,
        secret: BlobSecret,
        offset: u64,
        length: u32,
    },
    Delete {
        blob: BlobId,
        secret: BlobSecret,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobReply {
    /// Bytes stored so far, after a write.
    Written {
        offset: u64,
    },
    Bytes(Vec<u8>),
    Deleted,
}

/// The size a blob of `length` bytes is stored as: the next Padmé size, so that its exact length is not told
/// (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019).
pub fn bucket(length: u64) -> u64 {
    padme(length.max(1024))
}

/// Padmé: at most 12 % more, and only log log n bits of the length are told.
pub fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = 63 - u64::from(length.leading_zeros());
    let significant = 64 - u64::from(exponent.leading_zeros());
    let mask = (1u64 << exponent.saturating_sub(significant)) - 1;
    length.saturating_add(mask) & !mask
}
