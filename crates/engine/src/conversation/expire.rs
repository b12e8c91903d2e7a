// SPDX-License-Identifier: EUPL-1.2
//! Self-destruct: what is due is gone before anything is answered, however the clock is set.

use super::{
    command::ready,
    erase::erase,
    file::Server,
    message::{expire_after, opened},
    send::housekeeping,
    store,
};
use crate::{
    EngineError,
    content::Part,
    db::{self, millis, params},
    error::Fail,
    turn::Turn,
};
use client_api::{Answer, Event, MessageId, MessageState, Timestamp};
use std::collections::BTreeMap;

const KEY: &str = "largest time";

/// The largest reading ever seen of the own clock or the server's hour.
pub(super) fn trusted_now(turn: &Turn<'_>, also: Timestamp) -> Result<Timestamp, EngineError> {
    #[cfg(any(test, feature = "testkit"))]
    if turn.is_planted(crate::testkit::Defect::ExpiryByLocalClock) {
        return Ok(turn.now); // planted
    }
    let kept = db::load_meta(turn.db, KEY)?.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
    let now = turn.now.max(also).max(Timestamp(kept));
    if now.0 > kept {
        db::save_meta(turn.db, KEY, Some(&now.0.to_be_bytes()))?;
    }
    Ok(now)
}

pub(crate) fn note_server_time(turn: &mut Turn<'_>, server: Timestamp) -> Result<(), EngineError> {
    trusted_now(turn, server)?;
    expire(turn)
}

pub(crate) fn expire(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let now = trusted_now(turn, Timestamp(0))?;
    for row in store::list_expired(turn.db, millis(now))? {
        erase(turn, &row, MessageState::Expired, Server::Drops)?;
    }
    let next: Option<i64> = db::find(
        turn.db,
        "SELECT min(expires_at) FROM message WHERE expires_at IS NOT NULL AND state = 0",
        [],
        |row| row.get(0),
    )?
    .flatten();
    if let Some(next) = next {
        turn.alarm(Timestamp(next.try_into().unwrap_or(0)));
    }
    Ok(())
}

pub(crate) fn mark_displayed(turn: &mut Turn<'_>, messages: &[MessageId]) -> Result<Answer, Fail> {
    let account = ready(turn)?;
    let mut owed = BTreeMap::<_, Vec<MessageId>>::new();
    for id in messages {
        let Some(row) = store::find_message(turn.db, id)? else { continue };
        let sql = "UPDATE message SET displayed_at = ?2 WHERE id = ?1 AND displayed_at IS NULL";
        if db::run(turn.db, sql, params![id.as_bytes(), millis(turn.now)])? == 0 {
            continue;
        }
        if let (Some(secs), 0, 0) = (row.after_secs, row.state, row.delivery) {
            expire_after(turn, id, turn.now.plus_secs(secs.into()))?;
            opened(turn, &row, &account.user, turn.now)?;
            owed.entry(row.conversation).or_default().push(*id);
        }
        turn.event(Event::MessageChanged(row.conversation, *id));
    }
    for (conversation, ids) in owed {
        for ids in ids.chunks(crate::content::RECEIPT_IDS) {
            housekeeping(turn, &account, &conversation, Part::Opened(ids.to_vec()))?;
        }
    }
    expire(turn)?;
    Ok(Answer::Done)
}
