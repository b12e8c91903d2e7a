// SPDX-License-Identifier: EUPL-1.2
//! Rows of messages, and the pages of them that are asked for.

use crate::{
    EngineError,
    db::{self, Db, Row, col, params},
};
use client_api::{ConversationId, DeviceId, MessageId, Notice, Timestamp, UNDISPLAYED_MAX, UserId};
use minicbor::bytes::ByteVec;
use proto::chain::content_hash;

/// A message as kept.
#[derive(Clone, Debug)]
pub(crate) struct MessageRow {
    pub position: u64,
    pub id: MessageId,
    pub conversation: ConversationId,
    pub sender: UserId,
    pub device: DeviceId,
    pub sent_at: Timestamp,
    pub body: Option<Vec<u8>>,
    pub notice: Option<Notice>,
    pub state: i64,
    pub delivery: i64,
    pub displayed_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub after_secs: Option<u32>,
    pub verified: Option<bool>,
    /// The author's [device, user, issuer], CBOR.
    pub chain: Option<Vec<u8>>,
    /// There were attachments in it.
    pub files: bool,
}

const MESSAGE: &str = "SELECT position, id, conversation, sender, device, sent_at, body, notice, state, delivery,
    displayed_at, expires_at, after_secs, verified, (SELECT certs FROM chain WHERE seq = message.chain), files FROM message";
const AFTER: &str = "WHERE conversation = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
const BEFORE: &str = "WHERE conversation = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3";
const WITH_ATTACHMENTS: &str = "WHERE conversation = ?1 AND position < ?2 AND files = 1
    AND EXISTS (SELECT 1 FROM attachment a WHERE a.message = message.id) ORDER BY position DESC LIMIT ?3";
const UNDISPLAYED: &str = "WHERE displayed_at IS NULL AND delivery = 0 AND state = 0 ORDER BY position LIMIT ?1";
/// New messages of others as far as they are counted, and where the first one stands.
const UNREAD: &str = "SELECT count(*), min(position) FROM (SELECT position FROM message
    WHERE conversation = ?1 AND displayed_at IS NULL AND delivery = 0 AND state = 0 ORDER BY position LIMIT ?2)";
/// Own messages not on the server yet.
const WAITING: &str = "SELECT count(*) FROM outbox WHERE conversation = ?1 AND message IS NOT NULL AND acked = 0";

/// In the order of their declaration: kept by number.
const NOTICES: [Notice; 6] =
    [Notice::Joined, Notice::Leaves, Notice::Gone, Notice::YouAreOut, Notice::SetUpAnew, Notice::NotForwarded];

fn read_notice(number: i64) -> Option<Notice> {
    NOTICES.get(usize::try_from(number).ok()?).copied()
}

fn message(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        position: row.get::<_, i64>(0)? as u64,
        id: col(row, 1)?,
        conversation: col(row, 2)?,
        sender: col(row, 3)?,
        device: col(row, 4)?,
        sent_at: db::time(row, 5)?,
        body: row.get(6)?,
        notice: row.get::<_, Option<i64>>(7)?.and_then(read_notice),
        state: row.get(8)?,
        delivery: row.get(9)?,
        displayed_at: row.get(10)?,
        expires_at: row.get(11)?,
        after_secs: row.get(12)?,
        verified: row.get(13)?,
        chain: row.get(14)?,
        files: row.get(15)?,
    })
}

pub(crate) fn find_message(db: &Db<'_>, id: &MessageId) -> Result<Option<MessageRow>, EngineError> {
    db::find(db, &format!("{MESSAGE} WHERE id = ?1"), [id.as_bytes()], message)
}

pub(crate) fn is_in(db: &Db<'_>, id: &MessageId, conversation: &ConversationId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM message WHERE id = ?1 AND conversation = ?2";
    Ok(db::find(db, sql, params![id.as_bytes(), conversation.as_bytes()], |_| Ok(()))?.is_some())
}

/// The messages right behind a position.
pub(crate) fn list_messages(
    db: &Db<'_>,
    id: &ConversationId,
    after: u64,
    limit: u32,
) -> Result<Vec<MessageRow>, EngineError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    db::list(db, &format!("{MESSAGE} {AFTER}"), params![id.as_bytes(), after, limit], message)
}

/// The messages right before a position, newest first.
pub(crate) fn list_before(
    db: &Db<'_>,
    id: &ConversationId,
    before: u64,
    limit: u32,
) -> Result<Vec<MessageRow>, EngineError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    db::list(db, &format!("{MESSAGE} {BEFORE}"), params![id.as_bytes(), before, limit], message)
}

/// The newest line of a conversation.
pub(crate) fn find_newest(db: &Db<'_>, id: &ConversationId) -> Result<Option<MessageRow>, EngineError> {
    Ok(list_before(db, id, u64::MAX, 1)?.pop())
}

/// As [`list_before`], only those with attachments.
pub(crate) fn list_with_attachments(
    db: &Db<'_>,
    id: &ConversationId,
    before: u64,
    limit: u32,
) -> Result<Vec<MessageRow>, EngineError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    db::list(db, &format!("{MESSAGE} {WITH_ATTACHMENTS}"), params![id.as_bytes(), before, limit], message)
}

pub(crate) fn list_undisplayed(db: &Db<'_>, limit: u32) -> Result<Vec<MessageRow>, EngineError> {
    db::list(db, &format!("{MESSAGE} {UNDISPLAYED}"), [limit], message)
}

pub(crate) fn list_expired(db: &Db<'_>, now: i64) -> Result<Vec<MessageRow>, EngineError> {
    let sql = format!("{MESSAGE} WHERE expires_at IS NOT NULL AND expires_at <= ?1 AND state = 0");
    db::list(db, &sql, [now], message)
}

/// `false`: there is a message of this id already.
pub(crate) fn add_message(db: &Db<'_>, row: &MessageRow) -> Result<bool, EngineError> {
    let chain = row.chain.as_deref().map(|certs| keep_chain(db, certs)).transpose()?;
    let added = db::run(
        db,
        "INSERT OR IGNORE INTO message (id, conversation, sender, device, sent_at, body, notice, state, delivery,
         displayed_at, expires_at, after_secs, verified, chain, files)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params![
            row.id.as_bytes(),
            row.conversation.as_bytes(),
            row.sender.as_bytes(),
            row.device.as_bytes(),
            db::millis(row.sent_at),
            row.body,
            row.notice.map(|notice| notice as i64),
            row.state,
            row.delivery,
            row.displayed_at,
            row.expires_at,
            row.after_secs,
            row.verified,
            chain,
            row.files
        ],
    )?;
    Ok(added > 0)
}

/// The row of a chain of certificates, which is kept once.
fn keep_chain(db: &Db<'_>, certs: &[u8]) -> Result<i64, EngineError> {
    let hash = content_hash(certs);
    let known = || db::find(db, "SELECT seq FROM chain WHERE hash = ?1", [hash.as_bytes()], |row| row.get(0));
    if let Some(seq) = known()? {
        return Ok(seq);
    }
    db::run(db, "INSERT INTO chain (hash, certs) VALUES (?1, ?2)", params![hash.as_bytes(), certs])?;
    Ok(db.last_insert_rowid())
}

pub(crate) fn chain_bytes(chain: &[ByteVec]) -> Vec<u8> {
    minicbor::to_vec(chain).expect("encoding to memory does not fail")
}

/// How many messages of others were not displayed yet, up to [`UNDISPLAYED_MAX`], and the position of the first.
pub(crate) fn count_undisplayed(db: &Db<'_>, id: &ConversationId) -> Result<(u32, Option<u64>), EngineError> {
    let found: Option<(u32, Option<i64>)> =
        db::find(db, UNREAD, params![id.as_bytes(), UNDISPLAYED_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (count, first) = found.unwrap_or_default();
    Ok((count, first.and_then(|first| first.try_into().ok())))
}

pub(crate) fn count_waiting(db: &Db<'_>, id: &ConversationId) -> Result<u32, EngineError> {
    Ok(db::find(db, WAITING, [id.as_bytes()], |row| row.get(0))?.unwrap_or(0))
}

/// A received message, as tests need one.
#[cfg(test)]
pub(super) fn example(number: u8, chain: Option<&[u8]>) -> MessageRow {
    MessageRow {
        position: 0,
        id: MessageId([number; 32]),
        conversation: ConversationId([0; 32]),
        sender: UserId([1; 16]),
        device: DeviceId([2; 16]),
        sent_at: Timestamp(3),
        body: Some(vec![4]),
        notice: None,
        state: 0,
        delivery: 0,
        displayed_at: None,
        expires_at: None,
        after_secs: None,
        verified: None,
        chain: chain.map(<[u8]>::to_vec),
        files: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Connection;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// How SQLite will answer.
    fn plan(sql: &str) -> String {
        let mut conn = Connection::open_in_memory().unwrap();
        crate::db::prepare(&mut conn).unwrap();
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = statement.parameter_count();
        let rows = statement.query_map(rusqlite::params_from_iter(vec![1; count]), |row| row.get::<_, String>(3));
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_chain_of_certificates_is_kept_once_and_found_with_each_of_its_messages() {
        let mut conn = Connection::open_in_memory().unwrap();
        crate::db::prepare(&mut conn).unwrap();
        let tx = conn.transaction().unwrap();
        let chains: [Option<&[u8]>; 5] = [Some(&[7]), Some(&[8]), Some(&[7]), None, Some(&[8])];
        for (number, chain) in (0..).zip(chains) {
            assert!(add_message(&tx, &example(number, chain)).unwrap());
        }
        for (number, chain) in (0..).zip(chains) {
            let found = find_message(&tx, &MessageId([number; 32])).unwrap().unwrap();
            assert_eq!(found.chain.as_deref(), chain);
        }
        let kept: i64 = tx.query_row("SELECT count(*) FROM chain", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 2);
    }

    #[test]
    fn new_messages_are_counted_up_to_a_limit() {
        let mut conn = Connection::open_in_memory().unwrap();
        crate::db::prepare(&mut conn).unwrap();
        let tx = conn.transaction().unwrap();
        let here = ConversationId([0; 32]);
        assert_eq!(count_undisplayed(&tx, &here).unwrap(), (0, None));
        let row = example(0, None);
        for number in 0..=UNDISPLAYED_MAX {
            let mut id = [0; 32];
            id[..4].copy_from_slice(&number.to_be_bytes());
            add_message(&tx, &MessageRow { id: MessageId(id), ..row.clone() }).unwrap();
            if number < 2 {
                assert_eq!(count_undisplayed(&tx, &here).unwrap(), (number + 1, Some(1)));
            }
        }
        assert_eq!(count_undisplayed(&tx, &here).unwrap(), (UNDISPLAYED_MAX, Some(1)));
    }

    #[test]
    fn no_page_and_no_list_looks_through_all_messages() {
        let page = |part: &str| format!("{MESSAGE} {part}");
        for (sql, index) in [
            (page(AFTER), "INDEX message_conversation (conversation=? AND"),
            (page(BEFORE), "INDEX message_conversation (conversation=? AND"),
            (page(WITH_ATTACHMENTS), "INDEX message_files (conversation=? AND"),
            (page(UNDISPLAYED), "INDEX message_undisplayed"),
            (UNREAD.to_owned(), "INDEX message_unread (conversation=?)"),
            (WAITING.to_owned(), "INDEX outbox_conversation (conversation=?)"),
        ] {
            let plan = plan(&sql);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }
}
