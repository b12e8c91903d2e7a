// SPDX-License-Identifier: EUPL-1.2
//! One entry of a conversation: own ones are recognised, others decrypted, verified and shown; garbage is skipped.

use super::{
    group,
    message::{self, Origin, notice},
    store::{self, IntentKind},
};
use crate::{
    EngineError, content,
    db::{self, col_opt, params},
    directory,
    mls::Received,
    outbox, profile,
    sync::{self, LogRow, Payload, Taken},
    turn::Turn,
};
use client_api::MessageId;
use minicbor::bytes::ByteVec;
use proto::{EntryKind, LogEntry};

pub(crate) fn entry(turn: &mut Turn<'_>, log: &LogRow, entry: &LogEntry, env: &[u8]) -> Result<Taken, EngineError> {
    let (Some(account), Some(conversation)) = (profile::load(turn.db)?, log.conversation) else {
        return Ok(Taken::Next);
    };
    if own(turn, log, entry)? {
        return Ok(Taken::Next);
    }
    let Ok(bytes) = sync::store::open(log, EntryKind::Entry, Payload::Mls, env) else {
        turn.warn(Some(conversation), "an entry that does not open was skipped");
        return Ok(Taken::Next);
    };
    let mut group = group::load(turn, &account, &log.id)?;
    let received = group.receive(&bytes);
    match received {
        Ok(Received::Message(received)) => {
            let chain = group.chain(received.sender.leaf).unwrap_or_default();
            group::save(turn, &log.id, &mut group)?;
            let device = &received.sender.device;
            let verified = content::parse(&received.data).and_then(|message_in| {
                let message = message_in.verify(&device.user, &device.device, &device.device_key)?;
                Ok((message_in.id(), message))
            });
            let Ok((id, message)) = verified.ok().filter(|_| received.aad.branch == log.branch).ok_or(()) else {
                turn.warn(Some(conversation), "a message that is not what its sender signed was skipped");
                return Ok(Taken::Next);
            };
            let chain: Vec<ByteVec> = chain.into_iter().map(ByteVec::from).collect();
            let delivery = if device.user == account.user { 2 } else { 0 };
            let origin = Origin { conversation, delivery, chain: store::chain_bytes(&chain), verified: None };
            message::show(turn, &account, origin, id, &received.data, &message)?;
            let sql = "UPDATE message SET log = ?2, branch = ?3, n = ?4 WHERE id = ?1 AND n IS NULL";
            db::run(turn.db, sql, params![id.as_bytes(), log.id.as_bytes(), log.branch.as_bytes(), entry.n])?;
        }
        Ok(Received::Leave(leave)) => {
            let user = leave.sender.device.user;
            group::save(turn, &log.id, &mut group)?;
            store::add_intent(turn.db, &conversation, IntentKind::ByRank, &user, turn.now)?;
            let name = directory::name_of(turn.db, &user)?;
            notice(turn, &conversation, &user, 4, &format!("{name} leaves the group."))?;
        }
        Err(error) => turn.warn(Some(conversation), &format!("an entry was skipped: {error}")),
    }
    Ok(Taken::Next)
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
    let sql = "SELECT state FROM message WHERE conversation = ?1 ORDER BY position DESC LIMIT 1";
    let last: Option<i64> = db::find(turn.db, sql, [conversation.as_bytes()], |row| row.get(0))?;
    if last != Some(2) {
        let nobody = client_api::UserId([0; 16]);
        notice(turn, &conversation, &nobody, 2, "Messages expired while this device was away.")?;
    }
    Ok(Taken::Next)
}
