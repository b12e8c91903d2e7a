// SPDX-License-Identifier: EUPL-1.2
//! Sealing a file as its bytes come in; after a crash it goes on behind the last chunk that was stored.

use super::{FileError, LENGTH_BYTES, PLAIN_CHUNK_BYTES, chunk_count, inner_bytes, padded_bytes};
use crate::crypto::{
    Secret,
    aead::{Last, open_chunk, seal_chunk},
};
use proto::ContentHash;
use sha2::{Digest, Sha256};

/// One chunk, ready to be stored and sent at byte `number` × [`proto::limit::BLOB_CHUNK_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedChunk {
    pub number: u32,
    pub bytes: Vec<u8>,
}

/// What is known once all bytes were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// Of the plaintext.
    pub size_bytes: u64,
    /// Of the blob.
    pub padded_bytes: u64,
    /// Of the plaintext.
    pub sha256: ContentHash,
}

/// Takes plaintext in pieces of any size. A running SHA-256 can't be kept over a crash: give the stored chunks to
/// [`Self::absorb`] and then the file's bytes from [`Self::next_byte`] on.
pub struct FileSealer {
    key: Secret,
    hash: Sha256,
    /// Less than one chunk.
    waiting: Vec<u8>,
    pub(super) number: u32,
}

impl FileSealer {
    /// `key` must never be used for another file.
    pub fn new(key: Secret) -> Self {
        Self { key, hash: Sha256::new(), waiting: Vec::new(), number: 0 }
    }

    /// Reads back a chunk stored before a crash, in order, before anything is pushed. Only chunks that
    /// [`Self::push`] gave: those of [`Self::finish`] are made again.
    ///
    /// # Errors
    /// [`FileError::Chunk`] if it is not the next chunk of this file or something was pushed already.
    pub fn absorb(&mut self, sealed: &[u8]) -> Result<(), FileError> {
        let plain = open_chunk(&self.key, self.number, Last::No, sealed).map_err(|_| FileError::Chunk)?;
        if plain.len() != PLAIN_CHUNK_BYTES || !self.waiting.is_empty() {
            return Err(FileError::Chunk);
        }
        self.hash.update(&plain);
        self.number += 1;
        Ok(())
    }

    /// Offset of the next byte of the file this sealer wants.
    pub fn next_byte(&self) -> u64 {
        u64::from(self.number) * PLAIN_CHUNK_BYTES as u64 + self.waiting.len() as u64
    }

    /// Takes the next bytes and gives the chunks that got full. Full chunks are never the last: the length follows.
    ///
    /// # Errors
    /// [`FileError::TooLarge`] above the server's limit; nothing was taken.
    pub fn push(&mut self, plain: &[u8]) -> Result<Vec<SealedChunk>, FileError> {
        let size = self.next_byte().saturating_add(plain.len() as u64);
        padded_bytes(size).ok_or(FileError::TooLarge)?;
        self.hash.update(plain);
        Ok(self.fill(plain))
    }

    /// Pads and closes.
    ///
    /// # Errors
    /// [`FileError::TooLarge`].
    pub fn finish(mut self) -> Result<(Vec<SealedChunk>, FileSummary), FileError> {
        let size_bytes = self.next_byte();
        let padded = padded_bytes(size_bytes).ok_or(FileError::TooLarge)?;
        let sha256 = ContentHash(std::mem::take(&mut self.hash).finalize().into());
        let zeros = inner_bytes(padded).saturating_sub(size_bytes + LENGTH_BYTES as u64);
        let mut tail = vec![0; usize::try_from(zeros).map_err(|_| FileError::TooLarge)?];
        tail.extend(size_bytes.to_be_bytes());
        let last_number = chunk_count(padded) - 1;
        let room = usize::try_from(inner_bytes(padded) - u64::from(last_number) * PLAIN_CHUNK_BYTES as u64);
        let room = room.map_err(|_| FileError::TooLarge)?;
        // the last chunk may be exactly full: keep it out of `fill`, which seals as "not the last"
        let split = (self.waiting.len() + tail.len()).saturating_sub(room).saturating_sub(self.waiting.len());
        let (before, end) = tail.split_at_checked(split).ok_or(FileError::TooLarge)?;
        let mut chunks = self.fill(before);
        self.waiting.extend(end);
        let bytes = seal_chunk(&self.key, self.number, Last::Yes, &self.waiting);
        chunks.push(SealedChunk { number: self.number, bytes });
        Ok((chunks, FileSummary { size_bytes, padded_bytes: padded, sha256 }))
    }

    fn fill(&mut self, mut plain: &[u8]) -> Vec<SealedChunk> {
        let mut chunks = Vec::new();
        while !plain.is_empty() {
            let room = PLAIN_CHUNK_BYTES - self.waiting.len();
            let (now, later) = plain.split_at_checked(room).unwrap_or((plain, &[]));
            self.waiting.extend(now);
            plain = later;
            if self.waiting.len() == PLAIN_CHUNK_BYTES {
                let bytes = seal_chunk(&self.key, self.number, Last::No, &self.waiting);
                chunks.push(SealedChunk { number: self.number, bytes });
                self.waiting.clear();
                self.number += 1;
            }
        }
        chunks
    }
}
