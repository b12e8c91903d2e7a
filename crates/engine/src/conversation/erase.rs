// SPDX-License-Identifier: EUPL-1.2
//! What is not to be here any more: expired, deleted on this device, taken back before it left, or never sent.

use super::{
    command::ready,
    file::{self, Server},
    store::{self, MessageRow},
};
use crate::{
    EngineError,
    db::{self, params},
    error::Fail,
    search::{self, Corpus},
    turn::Turn,
};
use client_api::{Answer, AttachmentId, CommandError, ConversationId, Event, MessageId, MessageState, Why};

/// Nothing of a message stays but its line, which says what became of it: text, index, keys and chunks go, and the
/// journal with them.
pub(super) fn erase(
    turn: &mut Turn<'_>,
    row: &MessageRow,
    becomes: MessageState,
    server: Server,
) -> Result<(), EngineError> {
    let sql = "UPDATE message SET state = ?2, body = NULL, chain = NULL, expires_at = NULL WHERE id = ?1";
    db::run(turn.db, sql, params![row.id.as_bytes(), becomes as i64])?;
    db::run(turn.db, "DELETE FROM outbox WHERE message = ?1 AND env IS NULL", [row.id.as_bytes()])?;
    // What may be on the server already is still to be known again as our own; its text goes.
    db::run(turn.db, "UPDATE outbox SET body = x'' WHERE message = ?1", [row.id.as_bytes()])?;
    db::run(
        turn.db,
        "DELETE FROM raw_envelope WHERE (branch, n) IN (SELECT branch, n FROM message WHERE id = ?1)",
        [row.id.as_bytes()],
    )?;
    search::remove(turn.db, Corpus::Messages, row.id.as_bytes())?;
    file::forget(turn, &row.id, server)?;
    turn.has_erased = true;
    turn.event(Event::MessageChanged(row.conversation, row.id));
    Ok(())
}

fn load(turn: &Turn<'_>, id: &MessageId) -> Result<MessageRow, Fail> {
    Ok(store::find_message(turn.db, id)?.ok_or(CommandError::Unknown(Why::NoSuchMessage))?)
}

/// On this device alone: the server keeps attachments that others may still fetch. What is gone already stays as it is.
pub(crate) fn delete_here(turn: &mut Turn<'_>, messages: &[MessageId]) -> Result<Answer, Fail> {
    ready(turn)?;
    for id in messages {
        let row = load(turn, id)?;
        if store::is_waiting(turn.db, id)? {
            return Err(CommandError::Refused(Why::AlreadySent).into());
        }
        if row.state == MessageState::Shown as i64 {
            erase(turn, &row, MessageState::Deleted, Server::Keeps)?;
        }
    }
    Ok(Answer::Done)
}

/// Possible as long as it was not encrypted: whatever was may be on the server, whoever has answered or not.
pub(crate) fn cancel_send(turn: &mut Turn<'_>, id: &MessageId) -> Result<Answer, Fail> {
    ready(turn)?;
    let row = load(turn, id)?;
    if row.state != MessageState::Shown as i64 || !store::was_never_sealed(turn.db, id)? {
        return Err(CommandError::Refused(Why::AlreadySent).into());
    }
    erase(turn, &row, MessageState::Deleted, Server::Drops)?;
    db::run(turn.db, "DELETE FROM message WHERE id = ?1", [id.as_bytes()])?;
    nothing_waits(turn, &row.conversation)?;
    Ok(Answer::Done)
}

/// What hindered the sending hinders nothing any more.
fn nothing_waits(turn: &mut Turn<'_>, id: &ConversationId) -> Result<(), EngineError> {
    let Some(mut row) = store::find(turn.db, id)?.filter(|row| row.problem.is_some()) else { return Ok(()) };
    if store::list_outbox(turn.db, id)?.is_empty() {
        row.problem = None;
        store::save(turn.db, &row)?;
        turn.event(Event::ConversationChanged(*id));
    }
    Ok(())
}

/// A file that was taken in, whole or in part, and is in no message.
pub(crate) fn drop_file(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<Answer, Fail> {
    ready(turn)?;
    if !file::drop_staged(turn, id)? {
        return Err(CommandError::WrongState(Why::FileIncomplete).into());
    }
    turn.has_erased = true;
    Ok(Answer::Done)
}
