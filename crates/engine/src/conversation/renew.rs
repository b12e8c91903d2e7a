// SPDX-License-Identifier: EUPL-1.2
//! Fresh keys for the own leaf from time to time, and old leaves out: what heals a group after a stolen key.

use crate::{
    EngineError,
    db::{self, millis, params},
    error::bug,
    mls::{Group, Member},
    profile::Account,
    sync::LogRow,
    turn::Turn,
};
use client_api::{ConversationKind, Timestamp};

const DAY_SECS: u64 = 86_400;
/// A leaf whose certificate ended this long ago belongs to a device that can't follow any more.
const EXPIRED_DAYS: u64 = 90;

/// Days between fresh keys, by the number of leaves (20-protocol §6).
fn interval_secs(leaves: usize) -> u64 {
    DAY_SECS
        * match leaves {
            0..=50 => 1,
            51..=200 => 7,
            _ => 30,
        }
}

/// The own leaf has fresh keys: the next are due in an interval, spread by a quarter to both sides.
pub(super) fn renewed(turn: &Turn<'_>, log: &LogRow, group: &Group) -> Result<(), EngineError> {
    let leaves = group.size();
    let secs = interval_secs(leaves);
    put(turn, log, secs * 3 / 4 + random(turn, secs / 2))
}

/// A newcomer's keys come from a key package: they are made fresh soon, the more members the later.
pub(super) fn joined(turn: &Turn<'_>, log: &LogRow, group: &Group) -> Result<(), EngineError> {
    let spread = 600 + 60 * group.size() as u64;
    put(turn, log, 300 + random(turn, spread))?;
    note_use(turn, log)
}

fn put(turn: &Turn<'_>, log: &LogRow, secs: u64) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "REPLACE INTO renewal (log, due, active) VALUES (?1, ?2, 0)",
        params![log.id.as_bytes(), millis(turn.now.plus_secs(secs))],
    )?;
    Ok(())
}

fn random(turn: &Turn<'_>, most: u64) -> u64 {
    u64::from_be_bytes(turn.random()) % most.max(1)
}

/// The own leaf was used: its keys are worth renewing.
pub(super) fn note_use(turn: &Turn<'_>, log: &LogRow) -> Result<(), EngineError> {
    db::run(turn.db, "UPDATE renewal SET active = 1 WHERE log = ?1", [log.id.as_bytes()]).map(drop)
}

/// Whether the own leaf gets fresh keys now.
pub(super) fn is_due(turn: &mut Turn<'_>, log: &LogRow, group: &Group) -> Result<bool, EngineError> {
    if group.own_chain_is_old() {
        return Ok(true);
    }
    let sql = "SELECT due FROM renewal WHERE log = ?1 AND active = 1";
    let due: Option<Timestamp> = db::find(turn.db, sql, [log.id.as_bytes()], |row| db::time(row, 0))?;
    match due {
        Some(due) if due > turn.now => {
            turn.alarm(due);
            Ok(false)
        }
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// Leaves this device may remove because nobody stands behind them any more.
pub(super) fn expired_leaves(
    turn: &Turn<'_>,
    account: &Account,
    group: &Group,
    roster: &[Member],
) -> Result<Vec<u32>, EngineError> {
    let settings = group.settings().map_err(bug)?;
    let may = |member: &Member| {
        settings.kind != ConversationKind::Group
            || member.device.user == account.user
            || settings.moderators.contains(&account.user)
    };
    let limit = turn.now.secs().saturating_sub(EXPIRED_DAYS * DAY_SECS);
    let old = roster.iter().filter(|member| member.leaf != group.own_leaf() && may(member));
    Ok(old.filter(|member| member.device.valid.to_secs < limit).map(|member| member.leaf).collect())
}
