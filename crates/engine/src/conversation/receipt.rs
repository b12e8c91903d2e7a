// SPDX-License-Identifier: EUPL-1.2
//! "Delivered": said in direct conversations, several at once, two seconds after the first.

use super::send::housekeeping;
use crate::{
    EngineError,
    content::{Part, RECEIPT_IDS},
    db::{self, col, millis, params},
    profile::Account,
    turn::Turn,
};
use client_api::{ConversationId, MessageId, Timestamp};
use std::collections::BTreeMap;

const WAIT_SECS: u64 = 2;

/// A message of the other person has arrived.
pub(super) fn owe(turn: &mut Turn<'_>, conversation: &ConversationId, id: &MessageId) -> Result<(), EngineError> {
    let due = turn.now.plus_secs(WAIT_SECS);
    db::run(
        turn.db,
        "INSERT OR IGNORE INTO receipt (message, conversation, due) VALUES (?1, ?2, ?3)",
        params![id.as_bytes(), conversation.as_bytes(), millis(due)],
    )?;
    turn.alarm(due);
    Ok(())
}

/// Puts what is due into the outbox.
pub(super) fn pump(turn: &mut Turn<'_>, account: &Account) -> Result<(), EngineError> {
    let first: Option<Timestamp> =
        db::find(turn.db, "SELECT due FROM receipt ORDER BY due LIMIT 1", [], |row| db::time(row, 0))?;
    match first {
        None => return Ok(()),
        Some(due) if due > turn.now => {
            turn.alarm(due);
            return Ok(());
        }
        Some(_) => {}
    }
    let all: Vec<(ConversationId, MessageId)> =
        db::list(turn.db, "SELECT conversation, message FROM receipt ORDER BY due, message", [], |row| {
            Ok((col(row, 0)?, col(row, 1)?))
        })?;
    let mut owed = BTreeMap::<_, Vec<MessageId>>::new();
    all.into_iter().for_each(|(conversation, id)| owed.entry(conversation).or_default().push(id));
    for (conversation, ids) in owed {
        for ids in ids.chunks(RECEIPT_IDS) {
            housekeeping(turn, account, &conversation, Part::Delivered(ids.to_vec()))?;
        }
    }
    db::run(turn.db, "DELETE FROM receipt", []).map(drop)
}
