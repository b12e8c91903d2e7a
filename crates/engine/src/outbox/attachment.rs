// SPDX-License-Identifier: EUPL-1.2
//! Chunks of attachments between the device's media and the server.

use super::blob;
use crate::{
    EngineError,
    crypto::Secret,
    db::{self, Row, col, col_opt, params},
    error::bug,
    turn::{Fact, Turn, Want},
};
use client_api::{AttachmentId, Event, MessageId};
use minicbor::bytes::ByteVec;
use proto::{
    BlobId, ErrorCode, Hour, Reply,
    blob::{BlobReply, BlobRequest, BlobSecret},
    limit::BLOB_CHUNK_BYTES,
};

/// Days a conversation's blobs live longer than its entries, and those of the longest class.
const BLOB_DAYS: u32 = 30 + 7;

struct Moving {
    id: AttachmentId,
    message: Option<MessageId>,
    blob: BlobId,
    padded_bytes: u64,
    moved_bytes: u64,
    read: Secret,
    write: Option<Secret>,
    delete: Option<Secret>,
    created: bool,
    state: i64,
}

const COLUMNS: &str =
    "id, message, blob, padded_bytes, moved_bytes, read_secret, write_secret, delete_secret, created, state";

fn moving(row: &Row<'_>) -> db::Sql<Moving> {
    Ok(Moving {
        id: col(row, 0)?,
        message: col_opt(row, 1)?,
        blob: col(row, 2)?,
        padded_bytes: row.get::<_, i64>(3)? as u64,
        moved_bytes: row.get::<_, i64>(4)? as u64,
        read: col(row, 5)?,
        write: col_opt(row, 6)?,
        delete: col_opt(row, 7)?,
        created: row.get(8)?,
        state: row.get(9)?,
    })
}

fn find(turn: &Turn<'_>, blob: &BlobId) -> Result<Option<Moving>, EngineError> {
    // The same blob may stand in several messages; the one being moved counts.
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE blob = ?1 AND state IN (1, 3) LIMIT 1");
    db::find(turn.db, &sql, [blob.as_bytes()], moving)
}

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM attachment WHERE state IN (1, 3) AND (state = 1 OR message IS NOT NULL) LIMIT 4"
    );
    for row in db::list(turn.db, &sql, [], moving)? {
        let (blob, offset) = (row.blob, row.moved_bytes);
        if row.state == 1 {
            let length = u32::try_from((row.padded_bytes - offset.min(row.padded_bytes)).min(BLOB_CHUNK_BYTES as u64));
            let secret = BlobSecret(*row.read.expose());
            let request = BlobRequest::Read { blob, secret, offset, length: length.map_err(bug)? };
            turn.transfer(Want::BlobRead(blob), request);
            continue;
        }
        let (Some(write), Some(delete)) = (row.write, row.delete) else { continue };
        if !row.created {
            let expiry = Hour::of_millis(turn.now.0).plus_days(BLOB_DAYS);
            blob::create(turn, blob, row.padded_bytes, expiry, [&write, &row.read, &delete], None)?;
            continue;
        }
        let want = Want::BlobWrite(blob);
        if turn.may_ask(&want) {
            let number = u32::try_from(offset / BLOB_CHUNK_BYTES as u64).map_err(bug)?;
            let bytes = turn.media_read(&row.id, number)?.ok_or(EngineError::Damaged("a staged chunk is missing"))?;
            let secret = BlobSecret(*write.expose());
            turn.transfer(want, BlobRequest::Write { blob, secret, offset, bytes: ByteVec::from(bytes) });
        }
    }
    let drops: Vec<(BlobId, Secret)> =
        db::list(turn.db, "SELECT id, secret FROM blob_drop LIMIT 8", [], |row| Ok((col(row, 0)?, col(row, 1)?)))?;
    for (blob, secret) in drops {
        // what the server is just being told to make would be there after it was dropped
        if turn.live.is_asked(&Want::BlobCreate(blob)) {
            continue;
        }
        turn.transfer(Want::BlobDrop(blob), BlobRequest::Delete { blob, secret: BlobSecret(*secret.expose()) });
    }
    Ok(())
}

pub(super) fn created(turn: &mut Turn<'_>, id: &BlobId, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    match result {
        Ok(Reply::Blob { offset }) => {
            let sql = "UPDATE attachment SET created = 1, moved_bytes = ?2 WHERE blob = ?1 AND state = 3";
            db::run(turn.db, sql, params![id.as_bytes(), offset as i64])?;
            progress(turn, id)?;
        }
        Err(ErrorCode::Forbidden) => turn.pause(Want::BlobCreate(*id), 2),
        _ => turn.pause(Want::BlobCreate(*id), 30),
    }
    Ok(())
}

pub(super) fn written(
    turn: &mut Turn<'_>,
    id: &BlobId,
    result: Result<BlobReply, ErrorCode>,
) -> Result<(), EngineError> {
    match result {
        Ok(BlobReply::Written { offset }) => {
            let sql = "UPDATE attachment SET moved_bytes = ?2 WHERE blob = ?1 AND state = 3";
            db::run(turn.db, sql, params![id.as_bytes(), offset as i64])?;
            progress(turn, id)
        }
        _ => {
            db::run(turn.db, "UPDATE attachment SET created = 0 WHERE blob = ?1 AND state = 3", [id.as_bytes()])?;
            turn.pause(Want::BlobWrite(*id), 2);
            Ok(())
        }
    }
}

fn progress(turn: &mut Turn<'_>, blob: &BlobId) -> Result<(), EngineError> {
    let Some(row) = find(turn, blob)? else { return Ok(()) };
    let (attachment, done_bytes, total_bytes) = (row.id, row.moved_bytes, row.padded_bytes);
    turn.event(Event::TransferProgress { attachment, done_bytes, total_bytes });
    if row.state == 3 && done_bytes >= total_bytes {
        db::run(turn.db, "UPDATE attachment SET state = 2 WHERE id = ?1", [row.id.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn arrived(
    turn: &mut Turn<'_>,
    id: &BlobId,
    result: Result<BlobReply, ErrorCode>,
) -> Result<(), EngineError> {
    let Some(row) = find(turn, id)? else { return Ok(()) };
    match result {
        Ok(BlobReply::Bytes(bytes)) if !bytes.is_empty() => {
            let number = u32::try_from(row.moved_bytes / BLOB_CHUNK_BYTES as u64).map_err(bug)?;
            turn.media_write(&row.id, number, &bytes)?;
            let moved = row.moved_bytes.saturating_add(bytes.len() as u64);
            let sql = "UPDATE attachment SET moved_bytes = ?2, chunks = ?3 WHERE id = ?1";
            db::run(turn.db, sql, params![row.id.as_bytes(), moved as i64, number + 1])?;
            progress(turn, id)?;
            if moved >= row.padded_bytes {
                turn.facts.push(Fact::AttachmentComplete(row.id));
            }
        }
        Err(ErrorCode::Gone | ErrorCode::Unknown) => {
            turn.facts.push(Fact::AttachmentLost(row.id));
        }
        _ => turn.pause(Want::BlobRead(*id), 5),
    }
    let _ = row.message;
    Ok(())
}

/// Chunks no row refers to: left over by a crash between commit and deletion, or before the commit.
pub(crate) fn sweep_media(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    for id in turn.media.list().map_err(EngineError::Media)? {
        if db::find(turn.db, "SELECT 1 FROM attachment WHERE id = ?1", [id.as_bytes()], |_| Ok(()))?.is_none() {
            turn.doomed.push(id);
        }
    }
    Ok(())
}
