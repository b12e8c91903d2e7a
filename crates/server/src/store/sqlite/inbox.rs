// SPDX-License-Identifier: EUPL-1.2
//! Inboxes: deposits, key packages, and what a pass may do.

use super::{
    apply::{Answer, Batch},
    authority::{still_holds, still_member},
    row,
};
use crate::{
    domain::op::{MemberKey, Sponsor, UsedPass},
    hub::Topic,
    store::StoreError,
};
use proto::{ContentHash, ErrorCode, InboxId, PublicKey, Push, Reply, chain::content_hash, limit, reply::Deposit};
use rusqlite::OptionalExtension;

/// Set in a pass's state once its reply inbox was created.
const INBOX_CREATED: u32 = 256;

pub(super) fn create(batch: &mut Batch<'_, '_>, inbox: &InboxId, owner_pub: &PublicKey, sponsor: &Sponsor) -> Answer {
    if !still_holds(batch, sponsor)? {
        return Ok(Err(ErrorCode::Forbidden));
    }
    if let Some((_, owner)) = row::inbox(&batch.tx, inbox)? {
        return Ok(if owner == *owner_pub { Ok(Reply::Done) } else { Err(ErrorCode::Conflict) });
    }
    if let Sponsor::Pass(pass) = sponsor {
        let state = pass_state(batch, pass)?;
        if state & INBOX_CREATED != 0 {
            return Ok(Err(ErrorCode::Gone));
        }
        store_pass(batch, pass, state | INBOX_CREATED)?;
    }
    batch.tx.prepare_cached("INSERT INTO inbox (id, owner_pub, last_use) VALUES (?1, ?2, ?3)")?.execute((
        inbox.as_bytes(),
        owner_pub.as_bytes(),
        batch.hour().0,
    ))?;
    Ok(Ok(Reply::Done))
}

fn pass_state(batch: &Batch<'_, '_>, pass: &UsedPass) -> Result<u32, StoreError> {
    let mut query = batch.tx.prepare_cached("SELECT state FROM pass WHERE invite = ?1")?;
    Ok(query.query_row([pass.invite.as_bytes()], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn store_pass(batch: &Batch<'_, '_>, pass: &UsedPass, state: u32) -> Result<(), StoreError> {
    batch
        .tx
        .prepare_cached(
            "INSERT INTO pass (invite, state, day) VALUES (?1, ?2, ?3) ON CONFLICT (invite) DO UPDATE SET state = ?2",
        )?
        .execute((pass.invite.as_bytes(), state, pass.not_after.day()))?;
    Ok(())
}

/// The key of an inbox that still belongs to `owner_pub`.
fn owned(batch: &Batch<'_, '_>, inbox: &InboxId, owner_pub: &PublicKey) -> Result<Result<i64, ErrorCode>, StoreError> {
    Ok(match row::inbox(&batch.tx, inbox)? {
        Some((key, owner)) if owner == *owner_pub => Ok(key),
        Some(_) => Err(ErrorCode::Forbidden),
        None => Err(ErrorCode::Unknown),
    })
}

pub(super) fn touch(batch: &mut Batch<'_, '_>, inbox: &InboxId, owner_pub: &PublicKey) -> Answer {
    let key = match owned(batch, inbox, owner_pub)? {
        Ok(key) => key,
        Err(refused) => return Ok(Err(refused)),
    };
    used(batch, key)?;
    Ok(Ok(Reply::Done))
}

fn used(batch: &Batch<'_, '_>, key: i64) -> Result<(), StoreError> {
    batch
        .tx
        .prepare_cached("UPDATE inbox SET last_use = ?2 WHERE key = ?1 AND last_use != ?2")?
        .execute((key, batch.hour().0))?;
    Ok(())
}

pub(super) fn delete(
    batch: &mut Batch<'_, '_>,
    inbox: &InboxId,
    owner_pub: &PublicKey,
    hashes: &[ContentHash],
) -> Answer {
    let key = match owned(batch, inbox, owner_pub)? {
        Ok(key) => key,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut delete = batch.tx.prepare_cached("DELETE FROM deposit WHERE inbox = ?1 AND hash = ?2")?;
    for hash in hashes {
        delete.execute((key, hash.as_bytes()))?;
    }
    Ok(Ok(Reply::Done))
}

pub(super) fn drop(batch: &mut Batch<'_, '_>, inbox: &InboxId, owner_pub: &PublicKey) -> Answer {
    let key = match owned(batch, inbox, owner_pub)? {
        Ok(key) => key,
        Err(ErrorCode::Unknown) => return Ok(Ok(Reply::Done)),
        Err(refused) => return Ok(Err(refused)),
    };
    remove(&batch.tx, key)?;
    Ok(Ok(Reply::Done))
}

/// An inbox with all it holds.
pub(super) fn remove(db: &rusqlite::Connection, key: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM deposit WHERE inbox = ?1")?.execute([key])?;
    db.prepare_cached("DELETE FROM key_package WHERE inbox = ?1")?.execute([key])?;
    db.prepare_cached("DELETE FROM inbox WHERE key = ?1")?.execute([key])?;
    Ok(())
}

pub(super) fn publish(
    batch: &mut Batch<'_, '_>,
    inbox: &InboxId,
    owner_pub: &PublicKey,
    packages: &[Vec<u8>],
    last_resort: &[u8],
) -> Answer {
    let key = match owned(batch, inbox, owner_pub)? {
        Ok(key) => key,
        Err(refused) => return Ok(Err(refused)),
    };
    batch.tx.prepare_cached("DELETE FROM key_package WHERE inbox = ?1")?.execute([key])?;
    let mut insert = batch.tx.prepare_cached("INSERT INTO key_package (inbox, last, sealed) VALUES (?1, ?2, ?3)")?;
    for package in packages {
        insert.execute((key, false, package))?;
    }
    insert.execute((key, true, last_resort))?;
    // a connection may stay open for years: its owner shows again each time that the inbox lives
    used(batch, key)?;
    Ok(Ok(Reply::Done))
}

pub(super) fn claim(batch: &mut Batch<'_, '_>, inbox: &InboxId, member: &MemberKey) -> Answer {
    if !still_member(batch, member)? {
        return Ok(Err(ErrorCode::Forbidden));
    }
    let Some((key, _)) = row::inbox(&batch.tx, inbox)? else { return Ok(Err(ErrorCode::Unknown)) };
    let found = batch
        .tx
        .prepare_cached("SELECT rowid, last, sealed FROM key_package WHERE inbox = ?1 ORDER BY last, rowid LIMIT 1")?
        .query_row([key], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?, row.get::<_, Vec<u8>>(2)?)))
        .optional()?;
    let Some((rowid, last, sealed)) = found else { return Ok(Err(ErrorCode::Exhausted)) };
    if !last {
        batch.tx.prepare_cached("DELETE FROM key_package WHERE rowid = ?1")?.execute([rowid])?;
    }
    Ok(Ok(Reply::KeyPackage { sealed: sealed.into() }))
}

pub(super) fn deposit(batch: &mut Batch<'_, '_>, inbox: InboxId, sealed: Vec<u8>, sponsor: &Sponsor) -> Answer {
    let Some((key, _)) = row::inbox(&batch.tx, &inbox)? else { return Ok(Err(ErrorCode::Unknown)) };
    let hash = content_hash(&sealed);
    let stored = batch
        .tx
        .prepare_cached("SELECT 1 FROM deposit WHERE inbox = ?1 AND hash = ?2")?
        .exists((key, hash.as_bytes()))?;
    if stored {
        return Ok(Ok(Reply::Done));
    }
    if !still_holds(batch, sponsor)? {
        return Ok(Err(ErrorCode::Forbidden));
    }
    match sponsor {
        Sponsor::Member(_) => {
            let waiting: u32 = batch
                .tx
                .prepare_cached("SELECT count(*) FROM deposit WHERE inbox = ?1 AND by_pass = 0")?
                .query_row([key], |row| row.get(0))?;
            if waiting >= limit::DEPOSITS_PER_INBOX {
                return Ok(Err(ErrorCode::Quota));
            }
        }
        Sponsor::Pass(pass) => {
            let state = pass_state(batch, pass)?;
            if state % INBOX_CREATED >= limit::DEPOSITS_PER_PASS {
                return Ok(Err(ErrorCode::Quota));
            }
            store_pass(batch, pass, state + 1)?;
        }
    }
    let hour = batch.hour();
    batch
        .tx
        .prepare_cached("INSERT INTO deposit (inbox, hash, hour, by_pass, sealed) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((key, hash.as_bytes(), hour.0, matches!(sponsor, Sponsor::Pass(_)), &sealed))?;
    let deposit = Deposit { hash, sealed: sealed.into(), hour };
    batch.pushes.push((Topic::Inbox(inbox), Push::Deposit { inbox, deposit }));
    Ok(Ok(Reply::Done))
}
