// SPDX-License-Identifier: EUPL-1.2
//! Taking one entry: only the next one, only if the chain fits, and cursor, state and content move together.

use super::{LogKind, LogRow, LogState, store};
use crate::{
    EngineError, conversation,
    db::millis,
    directory,
    turn::{Turn, Want},
};
use proto::{
    BranchId, ContentHash, EntryKind, LogEntry, Request,
    chain::{branch_id, content_hash, first_head, next_head},
    request::NextKeys,
};

/// Days raw envelopes and old access keys are kept for a server restored from a backup.
const RESTORE_DAYS: u64 = 8;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The cursor moves on.
    Next,
    /// A commit that did not hold: the cursor moves, the next candidate is waited for.
    Invalid,
    /// The log went over to its next branch, or is not read any more; the row was saved.
    Elsewhere,
}

/// Takes `entry` of `branch` if it is the next; answers whether the one after it may be tried.
pub(super) fn entry(turn: &mut Turn<'_>, branch: &BranchId, entry: &LogEntry) -> Result<bool, EngineError> {
    let Some(mut log) = store::find_by_branch(turn.db, branch)?.filter(|log| log.state == LogState::Open) else {
        return Ok(false);
    };
    if let Some(count) = turn.live.opened.get_mut(branch) {
        *count = (*count).max(entry.n);
    }
    if entry.n != log.n.saturating_add(1) {
        return Ok(entry.n <= log.n);
    }
    let env = entry.env.as_ref().map(|env| env.as_slice());
    if env.is_some_and(|env| content_hash(env) != entry.env_hash) {
        stop(turn, &mut log, "the server sent an altered entry")?;
        return Ok(false);
    }
    let head = next_head(&log.head, entry.n, entry.kind, &entry.env_hash, entry.next.as_ref());
    if let (LogKind::Conversation, Some(env)) = (log.kind, env) {
        let until = millis(turn.now.plus_secs(RESTORE_DAYS * 86_400));
        store::keep_raw(turn.db, branch, entry.n, env, until)?;
    }
    let taken = match (log.kind, entry.kind, env) {
        (LogKind::Directory, _, Some(env)) => directory::entry(turn, &log, entry, env)?,
        (LogKind::Directory, _, None) => Taken::Next,
        (LogKind::Conversation, EntryKind::Entry, Some(env)) => conversation::entry(turn, &log, entry, env)?,
        (LogKind::Conversation, EntryKind::Commit, Some(env)) => conversation::candidate(turn, &log, entry, env)?,
        (LogKind::Conversation, _, None) => conversation::tombstone(turn, &log, entry)?,
    };
    if taken == Taken::Elsewhere {
        return Ok(false);
    }
    (log.n, log.head) = (entry.n, head);
    log.candidates += u32::from(taken == Taken::Invalid);
    store::save(turn.db, &log)?;
    Ok(true)
}

/// Neither read nor written any more, and why.
pub(super) fn stop(turn: &mut Turn<'_>, log: &mut LogRow, reason: &str) -> Result<(), EngineError> {
    log.state = LogState::Stopped;
    store::save(turn.db, log)?;
    store::set_reason(turn.db, &log.id, reason)?;
    turn.warn(log.conversation, reason);
    Ok(())
}

/// Goes over to the branch a commit opened; the caller has changed `log.secret` to the new epoch's.
pub(crate) fn switch_branch(
    turn: &mut Turn<'_>,
    old: &LogRow,
    secret: crate::crypto::Secret,
    env_hash: &ContentHash,
    next: &NextKeys,
) -> Result<LogRow, EngineError> {
    store::keep_old_key(turn.db, old, millis(turn.now.plus_secs(RESTORE_DAYS * 86_400)))?;
    let branch = branch_id(&old.id, &old.branch, old.candidates, next);
    let new = LogRow { branch, n: 0, head: first_head(&branch, Some(env_hash)), candidates: 0, secret, ..old.clone() };
    store::save(turn.db, &new)?;
    turn.live.opened.remove(&old.branch);
    turn.ask(Want::LogClose(old.branch), Request::LogClose { branch: old.branch });
    Ok(new)
}
