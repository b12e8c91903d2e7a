// SPDX-License-Identifier: EUPL-1.2
//! Being added: the letter, the tree it points to, then the log from its newest branch on.

use super::{
    command::direct_id,
    gap, group,
    letter::Welcome,
    renew, reset,
    store::{self, ConversationRow, IntentKind},
    stuck,
};
use crate::{
    EngineError,
    blob::open_blob,
    db::{self, params},
    error::bug,
    log::EpochKeys,
    mls::{Group, Settings},
    outbox::{self, Purpose},
    profile::{self, Account},
    sync::{self, LogKind, LogRow, LogState},
    turn::Turn,
};
use client_api::{ConversationKind, Event, UserId, Why};
use proto::{
    BranchId, ContentHash, Hour, LogId,
    chain::{branch_id, content_hash, first_head},
    limit::DEPOSIT_BYTES,
};

/// Below this many unused key packages new ones are published.
const LOW: u32 = 4;

/// A letter that adds this device; it waits if the log is not read that far.
pub(super) fn welcome(turn: &mut Turn<'_>, welcome: Welcome) -> Result<(), EngineError> {
    let sql = "SELECT 1 FROM epoch WHERE log = ?1 AND branch = ?2";
    let known = db::find(turn.db, sql, params![welcome.log.as_bytes(), welcome.parent.as_bytes()], |_| Ok(()))?;
    let log = sync::store::find(turn.db, &welcome.log)?;
    let (is_past, is_followed) = match &log {
        Some(log) => (known.is_some() && log.branch != welcome.parent, log.is_followed()),
        None => (false, false),
    };
    if is_past && is_followed || log.as_ref().is_some_and(|log| matches!(log.state, LogState::New | LogState::Held)) {
        return Ok(());
    }
    db::run(
        turn.db,
        "REPLACE INTO welcome_in (log, branch, body) VALUES (?1, ?2, ?3)",
        params![welcome.log.as_bytes(), welcome.parent.as_bytes(), proto::encode(&welcome)],
    )?;
    if is_followed { Ok(()) } else { fetch(turn, &welcome) }
}

fn fetch(turn: &mut Turn<'_>, welcome: &Welcome) -> Result<(), EngineError> {
    let tree = &welcome.tree;
    outbox::want_blob(turn, tree, 0, tree.size_bytes, Purpose::Tree, welcome.log.as_bytes())
}

/// Letters into a log that are not used yet.
fn waiting(turn: &Turn<'_>, log: &LogId) -> Result<Vec<Welcome>, EngineError> {
    let sql = "SELECT body FROM welcome_in WHERE log = ?1 ORDER BY rowid";
    let kept: Vec<Vec<u8>> = db::list(turn.db, sql, [log.as_bytes()], |row| row.get(0))?;
    kept.iter().map(|kept| proto::decode(kept, DEPOSIT_BYTES).map_err(|_| EngineError::Damaged("welcome"))).collect()
}

/// The log has shown that this device was added again: the letter for it, if it is here, is the way on.
pub(super) fn use_letter(turn: &mut Turn<'_>, log: &LogId, env_hash: &ContentHash) -> Result<(), EngineError> {
    match waiting(turn, log)?.into_iter().find(|welcome| welcome.env_hash == *env_hash) {
        Some(welcome) => fetch(turn, &welcome),
        None => Ok(()),
    }
}

/// This device was removed: if it was added anew since, the letter for that may be here already.
pub(super) fn use_later_letters(turn: &mut Turn<'_>, log: &LogId, closed: &BranchId) -> Result<(), EngineError> {
    drop_letter(turn, log, closed)?;
    for welcome in waiting(turn, log)? {
        fetch(turn, &welcome)?;
    }
    Ok(())
}

/// The branch was closed by another commit than the one this letter came with.
pub(super) fn drop_letter(turn: &Turn<'_>, log: &LogId, closed: &BranchId) -> Result<(), EngineError> {
    let sql = "DELETE FROM welcome_in WHERE log = ?1 AND branch = ?2";
    db::run(turn.db, sql, params![log.as_bytes(), closed.as_bytes()]).map(drop)
}

/// The tree is here: join, check that the log's keys are the announced ones, and follow it.
pub(crate) fn tree_arrived(turn: &mut Turn<'_>, log: &LogId, body: &[u8]) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    if sync::store::find(turn.db, log)?.is_some_and(|row| row.is_followed()) {
        return Ok(());
    }
    // Of several letters the one whose tree is here first: a later one is used when the log has come to it.
    let hash = content_hash(body);
    let Some(letter) = waiting(turn, log)?.into_iter().find(|letter| letter.tree.hash == hash) else {
        return Ok(());
    };
    drop_letter(turn, log, &letter.parent)?;
    let Some(group) = join(turn, &account, &letter, body)? else { return Ok(()) };
    let settings = group.settings().map_err(bug)?;
    let known = store::find(turn.db, &settings.conversation)?;
    let before = known.clone().unwrap_or_else(|| conversation_of(&account, &settings, Member::No));
    let judged = reset::judge(turn, &before, log, &group, letter.reset.as_ref().map(|bytes| bytes.as_slice()))?;
    if is_refused(turn, &account, &settings, &group, (known, judged.is_some()))? {
        turn.warn(None, Why::InvitationRefused);
        return Ok(());
    }
    let secret = group.log_secret(log).map_err(bug)?;
    let branch = branch_id(log, &letter.parent, letter.candidate, &EpochKeys::derive(&secret).announce());
    let row = LogRow {
        id: *log,
        kind: LogKind::Conversation,
        conversation: Some(settings.conversation),
        branch,
        n: 0,
        head: first_head(&branch, Some(&letter.env_hash)),
        candidates: 0,
        secret,
        ttl: letter.ttl,
        state: LogState::Open,
        at_hour: group.hour().0,
    };
    sync::store::save(turn.db, &row)?;
    stuck::is_well(turn, log)?;
    let conversation = conversation_of(&account, &settings, still_leaving(turn, &account, &settings, &letter, &group)?);
    store::save(turn.db, &conversation)?;
    group::note_members(turn, &conversation.id, &group)?;
    group::note_epoch(turn, &row, &group)?;
    renew::joined(turn, &row, &group)?;
    used(turn, &letter.key_package)?;
    store::unseal_outbox(turn.db, &conversation.id, log)?;
    if let Some(judged) = judged {
        reset::accept(turn, &account, &conversation, &row, &judged)?;
    }
    group::put(turn, log, group)?;
    if let Some(missed) = &letter.gap {
        gap::expect(turn, &row, missed)?;
    }
    turn.event(Event::ConversationChanged(conversation.id));
    Ok(())
}

/// This device asked to leave and was added again before the group could know: it still goes. Whom a person adds long
/// after having left stays; how long is what clocks may differ by.
fn still_leaving(
    turn: &mut Turn<'_>,
    account: &Account,
    settings: &Settings,
    letter: &Welcome,
    group: &Group,
) -> Result<Member, EngineError> {
    let (id, log) = (&settings.conversation, &letter.log);
    let wish = store::list_intents(turn.db, id)?.into_iter().find(|intent| intent.kind == IntentKind::Leave);
    let sql = "SELECT 1 FROM outbox WHERE conversation = ?1 AND log = ?2 AND kind = 2";
    let proposed = db::find(turn.db, sql, params![id.as_bytes(), log.as_bytes()], |_| Ok(()))?;
    let asked = wish.map(|wish| wish.not_before).or(proposed.map(|()| turn.now));
    let until = asked.map(|asked| Hour::of_millis(asked.0).0.saturating_add(reset::AHEAD_HOURS));
    let by_machine = letter.gap.is_some() || letter.reset.is_some();
    if until.is_some_and(|until| by_machine || group.hour().0 <= until) {
        store::add_intent(turn.db, id, IntentKind::Leave, &account.user, turn.now)?;
        return Ok(Member::No);
    }
    store::remove_intent(turn.db, id, IntentKind::Leave, &account.user)?;
    Ok(Member::Yes)
}

/// Whether this device is in the group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    No,
    Yes,
}

fn conversation_of(account: &Account, settings: &Settings, member: Member) -> ConversationRow {
    let peer = settings.moderators.iter().find(|user| **user != account.user).copied();
    ConversationRow {
        id: settings.conversation,
        kind: settings.kind,
        name: settings.name.clone(),
        peer: peer.filter(|_| settings.kind == ConversationKind::Direct),
        member: member == Member::Yes,
        moderators: settings.moderators.clone(),
        problem: None,
    }
}

/// Whether a group is not what it says: nobody takes over a conversation by making another group under its id.
fn is_refused(
    turn: &Turn<'_>,
    account: &Account,
    settings: &Settings,
    group: &Group,
    (known, is_reset): (Option<ConversationRow>, bool),
) -> Result<bool, EngineError> {
    if known.as_ref().is_some_and(|row| row.kind != settings.kind) {
        return Ok(true);
    }
    let mut people: Vec<UserId> = group.roster().map_err(bug)?.into_iter().map(|member| member.device.user).collect();
    people.sort();
    people.dedup();
    people.retain(|user| *user != account.user);
    let fits = match (settings.kind, people.as_slice()) {
        (ConversationKind::Own, []) => settings.conversation == direct_id(account, &account.user),
        (ConversationKind::Direct, [peer]) => settings.conversation == direct_id(account, peer),
        (ConversationKind::Group, _) => {
            known.is_none() || is_reset || sync::store::find(turn.db, &settings.log)?.is_some()
        }
        _ => false,
    };
    Ok(!fits)
}

fn join(turn: &mut Turn<'_>, account: &Account, letter: &Welcome, body: &[u8]) -> Result<Option<Group>, EngineError> {
    let Ok(tree) = open_blob(&letter.tree_key, body) else { return Ok(None) };
    let sql = "SELECT data FROM key_package WHERE ref = ?1";
    let private: Option<Vec<u8>> = db::find(turn.db, sql, [letter.key_package.as_slice()], |row| row.get(0))?;
    let Some(private) = private else { return Ok(None) };
    let client = profile::client(turn, account)?;
    let group = match Group::join(&client, &letter.welcome, &tree, &private, &[account.root_pub]) {
        Ok(group) => group,
        Err(_) => {
            turn.warn(None, Why::InvitationRefused);
            return Ok(None);
        }
    };
    if group.settings().map_err(bug)?.log != letter.log {
        turn.warn(None, Why::InvitationRefused);
        return Ok(None);
    }
    Ok(Some(group))
}

/// A key package is used once; only the last resort stays.
fn used(turn: &Turn<'_>, reference: &[u8]) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM key_package WHERE ref = ?1 AND last = 0", [reference])?;
    let left = db::find(turn.db, "SELECT count(*) FROM key_package WHERE last = 0", [], |row| row.get::<_, u32>(0))?;
    if left.unwrap_or(0) < LOW {
        db::run(turn.db, "UPDATE inbox SET published = 0 WHERE purpose = 0", [])?;
    }
    Ok(())
}
