// SPDX-License-Identifier: EUPL-1.2
//! What is known of blobs; their bytes lie elsewhere and are durable before the offset moves.

use super::{
    apply::{Answer, Batch},
    authority::still_member,
    row::{self, Column},
};
use crate::{
    domain::{BlobState, op::BlobSponsor},
    store::StoreError,
};
use proto::{BlobId, ContentHash, ErrorCode, Reply, TtlClass, request::BlobHashes};
use rusqlite::{Connection, named_params};

pub(super) fn find(db: &Connection, id: &BlobId) -> Result<Option<BlobState>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT size_bytes, offset, write_hash, read_hash, delete_hash FROM blob WHERE id = ?1")?;
    let mut rows = query.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(BlobState {
        size_bytes: row.get::<_, i64>("size_bytes")?.cast_unsigned(),
        offset: row.get::<_, i64>("offset")?.cast_unsigned(),
        hashes: BlobHashes {
            write: ContentHash::read(row, "write_hash")?,
            read: ContentHash::read(row, "read_hash")?,
            delete: ContentHash::read(row, "delete_hash")?,
        },
    }))
}

pub(super) fn create(
    batch: &mut Batch<'_, '_>,
    id: &BlobId,
    size_bytes: u64,
    hashes: &BlobHashes,
    sponsor: &BlobSponsor,
) -> Answer {
    let expiry = match sponsor {
        BlobSponsor::Member(member, expiry) if still_member(batch, member)? => Some(expiry.0),
        BlobSponsor::Member(..) => return Ok(Err(ErrorCode::Forbidden)),
        BlobSponsor::KeptLog(branch) => match row::branch(&batch.tx, branch)? {
            Some(row) if row::ttl_class(&batch.tx, row.log)? == TtlClass::Kept => None,
            _ => return Ok(Err(ErrorCode::Forbidden)),
        },
    };
    if let Some(stored) = find(&batch.tx, id)? {
        let same = stored.size_bytes == size_bytes && stored.hashes == *hashes;
        return Ok(if same { Ok(Reply::Blob { offset: stored.offset }) } else { Err(ErrorCode::Conflict) });
    }
    batch
        .tx
        .prepare_cached(
            "INSERT INTO blob (id, size_bytes, offset, write_hash, read_hash, delete_hash, expiry)
             VALUES (:id, :size, 0, :write, :read, :delete, :expiry)",
        )?
        .execute(named_params! {
            ":id": id.as_bytes(), ":size": size_bytes.cast_signed(), ":write": hashes.write.as_bytes(),
            ":read": hashes.read.as_bytes(), ":delete": hashes.delete.as_bytes(), ":expiry": expiry,
        })?;
    Ok(Ok(Reply::Blob { offset: 0 }))
}

/// Moves the offset if it is still where the writer found it; a repeated chunk finds it moved and is fine.
pub(super) fn advance(batch: &mut Batch<'_, '_>, id: &BlobId, from: u64, to: u64) -> Answer {
    batch
        .tx
        .prepare_cached("UPDATE blob SET offset = ?3 WHERE id = ?1 AND offset = ?2 AND ?3 <= size_bytes")?
        .execute((id.as_bytes(), from.cast_signed(), to.cast_signed()))?;
    Ok(match find(&batch.tx, id)? {
        Some(blob) => Ok(Reply::Blob { offset: blob.offset }),
        None => Err(ErrorCode::Gone),
    })
}

pub(super) fn delete(batch: &mut Batch<'_, '_>, id: &BlobId) -> Answer {
    batch.tx.prepare_cached("DELETE FROM blob WHERE id = ?1")?.execute([id.as_bytes()])?;
    Ok(Ok(Reply::Done))
}

pub(super) fn list(db: &Connection) -> Result<Vec<(BlobId, u64)>, StoreError> {
    let mut query = db.prepare("SELECT id, offset FROM blob ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push((BlobId::read(row, "id")?, row.get::<_, i64>("offset")?.cast_unsigned()));
    }
    Ok(all)
}
