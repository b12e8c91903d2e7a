// SPDX-License-Identifier: EUPL-1.2
//! Small blobs held in the database: trees, wraps and snapshots on their way out, and those waited for.

use crate::{
    EngineError,
    blob::BlobRef,
    crypto::Secret,
    db::{self, Db, col, col_opt, params},
    error::bug,
    profile,
    turn::{Fact, Turn, Want},
};
use client_api::Why;
use minicbor::bytes::ByteVec;
use proto::{
    BlobId, BranchId, ErrorCode, Hour, LogId, Reply, Request,
    blob::{BlobReply, BlobRequest, BlobSecret, bucket},
    chain::content_hash,
    limit::{BLOB_CHUNK_BYTES, FIRST_CONTACT_DAYS},
    proof::Op,
    request::{BlobHashes, BlobVoucher},
};

/// What a wanted blob is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A welcome's tree; the context is the log.
    Tree = 0,
    /// The context is the blob's id.
    Snapshot = 1,
    Wrap = 2,
    Kem = 3,
    /// Messages a device missed; the context is the log.
    Gap = 4,
}

/// Queues a blob for upload. `kept`: belongs to the directory and is proven by its write key on this branch.
pub(crate) fn put_blob(
    turn: &mut Turn<'_>,
    id: BlobId,
    mut body: Vec<u8>,
    kept: Option<&BranchId>,
) -> Result<BlobRef, EngineError> {
    let (used, size) = (body.len(), usize::try_from(bucket(body.len() as u64)).map_err(bug)?);
    body.resize(size, 0);
    turn.luck.fill(body.get_mut(used..).unwrap_or_default());
    let read = Secret::new(turn.random());
    let (write, delete): ([u8; 32], [u8; 32]) = (turn.random(), turn.random());
    db::run(
        turn.db,
        "INSERT INTO blob_out (id, body, write_secret, read_secret, delete_secret, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id.as_bytes(), body, write, read.expose(), delete, kept.map(BranchId::as_bytes)],
    )?;
    Ok(BlobRef { id, read, size_bytes: body.len() as u64, hash: content_hash(&body) })
}

/// The server has all of them whole.
pub(crate) fn are_uploaded(db: &Db<'_>, ids: &[BlobId]) -> Result<bool, EngineError> {
    for id in ids {
        if db::find(db, "SELECT 1 FROM blob_out WHERE id = ?1", [id.as_bytes()], |_| Ok(()))?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Asks for a range of somebody else's blob.
pub(crate) fn want_blob(
    turn: &mut Turn<'_>,
    blob: &BlobRef,
    offset: u64,
    length: u64,
    purpose: Purpose,
    context: &[u8],
) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "INSERT OR IGNORE INTO blob_in (id, read_secret, offset, size_bytes, body, purpose, context)
         VALUES (?1, ?2, ?3, ?4, x'', ?5, ?6)",
        params![blob.id.as_bytes(), blob.read.expose(), offset as i64, length as i64, purpose as i64, context],
    )?;
    Ok(())
}

type Out = (BlobId, Vec<u8>, Secret, Secret, Secret, Option<BranchId>, bool, u64);
type In = (BlobId, Secret, u64, u64, u64);

pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let rows: Vec<Out> = db::list(
        turn.db,
        "SELECT id, body, write_secret, read_secret, delete_secret, kept, created, moved_bytes FROM blob_out LIMIT 8",
        [],
        |row| {
            let moved = row.get::<_, i64>(7)? as u64;
            Ok((
                col(row, 0)?,
                row.get(1)?,
                col(row, 2)?,
                col(row, 3)?,
                col(row, 4)?,
                col_opt(row, 5)?,
                row.get(6)?,
                moved,
            ))
        },
    )?;
    for (blob, body, write, read, delete, kept, created, moved) in rows {
        if created {
            let start = usize::try_from(moved).map_err(bug)?;
            let chunk = body.get(start..).unwrap_or_default();
            let bytes = ByteVec::from(chunk.get(..BLOB_CHUNK_BYTES).unwrap_or(chunk).to_vec());
            let secret = BlobSecret(*write.expose());
            turn.transfer(Want::BlobWrite(blob), BlobRequest::Write { blob, secret, offset: moved, bytes });
        } else {
            let expiry = Hour::of_millis(turn.now.0).plus_days(FIRST_CONTACT_DAYS + 2);
            create(turn, blob, body.len() as u64, expiry, [&write, &read, &delete], kept)?;
        }
    }
    let rows: Vec<In> = db::list(
        turn.db,
        "SELECT id, read_secret, offset, size_bytes, length(body) FROM blob_in LIMIT 16",
        [],
        |row| {
            let number = |index| row.get::<_, i64>(index).map(|n| n as u64);
            Ok((col(row, 0)?, col(row, 1)?, number(2)?, number(3)?, number(4)?))
        },
    )?;
    for (blob, read, offset, size, have) in rows {
        let length = u32::try_from(size.saturating_sub(have).min(BLOB_CHUNK_BYTES as u64)).map_err(bug)?;
        let secret = BlobSecret(*read.expose());
        turn.transfer(Want::BlobRead(blob), BlobRequest::Read { blob, secret, offset: offset + have, length });
    }
    Ok(())
}

/// Asks the server to make room for a blob.
pub(super) fn create(
    turn: &mut Turn<'_>,
    blob: BlobId,
    size_bytes: u64,
    expiry: Hour,
    secrets: [&Secret; 3],
    kept: Option<BranchId>,
) -> Result<(), EngineError> {
    let want = Want::BlobCreate(blob);
    if !turn.may_ask(&want) {
        return Ok(());
    }
    let voucher = match kept {
        // The write key is proven when the branch is opened.
        Some(branch) => turn.live.opened.contains_key(&branch).then_some(BlobVoucher::KeptLog(branch)),
        None => profile::member_proof(turn, Op::BlobCreate, &blob.0)?.map(BlobVoucher::Member),
    };
    let Some(voucher) = voucher else { return Ok(()) };
    let [write, read, delete] = secrets.map(|secret| content_hash(secret.expose()));
    turn.ask(
        want,
        Request::BlobCreate { blob, size_bytes, expiry, hashes: BlobHashes { write, read, delete }, voucher },
    );
    Ok(())
}

/// Answers whether this blob was one of ours here.
pub(super) fn created(
    turn: &mut Turn<'_>,
    id: &BlobId,
    result: &Result<Reply, ErrorCode>,
) -> Result<bool, EngineError> {
    if let Ok(Reply::Blob { offset }) = result {
        let sql = "UPDATE blob_out SET created = 1, moved_bytes = ?2 WHERE id = ?1";
        let changed = db::run(turn.db, sql, params![id.as_bytes(), *offset as i64])?;
        return finish(turn, id).map(|()| changed > 0);
    }
    Ok(db::find(turn.db, "SELECT 1 FROM blob_out WHERE id = ?1", [id.as_bytes()], |_| Ok(()))?.is_some())
}

fn finish(turn: &mut Turn<'_>, id: &BlobId) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM blob_out WHERE id = ?1 AND moved_bytes >= length(body)", [id.as_bytes()])?;
    Ok(())
}

/// Answers whether this blob was one of ours here.
pub(super) fn written(
    turn: &mut Turn<'_>,
    id: &BlobId,
    result: &Result<BlobReply, ErrorCode>,
) -> Result<bool, EngineError> {
    let changed = match result {
        Ok(BlobReply::Written { offset }) => {
            let sql = "UPDATE blob_out SET moved_bytes = ?2 WHERE id = ?1";
            db::run(turn.db, sql, params![id.as_bytes(), *offset as i64])?
        }
        // Ask the server anew how far it is.
        _ => db::run(turn.db, "UPDATE blob_out SET created = 0 WHERE id = ?1", [id.as_bytes()])?,
    };
    finish(turn, id)?;
    Ok(changed > 0)
}

/// Bytes of a wanted blob; answers whether it was one of those here.
pub(super) fn arrived(
    turn: &mut Turn<'_>,
    id: &BlobId,
    result: &Result<BlobReply, ErrorCode>,
) -> Result<bool, EngineError> {
    let row: Option<(Vec<u8>, i64, i64, Vec<u8>)> = db::find(
        turn.db,
        "SELECT body, size_bytes, purpose, context FROM blob_in WHERE id = ?1",
        [id.as_bytes()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let Some((mut body, size, purpose, context)) = row else { return Ok(false) };
    match result {
        Ok(BlobReply::Bytes(bytes)) if !bytes.is_empty() => {
            body.extend(bytes);
            if (body.len() as i64) < size {
                db::run(turn.db, "UPDATE blob_in SET body = ?2 WHERE id = ?1", params![id.as_bytes(), body])?;
                return Ok(true);
            }
            db::run(turn.db, "DELETE FROM blob_in WHERE id = ?1", [id.as_bytes()])?;
            match purpose {
                0 => {
                    let log = LogId::from_slice(&context).ok_or(EngineError::Damaged("wanted blob"))?;
                    turn.facts.push(Fact::Tree(log, body));
                }
                1 => turn.facts.push(Fact::Snapshot(*id, body)),
                2 => turn.facts.push(Fact::Wrap(body)),
                3 => turn.facts.push(Fact::Kem(body)),
                _ => {
                    let log = LogId::from_slice(&context).ok_or(EngineError::Damaged("wanted blob"))?;
                    turn.facts.push(Fact::Gap(log, Some(body)));
                }
            }
        }
        Err(ErrorCode::Gone | ErrorCode::Unknown) => {
            db::run(turn.db, "DELETE FROM blob_in WHERE id = ?1", [id.as_bytes()])?;
            match LogId::from_slice(&context).filter(|_| purpose == Purpose::Gap as i64) {
                Some(log) => turn.facts.push(Fact::Gap(log, None)),
                None => turn.warn(None, Why::BlobLost),
            }
        }
        _ => turn.pause(Want::BlobRead(*id), 5),
    }
    Ok(true)
}
