// SPDX-License-Identifier: EUPL-1.2
//! Forgetting on time: what expires, in which order, and what never does (docs/protocol.md §6 "Away longer than the TTL").

use super::{inbox, row::Column};
use crate::{
    domain::limits::INBOX_UNUSED_DAYS,
    store::{StoreError, Swept},
};
use proto::{BlobId, Hour, TtlClass, limit};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Rows touched per kind and step, so that writers never wait long.
const STEP: u32 = 2_000;

pub(super) fn sweep(db: &mut Connection, now_millis: u64) -> Result<Swept, StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now = Hour::of_millis(now_millis);
    let mut swept = Swept::default();
    for class in [TtlClass::Days7, TtlClass::Days30, TtlClass::Days90] {
        if let Some(cutoff) = class.days().and_then(|days| now.0.checked_sub(days * 24)) {
            note(&mut swept, expire_entries(&tx, class, cutoff)?);
            note(&mut swept, bury_branches(&tx, class, cutoff, now)?);
        }
    }
    note(&mut swept, forget(&tx, "dead_branch", "day", now.day().checked_sub(limit::DEAD_BRANCH_DAYS))?);
    note(&mut swept, forget(&tx, "deposit", "hour", now.0.checked_sub(limit::FIRST_CONTACT_DAYS * 24))?);
    note(&mut swept, forget(&tx, "pass", "day", now.day().checked_sub(1))?);
    note(&mut swept, drop_inboxes(&tx, now)?);
    let blobs = expire_blobs(&tx, now)?;
    note(&mut swept, blobs.len());
    swept.blobs = blobs;
    tx.commit()?;
    Ok(swept)
}

fn note(swept: &mut Swept, rows: usize) {
    swept.rows += rows;
    swept.more |= rows >= STEP as usize;
}

/// Entries of this class stored before `cutoff` become tombstones. Commits stay as long as their branch.
fn expire_entries(tx: &Transaction<'_>, class: TtlClass, cutoff: u32) -> Result<usize, StoreError> {
    let rows = tx
        .prepare_cached(
            "UPDATE entry SET env = NULL WHERE rowid IN (
               SELECT e.rowid FROM entry e JOIN branch b ON b.key = e.branch JOIN log l ON l.key = b.log
               WHERE e.hour <= ?1 AND e.env IS NOT NULL AND e.kind = 0 AND l.ttl_class = ?2 LIMIT ?3)",
        )?
        .execute((cutoff, class.code(), STEP))?;
    Ok(rows)
}

/// Branches closed before `cutoff` die with their commits, unless one of these opened a branch that is still open.
fn bury_branches(tx: &Transaction<'_>, class: TtlClass, cutoff: u32, now: Hour) -> Result<usize, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT b.key, b.id FROM branch b JOIN log l ON l.key = b.log
         WHERE b.closed > 0 AND l.ttl_class = ?1
           AND (SELECT e.hour FROM entry e WHERE e.branch = b.key AND e.n = b.count - b.closed + 1) <= ?2
           AND NOT EXISTS (SELECT 1 FROM branch c WHERE c.parent = b.key AND c.closed = 0) LIMIT ?3",
    )?;
    let dead = query
        .query_map((class.code(), cutoff, STEP / 20), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    for (key, id) in &dead {
        tx.prepare_cached("DELETE FROM entry WHERE branch = ?1")?.execute([key])?;
        tx.prepare_cached("DELETE FROM branch WHERE key = ?1")?.execute([key])?;
        tx.prepare_cached("INSERT OR IGNORE INTO dead_branch (id, day) VALUES (?1, ?2)")?.execute((id, now.day()))?;
    }
    Ok(dead.len() * 20)
}

/// Rows whose time column lies before `cutoff`.
fn forget(
    tx: &Transaction<'_>,
    table: &'static str,
    column: &'static str,
    cutoff: Option<u32>,
) -> Result<usize, StoreError> {
    let Some(cutoff) = cutoff else { return Ok(0) };
    let sql = format!("DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {column} < ?1 LIMIT ?2)");
    Ok(tx.prepare_cached(&sql)?.execute((cutoff, STEP))?)
}

fn drop_inboxes(tx: &Transaction<'_>, now: Hour) -> Result<usize, StoreError> {
    let Some(cutoff) = now.0.checked_sub(INBOX_UNUSED_DAYS * 24) else { return Ok(0) };
    let mut query = tx.prepare_cached("SELECT key FROM inbox WHERE last_use < ?1 LIMIT ?2")?;
    let unused = query.query_map((cutoff, STEP), |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    for key in &unused {
        inbox::remove(tx, *key)?;
    }
    Ok(unused.len())
}

fn expire_blobs(tx: &Transaction<'_>, now: Hour) -> Result<Vec<BlobId>, StoreError> {
    let mut query = tx.prepare_cached(
        "DELETE FROM blob WHERE rowid IN (
        SELECT rowid FROM blob WHERE expiry IS NOT NULL AND expiry < ?1 LIMIT ?2) RETURNING id",
    )?;
    let mut rows = query.query((now.0, STEP))?;
    let mut expired = Vec::new();
    while let Some(row) = rows.next()? {
        expired.push(BlobId::read(row, "id")?);
    }
    expired.sort();
    Ok(expired)
}
