// SPDX-License-Identifier: EUPL-1.2
//! One entry of a conversation: own ones are recognised, others decrypted, verified and shown; garbage is skipped.

use super::{
    group,
    message::{self, Origin, line},
    readd,
    store::{self, IntentKind},
    stuck::{self, Reason},
};
use crate::{
    EngineError, content,
    db::{self, col_opt, params},
    mls::{GroupError, Message, Received},
    outbox,
    profile::{self, Account},
    sync::{self, LogRow, Payload, Taken},
    turn::Turn,
};
use client_api::{MessageId, Notice, Why};
use minicbor::bytes::ByteVec;
use proto::{EntryKind, LogEntry};

/// Keys of one sender the library keeps for messages it has not seen.
const KEPT_KEYS: u32 = 1_024;

pub(crate) fn entry(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry, env: &[u8]) -> Result<Taken, EngineError> {
    let (Some(account), Some(conversation)) = (profile::load(turn.db)?, log.conversation) else {
        return Ok(Taken::Next);
    };
    if own(turn, log, entry)? {
        return Ok(Taken::Next);
    }
    let Ok(bytes) = sync::store::open(log, EntryKind::Entry, Payload::Mls, env) else {
        turn.warn(Some(conversation), Why::EntrySkipped);
        return Ok(Taken::Next);
    };
    let mut group = group::load(turn, &account, &log.id)?;
    let received = group.receive(&bytes);
    match received {
        Ok(Received::Message(received)) => {
            let chain = group.chain(received.sender.leaf).unwrap_or_default();
            group::put(turn, &log.id, group)?;
            readd::has_spoken(turn, &log.id, &received.sender.device.device)?;
            message(turn, &account, log, entry, &received, chain)?;
        }
        Ok(Received::Leave(leave)) => {
            let user = leave.sender.device.user;
            group::put(turn, &log.id, group)?;
            // a wish from before must not bring back who leaves now
            store::remove_intent(turn.db, &conversation, IntentKind::Add, &user)?;
            store::add_intent(turn.db, &conversation, IntentKind::ByRank, &user, turn.now)?;
            line(turn, &conversation, &user, Some(Notice::Leaves))?;
        }
        Err(GroupError::Ahead) if sync::store::tombstones(turn.db, &log.id)? >= KEPT_KEYS => {
            stuck::note(turn, log, group.epoch(), Reason::Missing, None)?;
            group::keep(turn, &log.id, group);
            return Ok(Taken::Elsewhere);
        }
        Err(_) => {
            group::keep(turn, &log.id, group);
            turn.warn(Some(conversation), Why::EntrySkipped);
        }
    }
    Ok(Taken::Next)
}

/// A message is shown if its author has signed it for this conversation.
fn message(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    entry: &LogEntry,
    received: &Message,
    chain: Vec<Vec<u8>>,
) -> Result<(), EngineError> {
    let (Some(conversation), device) = (log.conversation, &received.sender.device) else { return Ok(()) };
    let verified = content::parse(&received.data).and_then(|message_in| {
        let message = message_in.verify(&device.user, &device.device, &device.device_key)?;
        message_in.check_place(&conversation)?;
        Ok((message_in.id(), message))
    });
    let Some((id, message)) = verified.ok().filter(|_| received.aad.branch == log.branch) else {
        turn.warn(Some(conversation), Why::EntrySkipped);
        return Ok(());
    };
    let chain: Vec<ByteVec> = chain.into_iter().map(ByteVec::from).collect();
    let delivery = if device.user == account.user { 2 } else { 0 };
    let origin = Origin { conversation, delivery, chain: store::chain_bytes(&chain), verified: None };
    message::show(turn, account, origin, id, &received.data, &message)?;
    let sql = "UPDATE message SET log = ?2, branch = ?3, n = ?4 WHERE id = ?1 AND n IS NULL";
    db::run(turn.db, sql, params![id.as_bytes(), log.id.as_bytes(), log.branch.as_bytes(), entry.n])?;
    Ok(())
}

/// Own entries are known by their hash and never given to the group.
fn own(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry) -> Result<bool, EngineError> {
    let sql = "SELECT message FROM outbox WHERE env_hash = ?1 AND conversation IS NOT NULL";
    let hash = entry.env_hash.as_bytes();
    let found: Option<Option<MessageId>> = db::find(turn.db, sql, [hash], |row| col_opt(row, 0))?;
    let Some(message) = found else { return Ok(false) };
    db::run(turn.db, "DELETE FROM outbox WHERE env_hash = ?1", [hash])?;
    if let (Some(message), Some(conversation)) = (message, log.conversation) {
        let sql = "UPDATE message SET log = ?2, branch = ?3, n = ?4 WHERE id = ?1";
        db::run(turn.db, sql, params![message.as_bytes(), log.id.as_bytes(), log.branch.as_bytes(), entry.n])?;
        outbox::stored(turn, &conversation, &message)?;
    }
    Ok(true)
}

/// What expired on the server while this device was away: one line for a whole run.
pub(crate) fn tombstone(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry) -> Result<Taken, EngineError> {
    let Some(conversation) = log.conversation else { return Ok(Taken::Next) };
    if own(turn, log, entry)? {
        return Ok(Taken::Next);
    }
    sync::store::count_tombstone(turn.db, &log.id)?;
    super::gap::declare(turn, &conversation)?;
    Ok(Taken::Next)
}
