// SPDX-License-Identifier: EUPL-1.2
//! The MLS group behind a log: made, loaded, saved; key packages offered and claimed.

use super::store::{self, ConversationRow};
use crate::{
    EngineError,
    db::{self, params},
    directory::{
        self,
        format::{key_package_epoch, open_key_package, package_key},
    },
    error::bug,
    log::{Aad, EpochKeys},
    mls::{Group, Settings},
    profile::{self, Account},
    sync::{self, LogKind, LogRow, LogState},
    turn::{Turn, Want},
};
use client_api::{ConversationId, DeviceId, UserId};
use proto::{
    ErrorCode, Hour, LogId, Reply, TtlClass,
    chain::{ROOT_PARENT, branch_id, first_head},
};
use std::collections::BTreeMap;

pub(super) fn load(turn: &Turn<'_>, account: &Account, log: &LogId) -> Result<Group, EngineError> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        db::find(turn.db, "SELECT state, tree FROM mls_group WHERE log = ?1", [log.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let (state, tree) = row.ok_or(EngineError::Damaged("a log without its group"))?;
    Group::load(&profile::client(turn, account)?, &state, &tree).map_err(bug)
}

pub(super) fn save(turn: &Turn<'_>, log: &LogId, group: &mut Group) -> Result<(), EngineError> {
    let saved = group.save().map_err(bug)?;
    match saved.tree {
        Some(tree) => db::run(
            turn.db,
            "REPLACE INTO mls_group (log, state, tree) VALUES (?1, ?2, ?3)",
            params![log.as_bytes(), saved.state.as_slice(), tree],
        )?,
        None => db::run(
            turn.db,
            "UPDATE mls_group SET state = ?2 WHERE log = ?1",
            params![log.as_bytes(), saved.state.as_slice()],
        )?,
    };
    Ok(())
}

/// What the sender states beside a message: how far it has read, and the hour.
pub(super) fn aad(turn: &Turn<'_>, log: &LogRow, group: &Group) -> Aad {
    let at = Hour::of_millis(turn.now.0).max(group.hour());
    Aad { branch: log.branch, n: log.n, head: log.head, at }
}

/// A new log and a group of this device alone; the server is told when there is a connection.
pub(super) fn create(turn: &mut Turn<'_>, account: &Account, row: &ConversationRow) -> Result<LogRow, EngineError> {
    let id = LogId(turn.random());
    let settings = Settings {
        log: id,
        conversation: row.id,
        kind: row.kind,
        name: row.name.clone(),
        moderators: row.moderators.clone(),
        roots: vec![account.root_pub],
    };
    let mut group = profile::client(turn, account)?.create(&settings, Hour::of_millis(turn.now.0)).map_err(bug)?;
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
    save(turn, &id, &mut group)?;
    note_members(turn, &row.id, &group)?;
    Ok(log)
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
        Err(ErrorCode::Forbidden) => {
            turn.pause(Want::Claim(*device), 2);
            return Ok(());
        }
        _ => None,
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
