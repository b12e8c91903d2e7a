// SPDX-License-Identifier: EUPL-1.2
//! Where encrypted chunks of attachments lie: handed in, never read as plaintext there.

use client_api::AttachmentId;

/// Why the folder failed, in words for a person.
pub type MediaError = String;

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
