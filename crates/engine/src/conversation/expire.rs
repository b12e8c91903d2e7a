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
/// The store's largest time may be this far behind: otherwise every question would write.
const BEHIND_MILLIS: u64 = 10_000;

/// The largest reading ever seen of the own clock or the server's hour; after a crash up to [`BEHIND_MILLIS`] less.
pub(super) fn trusted_now(turn: &mut Turn<'_>, also: Timestamp) -> Result<Timestamp, EngineError> {
    #[cfg(any(test, feature = "testkit"))]
    if turn.is_planted(crate::testkit::Defect::ExpiryByLocalClock) {
        return Ok(turn.now); // planted
    }
    let (mut largest, mut kept) = turn.live.largest;
    if kept == Timestamp(0) {
        let bytes = db::load_meta(turn.db, KEY)?.and_then(|bytes| bytes.try_into().ok());
        kept = Timestamp(bytes.map_or(0, u64::from_be_bytes));
    }
    largest = largest.max(kept).max(turn.now).max(also);
    if largest.since(kept) >= BEHIND_MILLIS {
        db::save_meta(turn.db, KEY, Some(&largest.0.to_be_bytes()))?;
        kept = largest;
    }
    turn.live.largest = (largest, kept);
    Ok(largest)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, crypto::luck::seeded::luck, db::Connection, input::Input, testkit::MemoryMedia};
    use client_api::Query;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn engine(conn: Connection, now: Timestamp) -> Engine {
        Engine::open(conn, Box::new(MemoryMedia::default()), luck(1), now).unwrap()
    }

    fn changes(engine: &mut Engine) -> i64 {
        engine.connection().query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap()
    }

    fn largest(conn: Connection, now: Timestamp) -> Timestamp {
        let mut engine = engine(conn, now);
        engine.turn(now, |turn| trusted_now(turn, Timestamp(0))).unwrap().0
    }

    #[test]
    fn a_question_writes_nothing() {
        let mut engine = engine(Connection::open_in_memory().unwrap(), NOW);
        let before = changes(&mut engine);
        for late in 1..BEHIND_MILLIS {
            engine.query(Timestamp(NOW.0 + late), Query::Conversations).unwrap();
        }
        assert_eq!(changes(&mut engine), before);
    }

    #[test]
    fn a_clock_that_is_turned_back_is_not_believed_and_a_restart_forgets_ten_seconds_at_most() {
        for (ran, kept) in [(0, 0), (BEHIND_MILLIS - 1, 0), (BEHIND_MILLIS, BEHIND_MILLIS), (86_400_000, 86_400_000)] {
            let mut engine = engine(Connection::open_in_memory().unwrap(), NOW);
            engine.handle(Timestamp(NOW.0 + ran), Input::Wakeup).unwrap();
            let back = Timestamp(NOW.0 - 500_000);
            let (here, _) = engine.turn(back, |turn| trusted_now(turn, Timestamp(0))).unwrap();
            assert_eq!(here, Timestamp(NOW.0 + ran));
            assert_eq!(largest(engine.into_connection(), back), Timestamp(NOW.0 + kept));
        }
    }
}
