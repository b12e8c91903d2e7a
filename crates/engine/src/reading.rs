// SPDX-License-Identifier: EUPL-1.2
//! Reading logs: each entry goes from the log reader to the room that understands it, and the cursor follows.

use crate::{
    EngineError, conversation, directory,
    sync::{self, LogKind, LogRow, Next, Taken},
    turn::Turn,
};
use proto::{BranchId, EntryKind, LogEntry, reply::LogPage};

pub(crate) fn page(turn: &mut Turn<'_>, branch: &BranchId, page: &LogPage) -> Result<(), EngineError> {
    if !sync::begin_page(turn, branch, page)? {
        return Ok(());
    }
    for next in &page.entries {
        if !entry(turn, branch, next)? {
            break;
        }
    }
    sync::end_page(turn, branch, page)
}

/// Takes one entry; answers whether the one after it may be tried.
pub(crate) fn entry(turn: &mut Turn<'_>, branch: &BranchId, entry: &LogEntry) -> Result<bool, EngineError> {
    match sync::next(turn, branch, entry)? {
        Next::Known => Ok(true),
        Next::Stop => Ok(false),
        Next::Take(log) => {
            #[cfg(any(test, feature = "testkit"))]
            if turn.is_planted(crate::testkit::Defect::CursorOutside) && entry.kind == EntryKind::Entry {
                sync::taken(turn, log.clone(), entry, Taken::Next)?; // planted
                turn.db.execute_batch("COMMIT; BEGIN")?;
            }
            let taken = content(turn, &log, entry)?;
            sync::taken(turn, log, entry, taken)
        }
    }
}

fn content(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry) -> Result<Taken, EngineError> {
    match (log.kind, entry.kind, &entry.env) {
        (LogKind::Directory, _, Some(env)) => directory::entry(turn, log, entry, env),
        (LogKind::Directory, _, None) => Ok(Taken::Next),
        (LogKind::Conversation, EntryKind::Entry, Some(env)) => conversation::entry(turn, log, entry, env),
        (LogKind::Conversation, EntryKind::Commit, Some(env)) => conversation::candidate(turn, log, entry, env),
        (LogKind::Conversation, _, None) => conversation::tombstone(turn, log, entry),
    }
}
