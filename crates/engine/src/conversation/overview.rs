// SPDX-License-Identifier: EUPL-1.2
//! A conversation as a list shows it: who it is with, its newest line, what is new and what waits.

use super::{
    draft, file,
    store::{self, ConversationRow},
    stuck, view,
};
use crate::{EngineError, directory, profile::Account, sync, turn::Turn};
use client_api::{ConversationId, ConversationKind, ConversationView, MemberView, PreviewView, UserId, Why};

pub(super) fn list(turn: &Turn<'_>, account: Option<&Account>) -> Result<Vec<ConversationView>, EngineError> {
    let all = store::list(turn.db)?.into_iter().map(|row| one(turn, account, row));
    let mut all = all.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|view| std::cmp::Reverse(view.last_at));
    Ok(all)
}

pub(super) fn one(
    turn: &Turn<'_>,
    account: Option<&Account>,
    row: ConversationRow,
) -> Result<ConversationView, EngineError> {
    let (undisplayed, first_undisplayed) = store::count_undisplayed(turn.db, &row.id)?;
    let last = store::find_newest(turn.db, &row.id)?;
    let problem = match row.problem {
        None if row.member => hindrance(turn, &row.id)?,
        problem => problem,
    };
    let is_group = row.kind == ConversationKind::Group;
    let moderator = is_group && row.member && account.is_some_and(|account| row.moderators.contains(&account.user));
    Ok(ConversationView {
        id: row.id,
        kind: row.kind,
        name: match row.peer.filter(|_| !is_group) {
            None => row.name,
            Some(peer) => directory::name_of(turn.db, &peer)?,
        },
        undisplayed,
        last_at: last.as_ref().map(|last| last.sent_at),
        member: row.member,
        problem,
        peer: row.peer.filter(|_| row.kind == ConversationKind::Direct),
        members: u32::try_from(members(turn, &row.id)?.len()).unwrap_or(u32::MAX),
        moderator,
        last: last.map(|last| preview(turn, last)).transpose()?,
        draft: draft::find(turn, &row.id)?,
        waiting: store::count_waiting(turn.db, &row.id)?,
        first_undisplayed,
    })
}

/// Why nothing can be written now: the thread was lost, or the server does not show what it showed before.
fn hindrance(turn: &Turn<'_>, id: &ConversationId) -> Result<Option<Why>, EngineError> {
    if stuck::is_stuck(turn, id)? { Ok(Some(Why::Stuck)) } else { sync::store::find_reason(turn.db, id) }
}

/// Those in it by its tree, and those still to be added.
pub(super) fn members(turn: &Turn<'_>, id: &ConversationId) -> Result<Vec<(UserId, u32, bool)>, EngineError> {
    let mut all = store::list_members(turn.db, id)?;
    for intent in store::list_intents(turn.db, id)? {
        if intent.kind == store::IntentKind::Add && !all.iter().any(|(user, ..)| *user == intent.user) {
            all.push((intent.user, 0, false));
        }
    }
    Ok(all)
}

pub(super) fn list_members(turn: &Turn<'_>, id: &ConversationId) -> Result<Vec<MemberView>, EngineError> {
    let view = |(user, devices, moderator)| {
        Ok(MemberView { user, name: directory::name_of(turn.db, &user)?, moderator, devices })
    };
    members(turn, id)?.into_iter().map(view).collect()
}

fn preview(turn: &Turn<'_>, row: store::MessageRow) -> Result<PreviewView, EngineError> {
    let shown = view::shown(&row)?;
    let attachment = file::list_of(turn, &row.id)?.into_iter().next();
    Ok(PreviewView {
        sender: row.sender,
        sender_name: directory::name_of(turn.db, &row.sender)?,
        text: shown.as_ref().and_then(view::Shown::excerpt),
        attachment: attachment.map(|file| (file.name, file.media_type)),
        state: view::state(row.state),
        delivery: view::delivery(row.delivery),
        notice: row.notice,
        forwarded: shown.is_some_and(|shown| shown.message.forward().is_some()),
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        Engine,
        content::{Message, Part, TextForm},
        crypto::{luck::seeded::luck, sign::SigningKey},
        db::{self, Connection, params},
        testkit::MemoryMedia,
    };
    use client_api::{ConversationId, DeviceId, Expiry, Query, Timestamp, UserId, View};
    use std::time::Instant;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const CONVERSATIONS: u32 = 500;
    const EACH: u32 = 200;

    /// A store of 100,000 messages, every tenth of them new.
    fn full_store() -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        db::prepare(&mut conn).unwrap();
        let (author, device) = (UserId([1; 16]), DeviceId([2; 16]));
        let parts = vec![Part::Text { text: "Schlagloch in der Gartenstraße".into(), form: TextForm::Plain }];
        let (sent_at, expires, access) = (NOW, Expiry::Never, Vec::new());
        let message = Message { author, device, sent_at, expires, parts, access };
        let key = SigningKey::generate(&luck(1));
        let body = message.sign(&luck(2), &key, &ConversationId([3; 32])).unwrap().bytes;
        conn.execute_batch("CREATE TEMP TABLE chat (id BLOB); CREATE TEMP TABLE one (body BLOB)").unwrap();
        conn.execute("INSERT INTO one VALUES (?1)", [body]).unwrap();
        conn.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO chat SELECT randomblob(32) FROM n",
            [CONVERSATIONS],
        )
        .unwrap();
        conn.execute_batch(
            "INSERT INTO conversation (id, kind, name, member, moderators) SELECT id, 1, 'Bautrupp', 1, x'80' FROM chat",
        )
        .unwrap();
        conn.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO message (id, conversation, sender, device, sent_at, body, state, delivery, displayed_at)
             SELECT randomblob(32), chat.id, ?2, ?3, i, one.body, 0, 0, iif(i % 10, 1, NULL) FROM n, chat, one",
            params![EACH, author.as_bytes(), device.as_bytes()],
        )
        .unwrap();
        conn
    }

    /// Prints what it measures.
    #[cfg_attr(target_arch = "wasm32", ignore = "takes the time")]
    #[test]
    fn five_hundred_conversations_with_a_hundred_thousand_messages_are_listed_fast() {
        let media = Box::new(MemoryMedia::default());
        let mut engine = Engine::open(full_store(), media, luck(3), NOW).unwrap();
        let start = Instant::now();
        let View::Conversations(all) = engine.query(NOW, Query::Conversations).unwrap() else { panic!() };
        let took = start.elapsed();
        println!("{} conversations listed in {took:?}", all.len());
        assert_eq!(all.len(), CONVERSATIONS as usize);
        assert!(all.iter().all(|one| one.undisplayed == 20 && one.last_at == Some(Timestamp(EACH.into()))));
        assert!(all.iter().all(|one| one.last.as_ref().is_some_and(|last| last.text.is_some())));
        assert!(took.as_millis() < 2_000, "{took:?}, many times what is meant");
    }
}
