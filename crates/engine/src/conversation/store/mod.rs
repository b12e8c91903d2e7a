// SPDX-License-Identifier: EUPL-1.2
//! Rows of conversations, members, intents and messages.

mod message;

pub(crate) use message::{
    MessageRow, add_message, chain_bytes, count_undisplayed, count_waiting, find_message, find_newest, is_in,
    list_before, list_expired, list_messages, list_undisplayed, list_with_attachments,
};

use crate::{
    EngineError,
    db::{self, Db, Row, col, col_opt, params},
};
use client_api::{ConversationId, ConversationKind, DeviceId, MessageId, Timestamp, UserId, Why};

/// A conversation as kept.
#[derive(Clone, Debug)]
pub(crate) struct ConversationRow {
    pub id: ConversationId,
    pub kind: ConversationKind,
    pub name: String,
    pub peer: Option<UserId>,
    pub member: bool,
    pub moderators: Vec<UserId>,
    pub problem: Option<Why>,
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    let moderators: Vec<u8> = row.get(5)?;
    Ok(ConversationRow {
        id: col(row, 0)?,
        kind: match row.get::<_, i64>(1)? {
            0 => ConversationKind::Direct,
            1 => ConversationKind::Group,
            _ => ConversationKind::Own,
        },
        name: row.get(2)?,
        peer: col_opt(row, 3)?,
        member: row.get(4)?,
        moderators: minicbor::decode(&moderators).unwrap_or_default(),
        problem: row.get::<_, Option<u32>>(6)?.and_then(Why::of_number),
    })
}

const CONVERSATION: &str = "SELECT id, kind, name, peer, member, moderators, problem FROM conversation";

pub(crate) fn find(db: &Db<'_>, id: &ConversationId) -> Result<Option<ConversationRow>, EngineError> {
    db::find(db, &format!("{CONVERSATION} WHERE id = ?1"), [id.as_bytes()], conversation)
}

pub(crate) fn list(db: &Db<'_>) -> Result<Vec<ConversationRow>, EngineError> {
    db::list(db, &format!("{CONVERSATION} ORDER BY id"), [], conversation)
}

pub(crate) fn save(db: &Db<'_>, row: &ConversationRow) -> Result<(), EngineError> {
    let kind = match row.kind {
        ConversationKind::Direct => 0,
        ConversationKind::Group => 1,
        ConversationKind::Own => 2,
    };
    let moderators = minicbor::to_vec(&row.moderators).expect("encoding to memory does not fail");
    db::run(
        db,
        "INSERT INTO conversation (id, kind, name, peer, member, moderators, problem) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET name = ?3, member = ?5, moderators = ?6, problem = ?7",
        params![
            row.id.as_bytes(),
            kind,
            row.name,
            row.peer.as_ref().map(UserId::as_bytes),
            row.member,
            moderators,
            row.problem.map(Why::number)
        ],
    )?;
    Ok(())
}

/// Members as (user, devices in the group, moderator).
pub(crate) fn list_members(db: &Db<'_>, id: &ConversationId) -> Result<Vec<(UserId, u32, bool)>, EngineError> {
    let sql = "SELECT user, devices, moderator FROM member WHERE conversation = ?1 ORDER BY user";
    db::list(db, sql, [id.as_bytes()], |row| Ok((col(row, 0)?, row.get(1)?, row.get(2)?)))
}

/// Replaces the members by what the group's tree says.
pub(crate) fn save_members(
    db: &Db<'_>,
    id: &ConversationId,
    members: &[(UserId, u32, bool)],
) -> Result<(), EngineError> {
    db::run(db, "DELETE FROM member WHERE conversation = ?1", [id.as_bytes()])?;
    for (user, devices, moderator) in members {
        db::run(
            db,
            "REPLACE INTO member (conversation, user, devices, moderator) VALUES (?1, ?2, ?3, ?4)",
            params![id.as_bytes(), user.as_bytes(), devices, moderator],
        )?;
    }
    Ok(())
}

/// What is to be done to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntentKind {
    Add = 0,
    Remove = 1,
    Leave = 2,
    /// Somebody leaves or was locked out: whoever's turn it is commits.
    ByRank = 3,
}

#[derive(Clone, Debug)]
pub(crate) struct Intent {
    pub kind: IntentKind,
    pub user: UserId,
    pub not_before: Timestamp,
}

pub(crate) fn add_intent(
    db: &Db<'_>,
    id: &ConversationId,
    kind: IntentKind,
    user: &UserId,
    not_before: Timestamp,
) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT OR IGNORE INTO intent (conversation, kind, user, not_before) VALUES (?1, ?2, ?3, ?4)",
        params![id.as_bytes(), kind as i64, user.as_bytes(), db::millis(not_before)],
    )?;
    Ok(())
}

pub(crate) fn remove_intent(
    db: &Db<'_>,
    id: &ConversationId,
    kind: IntentKind,
    user: &UserId,
) -> Result<(), EngineError> {
    let sql = "DELETE FROM intent WHERE conversation = ?1 AND kind = ?2 AND user = ?3";
    db::run(db, sql, params![id.as_bytes(), kind as i64, user.as_bytes()])?;
    Ok(())
}

pub(crate) fn list_intents(db: &Db<'_>, id: &ConversationId) -> Result<Vec<Intent>, EngineError> {
    let sql = "SELECT kind, user, not_before FROM intent WHERE conversation = ?1 ORDER BY seq";
    db::list(db, sql, [id.as_bytes()], |row| {
        let kind = match row.get::<_, i64>(0)? {
            0 => IntentKind::Add,
            1 => IntentKind::Remove,
            2 => IntentKind::Leave,
            _ => IntentKind::ByRank,
        };
        Ok(Intent { kind, user: col(row, 1)?, not_before: db::time(row, 2)? })
    })
}

/// Own entries of one conversation not yet read back.
pub(crate) struct OutRow {
    pub seq: i64,
    pub message: Option<MessageId>,
    pub body: Vec<u8>,
    pub env: Option<Vec<u8>>,
    pub env_hash: Option<proto::ContentHash>,
    pub branch: Option<proto::BranchId>,
    pub acked: bool,
}

pub(crate) fn list_outbox(db: &Db<'_>, id: &ConversationId) -> Result<Vec<OutRow>, EngineError> {
    let sql = "SELECT seq, message, body, env, env_hash, branch, acked FROM outbox WHERE conversation = ?1 ORDER BY seq LIMIT 64";
    db::list(db, sql, [id.as_bytes()], |row| {
        Ok(OutRow {
            seq: row.get(0)?,
            message: col_opt(row, 1)?,
            body: row.get(2)?,
            env: row.get(3)?,
            env_hash: col_opt(row, 4)?,
            branch: col_opt(row, 5)?,
            acked: row.get(6)?,
        })
    })
}

/// `kind` 0: a message to be encrypted; 2: a proposal already made by the group.
pub(crate) fn add_outbox(
    db: &Db<'_>,
    id: &ConversationId,
    message: Option<&MessageId>,
    body: &[u8],
) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO outbox (conversation, message, body, kind) VALUES (?1, ?2, ?3, 0)",
        params![id.as_bytes(), message.map(MessageId::as_bytes), body],
    )?;
    Ok(())
}

/// An own message that is not known to be on the server.
pub(crate) fn is_waiting(db: &Db<'_>, id: &MessageId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM message JOIN outbox ON outbox.message = message.id
        WHERE message.id = ?1 AND message.delivery = 1 AND message.state = 0";
    Ok(db::find(db, sql, [id.as_bytes()], |_| Ok(()))?.is_some())
}

/// An own message that waits and never left: one that was sealed once keeps the log it was sealed for.
pub(crate) fn was_never_sealed(db: &Db<'_>, id: &MessageId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM message JOIN outbox ON outbox.message = message.id
        WHERE message.id = ?1 AND message.delivery = 1 AND outbox.env IS NULL AND outbox.log IS NULL";
    Ok(db::find(db, sql, [id.as_bytes()], |_| Ok(()))?.is_some())
}

/// Own entries of a conversation that were sealed for a log that is not followed that way any more: to be sealed anew.
/// A message that did arrive there is recognised by its id.
pub(crate) fn unseal_outbox(db: &Db<'_>, id: &ConversationId, log: &proto::LogId) -> Result<(), EngineError> {
    let key = params![id.as_bytes(), log.as_bytes()];
    // a proposal was for that log alone, and of what is empty the text is gone meanwhile
    db::run(db, "DELETE FROM outbox WHERE conversation = ?1 AND log = ?2 AND (kind = 2 OR body = x'')", key)?;
    let key = params![id.as_bytes(), log.as_bytes()];
    let sql =
        "UPDATE outbox SET env = NULL, env_hash = NULL, branch = NULL, acked = 0 WHERE conversation = ?1 AND log = ?2";
    db::run(db, sql, key).map(drop)
}

/// Puts own messages of a log's later epochs into the outbox once more: not everybody could read them there.
pub(crate) fn send_again(
    db: &Db<'_>,
    id: &ConversationId,
    log: &proto::LogId,
    after_epoch: u64,
    own: &DeviceId,
) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO outbox (conversation, message, body, kind)
         SELECT conversation, id, body, 0 FROM message
         WHERE conversation = ?1 AND log = ?2 AND delivery >= 2 AND body IS NOT NULL AND state = 0
           AND device = ?4
           AND branch IN (SELECT branch FROM epoch WHERE log = ?2 AND number > ?3)
           AND id NOT IN (SELECT message FROM outbox WHERE message IS NOT NULL) ORDER BY position",
        params![id.as_bytes(), log.as_bytes(), after_epoch as i64, own.as_bytes()],
    )
    .map(drop)
}

/// A message as it is handed over.
pub(crate) struct PlacedRow {
    pub body: Vec<u8>,
    pub chain: Vec<u8>,
    pub branch: proto::BranchId,
    pub n: u32,
}

/// Messages of a log's epochs after one, and of one branch after an entry, newest first.
pub(crate) fn list_newest_first(
    db: &Db<'_>,
    log: &proto::LogId,
    after_epoch: i64,
    entry: Option<(proto::BranchId, u32)>,
) -> Result<Vec<PlacedRow>, EngineError> {
    let (branch, n) = entry.map_or((Vec::new(), 0), |(branch, n)| (branch.as_bytes().to_vec(), n));
    let sql = "SELECT body, certs, branch, n FROM message JOIN chain ON chain.seq = message.chain
               WHERE log = ?1 AND state = 0 AND body IS NOT NULL AND n IS NOT NULL
                 AND (branch = ?3 AND n > ?4
                      OR branch IN (SELECT branch FROM epoch WHERE log = ?1 AND number > ?2))
               ORDER BY position DESC LIMIT 20000";
    db::list(db, sql, params![log.as_bytes(), after_epoch, branch, n], |row| {
        Ok(PlacedRow { body: row.get(0)?, chain: row.get(1)?, branch: col(row, 2)?, n: row.get(3)? })
    })
}

/// Conversations in which something is to be done, now or when a time has come.
pub(crate) fn list_busy(db: &Db<'_>, now: Timestamp) -> Result<Vec<ConversationRow>, EngineError> {
    let sql = format!(
        "{CONVERSATION} WHERE id IN (
           SELECT conversation FROM outbox WHERE conversation IS NOT NULL
           UNION SELECT conversation FROM intent
           UNION SELECT conversation FROM log WHERE kind = 1 AND state = 1 AND id IN (
             SELECT log FROM staged UNION SELECT log FROM readd
             UNION SELECT log FROM renewal WHERE active = 1 AND due <= ?1 UNION SELECT log FROM silent WHERE due <= ?1))
         ORDER BY id"
    );
    db::list(db, &sql, [db::millis(now)], conversation)
}

/// When something is to be done that is not yet due.
pub(crate) fn next_due(db: &Db<'_>, now: Timestamp) -> Result<Option<Timestamp>, EngineError> {
    let sql = "SELECT min(due) FROM (SELECT min(due) AS due FROM renewal WHERE active = 1 AND due > ?1
               UNION ALL SELECT min(due) FROM silent WHERE due > ?1)";
    let due: Option<i64> = db::find(db, sql, [db::millis(now)], |row| row.get(0))?.flatten();
    Ok(due.map(|due| Timestamp(due.try_into().unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Connection;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_message_that_was_sealed_once_may_have_left_even_if_it_is_to_be_sealed_anew() {
        let mut conn = Connection::open_in_memory().unwrap();
        db::prepare(&mut conn).unwrap();
        let tx = conn.transaction().unwrap();
        let (id, here, log) = (MessageId([1; 32]), ConversationId([2; 32]), proto::LogId([3; 32]));
        let own = MessageRow { delivery: 1, displayed_at: Some(0), ..message::example(1, None) };
        let row = MessageRow { conversation: here, body: Some(vec![6]), ..own };
        add_message(&tx, &row).unwrap();
        add_outbox(&tx, &here, Some(&id), &[6]).unwrap();
        assert!(was_never_sealed(&tx, &id).unwrap() && is_waiting(&tx, &id).unwrap());
        let sealed = "UPDATE outbox SET env = x'07', env_hash = x'08', branch = x'09', log = ?1";
        db::run(&tx, sealed, [log.as_bytes()]).unwrap();
        assert!(!was_never_sealed(&tx, &id).unwrap());
        unseal_outbox(&tx, &here, &log).unwrap();
        assert!(list_outbox(&tx, &here).unwrap()[0].env.is_none());
        assert!(!was_never_sealed(&tx, &id).unwrap() && is_waiting(&tx, &id).unwrap());
        // its text is gone meanwhile: nothing is left to be sealed anew
        db::run(&tx, "UPDATE outbox SET body = x''", []).unwrap();
        unseal_outbox(&tx, &here, &log).unwrap();
        assert!(list_outbox(&tx, &here).unwrap().is_empty());
    }
}
