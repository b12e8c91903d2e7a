// SPDX-License-Identifier: EUPL-1.2
//! Writing, reading and deleting the bytes of blobs: who may, in which order, and what is durable when.

use crate::domain::{BlobRight, BlobState, Lookup, Op};
use proto::{
    BlobId, ErrorCode,
    blob::{BlobReply, BlobRequest},
    limit::BLOB_CHUNK_BYTES,
};
use std::collections::BTreeMap;

/// The bytes could not be read or written; says nothing about the blob.
#[derive(Debug, thiserror::Error)]
#[error("blob bytes: {0}")]
pub struct BytesError(pub String);

impl From<BytesError> for ErrorCode {
    fn from(_: BytesError) -> Self {
        Self::Unavailable
    }
}

/// Where the bytes lie, in chunks of [`BLOB_CHUNK_BYTES`]; the last may be shorter.
pub trait BlobBytes: Send {
    /// Returns once the chunk is durable; an older one of this number is replaced.
    fn write(&mut self, blob: &BlobId, chunk: u64, bytes: &[u8]) -> Result<(), BytesError>;
    /// `None`: there is no such chunk.
    fn read(&self, blob: &BlobId, chunk: u64) -> Result<Option<Vec<u8>>, BytesError>;
    /// All chunks of a blob; none is fine.
    fn delete(&mut self, blob: &BlobId) -> Result<(), BytesError>;
}

/// Bytes in memory, for the simulator and tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryBytes {
    chunks: BTreeMap<(BlobId, u64), Vec<u8>>,
}

impl BlobBytes for MemoryBytes {
    fn write(&mut self, blob: &BlobId, chunk: u64, bytes: &[u8]) -> Result<(), BytesError> {
        self.chunks.insert((*blob, chunk), bytes.to_vec());
        Ok(())
    }
    fn read(&self, blob: &BlobId, chunk: u64) -> Result<Option<Vec<u8>>, BytesError> {
        Ok(self.chunks.get(&(*blob, chunk)).cloned())
    }
    fn delete(&mut self, blob: &BlobId) -> Result<(), BytesError> {
        self.chunks.retain(|(id, _), _| id != blob);
        Ok(())
    }
}

/// What a blob request comes down to after its secret and range were checked.
#[derive(Debug, PartialEq, Eq)]
pub enum BlobTask {
    Answer(BlobReply),
    /// Make these bytes durable as chunk `chunk`, then apply `then`.
    Write {
        chunk: u64,
        bytes: Vec<u8>,
        then: Op,
    },
    /// Apply, then delete the bytes.
    Delete(Op),
    /// Read these chunks and cut the range out of them.
    Read {
        first_chunk: u64,
        last_chunk: u64,
        skip: usize,
        length: usize,
    },
}

const CHUNK: u64 = BLOB_CHUNK_BYTES as u64;

/// Checks secret, offset and length.
///
/// # Errors
/// `gone` for a blob nobody knows, `forbidden` for a wrong secret, `range`, `too_large`.
pub fn authorise(stored: &dyn Lookup, request: BlobRequest) -> Result<BlobTask, ErrorCode> {
    let (BlobRequest::Write { blob, .. } | BlobRequest::Read { blob, .. } | BlobRequest::Delete { blob, .. }) =
        &request;
    let state = stored.find_blob(blob)?.ok_or(ErrorCode::Gone)?;
    match request {
        BlobRequest::Write { blob, secret, offset, bytes } => {
            state.permit(BlobRight::Write, &secret)?;
            write(&state, blob, offset, bytes.into())
        }
        BlobRequest::Read { secret, offset, length, .. } => {
            state.permit(BlobRight::Read, &secret)?;
            read(&state, offset, length)
        }
        BlobRequest::Delete { blob, secret } => {
            state.permit(BlobRight::Delete, &secret)?;
            Ok(BlobTask::Delete(Op::DeleteBlob { blob }))
        }
    }
}

fn write(state: &BlobState, blob: BlobId, offset: u64, bytes: Vec<u8>) -> Result<BlobTask, ErrorCode> {
    if bytes.len() > BLOB_CHUNK_BYTES {
        return Err(ErrorCode::TooLarge);
    }
    let end = offset.saturating_add(bytes.len() as u64);
    let whole = bytes.len() == BLOB_CHUNK_BYTES || end == state.size_bytes;
    if !offset.is_multiple_of(CHUNK) || !whole || end > state.size_bytes || offset > state.offset {
        return Err(ErrorCode::Range);
    }
    if end <= state.offset {
        return Ok(BlobTask::Answer(BlobReply::Written { offset: state.offset }));
    }
    Ok(BlobTask::Write { chunk: offset / CHUNK, bytes, then: Op::AdvanceBlob { blob, from: offset, to: end } })
}

fn read(state: &BlobState, offset: u64, length: u32) -> Result<BlobTask, ErrorCode> {
    let end = offset.saturating_add(u64::from(length));
    if length == 0 || end > state.offset {
        return Err(ErrorCode::Range);
    }
    Ok(BlobTask::Read {
        first_chunk: offset / CHUNK,
        last_chunk: (end - 1) / CHUNK,
        skip: usize::try_from(offset % CHUNK).map_err(|_| ErrorCode::Range)?,
        length: usize::try_from(length).map_err(|_| ErrorCode::Range)?,
    })
}

/// The bytes a [`BlobTask::Read`] asks for.
///
/// # Errors
/// `gone` if the bytes are not there, `unavailable` if they can't be read or `task` is another one.
pub fn cut(bytes: &dyn BlobBytes, blob: &BlobId, task: &BlobTask) -> Result<Vec<u8>, ErrorCode> {
    let BlobTask::Read { first_chunk, last_chunk, skip, length } = task else { return Err(ErrorCode::Unavailable) };
    let mut all = Vec::new();
    for chunk in *first_chunk..=*last_chunk {
        all.extend(bytes.read(blob, chunk)?.ok_or(ErrorCode::Gone)?);
    }
    let range = all.get(*skip..skip.saturating_add(*length)).ok_or(ErrorCode::Gone)?;
    Ok(range.to_vec())
}
