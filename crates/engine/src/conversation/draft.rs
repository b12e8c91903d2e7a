// SPDX-License-Identifier: EUPL-1.2
//! What was typed and not sent: kept in this device's sealed store, gone with the message it becomes.

use super::command::{load, ready};
use crate::{
    EngineError,
    content::TEXT_BYTES,
    db::{self, Db, millis, params},
    error::Fail,
    turn::Turn,
};
use client_api::{Answer, CommandError, ConversationId, Event, Why};

pub(crate) fn save_draft(turn: &mut Turn<'_>, id: &ConversationId, text: &str) -> Result<Answer, Fail> {
    ready(turn)?;
    load(turn, id)?;
    if text.len() > TEXT_BYTES {
        return Err(CommandError::Invalid(Why::TooLong).into());
    }
    if text.is_empty() {
        // thrown away: not even the journal keeps it
        turn.has_erased = true;
        forget(turn, id)?;
        return Ok(Answer::Done);
    }
    let sql = "REPLACE INTO draft (conversation, text, at) VALUES (?1, ?2, ?3)";
    db::run(turn.db, sql, params![id.as_bytes(), text, millis(turn.now)])?;
    turn.event(Event::ConversationChanged(*id));
    Ok(Answer::Done)
}

/// It was sent, or is not wanted any more.
pub(super) fn forget(turn: &mut Turn<'_>, id: &ConversationId) -> Result<(), EngineError> {
    if db::run(turn.db, "DELETE FROM draft WHERE conversation = ?1", [id.as_bytes()])? > 0 {
        turn.event(Event::ConversationChanged(*id));
    }
    Ok(())
}

pub(super) fn find(db: &Db<'_>, id: &ConversationId) -> Result<Option<String>, EngineError> {
    db::find(db, "SELECT text FROM draft WHERE conversation = ?1", [id.as_bytes()], |row| row.get(0))
}
