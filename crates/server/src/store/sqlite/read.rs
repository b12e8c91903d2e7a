// SPDX-License-Identifier: EUPL-1.2
//! Pages of branches and inboxes; each is read in one consistent state.

use super::row::{self, Column};
use crate::{
    domain::BranchState,
    store::{Judged, StoreError},
};
use proto::{
    BranchId, ContentHash, EntryKind, ErrorCode, Hour, InboxId, LogEntry, PublicKey, Reply, limit,
    reply::{Deposit, LogPage},
};
use rusqlite::{Connection, Row};

pub(super) fn branch_state(db: &Connection, id: &BranchId) -> Result<BranchState, StoreError> {
    Ok(match row::branch(db, id)? {
        Some(row) => BranchState::Alive(row.keys),
        None if row::is_dead(db, id)? => BranchState::Dead,
        None => BranchState::Unknown,
    })
}

pub(super) fn page(db: &Connection, id: &BranchId, after: u32) -> Judged<LogPage> {
    let tx = db.unchecked_transaction()?;
    let Some(branch) = row::branch(&tx, id)? else {
        return Ok(Err(if row::is_dead(&tx, id)? { ErrorCode::Gone } else { ErrorCode::Unknown }));
    };
    let mut query = tx.prepare_cached(
        "SELECT e.n, e.kind, e.hour, e.env_hash, e.env, b.access_pub, b.write_pub FROM entry e
         LEFT JOIN branch b ON e.kind = 1 AND b.parent = e.branch AND b.candidate = e.n + ?3 - ?4 - 1
         WHERE e.branch = ?1 AND e.n > ?2 ORDER BY e.n LIMIT ?5",
    )?;
    let mut rows = query.query((branch.key, after, branch.closed, branch.count, limit::PAGE_ENTRIES))?;
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let entry = entry(row)?;
        bytes += entry.env.as_ref().map_or(0, |env| env.len());
        if bytes > limit::PAGE_BYTES && !entries.is_empty() {
            break;
        }
        entries.push(entry);
    }
    Ok(Ok(LogPage { entries, count: branch.count, head: branch.head, closed: branch.closed }))
}

fn entry(row: &Row<'_>) -> Result<LogEntry, StoreError> {
    Ok(LogEntry {
        n: row.get("n")?,
        kind: EntryKind::from_code(row.get("kind")?).ok_or(StoreError::Corrupt("entry.kind"))?,
        env_hash: ContentHash::read(row, "env_hash")?,
        env: row.get::<_, Option<Vec<u8>>>("env")?.map(Into::into),
        hour: Hour(row.get("hour")?),
        next: row::next_keys(row)?,
    })
}

pub(super) fn inbox_page(db: &Connection, id: &InboxId, owner_pub: &PublicKey, skip: u32) -> Judged<Reply> {
    let tx = db.unchecked_transaction()?;
    let key = match row::inbox(&tx, id)? {
        Some((key, owner)) if owner == *owner_pub => key,
        Some(_) => return Ok(Err(ErrorCode::Forbidden)),
        None => return Ok(Err(ErrorCode::Unknown)),
    };
    let count = |sql: &str| -> rusqlite::Result<u32> { tx.prepare_cached(sql)?.query_row([key], |row| row.get(0)) };
    let waiting = count("SELECT count(*) FROM deposit WHERE inbox = ?1")?;
    let key_packages = count("SELECT count(*) FROM key_package WHERE inbox = ?1 AND last = 0")?;
    let mut query =
        tx.prepare_cached("SELECT hash, hour, sealed FROM deposit WHERE inbox = ?1 ORDER BY rowid LIMIT -1 OFFSET ?2")?;
    let mut rows = query.query((key, skip))?;
    let (mut deposits, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let sealed: Vec<u8> = row.get("sealed")?;
        bytes += sealed.len();
        if bytes > limit::PAGE_BYTES && !deposits.is_empty() {
            break;
        }
        let hash = ContentHash::read(row, "hash")?;
        deposits.push(Deposit { hash, sealed: sealed.into(), hour: Hour(row.get("hour")?) });
    }
    Ok(Ok(Reply::Inbox { deposits, waiting, key_packages }))
}
