// SPDX-License-Identifier: EUPL-1.2
//! Files being taken in: sealed chunk by chunk as they come, described once they are whole, dropped if not wanted.

use super::{AttachmentRow, STAGING, UPLOADING, load, store_chunks};
use crate::{
    EngineError,
    content::{
        Access, Attachment,
        attachment::{clean_media_type, clean_name},
        file::{FileSealer, FileSecrets},
    },
    conversation::command::ready,
    crypto::Secret,
    db::{self, col, params},
    error::{Fail, bug},
    turn::Turn,
};
use client_api::{Answer, AttachmentId, AttachmentState, AttachmentView, CommandError, MessageId, Why};
use proto::limit::BLOB_CHUNK_BYTES;

/// Number under which the bytes of a file being taken in that fill no chunk yet are kept, sealed like a chunk.
const REST: u32 = u32::MAX;

/// A row for a file of our own; `state` [`STAGING`] while it is taken in.
pub(super) fn add_own(
    turn: &Turn<'_>,
    name: &str,
    media_type: &str,
    size_bytes: u64,
    state: i64,
) -> Result<(AttachmentId, FileSecrets), Fail> {
    let (id, secrets) = (AttachmentId(turn.random()), FileSecrets::generate(turn.luck));
    let padded = crate::content::file::padded_bytes(size_bytes);
    let padded = padded.ok_or(CommandError::Invalid(Why::FileTooLarge))?;
    db::run(
        turn.db,
        "INSERT INTO attachment (id, name, media_type, size_bytes, padded_bytes, key, blob, read_secret, write_secret,
         delete_secret, state, own) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)",
        params![
            id.as_bytes(),
            name,
            media_type,
            size_bytes as i64,
            padded as i64,
            secrets.key.expose(),
            secrets.blob.as_bytes(),
            secrets.read.expose(),
            secrets.write.expose(),
            secrets.delete.expose(),
            state
        ],
    )?;
    Ok((id, secrets))
}

pub(crate) fn stage_file(turn: &mut Turn<'_>, name: &str, media_type: &str, size: u64) -> Result<Answer, Fail> {
    ready(turn)?;
    let (id, _) = add_own(turn, &clean_name(name), &clean_media_type(media_type), size, STAGING)?;
    Ok(Answer::Attachment(id))
}

/// The bytes that fill no chunk yet, and the sealer standing where they begin.
fn resume(turn: &Turn<'_>, row: &AttachmentRow) -> Result<(FileSealer, Vec<u8>), EngineError> {
    let mut sealer = FileSealer::new(row.key.clone());
    for number in 0..row.chunks {
        let sealed = turn.media_read(&row.id, number)?.ok_or(EngineError::Damaged("a staged chunk is missing"))?;
        sealer.absorb(&sealed).map_err(bug)?;
    }
    let rest = match turn.media_read(&row.id, REST)? {
        Some(sealed) => crate::crypto::aead::open(&rest_key(row), b"rest", &sealed).map_err(bug)?,
        None => Vec::new(),
    };
    Ok((sealer, rest))
}

fn rest_key(row: &AttachmentRow) -> Secret {
    crate::crypto::kdf::expand(&row.key, &[b"rp1 staging"])
}

/// Whole chunks are sealed by their number alone, so no running state is needed until the end.
pub(crate) fn stage_chunk(turn: &mut Turn<'_>, id: &AttachmentId, bytes: &[u8]) -> Result<Answer, Fail> {
    let row = load(turn, id)?;
    if row.state != STAGING {
        return Err(CommandError::WrongState(Why::FileComplete).into());
    }
    if bytes.len() > BLOB_CHUNK_BYTES {
        return Err(CommandError::Invalid(Why::ChunkTooLarge).into());
    }
    let mut rest = match turn.media_read(&row.id, REST)? {
        Some(sealed) => crate::crypto::aead::open(&rest_key(&row), b"rest", &sealed).map_err(bug)?,
        None => Vec::new(),
    };
    rest.extend(bytes);
    let (mut number, size) = (row.chunks, crate::content::file::PLAIN_CHUNK_BYTES);
    while rest.len() >= size {
        let later = rest.split_off(size);
        let sealed = crate::crypto::aead::seal_chunk(&row.key, number, crate::crypto::aead::Last::No, &rest);
        turn.media_write(id, number, &sealed)?;
        (rest, number) = (later, number + 1);
    }
    let sealed = crate::crypto::aead::seal(turn.luck, &rest_key(&row), b"rest", &rest);
    turn.media_write(id, REST, &sealed)?;
    db::run(turn.db, "UPDATE attachment SET chunks = ?2 WHERE id = ?1", params![id.as_bytes(), number])?;
    Ok(Answer::Done)
}

pub(crate) fn stage_finish(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<Answer, Fail> {
    let row = load(turn, id)?;
    if row.state != STAGING {
        return Err(CommandError::WrongState(Why::FileComplete).into());
    }
    let (mut sealer, rest) = resume(turn, &row)?;
    let mut chunks = sealer.push(&rest).map_err(|_| CommandError::Invalid(Why::FileTooLarge))?;
    let (end, summary) = sealer.finish().map_err(|_| CommandError::Invalid(Why::FileTooLarge))?;
    chunks.extend(end);
    if summary.size_bytes != row.size_bytes {
        return Err(CommandError::Invalid(Why::FileLength).into());
    }
    store_chunks(turn, id, &chunks)?;
    let count = chunks.last().map_or(row.chunks, |chunk| chunk.number + 1);
    db::run(
        turn.db,
        "UPDATE attachment SET state = 3, sha256 = ?2, chunks = ?3, padded_bytes = ?4 WHERE id = ?1",
        params![id.as_bytes(), summary.sha256.as_bytes(), count, summary.padded_bytes as i64],
    )?;
    Ok(Answer::Done)
}

/// Description and access of a file that was taken in whole.
pub(in crate::conversation) fn staged(turn: &Turn<'_>, id: &AttachmentId) -> Result<(Attachment, Access), Fail> {
    let row = load(turn, id)?;
    let Some(sha256) = row.sha256.filter(|_| row.state == UPLOADING && row.message.is_none()) else {
        return Err(CommandError::WrongState(Why::FileIncomplete).into());
    };
    let description = Attachment {
        sha256,
        size_bytes: row.size_bytes,
        media_type: row.media_type,
        name: row.name,
        width: None,
        height: None,
        thumbnail: None,
    };
    Ok((description, Access { sha256, blob: row.blob, read: row.read, key: row.key }))
}

pub(in crate::conversation) fn attach(
    turn: &Turn<'_>,
    id: &AttachmentId,
    message: &MessageId,
) -> Result<(), EngineError> {
    let sql = "UPDATE attachment SET message = ?2 WHERE id = ?1";
    db::run(turn.db, sql, params![id.as_bytes(), message.as_bytes()])?;
    Ok(())
}

/// A file that was taken in whole and is in no message.
pub(in crate::conversation) fn find_staged(
    turn: &Turn<'_>,
    id: &AttachmentId,
) -> Result<Option<AttachmentView>, EngineError> {
    let row = super::find(turn, id)?.filter(|row| row.state == UPLOADING && row.message.is_none());
    Ok(row.map(|row| AttachmentView { state: AttachmentState::Here, ..super::view(row) }))
}

/// Files taken in, whole or in part, that are in no message.
pub(in crate::conversation) fn list_staged(turn: &Turn<'_>) -> Result<Vec<AttachmentId>, EngineError> {
    let sql = "SELECT id FROM attachment WHERE message IS NULL AND own = 1 AND state IN (?1, ?2)";
    db::list(turn.db, sql, [STAGING, UPLOADING], |row| col(row, 0))
}

/// Forgets a file that is in no message; `false`: it is in one.
pub(in crate::conversation) fn drop_staged(turn: &mut Turn<'_>, id: &AttachmentId) -> Result<bool, Fail> {
    let row = load(turn, id)?;
    if row.message.is_some() || !matches!(row.state, STAGING | UPLOADING) {
        return Ok(false);
    }
    super::drop_row(turn, id)?;
    Ok(true)
}
