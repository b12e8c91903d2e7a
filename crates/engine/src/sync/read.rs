// SPDX-License-Identifier: EUPL-1.2
//! Taking one entry: only the next one, only if the chain fits, and cursor, state and content move together.

use super::{LogKind, LogRow, LogState, store};
use crate::{
    EngineError,
    db::millis,
    turn::{Turn, Want},
};
use client_api::Why;
use proto::{
    BranchId, ContentHash, LogEntry, Request,
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

/// What is to be done with an entry that came.
pub(crate) enum Next {
    /// It is the next one: its content is to be taken, then [`taken`] called.
    Take(LogRow),
    /// It was read before; the one after it may be tried.
    Known,
    /// There is a hole before it, or the log is not read any more.
    Stop,
}

/// Looks at an entry: only the next one is taken, and only if it is what the server says it is.
pub(crate) fn next(turn: &mut Turn<'_>, branch: &BranchId, entry: &LogEntry) -> Result<Next, EngineError> {
    let Some(mut log) = store::find_by_branch(turn.db, branch)?.filter(LogRow::is_followed) else {
        return Ok(Next::Stop);
    };
    if let Some(count) = turn.live.opened.get_mut(branch) {
        *count = (*count).max(entry.n);
    }
    if entry.n != log.n.saturating_add(1) {
        return Ok(if entry.n <= log.n { Next::Known } else { Next::Stop });
    }
    let env = entry.env.as_ref().map(|env| env.as_slice());
    if env.is_some_and(|env| content_hash(env) != entry.env_hash) {
        stop(turn, &mut log, Why::ServerLied)?;
        return Ok(Next::Stop);
    }
    if let (LogKind::Conversation, Some(env)) = (log.kind, env) {
        let until = millis(turn.now.plus_secs(RESTORE_DAYS * 86_400));
        store::keep_raw(turn.db, branch, entry.n, env, until)?;
    }
    Ok(Next::Take(log))
}

/// The entry's content was taken: the cursor follows. Answers whether the entry after it may be tried.
pub(crate) fn taken(turn: &mut Turn<'_>, mut log: LogRow, entry: &LogEntry, taken: Taken) -> Result<bool, EngineError> {
    if taken == Taken::Elsewhere {
        return Ok(false);
    }
    log.head = next_head(&log.head, entry.n, entry.kind, &entry.env_hash, entry.next.as_ref());
    log.n = entry.n;
    log.candidates += u32::from(taken == Taken::Invalid);
    store::save(turn.db, &log)?;
    Ok(true)
}

/// Neither read nor written any more, and why.
pub(crate) fn stop(turn: &mut Turn<'_>, log: &mut LogRow, reason: Why) -> Result<(), EngineError> {
    log.state = LogState::Stopped;
    store::save(turn.db, log)?;
    store::set_reason(turn.db, &log.id, reason)?;
    turn.live.access_keys.remove(&log.branch);
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
    let new = LogRow {
        branch,
        n: 0,
        head: first_head(&branch, Some(env_hash)),
        candidates: 0,
        secret,
        state: if old.state == LogState::Old { LogState::Old } else { LogState::Open },
        ..old.clone()
    };
    store::save(turn.db, &new)?;
    store::forget_tombstones(turn.db, &new.id)?;
    turn.live.opened.remove(&old.branch);
    turn.live.access_keys.remove(&old.branch);
    turn.ask(Want::LogClose(old.branch), Request::LogClose { branch: old.branch });
    Ok(new)
}
