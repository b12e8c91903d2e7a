// SPDX-License-Identifier: EUPL-1.2
//! Attachments: taken in, described, handed on, fetched, read and forgotten.

mod stage;

pub(super) use stage::{attach, drop_staged, find_staged, list_staged, staged};
pub(crate) use stage::{stage_chunk, stage_file, stage_finish};

use crate::{
    EngineError,
    content::{
        Access, Attachment, Part,
        file::{FileCheck, FileOpener, FileSealer, SealedChunk},
    },
    crypto::Secret,
    db::{self, Row, col, col_opt, params},
    error::{Fail, bug},
    search::{self, Corpus},
    turn::Turn,
};
use client_api::{Answer, AttachmentId, AttachmentState, AttachmentView, CommandError, Event, MessageId, Notice, Why};
use proto::{BlobId, ContentHash};

/// Whole and to be uploaded with its message.
const UPLOADING: i64 = 3;
/// Not whole yet.
const STAGING: i64 = 5;
/// A copy for a forward whose source is not here yet.
const WAITING_COPY: i64 = 6;

/// What becomes of the server's copy of an attachment that is forgotten here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// It goes too, if it was ours.
    Drops,
    /// Others may still fetch it.
    Keeps,
}

#[derive(Clone)]
pub(super) struct AttachmentRow {
    pub id: AttachmentId,
    pub message: Option<MessageId>,
    pub name: String,
    pub media_type: String,
    pub size_bytes: u64,
    pub sha256: Option<ContentHash>,
    pub key: Secret,
    pub blob: BlobId,
    pub read: Secret,
    pub delete: Option<Secret>,
    pub state: i64,
    pub chunks: u32,
    pub moved_bytes: u64,
}

const COLUMNS: &str =
    "id, message, name, media_type, size_bytes, sha256, key, blob, read_secret, delete_secret, state, chunks,
    moved_bytes";

fn read(row: &Row<'_>) -> db::Sql<AttachmentRow> {
    Ok(AttachmentRow {
        id: col(row, 0)?,
        message: col_opt(row, 1)?,
        name: row.get(2)?,
        media_type: row.get(3)?,
        size_bytes: row.get::<_, i64>(4)? as u64,
        sha256: col_opt(row, 5)?,
        key: col(row, 6)?,
        blob: col(row, 7)?,
        read: col(row, 8)?,
        delete: col_opt(row, 9)?,
        state: row.get(10)?,
        chunks: row.get(11)?,
        moved_bytes: row.get::<_, i64>(12)? as u64,
    })
}

fn find(turn: &Turn<'_>, id: &AttachmentId) -> Result<Option<AttachmentRow>, EngineError> {
    db::find(turn.db, &format!("SELECT {COLUMNS} FROM attachment WHERE id = ?1"), [id.as_bytes()], read)
}

fn load(turn: &Turn<'_>, id: &AttachmentId) -> Result<AttachmentRow, Fail> {
    Ok(find(turn, id)?.ok_or(CommandError::Unknown(Why::NoSuchAttachment))?)
}

pub(super) fn list_of(turn: &Turn<'_>, message: &MessageId) -> Result<Vec<AttachmentRow>, EngineError> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE message = ?1 ORDER BY rowid");
    db::list(turn.db, &sql, [message.as_bytes()], read)
}

pub(super) fn view(row: AttachmentRow) -> AttachmentView {
    let state = match row.state {
        0 => AttachmentState::Remote,
        1 | WAITING_COPY => AttachmentState::Loading,
        3 => AttachmentState::Uploading,
        4 => AttachmentState::Gone,
        _ => AttachmentState::Here,
    };
    let AttachmentRow { id, name, media_type, size_bytes, moved_bytes, .. } = row;
    AttachmentView { id, name, media_type, size_bytes, state, moved_bytes }
}

pub(super) fn find_view(turn: &Turn<'_>, id: &AttachmentId) -> Result<Option<AttachmentView>, EngineError> {
    Ok(find(turn, id)?.map(view))
}

/// A copy for a forward: encrypted anew at once if the file is here, else as soon as it is.
pub(super) fn copy(
    turn: &mut Turn<'_>,
    message: &MessageId,
    description: &Attachment,
) -> Result<(AttachmentId, Access), Fail> {
    let from = list_of(turn, message)?.into_iter().find(|row| row.sha256 == Some(description.sha256));
    let from = from.filter(|row| row.state != 4).ok_or(CommandError::Refused(Why::AttachmentGone))?;
    let (id, secrets) = stage::add_own(turn, &from.name, &from.media_type, from.size_bytes, WAITING_COPY)?;
    db::run(
        turn.db,
        "UPDATE attachment SET sha256 = ?2, source = ?3 WHERE id = ?1",
        params![id.as_bytes(), description.sha256.as_bytes(), from.id.as_bytes()],
    )?;
    match from.state {
        0 => drop(fetch_attachment(turn, &from.id)?),
        2 | 3 => fill(turn, &from, &id, secrets.key.clone())?,
        _ => {}
    }
    let access = Access { sha256: description.sha256, blob: secrets.blob, read: secrets.read, key: secrets.key };
    Ok((id, access))
}

fn store_chunks(turn: &mut Turn<'_>, id: &AttachmentId, chunks: &[SealedChunk]) -> Result<(), EngineError> {
    chunks.iter().try_for_each(|chunk| turn.media_write(id, chunk.number, &chunk.bytes))
}

fn fill(turn: &mut Turn<'_>, from: &AttachmentRow, id: &AttachmentId, key: Secret) -> Result<(), EngineError> {
    let opener = FileOpener::new(from.key.clone(), from.size_bytes).map_err(bug)?;
    let mut sealer = FileSealer::new(key);
    for number in 0..opener.chunk_count() {
        let sealed = turn.media_read(&from.id, number)?.ok_or(EngineError::Damaged("a chunk is missing"))?;
        let chunks = sealer.push(&opener.open_chunk(number, &sealed).map_err(bug)?).map_err(bug)?;
        store_chunks(turn, id, &chunks)?;
    }
    let (end, _) = sealer.finish().map_err(bug)?;
    store_chunks(turn, id, &end)?;
    let sql = "UPDATE attachment SET state = 3, chunks = ?2, source = NULL WHERE id = ?1";
    db::run(turn.db, sql, params![id.as_bytes(), opener.chunk_count()])?;
    fill_waiting(turn, id)
}

fn list_waiting(turn: &Turn<'_>, source: &AttachmentId) -> Result<Vec<AttachmentRow>, EngineError> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE source = ?1");
    db::list(turn.db, &sql, [source.as_bytes()], read)
}

/// The copies that waited for this file.
fn fill_waiting(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<(), EngineError> {
    let Some(from) = find(turn, id)? else { return Ok(()) };
    for copy in list_waiting(turn, id)? {
        fill(turn, &from, &copy.id, copy.key)?;
    }
    Ok(())
}

/// The file can't be had any more; nor can what was to be handed on with it.
pub(crate) fn attachment_lost(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<(), EngineError> {
    let is_orphan = find(turn, id)?.as_ref().is_some_and(is_orphan);
    db::run(turn.db, "UPDATE attachment SET state = 4, source = NULL WHERE id = ?1", [id.as_bytes()])?;
    turn.doomed.push(*id);
    turn.event(Event::AttachmentGone(*id));
    for copy in list_waiting(turn, id)? {
        attachment_lost(turn, &copy.id)?;
        let Some(message) = copy.message else { continue };
        let Some(row) = super::store::find_message(turn.db, &message)? else { continue };
        db::run(turn.db, "DELETE FROM outbox WHERE message = ?1 AND env IS NULL", [message.as_bytes()])?;
        let sql = "UPDATE message SET state = 3, body = NULL, chain = NULL WHERE id = ?1";
        db::run(turn.db, sql, [message.as_bytes()])?;
        search::remove(turn.db, Corpus::Messages, message.as_bytes())?;
        super::message::line(turn, &row.conversation, &row.sender, Some(Notice::NotForwarded))?;
    }
    if is_orphan { drop_row(turn, id) } else { Ok(()) }
}

/// Rows for the attachments of a received message.
pub(super) fn announce(
    turn: &Turn<'_>,
    message: &MessageId,
    parts: &[Part],
    access: &[Access],
) -> Result<(), EngineError> {
    for part in parts {
        let Part::Attachment(attachment) = part else { continue };
        let Some(way) = access.iter().find(|way| way.sha256 == attachment.sha256) else { continue };
        let padded = crate::content::file::padded_bytes(attachment.size_bytes).unwrap_or(0);
        db::run(
            turn.db,
            "INSERT INTO attachment (id, message, name, media_type, size_bytes, padded_bytes, sha256, key, blob,
             read_secret, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
            params![
                AttachmentId(turn.random()).as_bytes(),
                message.as_bytes(),
                attachment.shown_name(),
                attachment.shown_media_type(),
                attachment.size_bytes as i64,
                padded as i64,
                attachment.sha256.as_bytes(),
                way.key.expose(),
                way.blob.as_bytes(),
                way.read.expose()
            ],
        )?;
    }
    Ok(())
}

pub(crate) fn fetch_attachment(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<Answer, Fail> {
    let row = load(turn, id)?;
    match row.state {
        0 | 4 => {
            let sql = "UPDATE attachment SET state = 1, moved_bytes = 0, chunks = 0 WHERE id = ?1";
            db::run(turn.db, sql, [id.as_bytes()])?;
        }
        2 | 3 => turn.event(Event::AttachmentReady(*id)),
        _ => {}
    }
    Ok(Answer::Done)
}

/// All chunks are here: the file is the one its author signed, or it is thrown away.
pub(crate) fn attachment_complete(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<(), EngineError> {
    let Some(row) = find(turn, id)? else { return Ok(()) };
    let Ok(opener) = FileOpener::new(row.key.clone(), row.size_bytes) else { return Ok(()) };
    let mut check = FileCheck::new();
    let mut fits = true;
    for number in 0..opener.chunk_count() {
        let sealed = turn.media_read(id, number)?.unwrap_or_default();
        match opener.open_chunk(number, &sealed) {
            Ok(plain) => check.push(&plain),
            Err(_) => fits = false,
        }
    }
    fits &= row.sha256.is_some_and(|sha256| check.finish(&sha256).is_ok());
    if !fits {
        return attachment_lost(turn, id);
    }
    db::run(turn.db, "UPDATE attachment SET state = 2 WHERE id = ?1", [id.as_bytes()])?;
    fill_waiting(turn, id)?;
    if is_orphan(&row) {
        return drop_row(turn, id);
    }
    turn.event(Event::AttachmentReady(*id));
    Ok(())
}

/// Plaintext chunk `number`; `None` behind the end or if it is not here.
pub(super) fn chunk(turn: &Turn<'_>, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, EngineError> {
    let Some(row) = find(turn, id)?.filter(|row| matches!(row.state, 2 | 3)) else { return Ok(None) };
    let opener = FileOpener::new(row.key.clone(), row.size_bytes).map_err(bug)?;
    if number >= opener.chunk_count() {
        return Ok(None);
    }
    let sealed = turn.media_read(id, number)?.ok_or(EngineError::Damaged("a chunk is missing"))?;
    let plain = opener.open_chunk(number, &sealed).map_err(bug)?;
    Ok((!plain.is_empty()).then_some(plain))
}

/// Everything sent with this message is on the server.
pub(super) fn are_uploaded(turn: &Turn<'_>, message: &MessageId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM attachment WHERE message = ?1 AND state IN (3, 6) LIMIT 1";
    Ok(db::find(turn.db, sql, [message.as_bytes()], |_| Ok(()))?.is_none())
}

/// The message is gone: keys and chunks go with it.
pub(super) fn forget(turn: &mut Turn<'_>, message: &MessageId, server: Server) -> Result<(), EngineError> {
    for row in list_of(turn, message)? {
        if let (Some(delete), Server::Drops) = (&row.delete, server) {
            let sql = "INSERT OR IGNORE INTO blob_drop (id, secret) VALUES (?1, ?2)";
            db::run(turn.db, sql, params![row.blob.as_bytes(), delete.expose()])?;
        }
        if server == Server::Keeps && !list_waiting(turn, &row.id)?.is_empty() {
            // it is on its way to be handed on: it goes when it was
            db::run(turn.db, "UPDATE attachment SET message = NULL WHERE id = ?1", [row.id.as_bytes()])?;
        } else {
            drop_row(turn, &row.id)?;
        }
    }
    Ok(())
}

pub(super) fn drop_row(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM attachment WHERE id = ?1", [id.as_bytes()])?;
    turn.doomed.push(*id);
    Ok(())
}

/// Its message was deleted here while it was on its way to be handed on.
fn is_orphan(row: &AttachmentRow) -> bool {
    row.message.is_none() && row.delete.is_none()
}
