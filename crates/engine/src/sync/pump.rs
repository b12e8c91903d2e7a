// SPDX-License-Identifier: EUPL-1.2
//! Asking for what is not read yet, and taking the answers.

use super::{LogKind, LogRow, LogState, is_read, read, store};
use crate::{
    EngineError, profile,
    turn::{Fact, Turn, Want},
};
use client_api::Why;
use proto::{BranchId, ErrorCode, Reply, Request, proof::Op, reply::LogPage, request::NextKeys};

pub(crate) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    if !turn.online() {
        return Ok(());
    }
    store::sweep(turn.db, crate::db::millis(turn.now))?;
    for log in store::list_live(turn.db)? {
        match log.state {
            LogState::New => create(turn, &log)?,
            LogState::Open | LogState::Old => follow(turn, &log)?,
            LogState::Held | LogState::Left | LogState::Stopped => {}
        }
    }
    Ok(())
}

fn create(turn: &mut Turn<'_>, log: &LogRow) -> Result<(), EngineError> {
    let want = Want::LogCreate(log.id);
    if !turn.may_ask(&want) {
        return Ok(());
    }
    let Some(proof) = profile::member_proof(turn, Op::LogCreate, &log.id.0)? else { return Ok(()) };
    let write_pub = match log.kind {
        LogKind::Directory => profile::write_key(turn)?.map(|key| key.public()),
        LogKind::Conversation => None,
    };
    let keys = NextKeys { access_pub: log.access_key().public(), write_pub };
    turn.ask(want, Request::LogCreate { log: log.id, keys, ttl: log.ttl, proof });
    Ok(())
}

fn follow(turn: &mut Turn<'_>, log: &LogRow) -> Result<(), EngineError> {
    match turn.live.opened.get(&log.branch) {
        None => {
            let want = Want::LogOpen(log.branch);
            if !turn.may_ask(&want) {
                return Ok(());
            }
            let key = turn.live.access_keys.entry(log.branch).or_insert_with(|| log.access_key()).clone();
            let Some(proof) = turn.proof(&key, Op::LogOpen, &log.branch.0) else { return Ok(()) };
            let write_proof = match log.kind {
                LogKind::Directory => {
                    profile::write_key(turn)?.and_then(|key| turn.proof(&key, Op::LogWrite, &log.branch.0))
                }
                LogKind::Conversation => None,
            };
            turn.live.asked_after.insert(log.branch, log.n);
            turn.ask(want, Request::LogOpen { branch: log.branch, proof, write_proof, after: log.n });
        }
        Some(count) if *count > log.n => {
            let want = Want::LogRead(log.branch);
            if turn.may_ask(&want) {
                turn.live.asked_after.insert(log.branch, log.n);
                turn.ask(want, Request::LogRead { branch: log.branch, after: log.n });
            }
        }
        Some(_) => {}
    }
    Ok(())
}

pub(crate) fn answered(turn: &mut Turn<'_>, want: Want, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    match (&want, result) {
        (Want::LogClose(_), _) => Ok(()),
        (Want::LogCreate(id), Ok(Reply::Created(branch))) => {
            if let Some(mut log) = store::find(turn.db, id)?.filter(|log| log.state == LogState::New) {
                if branch != log.branch {
                    return read::stop(turn, &mut log, Why::ServerLied);
                }
                log.state = LogState::Open;
                store::save(turn.db, &log)?;
            }
            Ok(())
        }
        (Want::LogOpen(branch) | Want::LogRead(branch), Err(ErrorCode::Gone | ErrorCode::Unknown)) => {
            match store::find_by_branch(turn.db, branch)? {
                Some(mut log) => {
                    read::stop(turn, &mut log, Why::ServerRestored)?;
                    turn.facts.push(Fact::Gone(log.id));
                    Ok(())
                }
                None => Ok(()),
            }
        }
        (Want::LogCreate(_), Err(ErrorCode::Forbidden)) => {
            turn.pause(want, 2);
            Ok(())
        }
        (_, Ok(_) | Err(_)) => {
            turn.pause(want, 30);
            Ok(())
        }
    }
}

/// A page has come: answers whether its entries may be read.
pub(crate) fn begin_page(turn: &mut Turn<'_>, branch: &BranchId, page: &LogPage) -> Result<bool, EngineError> {
    let Some(mut log) = store::find_by_branch(turn.db, branch)?.filter(LogRow::is_followed) else {
        return Ok(false);
    };
    // What was pushed meanwhile may be ahead of the page; what was read before it was asked for may not.
    let known = turn.live.asked_after.get(branch).copied().unwrap_or(log.n);
    if page.count < known {
        read::stop(turn, &mut log, Why::ServerRestored)?;
        return Ok(false);
    }
    turn.live.opened.insert(*branch, page.count.max(log.n));
    Ok(true)
}

/// The page's entries were read: at its end both sides must have the same head.
pub(crate) fn end_page(turn: &mut Turn<'_>, branch: &BranchId, page: &LogPage) -> Result<(), EngineError> {
    let Some(mut log) = store::find_by_branch(turn.db, branch)? else { return Ok(()) };
    if log.is_followed() && log.n == page.count && log.head != page.head {
        return read::stop(turn, &mut log, Why::ServerLied);
    }
    Ok(())
}

/// Pushes were left out: the count is not known any more, so read on.
pub(crate) fn behind(turn: &mut Turn<'_>, branch: &BranchId) -> Result<(), EngineError> {
    turn.live.opened.remove(branch);
    Ok(())
}

/// Every log that is followed was read to its end.
pub(crate) fn is_caught_up(turn: &mut Turn<'_>) -> Result<bool, EngineError> {
    Ok(store::list_live(turn.db)?.iter().all(|log| is_read(turn, log)))
}
