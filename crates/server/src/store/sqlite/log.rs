// SPDX-License-Identifier: EUPL-1.2
//! Logs: branches, entries and ordered candidates (docs/protocol.md §4, §5, §7).

use super::{
    apply::{Answer, Batch},
    authority::still_member,
    row::{self, BranchRow, Column},
};
use crate::{domain::op::MemberKey, hub::Topic, store::StoreError};
use proto::{
    BranchId, ContentHash, EntryKind, ErrorCode, Hour, LogEntry, LogId, NextKeys, Push, Reply, TtlClass,
    chain::{ROOT_PARENT, branch_id, content_hash, first_head, next_head},
    limit,
};
use rusqlite::{OptionalExtension, named_params};
use subtle::ConstantTimeEq;

pub(super) fn create(
    batch: &mut Batch<'_, '_>,
    log: &LogId,
    keys: &NextKeys,
    ttl: TtlClass,
    member: &MemberKey,
) -> Answer {
    let root = branch_id(log, &ROOT_PARENT, 0, keys);
    let stored = batch
        .tx
        .prepare_cached("SELECT ttl_class FROM log WHERE id = ?1")?
        .query_row([log.as_bytes()], |row| row.get::<_, u8>(0))
        .optional()?;
    if let Some(class) = stored {
        let known = row::branch(&batch.tx, &root)?.is_some() || row::is_dead(&batch.tx, &root)?;
        let same = known && class == ttl.code();
        return Ok(if same { Ok(Reply::Created(root)) } else { Err(ErrorCode::Conflict) });
    }
    if !still_member(batch, member)? {
        return Ok(Err(ErrorCode::Forbidden));
    }
    batch
        .tx
        .prepare_cached("INSERT INTO log (id, ttl_class) VALUES (?1, ?2)")?
        .execute((log.as_bytes(), ttl.code()))?;
    let log_key = batch.tx.last_insert_rowid();
    insert_branch(batch, &NewBranch { id: &root, log: log_key, parent: None, candidate: 0, keys, opening: None })?;
    Ok(Ok(Reply::Created(root)))
}

struct NewBranch<'a> {
    id: &'a BranchId,
    log: i64,
    parent: Option<i64>,
    candidate: u32,
    keys: &'a NextKeys,
    opening: Option<&'a ContentHash>,
}

fn insert_branch(batch: &Batch<'_, '_>, new: &NewBranch<'_>) -> Result<(), StoreError> {
    batch
        .tx
        .prepare_cached(
            "INSERT INTO branch (id, log, parent, candidate, access_pub, write_pub, opening, count, head, closed)
             VALUES (:id, :log, :parent, :candidate, :access, :write, :opening, 0, :head, 0)",
        )?
        .execute(named_params! {
            ":id": new.id.as_bytes(), ":log": new.log, ":parent": new.parent, ":candidate": new.candidate,
            ":access": new.keys.access_pub.as_bytes(),
            ":write": new.keys.write_pub.as_ref().map(|key| key.as_bytes().to_vec()),
            ":opening": new.opening.map(|hash| hash.as_bytes().to_vec()),
            ":head": first_head(new.id, new.opening).as_bytes(),
        })?;
    Ok(())
}

fn gone_or_unknown(batch: &Batch<'_, '_>, id: &BranchId) -> Result<ErrorCode, StoreError> {
    Ok(if row::is_dead(&batch.tx, id)? { ErrorCode::Gone } else { ErrorCode::Unknown })
}

pub(super) fn append(
    batch: &mut Batch<'_, '_>,
    branch: BranchId,
    env: Vec<u8>,
    erase_hash: Option<ContentHash>,
) -> Answer {
    let Some(row) = row::branch(&batch.tx, &branch)? else { return Ok(Err(gone_or_unknown(batch, &branch)?)) };
    #[cfg(feature = "testkit")]
    if batch.rules.defects.contains(&crate::testkit::Defect::FrozenBeforeIdempotency) && row.closed > 0 {
        return Ok(Err(ErrorCode::Frozen)); // planted
    }
    let env_hash = content_hash(&env);
    if let Some(first) = first_answer(batch, &row, &env_hash)? {
        return Ok(Ok(first));
    }
    if row.closed > 0 {
        return Ok(Err(ErrorCode::Frozen));
    }
    let new = NewEntry { kind: EntryKind::Entry, env, env_hash, erase_hash, next: None };
    insert_entry(batch, &row, new, None).map(Ok)
}

pub(super) fn commit(
    batch: &mut Batch<'_, '_>,
    branch: BranchId,
    candidate: u32,
    env: Vec<u8>,
    next: NextKeys,
) -> Answer {
    let Some(row) = row::branch(&batch.tx, &branch)? else { return Ok(Err(gone_or_unknown(batch, &branch)?)) };
    let env_hash = content_hash(&env);
    if let Some(first) = first_answer(batch, &row, &env_hash)? {
        return Ok(Ok(first));
    }
    if let Err(refused) = may_commit(batch, &row, candidate, &next) {
        return Ok(Err(refused));
    }
    let child = branch_id(&row::log_id(&batch.tx, row.log)?, &branch, candidate, &next);
    if row::branch(&batch.tx, &child)?.is_some() || row::is_dead(&batch.tx, &child)? {
        return Ok(Err(ErrorCode::Conflict));
    }
    let (parent, opening) = (Some(row.key), Some(&env_hash));
    insert_branch(batch, &NewBranch { id: &child, log: row.log, parent, candidate: row.closed, keys: &next, opening })?;
    if row.closed > 0 {
        batch.candidates.push(branch);
    }
    let new = NewEntry { kind: EntryKind::Commit, env, env_hash, erase_hash: None, next: Some(next) };
    insert_entry(batch, &row, new, Some(child)).map(Ok)
}

/// Compare-and-swap on the number of candidates, and the limits for those beyond the first.
fn may_commit(batch: &mut Batch<'_, '_>, row: &BranchRow, candidate: u32, next: &NextKeys) -> Result<(), ErrorCode> {
    let closed = row.closed;
    #[cfg(feature = "testkit")]
    let closed = if batch.rules.defects.contains(&crate::testkit::Defect::CasNotAtomic) {
        *batch.stale_counts.entry(row.id).or_insert(closed) // planted
    } else {
        closed
    };
    if candidate != closed {
        return Err(ErrorCode::Conflict);
    }
    if next.write_pub.is_some() != row.keys.write_pub.is_some() {
        return Err(ErrorCode::Malformed);
    }
    if closed > limit::EXTRA_CANDIDATES {
        return Err(ErrorCode::Quota);
    }
    let last = batch.rules.last_candidate.get(&row.id);
    let passed = last.and_then(|at| batch.now_millis.checked_sub(*at));
    let soon = passed.is_some_and(|passed| passed < limit::CANDIDATE_PAUSE_SECS * 1000);
    if closed > 0 && (soon || batch.candidates.contains(&row.id)) {
        return Err(ErrorCode::Rate);
    }
    Ok(())
}

struct NewEntry {
    kind: EntryKind,
    env: Vec<u8>,
    env_hash: ContentHash,
    erase_hash: Option<ContentHash>,
    next: Option<NextKeys>,
}

/// Stores entry `count + 1`, moves the head, tells the listeners.
fn insert_entry(
    batch: &mut Batch<'_, '_>,
    row: &BranchRow,
    new: NewEntry,
    opened: Option<BranchId>,
) -> Result<Reply, StoreError> {
    let NewEntry { kind, env, env_hash, erase_hash, next } = new;
    let n = row.count.checked_add(1).ok_or(StoreError::Corrupt("branch.count"))?;
    let hour = batch.hour();
    let head = next_head(&row.head, n, kind, &env_hash, next.as_ref());
    batch
        .tx
        .prepare_cached(
            "INSERT INTO entry (branch, n, kind, hour, env_hash, erase_hash, env)
             VALUES (:branch, :n, :kind, :hour, :env_hash, :erase_hash, :env)",
        )?
        .execute(named_params! {
            ":branch": row.key, ":n": n, ":kind": kind.code(), ":hour": hour.0, ":env_hash": env_hash.as_bytes(),
            ":erase_hash": erase_hash.as_ref().map(|hash| hash.as_bytes().to_vec()), ":env": env,
        })?;
    batch
        .tx
        .prepare_cached("UPDATE branch SET count = ?2, head = ?3, closed = closed + ?4 WHERE key = ?1")?
        .execute((row.key, n, head.as_bytes(), kind.code()))?;
    let entry = LogEntry { n, kind, env_hash, env: Some(env.into()), hour, next };
    batch.pushes.push((Topic::Branch(row.id), Push::Entry { branch: row.id, entry }));
    Ok(Reply::Stored { n, head, hour, branch: opened })
}

/// The answer these very bytes got when they were stored in this branch.
fn first_answer(batch: &Batch<'_, '_>, row: &BranchRow, env_hash: &ContentHash) -> Result<Option<Reply>, StoreError> {
    let found = batch
        .tx
        .prepare_cached(
            "SELECT n, kind, hour FROM entry
             WHERE branch = ?1 AND substr(env_hash, 1, 8) = substr(?2, 1, 8) AND env_hash = ?2",
        )?
        .query_row((row.key, env_hash.as_bytes()), |found| {
            Ok((found.get::<_, u32>(0)?, found.get::<_, u8>(1)?, found.get::<_, u32>(2)?))
        })
        .optional()?;
    let Some((n, kind, hour)) = found else { return Ok(None) };
    let branch = match EntryKind::from_code(kind) {
        Some(EntryKind::Commit) => row::child(&batch.tx, row.key, row.candidate_of(n))?,
        _ => None,
    };
    Ok(Some(Reply::Stored { n, head: head_after(batch, row, n)?, hour: Hour(hour), branch }))
}

/// The chain's head after entry `n`: walked anew, since only the newest is stored and repeats are rare.
fn head_after(batch: &Batch<'_, '_>, row: &BranchRow, n: u32) -> Result<ContentHash, StoreError> {
    if n == row.count {
        return Ok(row.head);
    }
    let mut head = first_head(&row.id, row.opening.as_ref());
    let mut query = batch.tx.prepare_cached(
        "SELECT e.n, e.kind, e.env_hash, b.access_pub, b.write_pub FROM entry e
         LEFT JOIN branch b ON e.kind = 1 AND b.parent = e.branch AND b.candidate = e.n + ?3 - ?4 - 1
         WHERE e.branch = ?1 AND e.n <= ?2 ORDER BY e.n",
    )?;
    let mut rows = query.query((row.key, n, row.closed, row.count))?;
    while let Some(entry) = rows.next()? {
        let kind = EntryKind::from_code(entry.get("kind")?).ok_or(StoreError::Corrupt("entry.kind"))?;
        let (hash, next) = (ContentHash::read(entry, "env_hash")?, row::next_keys(entry)?);
        head = next_head(&head, entry.get("n")?, kind, &hash, next.as_ref());
    }
    Ok(head)
}

pub(super) fn erase(batch: &mut Batch<'_, '_>, branch: &BranchId, n: u32, secret_hash: &ContentHash) -> Answer {
    let Some(row) = row::branch(&batch.tx, branch)? else { return Ok(Err(gone_or_unknown(batch, branch)?)) };
    let stored = batch
        .tx
        .prepare_cached("SELECT erase_hash FROM entry WHERE branch = ?1 AND n = ?2")?
        .query_row((row.key, n), |found| found.get::<_, Option<Vec<u8>>>(0))
        .optional()?;
    let Some(erase_hash) = stored else { return Ok(Err(ErrorCode::Unknown)) };
    if !erase_hash.is_some_and(|hash| bool::from(hash.as_slice().ct_eq(secret_hash.as_bytes()))) {
        return Ok(Err(ErrorCode::Forbidden));
    }
    batch
        .tx
        .prepare_cached("UPDATE entry SET env = NULL WHERE branch = ?1 AND n = ?2 AND env IS NOT NULL")?
        .execute((row.key, n))?;
    Ok(Ok(Reply::Done))
}
