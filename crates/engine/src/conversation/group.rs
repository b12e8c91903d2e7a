// SPDX-License-Identifier: EUPL-1.2
//! The MLS group behind a log: made, loaded, saved; key packages offered and claimed.

use super::{
    renew,
    store::{self, ConversationRow},
};
use crate::{
    EngineError,
    db::{self, Db, params},
    directory::{
        self,
        format::{key_package_epoch, open_key_package, package_key},
    },
    error::bug,
    log::{Aad, EpochKeys},
    mls::{Group, GroupError, Settings},
    profile::{self, Account},
    sync::{self, LogKind, LogRow, LogState},
    turn::{Turn, Want},
};
use client_api::{ConversationId, ConversationKind, DeviceId, UserId};
use proto::{
    ErrorCode, Hour, LogId, Reply, TtlClass,
    chain::{ROOT_PARENT, branch_id, first_head},
};
use std::collections::BTreeMap;

/// Groups held in memory at once.
const GROUPS: usize = 16;
/// Epochs of a log that are remembered.
const EPOCHS: i64 = 256;

/// The group of a log; hand it back with [`put`] if it changed, else with [`keep`].
pub(super) fn load(turn: &mut Turn<'_>, account: &Account, log: &LogId) -> Result<Group, EngineError> {
    if let Some((mut group, changed)) = turn.live.groups.remove(log) {
        if !group.has_chain(&account.chain) {
            // The certificates were renewed since: what it holds is saved, and the group loaded with the new ones.
            turn.unpause(&Want::Stage(*log));
            if changed {
                save(turn.db, log, &mut group)?;
            }
            return load(turn, account, log);
        }
        if changed {
            // Whatever happens to the caller's copy, what was changed before is kept.
            turn.live.groups.insert(*log, (group.clone(), true));
        }
        return Ok(group);
    }
    let row: Option<(Vec<u8>, Vec<u8>)> =
        db::find(turn.db, "SELECT state, tree FROM mls_group WHERE log = ?1", [log.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let (state, tree) = row.ok_or(EngineError::Damaged("a log without its group"))?;
    Group::load(&profile::client(turn, account)?, &state, &tree).map_err(bug)
}

pub(super) fn exists(turn: &Turn<'_>, log: &LogId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM mls_group WHERE log = ?1";
    let stored = db::find(turn.db, sql, [log.as_bytes()], |_| Ok(()))?.is_some();
    Ok(stored || turn.live.groups.contains_key(log))
}

/// The group has changed: it is saved before this transaction ends.
pub(super) fn put(turn: &mut Turn<'_>, log: &LogId, group: Group) -> Result<(), EngineError> {
    turn.live.groups.insert(*log, (group, true));
    Ok(())
}

/// The group is as it was loaded.
pub(super) fn keep(turn: &mut Turn<'_>, log: &LogId, group: Group) {
    if turn.live.groups.len() >= GROUPS {
        turn.live.groups.retain(|_, (_, changed)| *changed);
    }
    turn.live.groups.entry(*log).or_insert((group, false));
}

pub(super) fn delete(turn: &mut Turn<'_>, log: &LogId) -> Result<(), EngineError> {
    turn.live.groups.remove(log);
    db::run(turn.db, "DELETE FROM mls_group WHERE log = ?1", [log.as_bytes()]).map(drop)
}

/// Saves every group that changed, in the transaction of what changed it.
pub(crate) fn save_groups(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    for (log, (group, changed)) in &mut turn.live.groups {
        if std::mem::take(changed) {
            save(turn.db, log, group)?;
        }
    }
    Ok(())
}

fn save(db: &Db<'_>, log: &LogId, group: &mut Group) -> Result<(), EngineError> {
    let saved = group.save().map_err(bug)?;
    match saved.tree {
        Some(tree) => db::run(
            db,
            "REPLACE INTO mls_group (log, state, tree) VALUES (?1, ?2, ?3)",
            params![log.as_bytes(), saved.state.as_slice(), tree],
        )?,
        None => {
            let sql = "UPDATE mls_group SET state = ?2 WHERE log = ?1";
            db::run(db, sql, params![log.as_bytes(), saved.state.as_slice()])?
        }
    };
    Ok(())
}

/// Remembers an epoch: letters and statements may name it.
pub(super) fn note_epoch(turn: &Turn<'_>, log: &LogRow, group: &Group) -> Result<(), EngineError> {
    let moderators = match group.settings().map_err(bug)? {
        settings if settings.kind == ConversationKind::Group => settings.moderators,
        _ => group.roster().map_err(bug)?.into_iter().map(|member| member.device.user).collect(),
    };
    let epoch = group.epoch() as i64;
    db::run(
        turn.db,
        "REPLACE INTO epoch (log, number, branch, authenticator, moderators) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            log.id.as_bytes(),
            epoch,
            log.branch.as_bytes(),
            group.epoch_authenticator().map_err(bug)?,
            minicbor::to_vec(&moderators).map_err(bug)?
        ],
    )?;
    let sql = "DELETE FROM epoch WHERE log = ?1 AND number < ?2";
    db::run(turn.db, sql, params![log.id.as_bytes(), epoch - EPOCHS]).map(drop)
}

/// What the sender states beside a message: how far it has read, and the hour.
pub(super) fn aad(turn: &Turn<'_>, log: &LogRow, group: &Group) -> Aad {
    let at = Hour::of_millis(turn.now.0).max(group.hour());
    Aad { branch: log.branch, n: log.n, head: log.head, at }
}

/// A new log and a group of this device alone; the server is told when there is a connection. `None`: the own
/// certificate has ended, or begins later than the clock says ([`client_api::Why::ClockWrong`]).
pub(super) fn create(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
) -> Result<Option<LogRow>, EngineError> {
    let id = LogId(turn.random());
    let settings = Settings {
        log: id,
        conversation: row.id,
        kind: row.kind,
        name: row.name.clone(),
        moderators: row.moderators.clone(),
        roots: vec![account.root_pub],
    };
    let hour = Hour::of_millis(turn.latest().0);
    let group = match profile::client(turn, account)?.create(&settings, hour) {
        Ok(group) => group,
        Err(GroupError::Cert(_)) => return Ok(None),
        Err(error) => return Err(bug(error)),
    };
    let secret = group.log_secret(&id).map_err(bug)?;
    let branch = branch_id(&id, &ROOT_PARENT, 0, &EpochKeys::derive(&secret).announce());
    let log = LogRow {
        id,
        kind: LogKind::Conversation,
        conversation: Some(row.id),
        branch,
        n: 0,
        head: first_head(&branch, None),
        candidates: 0,
        secret,
        ttl: TtlClass::Days30,
        state: LogState::New,
        at_hour: group.hour().0,
    };
    sync::store::save(turn.db, &log)?;
    note_members(turn, &row.id, &group)?;
    note_epoch(turn, &log, &group)?;
    renew::renewed(turn, &log, &group)?;
    put(turn, &id, group)?;
    Ok(Some(log))
}

/// What the tree says about who is in.
pub(super) fn note_members(turn: &Turn<'_>, id: &ConversationId, group: &Group) -> Result<(), EngineError> {
    let moderators = group.settings().map_err(bug)?.moderators;
    let mut devices = BTreeMap::<UserId, u32>::new();
    for member in group.roster().map_err(bug)? {
        *devices.entry(member.device.user).or_default() += 1;
    }
    let members: Vec<_> = devices.into_iter().map(|(user, count)| (user, count, moderators.contains(&user))).collect();
    store::save_members(turn.db, id, &members)
}

/// A claimed key package: opened, checked against the directory, kept for the next commit.
pub(crate) fn claim_answered(
    turn: &mut Turn<'_>,
    device: &DeviceId,
    result: Result<Reply, ErrorCode>,
) -> Result<(), EngineError> {
    let package = match result {
        Ok(Reply::KeyPackage { sealed }) => open_claimed(turn, device, &sealed)?,
        // A new device stands in the directory before its mailbox does: seconds, then longer and longer.
        Err(_) => {
            turn.pause(Want::Claim(*device), 2);
            return Ok(());
        }
        Ok(_) => None,
    };
    match package {
        Some(package) => {
            let sql = "REPLACE INTO claimed (device, package, at) VALUES (?1, ?2, ?3)";
            db::run(turn.db, sql, params![device.as_bytes(), package, db::millis(turn.now)])?;
        }
        None => turn.pause(Want::Claim(*device), 60),
    }
    Ok(())
}

fn open_claimed(turn: &Turn<'_>, device: &DeviceId, sealed: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
    let (Some(account), Some(row)) = (profile::load(turn.db)?, directory::store::find_device(turn.db, device)?) else {
        return Ok(None);
    };
    let Ok(d) = key_package_epoch(sealed) else { return Ok(None) };
    let Some(root) = directory::store::find_package_root(turn.db, d)? else { return Ok(None) };
    let Ok(package) = open_key_package(&package_key(&root, &row.inbox), sealed) else { return Ok(None) };
    let fits = profile::is_good_package(turn, &account, &package, (&row.user, device))?;
    Ok(fits.then_some(package))
}
