// SPDX-License-Identifier: EUPL-1.2
//! What the engine tells unasked; a hint to query again, never the only place something is said.

use crate::{AttachmentId, ConversationId, MessageId, Why};
use minicbor::{Decode, Encode};

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// A message of somebody else arrived.
    #[n(0)]
    MessageReceived(#[n(0)] ConversationId, #[n(1)] MessageId),
    /// State, content or existence of a message changed.
    #[n(1)]
    MessageChanged(#[n(0)] ConversationId, #[n(1)] MessageId),
    /// Members, name or state of a conversation changed, or it is new.
    #[n(2)]
    ConversationChanged(#[n(0)] ConversationId),
    #[n(3)]
    DirectoryChanged,
    /// Enrolment moved on or was refused, see [`crate::Status`].
    #[n(4)]
    AccountChanged,
    /// Bytes moved for an attachment, both directions.
    #[n(5)]
    #[cbor(map)]
    TransferProgress {
        #[n(0)]
        attachment: AttachmentId,
        #[n(1)]
        done_bytes: u64,
        #[n(2)]
        total_bytes: u64,
    },
    #[n(6)]
    AttachmentReady(#[n(0)] AttachmentId),
    /// The attachment can't be had any more: ask its sender.
    #[n(7)]
    AttachmentGone(#[n(0)] AttachmentId),
    /// Something a person should see; also kept in the conversation.
    #[n(8)]
    Warning(#[n(0)] Option<ConversationId>, #[n(1)] Why),
}
