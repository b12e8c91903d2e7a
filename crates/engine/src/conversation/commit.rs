// SPDX-License-Identifier: EUPL-1.2
//! Commits: staged and saved before anything is sent, true only when read back, judged in order when others'.

use super::{
    expire::trusted_now,
    gap, group, join,
    letter::{Letter, Welcome},
    message::line,
    readd::{self, By},
    renew, reset,
    store::{self, ConversationRow, IntentKind},
    stuck::{self, Reason},
};
use crate::{
    EngineError,
    cert::Revocation,
    crypto::{Secret, seal::SealPublic},
    db::{self, col, params},
    directory::{self, format::seal_blob},
    error::bug,
    mls::{Commit, Effect, Group, GroupError, Plan, Verdict},
    outbox,
    profile::{self, Account},
    sync::{self, LogRow, LogState, Taken},
    turn::{Turn, Want},
};
use client_api::{ConversationId, DeviceId, Event, Notice, UserId, Why};
use proto::{
    BlobId, BranchId, ContentHash, ErrorCode, Hour, InboxId, LogEntry, LogId, NextKeys, Reply, Request,
    chain::content_hash, limit::DEPOSIT_BYTES,
};

/// Statements that go with one commit, in bytes.
const STATEMENTS_BYTES: usize = 64 * 1024;

pub(super) struct StagedRow {
    branch: BranchId,
    candidate: u32,
    env: Vec<u8>,
    env_hash: ContentHash,
    next: NextKeys,
    pub secrets: Vec<u8>,
    tree_blob: BlobId,
}

pub(super) fn find(turn: &Turn<'_>, log: &LogId) -> Result<Option<StagedRow>, EngineError> {
    let sql = "SELECT branch, candidate, env, env_hash, next_keys, secrets, tree_blob FROM staged WHERE log = ?1";
    type Found = (BranchId, u32, Vec<u8>, ContentHash, Vec<u8>, Vec<u8>, BlobId);
    let row: Option<Found> = db::find(turn.db, sql, [log.as_bytes()], |row| {
        Ok((col(row, 0)?, row.get(1)?, row.get(2)?, col(row, 3)?, row.get(4)?, row.get(5)?, col(row, 6)?))
    })?;
    row.map(|(branch, candidate, env, env_hash, next, secrets, tree_blob)| {
        let next = proto::decode(&next, 1024).map_err(|_| EngineError::Damaged("staged commit"))?;
        Ok(StagedRow { branch, candidate, env, env_hash, next, secrets, tree_blob })
    })
    .transpose()
}

/// Whether a change of this conversation is staged and not known to be true or lost.
pub(super) fn is_under_way(turn: &Turn<'_>, conversation: &ConversationId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM staged JOIN log ON log.id = staged.log WHERE log.conversation = ?1";
    Ok(db::find(turn.db, sql, [conversation.as_bytes()], |_| Ok(()))?.is_some())
}

fn drop_staged(turn: &Turn<'_>, log: &LogId) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM staged WHERE log = ?1", [log.as_bytes()])?;
    db::run(turn.db, "DELETE FROM staged_welcome WHERE log = ?1", [log.as_bytes()])?;
    Ok(())
}

/// Sends a staged commit once its tree is on the server; answers whether there is one.
pub(super) fn push(turn: &mut Turn<'_>, log: &LogRow) -> Result<bool, EngineError> {
    let Some(staged) = find(turn, &log.id)? else { return Ok(false) };
    if (staged.branch, staged.candidate) != (log.branch, log.candidates) {
        drop_staged(turn, &log.id)?;
        return Ok(false);
    }
    if outbox::are_uploaded(turn.db, &[staged.tree_blob])? {
        let want = Want::Commit(log.id, staged.env_hash);
        let request = Request::LogCommit {
            branch: staged.branch,
            candidate: staged.candidate,
            env: staged.env.into(),
            next: staged.next,
        };
        turn.ask(want, request);
    }
    Ok(true)
}

pub(super) fn stage(
    turn: &mut Turn<'_>,
    row: &ConversationRow,
    log: &LogRow,
    mut group: Group,
    plan: &Plan,
) -> Result<(), EngineError> {
    let aad = group::aad(turn, log, &group);
    let staged = match group.stage(plan, &aad) {
        Ok(staged) => staged,
        Err(error) => {
            group::keep(turn, &log.id, group);
            return cant_stage(turn, row, log, plan, error);
        }
    };
    group::put(turn, &log.id, group)?;
    turn.live.careful.remove(&log.id);
    turn.unpause(&Want::Stage(log.id));
    let beside = (!plan.revocations.is_empty()).then(|| proto::encode(&plan.revocations));
    let env = sync::store::seal_commit(turn.luck, log, &staged.commit, beside).map_err(bug)?;
    let env_hash = content_hash(&env);
    let tree_key = Secret::new(turn.random());
    let tree_id = BlobId(turn.random());
    let tree = seal_blob(&tree_key, &staged.tree).map_err(bug)?;
    let tree = outbox::put_blob(turn, tree_id, tree, None)?;
    for welcome in &staged.welcomes {
        let Some(device) = directory::store::find_device(turn.db, &welcome.device.device)? else { continue };
        // Whoever has no sealing key yet gets the letter later, as a leaf that never spoke.
        let Some(seal_key) = &device.seal_key else { continue };
        let letter = Welcome {
            log: log.id,
            parent: log.branch,
            candidate: log.candidates,
            env_hash,
            tree: tree.clone(),
            tree_key: tree_key.clone(),
            key_package: welcome.key_package.clone().into(),
            welcome: welcome.message.clone().into(),
            ttl: log.ttl,
            gap: None,
            reset: reset::statement_of(turn, &log.id)?,
        };
        db::run(
            turn.db,
            "INSERT INTO staged_welcome (log, device, inbox, letter, seal_key) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                log.id.as_bytes(),
                device.device.as_bytes(),
                device.inbox.as_bytes(),
                proto::encode(&letter),
                seal_key
            ],
        )?;
        // a key package is used once, whether the commit wins or not
        db::run(turn.db, "DELETE FROM claimed WHERE device = ?1", [device.device.as_bytes()])?;
    }
    db::run(
        turn.db,
        "REPLACE INTO staged (log, branch, candidate, env, env_hash, next_keys, secrets, next_secret, tree_blob)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, x'', ?8)",
        params![
            log.id.as_bytes(),
            log.branch.as_bytes(),
            log.candidates,
            env,
            env_hash.as_bytes(),
            proto::encode(&staged.announce),
            staged.secrets.as_slice(),
            tree_id.as_bytes()
        ],
    )?;
    #[cfg(any(test, feature = "testkit"))]
    super::planted::staged(turn, log)?;
    Ok(())
}

/// The change is against the rules, or somebody's key package is not good. With several wishes in it, the next try is
/// one wish alone, so that one that can't be had does not keep the others.
fn cant_stage(
    turn: &mut Turn<'_>,
    row: &ConversationRow,
    log: &LogRow,
    plan: &Plan,
    error: GroupError,
) -> Result<(), EngineError> {
    // An own certificate that has ended is not there again in seconds.
    let first_secs = if matches!(error, GroupError::Cert(_)) { 6 * 3600 } else { 1 };
    turn.pause(Want::Stage(log.id), first_secs);
    if plan.add.len() + plan.remove.len() > 1 && turn.live.careful.insert(log.id) {
        return Ok(());
    }
    db::run(turn.db, "DELETE FROM readd WHERE log = ?1", [log.id.as_bytes()])?;
    for package in &plan.add {
        let device: Option<DeviceId> =
            db::find(turn.db, "SELECT device FROM claimed WHERE package = ?1", [package], |row| col(row, 0))?;
        if let Some(device) = device {
            db::run(turn.db, "DELETE FROM claimed WHERE device = ?1", [device.as_bytes()])?;
            turn.pause(Want::Claim(device), 600);
        }
    }
    if let (GroupError::Policy(_), false) = (&error, plan.remove.is_empty()) {
        for intent in store::list_intents(turn.db, &row.id)? {
            if intent.kind == IntentKind::Remove {
                store::remove_intent(turn.db, &row.id, intent.kind, &intent.user)?;
            }
        }
    }
    turn.warn(Some(row.id), Why::MembersUnchanged);
    Ok(())
}

/// The commit is true once it is read back: the answer only tells how far to read.
pub(crate) fn commit_answered(
    turn: &mut Turn<'_>,
    log: &LogId,
    hash: &ContentHash,
    result: Result<Reply, ErrorCode>,
) -> Result<(), EngineError> {
    let Some(row) = sync::store::find(turn.db, log)? else { return Ok(()) };
    match result {
        Ok(Reply::Stored { n, .. }) => {
            if let Some(count) = turn.live.opened.get_mut(&row.branch) {
                *count = (*count).max(n);
            }
        }
        Err(ErrorCode::TooLarge | ErrorCode::Malformed) if row.conversation.is_some() => {
            drop_staged(turn, log)?;
            turn.warn(row.conversation, Why::ChangeTooLarge);
        }
        // Somebody else was first: read, drop, rebase.
        _ if row.conversation.is_none() => {
            turn.pause(Want::Commit(*log, *hash), 1);
            directory::conflict(turn)?;
        }
        _ => {
            turn.live.opened.remove(&row.branch);
            turn.pause(Want::Commit(*log, *hash), 1);
        }
    }
    Ok(())
}

pub(crate) fn candidate(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry, env: &[u8]) -> Result<Taken, EngineError> {
    let (Some(account), Some(next), Some(conversation)) = (profile::load(turn.db)?, &entry.next, log.conversation)
    else {
        return Ok(Taken::Invalid);
    };
    let group = group::load(turn, &account, &log.id)?;
    if let Some(staged) = find(turn, &log.id)?.filter(|staged| staged.env_hash == entry.env_hash) {
        let after = match group.restore_staged(&staged.secrets) {
            Ok(after) => after,
            #[cfg(any(test, feature = "testkit"))]
            Err(_) if super::planted::has_merged(turn) => group.clone(), // planted: it has gone over already
            Err(error) => return Err(bug(error)),
        };
        let added = send_letters(turn, &account, log, &conversation)?;
        announce(turn, &account, &group, &after, &conversation)?;
        readd::note_added(turn, log, (&group, &after), &added, By::Us)?;
        let taken = advance(turn, log, after, &entry.env_hash, next)?;
        renewed(turn, log)?;
        return Ok(taken);
    }
    let opened = sync::store::open_commit(log, env).ok().and_then(|(bytes, beside)| {
        let statements = beside.map(|beside| proto::decode(&beside, STATEMENTS_BYTES)).transpose().ok()?;
        Some((bytes, statements.unwrap_or_default()))
    });
    let Some((bytes, statements)): Option<(Vec<u8>, Vec<Revocation>)> = opened else {
        group::keep(turn, &log.id, group);
        return Ok(Taken::Invalid);
    };
    match group.judge_with(&bytes, next, &statements) {
        Verdict::Valid(commit) => valid(turn, &account, log, entry, next, &group, *commit),
        Verdict::Invalid(_) => {
            turn.warn(Some(conversation), Why::ChangeSkipped);
            group::keep(turn, &log.id, group);
            Ok(Taken::Invalid)
        }
        Verdict::Undecidable { committer } => {
            #[cfg(any(test, feature = "testkit"))]
            if turn.is_planted(crate::testkit::Defect::SkipUndecidable) {
                return Ok(Taken::Invalid); // planted
            }
            let committer = committer.map(|member| member.device.device);
            if log.state == LogState::Old {
                // Another log has taken its place: nothing is lost by stopping here.
                sync::stop(turn, &mut log.clone(), Why::EntrySkipped)?;
            } else {
                stuck::note(turn, log, group.epoch(), Reason::Undecidable, committer)?;
            }
            group::keep(turn, &log.id, group);
            Ok(Taken::Elsewhere)
        }
    }
}

fn valid(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    entry: &LogEntry,
    next: &NextKeys,
    before: &Group,
    commit: Commit,
) -> Result<Taken, EngineError> {
    let Some(conversation) = log.conversation else { return Ok(Taken::Invalid) };
    match commit.effect {
        Effect::NextEpoch(after) => {
            announce(turn, account, before, &after, &conversation)?;
            let added: Vec<DeviceId> = commit.added.iter().map(|member| member.device.device).collect();
            readd::note_added(turn, log, (before, &after), &added, By::Others)?;
            readd::has_spoken(turn, &log.id, &commit.committer.device.device)?;
            let ahead =
                after.hour().0 > Hour::of_millis(trusted_now(turn, turn.now)?.0).0.saturating_add(reset::AHEAD_HOURS);
            let taken = advance(turn, log, *after, &entry.env_hash, next)?;
            if ahead && log.state == LogState::Open {
                push_back(turn, account, log, &commit.committer.device.device)?;
            }
            Ok(taken)
        }
        Effect::AddedAgain => {
            drop_staged(turn, &log.id)?;
            stuck::note(turn, log, before.epoch().saturating_add(1), Reason::AddedAgain, None)?;
            join::use_letter(turn, &log.id, &entry.env_hash)?;
            group::keep(turn, &log.id, before.clone());
            Ok(Taken::Elsewhere)
        }
        Effect::Removed => {
            sync::store::save(turn.db, &LogRow { state: LogState::Left, ..log.clone() })?;
            turn.live.access_keys.remove(&log.branch);
            drop_staged(turn, &log.id)?;
            group::delete(turn, &log.id)?;
            join::use_later_letters(turn, &log.id, &log.branch)?;
            if let Some(mut row) = store::find(turn.db, &conversation)? {
                row.member = !sync::store::list_of(turn.db, &conversation)?.is_empty();
                store::save(turn.db, &row)?;
            }
            line(turn, &conversation, &account.user, Some(Notice::YouAreOut))?;
            turn.event(Event::ConversationChanged(conversation));
            Ok(Taken::Elsewhere)
        }
    }
}

/// A moderator does not let a group run ahead of its clock: certificates would end too early for everybody.
fn push_back(turn: &mut Turn<'_>, account: &Account, log: &LogRow, by: &DeviceId) -> Result<(), EngineError> {
    let Some(log) = sync::store::find(turn.db, &log.id)? else { return Ok(()) };
    let group = group::load(turn, account, &log.id)?;
    if reset::may_reset(account, &group)? {
        let excluded = reset::Excluded::device(&group, account, by)?;
        reset::begin(turn, account, &log, &group, excluded)?;
    }
    group::keep(turn, &log.id, group);
    Ok(())
}

/// The own leaf has fresh keys.
fn renewed(turn: &mut Turn<'_>, log: &LogRow) -> Result<(), EngineError> {
    let Some((group, _)) = turn.live.groups.get(&log.id) else { return Ok(()) };
    renew::renewed(turn, log, group)
}

/// Letters to newcomers, sealed now that their commit is true; answers whom they went to.
pub(super) fn send_letters(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    conversation: &ConversationId,
) -> Result<Vec<DeviceId>, EngineError> {
    let sql = "SELECT device, inbox, letter, seal_key FROM staged_welcome WHERE log = ?1 ORDER BY device";
    type Row = (DeviceId, InboxId, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> =
        db::list(turn.db, sql, [log.id.as_bytes()], |row| Ok((col(row, 0)?, col(row, 1)?, row.get(2)?, row.get(3)?)))?;
    let mut added = Vec::new();
    for (device, inbox, letter, seal_key) in rows {
        let mut welcome: Welcome =
            proto::decode(&letter, DEPOSIT_BYTES).map_err(|_| EngineError::Damaged("staged letter"))?;
        if let Some(since) = readd::since(turn, &log.id, &device)? {
            let first = readd::first_epoch(turn, &log.id, &device)?;
            welcome.gap = Some(gap::collect(turn, conversation, &log.id, since, first)?);
        }
        let to = SealPublic::from_bytes(&seal_key).map_err(bug)?;
        let sealed = Letter::Welcome(welcome).seal(turn.luck, &account.authority, &to)?;
        outbox::deposit(turn.db, &inbox, &sealed, None)?;
        added.push(device);
    }
    Ok(added)
}

/// Lines for who came and went.
fn announce(
    turn: &mut Turn<'_>,
    account: &Account,
    before: &Group,
    after: &Group,
    conversation: &ConversationId,
) -> Result<(), EngineError> {
    let users = |group: &Group| -> Result<Vec<UserId>, EngineError> {
        let mut users: Vec<_> = group.roster().map_err(bug)?.into_iter().map(|member| member.device.user).collect();
        users.sort();
        users.dedup();
        Ok(users)
    };
    let (was, is) = (users(before)?, users(after)?);
    let is_group = store::find(turn.db, conversation)?.is_some_and(|row| row.peer.is_none());
    for user in is.iter().filter(|user| is_group && !was.contains(user) && **user != account.user) {
        line(turn, conversation, user, Some(Notice::Joined))?;
    }
    for user in was.iter().filter(|user| is_group && !is.contains(user)) {
        line(turn, conversation, user, Some(Notice::Gone))?;
    }
    group::note_members(turn, conversation, after)?;
    turn.event(Event::ConversationChanged(*conversation));
    Ok(())
}

/// Group, keys, branch and outbox go over to the next epoch together.
fn advance(
    turn: &mut Turn<'_>,
    log: &LogRow,
    after: Group,
    env_hash: &ContentHash,
    next: &NextKeys,
) -> Result<Taken, EngineError> {
    drop_staged(turn, &log.id)?;
    let secret = after.log_secret(&log.id).map_err(bug)?;
    join::drop_letter(turn, &log.id, &log.branch)?;
    // Everything of ours that was accepted has been read and taken out: what is left was not.
    db::run(
        turn.db,
        "DELETE FROM outbox WHERE log = ?1 AND branch = ?2 AND kind = 2",
        params![log.id.as_bytes(), log.branch.as_bytes()],
    )?;
    db::run(
        turn.db,
        "UPDATE outbox SET env = NULL, env_hash = NULL, branch = NULL, acked = 0 WHERE log = ?1 AND branch = ?2",
        params![log.id.as_bytes(), log.branch.as_bytes()],
    )?;
    // Expired meanwhile: there is nothing left to encrypt anew.
    db::run(
        turn.db,
        "DELETE FROM outbox WHERE log = ?1 AND env IS NULL AND kind = 0 AND body = x''",
        [log.id.as_bytes()],
    )?;
    // This device wanted to leave and is still in: the proposal was not seen, or came too late.
    if let (Some(conversation), Some(account)) = (log.conversation, profile::load(turn.db)?)
        && store::find(turn.db, &conversation)?.is_some_and(|row| !row.member)
    {
        store::add_intent(turn.db, &conversation, IntentKind::Leave, &account.user, turn.now)?;
    }
    let new = sync::switch_branch(turn, log, secret, env_hash, next)?;
    group::note_epoch(turn, &new, &after)?;
    group::put(turn, &log.id, after)?;
    Ok(Taken::Elsewhere)
}
