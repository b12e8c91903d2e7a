// SPDX-License-Identifier: EUPL-1.2
//! Adding a device again that lost the thread: because it asked, or because it never spoke after it was added.

use super::{gap::Since, group, letter::Plea};
use crate::{
    EngineError,
    crypto::sign,
    db::{self, col, col_opt, millis, params},
    directory,
    error::bug,
    mls::{Group, Member, Plan},
    profile::{self, Account},
    sync::{self, LogRow, LogState},
    turn::Turn,
};
use client_api::{DeviceId, Timestamp};
use proto::LogId;

/// A new leaf that has not spoken for this long may have lost its Welcome.
const SILENT_SECS: u64 = 86_400;
/// How often a silent leaf is added again, each time after three times as long.
const SILENT_TRIES: u32 = 3;
/// A device that was added again and asks once more is heard after this time: its letter may have been lost.
const AGAIN_SECS: u64 = 1_800;

/// A device asks. It is heard if it is in the group now, was not locked out, and signs with the key of its leaf.
pub(super) fn asked(turn: &mut Turn<'_>, account: &Account, plea: Plea) -> Result<(), EngineError> {
    let Some(log) = sync::store::find(turn.db, &plea.log)?.filter(|log| log.state == LogState::Open) else {
        return Ok(());
    };
    let group = group::load(turn, account, &log.id)?;
    let member = group.roster().map_err(bug)?.into_iter().find(|member| member.device.device == plea.device);
    group::keep(turn, &log.id, group);
    #[cfg(any(test, feature = "testkit"))]
    if turn.is_planted(crate::testkit::Defect::ReaddRemoved) {
        return wish(turn, &log, &plea); // planted
    }
    let Some(member) = member else { return Ok(()) };
    let signed = sign::verify(&member.device.device_key, &plea.signed_bytes(), &plea.signature).is_ok();
    let who = (&member.device.user, &member.device.device);
    let revoked = directory::store::is_device_revoked(turn.db, &plea.device)?;
    if !signed || revoked || !profile::is_good_package(turn, account, &plea.key_package, who)? {
        return Ok(());
    }
    let sql = "SELECT number, at FROM leaf WHERE log = ?1 AND device = ?2";
    let since = params![log.id.as_bytes(), plea.device.as_bytes()];
    let since = db::find(turn.db, sql, since, |row| Ok((row.get::<_, i64>(0)? as u64, db::time(row, 1)?)))?;
    let answered = since.is_some_and(|(epoch, at)| epoch > plea.epoch && at.plus_secs(AGAIN_SECS) > turn.now);
    if answered { Ok(()) } else { wish(turn, &log, &plea) }
}

fn wish(turn: &Turn<'_>, log: &LogRow, plea: &Plea) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "REPLACE INTO readd (log, device, package, branch, n) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![log.id.as_bytes(), plea.device.as_bytes(), plea.key_package.as_slice(), plea.branch.as_bytes(), plea.n],
    )?;
    Ok(())
}

/// Puts what was asked for into the next change of the group; answers whether there was anything.
pub(super) fn plan(turn: &Turn<'_>, log: &LogId, roster: &[Member], plan: &mut Plan) -> Result<bool, EngineError> {
    let sql = "SELECT device, package FROM readd WHERE log = ?1 ORDER BY device";
    let wishes: Vec<(DeviceId, Vec<u8>)> =
        db::list(turn.db, sql, [log.as_bytes()], |row| Ok((col(row, 0)?, row.get(1)?)))?;
    let mut any = false;
    for (device, package) in wishes {
        let revoked = directory::store::is_device_revoked(turn.db, &device)?;
        let leaf = roster.iter().find(|member| member.device.device == device).map(|member| member.leaf);
        #[cfg(any(test, feature = "testkit"))]
        let planted = turn.is_planted(crate::testkit::Defect::ReaddRemoved);
        #[cfg(not(any(test, feature = "testkit")))]
        let planted = false;
        match leaf.filter(|_| !revoked) {
            Some(leaf) => plan.remove.push(leaf),
            None if planted => {}
            None => {
                drop_wish(turn, log, &device)?;
                continue;
            }
        }
        plan.add.push(package);
        any = true;
    }
    Ok(any)
}

pub(super) fn drop_wish(turn: &Turn<'_>, log: &LogId, device: &DeviceId) -> Result<(), EngineError> {
    let sql = "DELETE FROM readd WHERE log = ?1 AND device = ?2";
    db::run(turn.db, sql, params![log.as_bytes(), device.as_bytes()]).map(drop)
}

/// Where the gap of a device begins that this device adds again; `None`: it is new in the group.
pub(super) fn since(turn: &Turn<'_>, log: &LogId, device: &DeviceId) -> Result<Option<Since>, EngineError> {
    let key = params![log.as_bytes(), device.as_bytes()];
    let sql = "SELECT branch, n FROM readd WHERE log = ?1 AND device = ?2";
    let wish = db::find(turn.db, sql, key, |row| Ok((col_opt(row, 0)?, row.get::<_, u32>(1)?)))?;
    Ok(match wish {
        Some((Some(branch), n)) => Some(Since::Entry(branch, n)),
        Some((None, _)) => Some(Since::Epoch(first_epoch(turn, log, device)?.unwrap_or(0))),
        None => None,
    })
}

/// The epoch a device came in with, if this device was there.
pub(super) fn first_epoch(turn: &Turn<'_>, log: &LogId, device: &DeviceId) -> Result<Option<u64>, EngineError> {
    let sql = "SELECT first FROM leaf WHERE log = ?1 AND device = ?2";
    let first = db::find(turn.db, sql, params![log.as_bytes(), device.as_bytes()], |row| row.get::<_, i64>(0))?;
    Ok(first.map(|first| first as u64))
}

/// A change has become true: whoever was added by it is known from here on, and wishes about them are done.
pub(super) fn note_added(
    turn: &Turn<'_>,
    log: &LogRow,
    (before, after): (&Group, &Group),
    added: &[DeviceId],
    by: By,
) -> Result<(), EngineError> {
    let (was, is) = (before.roster().map_err(bug)?, after.roster().map_err(bug)?);
    for device in added {
        // Added again: what it missed still begins where it first came in.
        db::run(
            turn.db,
            "INSERT INTO leaf (log, device, number, at, first) VALUES (?1, ?2, ?3, ?4, ?3)
             ON CONFLICT (log, device) DO UPDATE SET number = ?3, at = ?4",
            params![log.id.as_bytes(), device.as_bytes(), after.epoch() as i64, millis(turn.now)],
        )?;
        drop_wish(turn, &log.id, device)?;
        if by == By::Us {
            watch(turn, &log.id, device)?;
        }
    }
    for member in was.iter().filter(|member| !is.iter().any(|other| other.device.device == member.device.device)) {
        let key = params![log.id.as_bytes(), member.device.device.as_bytes()];
        db::run(turn.db, "DELETE FROM leaf WHERE log = ?1 AND device = ?2", key)?;
        db::run(turn.db, "DELETE FROM silent WHERE log = ?1 AND device = ?2", key)?;
        drop_wish(turn, &log.id, &member.device.device)?;
    }
    Ok(())
}

/// Whose change it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Us,
    Others,
}

fn watch(turn: &Turn<'_>, log: &LogId, device: &DeviceId) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "INSERT INTO silent (log, device, due, tries) VALUES (?1, ?2, ?3, 0) ON CONFLICT (log, device) DO NOTHING",
        params![log.as_bytes(), device.as_bytes(), millis(turn.now.plus_secs(SILENT_SECS))],
    )?;
    Ok(())
}

/// This leaf has spoken: its Welcome arrived.
pub(super) fn has_spoken(turn: &Turn<'_>, log: &LogId, device: &DeviceId) -> Result<(), EngineError> {
    let sql = "DELETE FROM silent WHERE log = ?1 AND device = ?2";
    db::run(turn.db, sql, params![log.as_bytes(), device.as_bytes()]).map(drop)
}

/// Leaves that are silent for too long: their devices, after the next try was noted.
pub(super) fn take_silent(turn: &mut Turn<'_>, log: &LogId) -> Result<Vec<DeviceId>, EngineError> {
    let sql = "SELECT device, due, tries FROM silent WHERE log = ?1 ORDER BY device";
    let rows: Vec<(DeviceId, Timestamp, u32)> =
        db::list(turn.db, sql, [log.as_bytes()], |row| Ok((col(row, 0)?, db::time(row, 1)?, row.get(2)?)))?;
    let mut due_now = Vec::new();
    for (device, due, tries) in rows {
        if due > turn.now {
            turn.alarm(due);
        } else if tries >= SILENT_TRIES {
            has_spoken(turn, log, &device)?;
        } else {
            due_now.push(device);
        }
    }
    Ok(due_now)
}

/// A key package was claimed for a silent leaf: it becomes a wish like any other.
pub(super) fn wish_for_silent(
    turn: &Turn<'_>,
    log: &LogId,
    device: &DeviceId,
    package: &[u8],
) -> Result<(), EngineError> {
    let key = params![log.as_bytes(), device.as_bytes(), package];
    db::run(turn.db, "REPLACE INTO readd (log, device, package, branch, n) VALUES (?1, ?2, ?3, NULL, 0)", key)?;
    db::run(
        turn.db,
        "UPDATE silent SET tries = tries + 1, due = ?3 + ?4 * CASE tries WHEN 0 THEN 3 ELSE 9 END
         WHERE log = ?1 AND device = ?2",
        params![log.as_bytes(), device.as_bytes(), millis(turn.now), (SILENT_SECS * 1000) as i64],
    )?;
    Ok(())
}
