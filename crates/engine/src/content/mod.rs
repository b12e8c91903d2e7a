// SPDX-License-Identifier: EUPL-1.2
//! What people say to each other, end to end: signed messages of numbered parts, forwards with provenance, sealed files.

pub mod attachment;
pub mod expiry;
pub mod file;
pub mod forward;
pub mod message;
pub mod part;
#[cfg(test)]
mod tests;

pub use attachment::{Access, Attachment};
pub use expiry::{Forwarding, may_forward};
pub use forward::{Provenance, Slot, Unverified, Verified};
pub use message::{Message, MessageIn, Signed, parse};
pub use part::{Part, TextForm, Urgency};

/// Largest encoded message in bytes: an entry's envelope less what MLS, padding and the envelope itself need.
pub const MESSAGE_BYTES: usize = proto::limit::ENTRY_ENVELOPE_BYTES - 32 * 1024;
/// Longest text in bytes of UTF-8.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Parts of one message.
pub const PARTS: usize = 64;
/// Attachments of one message.
pub const ATTACHMENTS: usize = client_api::ATTACHMENTS_MAX;
/// Messages one receipt names.
pub const RECEIPT_IDS: usize = 256;
/// Longest topic or conversation name in bytes of UTF-8.
pub const NAME_BYTES: usize = 200;
/// Longest reaction in bytes of UTF-8: one emoji with all its joiners.
pub const REACTION_BYTES: usize = 64;

/// Why bytes are not a message, or a message can't be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    #[error("larger than the limit")]
    TooLarge,
    #[error("more parts, attachments or ids than the limit")]
    TooMany,
    /// Damaged, or of a version that changed more than it may.
    #[error("not well-formed")]
    Malformed,
    #[error("a message without parts")]
    Empty,
    #[error("author or device is not the sender")]
    Author,
    #[error("the signature does not fit")]
    Signature,
    #[error("written in another conversation")]
    Place,
    /// Asked to write a part this version only knows to be newer.
    #[error("a part of a newer version can't be written")]
    Newer,
}
