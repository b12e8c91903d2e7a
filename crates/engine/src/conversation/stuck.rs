// SPDX-License-Identifier: EUPL-1.2
//! This device can't follow a log: it asks others to add it again, own devices first, and a moderator resets at last.

use super::{
    group,
    letter::{Letter, Plea},
    reset::{self, Excluded},
};
use crate::{
    EngineError,
    crypto::seal::SealPublic,
    db::{self, Row, col, col_opt, millis, params},
    directory,
    error::bug,
    mls::{Group, KeyPackageUse, Member},
    outbox,
    profile::{self, Account},
    sync::{self, LogRow, LogState},
    turn::Turn,
};
use client_api::{DeviceId, Timestamp, Why};
use proto::{LogId, Signature};

/// Between two rounds of asking.
const ASK_SECS: u64 = 600;
/// A moderator that can't judge a change waits this long for somebody who can (20-protocol §5).
const RESET_SECS: u64 = 120;
/// A moderator nobody has added again in this time begins anew.
const GIVE_UP_SECS: u64 = 86_400;

/// Why a log can't be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// A commit others may be able to judge.
    Undecidable = 0,
    /// The branch is gone, or too many entries of it.
    Missing = 1,
    /// Others have added this device again; the letter is on its way.
    AddedAgain = 2,
}

struct StuckRow {
    log: LogId,
    reason: i64,
    since: Timestamp,
    next: Timestamp,
    tries: u32,
    epoch: u64,
    committer: Option<DeviceId>,
}

const COLUMNS: &str = "log, reason, since, next, tries, number, committer";

fn read(row: &Row<'_>) -> db::Sql<StuckRow> {
    Ok(StuckRow {
        log: col(row, 0)?,
        reason: row.get(1)?,
        since: db::time(row, 2)?,
        next: db::time(row, 3)?,
        tries: row.get(4)?,
        epoch: row.get::<_, i64>(5)? as u64,
        committer: col_opt(row, 6)?,
    })
}

/// Stops reading `log` in `epoch` and begins to ask.
pub(super) fn note(
    turn: &mut Turn<'_>,
    log: &LogRow,
    epoch: u64,
    reason: Reason,
    committer: Option<DeviceId>,
) -> Result<(), EngineError> {
    if reason == Reason::AddedAgain {
        sync::store::save(turn.db, &LogRow { state: LogState::Stopped, ..log.clone() })?;
    } else {
        sync::stop(turn, &mut log.clone(), Why::Stuck)?;
    }
    // The letter of those who add again is usually here within seconds.
    let next = if reason == Reason::AddedAgain { turn.now.plus_secs(ASK_SECS) } else { turn.now };
    db::run(
        turn.db,
        "INSERT OR IGNORE INTO stuck (log, reason, since, next, tries, number, committer)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)",
        params![
            log.id.as_bytes(),
            reason as i64,
            millis(turn.now),
            millis(next),
            epoch as i64,
            committer.as_ref().map(DeviceId::as_bytes)
        ],
    )?;
    Ok(())
}

/// The server has nothing of the branch any more.
pub(crate) fn gone(turn: &mut Turn<'_>, log: &LogId) -> Result<(), EngineError> {
    let (Some(account), Some(row)) = (profile::load(turn.db)?, sync::store::find(turn.db, log)?) else {
        return Ok(());
    };
    if row.conversation.is_none() || !group::exists(turn, log)? {
        return Ok(());
    }
    let group = group::load(turn, &account, log)?;
    let epoch = group.epoch();
    group::keep(turn, log, group);
    note(turn, &row, epoch, Reason::Missing, None)
}

/// For the simulator's insiders.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn pretend_stuck(turn: &mut Turn<'_>, id: &client_api::ConversationId) -> Result<(), EngineError> {
    for log in sync::store::list_of(turn.db, id)? {
        gone(turn, &log.id)?;
    }
    Ok(())
}

/// The log is followed again.
pub(super) fn is_well(turn: &Turn<'_>, log: &LogId) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM stuck WHERE log = ?1", [log.as_bytes()]).map(drop)
}

pub(super) fn pump(turn: &mut Turn<'_>, account: &Account) -> Result<(), EngineError> {
    let sql = format!("SELECT {COLUMNS} FROM stuck ORDER BY log");
    for row in db::list(turn.db, &sql, [], read)? {
        let Some(log) = sync::store::find(turn.db, &row.log)?.filter(|log| log.state == LogState::Stopped) else {
            is_well(turn, &row.log)?;
            continue;
        };
        let group = group::load(turn, account, &row.log)?;
        if try_reset(turn, account, &log, &group, &row)? {
            is_well(turn, &row.log)?;
        } else if row.next <= turn.now {
            ask(turn, account, &log, &group, &row)?;
        } else {
            turn.alarm(row.next);
        }
        group::keep(turn, &row.log, group);
    }
    Ok(())
}

/// Whether the group is begun anew now.
fn try_reset(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    group: &Group,
    row: &StuckRow,
) -> Result<bool, EngineError> {
    let patience = if row.reason == Reason::Undecidable as i64 { RESET_SECS } else { GIVE_UP_SECS };
    let due = row.since.plus_secs(patience);
    if !reset::may_reset(account, group)? || row.reason == Reason::AddedAgain as i64 {
        return Ok(false);
    }
    if due > turn.now {
        turn.alarm(due);
        return Ok(false);
    }
    let excluded = match row.committer {
        Some(device) => Excluded::device(group, account, &device)?,
        None => Excluded::default(),
    };
    reset::begin(turn, account, log, group, excluded)?;
    Ok(true)
}

fn ask(turn: &mut Turn<'_>, account: &Account, log: &LogRow, group: &Group, row: &StuckRow) -> Result<(), EngineError> {
    let package = profile::new_key_package(turn, account, KeyPackageUse::Once)?;
    let mut plea = Plea {
        log: log.id,
        branch: log.branch,
        n: log.n,
        epoch: row.epoch,
        device: account.device,
        key_package: package.into(),
        signature: Signature([0; 64]),
    };
    plea.signature = account.device_signer()?.sign(&plea.signed_bytes());
    for device in whom(turn, account, group, row.tries)? {
        let Some(device) = directory::store::find_device(turn.db, &device)? else { continue };
        let Ok(to) = SealPublic::from_bytes(&device.seal_key.unwrap_or_default()) else { continue };
        let sealed = Letter::AddMeAgain(plea.clone()).seal(turn.luck, &account.authority, &to)?;
        outbox::deposit(turn.db, &device.inbox, &sealed, None)?;
    }
    let next = turn.now.plus_secs(ASK_SECS);
    let sql = "UPDATE stuck SET tries = tries + 1, next = ?2 WHERE log = ?1";
    db::run(turn.db, sql, params![log.id.as_bytes(), millis(next)])?;
    turn.alarm(next);
    Ok(())
}

/// First the own other devices, then every moderator's, then one after the other of the rest, from the start again.
fn whom(turn: &Turn<'_>, account: &Account, group: &Group, tries: u32) -> Result<Vec<DeviceId>, EngineError> {
    let moderators = group.settings().map_err(bug)?.moderators;
    let mut others = Vec::new();
    for member in group.roster().map_err(bug)? {
        let revoked = directory::store::is_device_revoked(turn.db, &member.device.device)?;
        if member.device.device != account.device && !revoked {
            others.push(member);
        }
    }
    let ids = |wanted: &dyn Fn(&Member) -> bool| -> Vec<DeviceId> {
        others.iter().filter(|member| wanted(member)).map(|member| member.device.device).collect()
    };
    let own = ids(&|member| member.device.user == account.user);
    let leading = ids(&|member| member.device.user != account.user && moderators.contains(&member.device.user));
    let rest = ids(&|member| member.device.user != account.user && !moderators.contains(&member.device.user));
    let rounds: Vec<Vec<DeviceId>> = [own, leading]
        .into_iter()
        .filter(|round| !round.is_empty())
        .chain(rest.into_iter().map(|device| vec![device]))
        .collect();
    let place = usize::try_from(tries).map_err(bug)?.checked_rem(rounds.len()).unwrap_or(0);
    Ok(rounds.into_iter().nth(place).unwrap_or_default())
}

/// A conversation whose log waits for this device to be added again, for views.
pub(super) fn is_stuck(turn: &Turn<'_>, conversation: &client_api::ConversationId) -> Result<bool, EngineError> {
    let logs = sync::store::list_of(turn.db, conversation)?;
    Ok(logs.first().is_some_and(|log| log.state == LogState::Stopped))
}
