// SPDX-License-Identifier: EUPL-1.2
//! What was begun and not sent: kept in this device's sealed store with its files, gone with the message it becomes.

use super::{
    command::{load, ready},
    file,
};
use crate::{
    EngineError,
    content::{ATTACHMENTS, TEXT_BYTES},
    db::{self, params},
    error::{Fail, bug},
    turn::Turn,
};
use client_api::{Answer, AttachmentId, AttachmentView, CommandError, ConversationId, Draft, DraftView, Event, Why};

pub(crate) fn save_draft(turn: &mut Turn<'_>, id: &ConversationId, draft: &Draft) -> Result<Answer, Fail> {
    ready(turn)?;
    load(turn, id)?;
    fits(draft)?;
    if draft.is_empty() {
        // thrown away: not even the journal keeps it
        turn.has_erased |= forget(turn, id)?;
        return Ok(Answer::Done);
    }
    let bytes = minicbor::to_vec(draft).map_err(bug)?;
    db::run(turn.db, "REPLACE INTO draft (conversation, draft) VALUES (?1, ?2)", params![id.as_bytes(), bytes])?;
    turn.event(Event::ConversationChanged(*id));
    Ok(Answer::Done)
}

/// Whether it may become a message, for all a draft can hold.
fn fits(draft: &Draft) -> Result<(), CommandError> {
    if draft.attachments.len() > ATTACHMENTS {
        return Err(CommandError::Invalid(Why::TooManyFiles));
    }
    if draft.text.len() > TEXT_BYTES { Err(CommandError::Invalid(Why::TooLong)) } else { Ok(()) }
}

/// It was sent, or is not wanted any more; `false`: there was none.
pub(super) fn forget(turn: &mut Turn<'_>, id: &ConversationId) -> Result<bool, EngineError> {
    let was = db::run(turn.db, "DELETE FROM draft WHERE conversation = ?1", [id.as_bytes()])? > 0;
    if was {
        turn.event(Event::ConversationChanged(*id));
    }
    Ok(was)
}

/// With those of its files that were neither sent nor dropped since.
pub(super) fn find(turn: &Turn<'_>, id: &ConversationId) -> Result<Option<DraftView>, EngineError> {
    let sql = "SELECT draft FROM draft WHERE conversation = ?1";
    let bytes: Option<Vec<u8>> = db::find(turn.db, sql, [id.as_bytes()], |row| row.get(0))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let mut draft: Draft = minicbor::decode(&bytes).map_err(|_| EngineError::Damaged("draft"))?;
    let files = draft.attachments.iter().map(|id| file::find_staged(turn, id));
    let files: Vec<AttachmentView> = files.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    draft.attachments = files.iter().map(|file| file.id).collect();
    Ok((!draft.is_empty()).then_some(DraftView { draft, files }))
}

/// Files that were being taken in, or lay ready, and are in no draft: nobody will send them.
pub(crate) fn forget_unsent(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let kept: Vec<Vec<u8>> = db::list(turn.db, "SELECT draft FROM draft", [], |row| row.get(0))?;
    let mut wanted: Vec<AttachmentId> = Vec::new();
    for bytes in kept {
        let draft: Draft = minicbor::decode(&bytes).map_err(|_| EngineError::Damaged("draft"))?;
        wanted.extend(draft.attachments);
    }
    for id in file::list_staged(turn)? {
        if !wanted.contains(&id) {
            file::drop_row(turn, &id)?;
        }
    }
    Ok(())
}
