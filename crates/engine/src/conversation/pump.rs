// SPDX-License-Identifier: EUPL-1.2
//! What conversations want now: groups to begin, members to change, messages to encrypt.

use super::{
    commit, file, group, readd, receipt, renew, reset,
    store::{self, ConversationRow, IntentKind},
    stuck,
};
use crate::{
    EngineError,
    db::{self, params},
    directory::{self, store::DeviceRow},
    error::bug,
    mls::{Group, Member, Plan},
    profile::{self, Account},
    sync::{self, LogRow, LogState, Payload},
    turn::{Turn, Want},
};
use client_api::{AccountState, ConversationKind, Event, UserId, Why};
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
    stuck::pump(turn, &account)?;
    receipt::pump(turn, &account)?;
    if let Some(due) = store::next_due(turn.db, turn.now)? {
        turn.alarm(due);
    }
    for row in store::list_busy(turn.db, turn.now)? {
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
        return hindered(turn, row, Why::NoDeviceYet);
    }
    if group::create(turn, account, &row)?.is_none() {
        return hindered(turn, row, Why::ClockWrong);
    }
    row.problem = None;
    store::save(turn.db, &row)?;
    if let Some(peer) = peer {
        store::add_intent(turn.db, &row.id, IntentKind::Add, &peer, turn.now)?;
    }
    turn.event(Event::ConversationChanged(row.id));
    Ok(())
}

/// Says once why a conversation does not begin.
fn hindered(turn: &mut Turn<'_>, mut row: ConversationRow, why: Why) -> Result<(), EngineError> {
    if row.problem != Some(why) {
        row.problem = Some(why);
        store::save(turn.db, &row)?;
        turn.event(Event::ConversationChanged(row.id));
    }
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
    let group = group::load(turn, account, &log.id)?;
    if place > 0 {
        return write(turn, account, row, log, group, place);
    }
    match plan(turn, account, row, log, &group)? {
        Step::Commit(plan) => commit::stage(turn, row, log, group, &plan),
        Step::Leave => leave(turn, account, row, log, group),
        Step::Wait => {
            group::keep(turn, &log.id, group);
            Ok(())
        }
        Step::Nothing => write(turn, account, row, log, group, place),
    }
}

#[allow(clippy::large_enum_variant, reason = "one lives for one turn")]
enum Step {
    Commit(Plan),
    /// The own leaf goes.
    Leave,
    /// Something is under way that must come first.
    Wait,
    Nothing,
}

/// What has been gathered for the next change of a group.
#[derive(Default)]
struct Wishes {
    plan: Plan,
    /// An answer, or somebody else's turn, is waited for.
    under_way: bool,
    /// There is something to commit.
    wanted: bool,
}

/// Turns wishes into one commit, as far as they can be carried out now.
fn plan(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    group: &Group,
) -> Result<Step, EngineError> {
    let roster = group.roster().map_err(bug)?;
    let mut wishes = Wishes::default();
    wishes.wanted |= readd::plan(turn, &log.id, &roster, &mut wishes.plan)?;
    wishes.under_way |= claim_for_silent(turn, log, &roster)?;
    for intent in store::list_intents(turn.db, &row.id)? {
        match intent.kind {
            IntentKind::Add => wish_to_add(turn, row, log, &roster, &intent.user, &mut wishes)?,
            IntentKind::Remove => {
                let leaves = roster.iter().filter(|member| member.device.user == intent.user);
                let before = wishes.plan.remove.len();
                wishes.plan.remove.extend(leaves.map(|member| member.leaf));
                if wishes.plan.remove.len() == before {
                    store::remove_intent(turn.db, &row.id, IntentKind::Remove, &intent.user)?;
                } else {
                    wishes.wanted = true;
                }
            }
            IntentKind::Leave => {
                if store::list_outbox(turn.db, &row.id)?.iter().any(|out| out.message.is_some() && !out.acked) {
                    // What was written before goes out before.
                    continue;
                }
                if roster.len() == 1 {
                    store::remove_intent(turn.db, &row.id, IntentKind::Leave, &intent.user)?;
                    sync::store::save(turn.db, &LogRow { state: LogState::Left, ..log.clone() })?;
                    return Ok(Step::Wait);
                }
                return Ok(Step::Leave);
            }
            IntentKind::ByRank => wish_by_rank(turn, row, group, &roster, &intent, &mut wishes)?,
        }
    }
    let Wishes { mut plan, under_way, mut wanted } = wishes;
    let expired = renew::expired_leaves(turn, account, group, &roster)?;
    wanted |= !expired.is_empty();
    plan.remove.extend(expired);
    plan.remove.sort_unstable();
    plan.remove.dedup();
    if !turn.may_ask(&Want::Stage(log.id)) {
        return Ok(if under_way || wanted { Step::Wait } else { Step::Nothing });
    }
    if turn.live.careful.contains(&log.id) {
        only_one(&mut plan);
    }
    wanted |= renew::is_due(turn, log, group)?;
    Ok(if under_way {
        Step::Wait
    } else if wanted {
        Step::Commit(plan)
    } else {
        Step::Nothing
    })
}

/// Key packages of a person's devices that are not in yet: those at hand go into the plan, the others are asked for.
fn wish_to_add(
    turn: &mut Turn<'_>,
    row: &ConversationRow,
    log: &LogRow,
    roster: &[Member],
    user: &UserId,
    wishes: &mut Wishes,
) -> Result<(), EngineError> {
    let excluded = reset::excluded_devices(turn, &log.id)?;
    let devices = directory::store::list_devices_of(turn.db, user)?;
    let missing: Vec<_> = devices
        .iter()
        .filter(|row| !roster.iter().any(|member| member.device.device == row.device))
        .filter(|row| !excluded.contains(&row.device))
        .collect();
    if missing.is_empty() && !devices.is_empty() {
        store::remove_intent(turn.db, &row.id, IntentKind::Add, user)?;
    }
    for device in missing {
        let sql = "SELECT package FROM claimed WHERE device = ?1";
        match db::find(turn.db, sql, [device.device.as_bytes()], |row| row.get(0))? {
            Some(package) => {
                wishes.plan.add.push(package);
                wishes.wanted = true;
            }
            None => wishes.under_way |= claim(turn, device)?,
        }
    }
    Ok(())
}

/// Somebody leaves or was locked out: whoever's turn it is takes their leaves out.
fn wish_by_rank(
    turn: &mut Turn<'_>,
    row: &ConversationRow,
    group: &Group,
    roster: &[Member],
    intent: &store::Intent,
    wishes: &mut Wishes,
) -> Result<(), EngineError> {
    let leaving = group.leaving();
    let mut still = Vec::new();
    for member in roster.iter().filter(|member| member.device.user == intent.user) {
        let revoked = directory::store::is_device_revoked(turn.db, &member.device.device)?;
        if revoked || leaving.contains(&member.leaf) {
            still.push(member.leaf);
        }
    }
    if still.is_empty() {
        return store::remove_intent(turn.db, &row.id, IntentKind::ByRank, &intent.user);
    }
    let by_reference = still.iter().all(|leaf| leaving.contains(leaf));
    let statement = directory::store::find_revocation(turn.db, &intent.user)?;
    let whose = if by_reference || statement.is_some() { None } else { Some(intent.user) };
    let due = place_by_rank(turn, group, roster, whose)?.map(|place| intent.not_before.plus_secs(RANK_SECS * place));
    // Nobody sends into a group that holds a revoked leaf, or where a leaving is to be committed.
    match due {
        Some(due) if due <= turn.now => {
            wishes.wanted = true;
            wishes.plan.revocations.extend(statement.filter(|_| !by_reference));
            wishes.plan.remove.extend(still.into_iter().filter(|leaf| !leaving.contains(leaf)));
        }
        Some(due) => {
            turn.alarm(due);
            wishes.under_way = true;
        }
        None => wishes.under_way = true,
    }
    Ok(())
}

/// One wish alone: an adding (with the removal it may need), or a removal.
fn only_one(plan: &mut Plan) {
    if plan.add.len() > 1 || plan.add.is_empty() {
        plan.add.truncate(1);
        plan.remove.truncate(1);
    }
}

/// Asks for a key package; answers whether the answer is on its way.
fn claim(turn: &mut Turn<'_>, device: &DeviceRow) -> Result<bool, EngineError> {
    let want = Want::Claim(device.device);
    if turn.may_ask(&want)
        && let Some(proof) = profile::member_proof(turn, Op::InboxClaim, &device.inbox.0)?
    {
        turn.ask(want.clone(), Request::InboxClaim { inbox: device.inbox, proof });
    }
    Ok(turn.live.is_asked(&want))
}

/// Leaves that never spoke get a new key package claimed, then a new Welcome.
fn claim_for_silent(turn: &mut Turn<'_>, log: &LogRow, roster: &[Member]) -> Result<bool, EngineError> {
    let mut under_way = false;
    for device in readd::take_silent(turn, &log.id)? {
        let row = directory::store::find_device(turn.db, &device)?;
        let Some(row) = row.filter(|_| roster.iter().any(|member| member.device.device == device)) else {
            readd::has_spoken(turn, &log.id, &device)?;
            continue;
        };
        let sql = "SELECT package FROM claimed WHERE device = ?1";
        let claimed: Option<Vec<u8>> = db::find(turn.db, sql, [device.as_bytes()], |row| row.get(0))?;
        match claimed {
            Some(package) => {
                db::run(turn.db, "DELETE FROM claimed WHERE device = ?1", [device.as_bytes()])?;
                readd::wish_for_silent(turn, &log.id, &device, &package)?;
            }
            None => under_way |= claim(turn, &row)?,
        }
    }
    Ok(under_way)
}

/// How many who stay and may do it come before this device; `None`: it may not. `whose` leaves are to go without having
/// asked for it.
fn place_by_rank(
    turn: &Turn<'_>,
    group: &Group,
    roster: &[Member],
    whose: Option<UserId>,
) -> Result<Option<u64>, EngineError> {
    let (own, leaving) = (group.rank(group.own_leaf()).map_err(bug)?, group.leaving());
    let (mut before, mut may) = (0, false);
    for member in roster.iter().filter(|member| !leaving.contains(&member.leaf)) {
        let gone = directory::store::is_device_revoked(turn.db, &member.device.device)?;
        let user = &member.device.user;
        if gone || !whose.map_or(Ok(true), |whose| group.may_remove(user, &whose)).map_err(bug)? {
            continue;
        }
        may |= member.leaf == group.own_leaf();
        before += u64::from(group.rank(member.leaf).map_err(bug)? < own);
    }
    Ok(may.then_some(before))
}

/// The own leaf's removal as a proposal; somebody else commits it.
fn leave(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &ConversationRow,
    log: &LogRow,
    mut group: Group,
) -> Result<(), EngineError> {
    let aad = group::aad(turn, log, &group);
    let proposal = group.leave_proposal(&aad).map_err(bug)?;
    group::put(turn, &log.id, group)?;
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
    mut group: Group,
    place: usize,
) -> Result<(), EngineError> {
    let leaves = store::list_intents(turn.db, &row.id)?.iter().any(|intent| intent.kind == IntentKind::Leave);
    let may_encrypt =
        place == 0 && (row.member || leaves) && log.candidates == 0 && may_write(turn, account, row, &group)?;
    let (mut unacked, mut used, mut blocked) = (0, false, false);
    for out in store::list_outbox(turn.db, &row.id)? {
        let (env, hash) = match (out.env, out.env_hash) {
            (Some(_), Some(_)) if out.acked || out.branch != Some(log.branch) => continue,
            (Some(env), Some(hash)) => (env, hash),
            _ => {
                let uploaded = match &out.message {
                    Some(message) => file::are_uploaded(turn, message)?,
                    None => true,
                };
                // One that can't go yet keeps those behind it, but not what is sealed already.
                blocked |= !may_encrypt || !uploaded || unacked >= UNACKED;
                if blocked {
                    continue;
                }
                let aad = group::aad(turn, log, &group);
                let Ok(message) = group.encrypt(&out.body, &aad) else { break };
                used = true;
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
    if used {
        renew::note_use(turn, log)?;
        return group::put(turn, &log.id, group);
    }
    group::keep(turn, &log.id, group);
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
