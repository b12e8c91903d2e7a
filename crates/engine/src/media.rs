// SPDX-License-Identifier: EUPL-1.2
//! Where encrypted chunks of attachments lie: handed in, never read as plaintext there.

use client_api::AttachmentId;

/// Why the folder failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("no space left")]
    Full,
    /// In words for a person.
    #[error("{0}")]
    Failed(String),
}

/// Ciphertext chunks by attachment and number. Every method is durable when it returns.
pub trait Media {
    /// Writes or replaces one chunk.
    ///
    /// # Errors
    /// What the system said.
    fn write(&mut self, id: &AttachmentId, number: u32, bytes: &[u8]) -> Result<(), MediaError>;
    /// `None`: not here.
    ///
    /// # Errors
    /// What the system said.
    fn read(&self, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, MediaError>;
    /// All chunks of one attachment; it is fine if there are none.
    ///
    /// # Errors
    /// What the system said.
    fn delete(&mut self, id: &AttachmentId) -> Result<(), MediaError>;
    /// Every attachment that has a chunk.
    ///
    /// # Errors
    /// What the system said.
    fn list(&self) -> Result<Vec<AttachmentId>, MediaError>;
}
