// SPDX-License-Identifier: EUPL-1.2
//! What conversations want now: groups to begin, members to change, messages to encrypt.

use super::{
    commit, file, group,
    store::{self, ConversationRow, IntentKind},
};
use crate::{
    EngineError,
    db::{self, params},
    directory,
    error::bug,
    mls::{Group, Plan},
    profile::{self, Account},
    sync::{self, LogRow, LogState, Payload},
    turn::{Turn, Want},
};
use client_api::{AccountState, ConversationKind, Event, UserId};
use proto::{EntryKind, Request, chain::content_hash, proof::Op};

/// Own entries of one log that may be unacknowledged at once.
const UNACKED: usize = 32;
/// The pause between two ranks.
const RANK_SECS: u64 = 5;

pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)?.filter(|account| account.state == AccountState::Ready) else {
        return Ok(());
    };
    if !turn.online() {
        return Ok(());
    }
    for row in store::list(turn.db)? {
        let logs = sync::store::list_of(turn.db, &row.id)?;
        if logs.is_empty() && row.member && row.kind != ConversationKind::Group {
            begin(turn, &account, row)?;
            continue;
        }
        for (log, place) in logs.iter().zip(0usize..) {
            tend(turn, &account, &row, log, place)?;
        }
    }
    Ok(())
}

/// The first message of a direct conversation begins its group, once the other person has a device.
fn begin(turn: &mut Turn<'_>, account: &Account, mut row: ConversationRow) -> Result<(), EngineError> {
    if store::list_outbox(turn.db, &row.id)?.is_empty() {
        return Ok(());
    }
    let peer = row.peer.filter(|peer| *peer != account.user);
    if let Some(peer) = peer
        && directory::store::list_devices_of(turn.db, &peer)?.is_empty()
    {
        if row.problem.is_none() {
            row.problem = Some("this person has no device yet: messages wait here".into());
            store::save(turn.db, &row)?;
            turn.event(Event::ConversationChanged(row.id));
        }
        return Ok(());
    }
    row.problem = None;
    store::save(turn.db, &row)?;
    group::create(turn, account, &row)?;
    if let Some(peer) = peer {
        store::add_intent(turn.db, &row.id, IntentKind::Add, &peer, turn.now)?;
    }
    turn.event(Event::ConversationChanged(row.id));
    Ok(())
}

fn tend(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    place: usize,
) -> Result<(), EngineError> {
    if log.state != LogState::Open || !sync::is_read(turn, log) {
        return Ok(());
    }
    if commit::push(turn, log)? {
        return Ok(());
    }
    let outbox = store::list_outbox(turn.db, &row.id)?;
    let intents = store::list_intents(turn.db, &row.id)?;
    let waiting = outbox.iter().any(|out| !out.acked);
    if intents.is_empty() && !waiting {
        return Ok(());
    }
    let mut group = group::load(turn, account, &log.id)?;
    if place == 0 && !intents.is_empty() {
        match plan(turn, account, row, log, &mut group)? {
            Step::Commit(plan) => return commit::stage(turn, account, row, log, &mut group, &plan),
            Step::Wait => return Ok(()),
            Step::Nothing => {}
        }
    }
    write(turn, account, row, log, &mut group, place)
}

enum Step {
    Commit(Plan),
    /// Something is under way that must come first.
    Wait,
    Nothing,
}

/// Turns wishes into one commit, as far as they can be carried out now.
fn plan(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    group: &mut Group,
) -> Result<Step, EngineError> {
    let roster = group.roster().map_err(bug)?;
    let (mut plan, mut under_way, mut wanted) = (Plan::default(), false, false);
    for intent in store::list_intents(turn.db, &row.id)? {
        let leaves: Vec<u32> =
            roster.iter().filter(|member| member.device.user == intent.user).map(|member| member.leaf).collect();
        match intent.kind {
            IntentKind::Add => {
                let devices = directory::store::list_devices_of(turn.db, &intent.user)?;
                let missing: Vec<_> = devices
                    .iter()
                    .filter(|row| !roster.iter().any(|member| member.device.device == row.device))
                    .collect();
                if missing.is_empty() && !devices.is_empty() {
                    store::remove_intent(turn.db, &row.id, IntentKind::Add, &intent.user)?;
                }
                for device in missing {
                    let sql = "SELECT package FROM claimed WHERE device = ?1";
                    let claimed = db::find(turn.db, sql, [device.device.as_bytes()], |row| row.get(0))?;
                    if let Some(package) = claimed {
                        plan.add.push(package);
                        wanted = true;
                        continue;
                    }
                    let want = Want::Claim(device.device);
                    if turn.may_ask(&want)
                        && let Some(proof) = profile::member_proof(turn, Op::InboxClaim, &device.inbox.0)?
                    {
                        turn.ask(want.clone(), Request::InboxClaim { inbox: device.inbox, proof });
                    }
                    under_way |= turn.live.is_asked(&want);
                }
            }
            IntentKind::Remove => {
                if leaves.is_empty() {
                    store::remove_intent(turn.db, &row.id, IntentKind::Remove, &intent.user)?;
                }
                wanted |= !leaves.is_empty();
                plan.remove.extend(leaves);
            }
            IntentKind::Leave => {
                if roster.len() == 1 {
                    store::remove_intent(turn.db, &row.id, IntentKind::Leave, &intent.user)?;
                    sync::store::save(turn.db, &LogRow { state: LogState::Left, ..log.clone() })?;
                    return Ok(Step::Wait);
                }
                leave(turn, account, row, log, group)?;
                return Ok(Step::Wait);
            }
            IntentKind::ByRank => {
                let leaving = group.leaving();
                let is_revoked = directory::store::find_person(turn.db, &intent.user)?.is_some_and(|p| p.revoked);
                let still: Vec<u32> = leaves.into_iter().filter(|leaf| is_revoked || leaving.contains(leaf)).collect();
                if still.is_empty() {
                    store::remove_intent(turn.db, &row.id, IntentKind::ByRank, &intent.user)?;
                    continue;
                }
                let due = intent.not_before.plus_secs(RANK_SECS * place_by_rank(turn, group, &roster)?);
                if due > turn.now {
                    turn.alarm(due);
                    // nobody sends into a group that holds a revoked leaf, or where a leaving is to be committed
                    under_way = true;
                    continue;
                }
                wanted = true;
                plan.remove.extend(still.into_iter().filter(|leaf| !leaving.contains(leaf)));
            }
        }
    }
    plan.remove.sort_unstable();
    plan.remove.dedup();
    Ok(if under_way {
        Step::Wait
    } else if wanted {
        Step::Commit(plan)
    } else {
        Step::Nothing
    })
}

/// How many who stay come before this device.
fn place_by_rank(turn: &Turn<'_>, group: &Group, roster: &[crate::mls::Member]) -> Result<u64, EngineError> {
    let (own, leaving) = (group.rank(group.own_leaf()).map_err(bug)?, group.leaving());
    let mut before = 0;
    for member in roster.iter().filter(|member| !leaving.contains(&member.leaf)) {
        let gone = directory::store::is_device_revoked(turn.db, &member.device.device)?;
        before += u64::from(!gone && group.rank(member.leaf).map_err(bug)? < own);
    }
    Ok(before)
}

/// The own leaf's removal as a proposal; somebody else commits it.
fn leave(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    group: &mut Group,
) -> Result<(), EngineError> {
    let aad = group::aad(turn, log, group);
    let proposal = group.leave_proposal(&aad).map_err(bug)?;
    group::save(turn, &log.id, group)?;
    let env = sync::store::seal(turn.luck, log, EntryKind::Entry, Payload::Mls, &proposal).map_err(bug)?;
    db::run(
        turn.db,
        "INSERT INTO outbox (conversation, log, body, kind, env, env_hash, branch) VALUES (?1, ?2, x'', 2, ?3, ?4, ?5)",
        params![row.id.as_bytes(), log.id.as_bytes(), env, content_hash(&env).as_bytes(), log.branch.as_bytes()],
    )?;
    store::remove_intent(turn.db, &row.id, IntentKind::Leave, &account.user)?;
    Ok(())
}

/// Encrypts what waits, late, and repeats what the server has not confirmed.
fn write(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    group: &mut Group,
    place: usize,
) -> Result<(), EngineError> {
    let may_encrypt = place == 0 && row.member && log.candidates == 0 && may_write(turn, account, row, group)?;
    let mut unacked = 0;
    for out in store::list_outbox(turn.db, &row.id)? {
        let (env, hash) = match (out.env, out.env_hash) {
            (Some(_), Some(_)) if out.acked || out.branch != Some(log.branch) => continue,
            (Some(env), Some(hash)) => (env, hash),
            _ => {
                let uploaded = match &out.message {
                    Some(message) => file::are_uploaded(turn, message)?,
                    None => true,
                };
                if !may_encrypt || !uploaded || unacked >= UNACKED {
                    break;
                }
                let aad = group::aad(turn, log, group);
                let Ok(message) = group.encrypt(&out.body, &aad) else { break };
                group::save(turn, &log.id, group)?;
                let env = sync::store::seal(turn.luck, log, EntryKind::Entry, Payload::Mls, &message).map_err(bug)?;
                let hash = content_hash(&env);
                db::run(
                    turn.db,
                    "UPDATE outbox SET env = ?2, env_hash = ?3, branch = ?4, log = ?5 WHERE seq = ?1",
                    params![out.seq, env, hash.as_bytes(), log.branch.as_bytes(), log.id.as_bytes()],
                )?;
                (env, hash)
            }
        };
        unacked += 1;
        let request = Request::LogAppend { branch: log.branch, env: env.into(), erase_hash: None };
        turn.ask(Want::Append(out.seq, hash), request);
    }
    Ok(())
}

/// Somebody is there to read it, nobody who was locked out, and nobody's leaving waits.
fn may_write(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    group: &Group,
) -> Result<bool, EngineError> {
    let roster = group.roster().map_err(bug)?;
    for member in &roster {
        if directory::store::is_device_revoked(turn.db, &member.device.device)? {
            store::add_intent(turn.db, &row.id, IntentKind::ByRank, &member.device.user, turn.now)?;
            return Ok(false);
        }
    }
    let peer = row.peer.filter(|peer| row.kind == ConversationKind::Direct && *peer != account.user);
    let peer_is_in = peer.is_none_or(|peer| roster.iter().any(|member| member.device.user == peer));
    Ok(peer_is_in && group.leaving().is_empty())
}

/// A person was locked out: their leaves go from every group they are in.
pub(crate) fn note_revoked(turn: &mut Turn<'_>, user: &UserId) -> Result<(), EngineError> {
    for row in store::list(turn.db)? {
        store::remove_intent(turn.db, &row.id, IntentKind::Add, user)?;
        if store::list_members(turn.db, &row.id)?.iter().any(|(member, ..)| member == user) {
            store::add_intent(turn.db, &row.id, IntentKind::ByRank, user, turn.now)?;
        }
    }
    Ok(())
}
