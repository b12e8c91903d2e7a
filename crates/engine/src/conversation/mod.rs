// SPDX-License-Identifier: EUPL-1.2
//! Conversations.
use crate::{EngineError, account::Account, error::Fail, sync::{LogRow, Taken}, turn::Turn};
use client_api::*;
use proto::{ContentHash, ErrorCode, LogEntry, LogId, Reply};
type R = Result<(), EngineError>;
type A = Result<Answer, Fail>;
pub(crate) fn expire(_: &mut Turn<'_>) -> R { Ok(()) }
pub(crate) fn note_server_time(_: &mut Turn<'_>, _: Timestamp) -> R { Ok(()) }
pub(crate) fn create_group(_: &mut Turn<'_>, _: &str, _: &[UserId]) -> A { Ok(Answer::Done) }
pub(crate) fn open_direct(_: &mut Turn<'_>, _: &UserId) -> A { Ok(Answer::Done) }
pub(crate) fn add_member(_: &mut Turn<'_>, _: &ConversationId, _: &UserId) -> A { Ok(Answer::Done) }
pub(crate) fn remove_member(_: &mut Turn<'_>, _: &ConversationId, _: &UserId) -> A { Ok(Answer::Done) }
pub(crate) fn leave(_: &mut Turn<'_>, _: &ConversationId) -> A { Ok(Answer::Done) }
pub(crate) fn stage_file(_: &mut Turn<'_>, _: &str, _: &str, _: u64) -> A { Ok(Answer::Done) }
pub(crate) fn stage_chunk(_: &mut Turn<'_>, _: &AttachmentId, _: &[u8]) -> A { Ok(Answer::Done) }
pub(crate) fn stage_finish(_: &mut Turn<'_>, _: &AttachmentId) -> A { Ok(Answer::Done) }
pub(crate) fn send(_: &mut Turn<'_>, _: &ConversationId, _: Draft) -> A { Ok(Answer::Done) }
pub(crate) fn forward(_: &mut Turn<'_>, _: &MessageId, _: &ConversationId) -> A { Ok(Answer::Done) }
pub(crate) fn mark_displayed(_: &mut Turn<'_>, _: &[MessageId]) -> A { Ok(Answer::Done) }
pub(crate) fn fetch_attachment(_: &mut Turn<'_>, _: &AttachmentId) -> A { Ok(Answer::Done) }
pub(crate) fn commit_answered(_: &mut Turn<'_>, _: &LogId, _: &ContentHash, _: Result<Reply, ErrorCode>) -> R { Ok(()) }
pub(crate) fn claim_answered(_: &mut Turn<'_>, _: &DeviceId, _: Result<Reply, ErrorCode>) -> R { Ok(()) }
pub(crate) fn pump(_: &mut Turn<'_>) -> R { Ok(()) }
pub(crate) fn view(_: &mut Turn<'_>, _: Query) -> Result<View, EngineError> { Ok(View::Message(None)) }
pub(crate) fn entry(_: &mut Turn<'_>, _: &LogRow, _: &LogEntry, _: &[u8]) -> Result<Taken, EngineError> { Ok(Taken::Next) }
pub(crate) fn candidate(_: &mut Turn<'_>, _: &LogRow, _: &LogEntry, _: &[u8]) -> Result<Taken, EngineError> { Ok(Taken::Next) }
pub(crate) fn tombstone(_: &mut Turn<'_>, _: &LogRow, _: &LogEntry) -> Result<Taken, EngineError> { Ok(Taken::Next) }
pub(crate) fn note_revoked(_: &mut Turn<'_>, _: &UserId) -> R { Ok(()) }
pub(crate) fn tree_arrived(_: &mut Turn<'_>, _: &LogId, _: &[u8]) -> R { Ok(()) }
pub(crate) fn attachment_complete(_: &mut Turn<'_>, _: &AttachmentId) -> R { Ok(()) }
pub(crate) fn new_key_package(_: &mut Turn<'_>, _: &Account, _: bool) -> Result<Vec<u8>, EngineError> { Ok(vec![1]) }
pub(crate) fn welcome(_: &mut Turn<'_>, _: &Account, _: &[u8]) -> Result<bool, EngineError> { Ok(true) }
