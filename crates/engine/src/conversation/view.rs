// SPDX-License-Identifier: EUPL-1.2
//! Conversations and messages as a user interface sees them.

use super::{
    file, message,
    store::{self, ConversationRow, MessageRow},
    stuck,
};
use crate::{
    EngineError, content,
    content::Part,
    db::{self},
    directory,
    search::{self, Corpus},
    turn::Turn,
};
use client_api::{
    ConversationKind, ConversationView, Delivery, Expiry, ForwardedView, MemberView, MessageId, MessageState,
    MessageView, Query, Timestamp, View,
};

pub(crate) fn view(turn: &mut Turn<'_>, query: Query) -> Result<View, EngineError> {
    Ok(match query {
        Query::Conversations => {
            let all = store::list(turn.db)?.into_iter().map(|row| conversation(turn, row));
            let mut all = all.collect::<Result<Vec<_>, _>>()?;
            all.sort_by_key(|view| std::cmp::Reverse(view.last_at));
            View::Conversations(all)
        }
        Query::Members(id) => {
            let mut all = Vec::new();
            for (user, devices, moderator) in store::list_members(turn.db, &id)? {
                all.push(MemberView { user, name: directory::name_of(turn.db, &user)?, moderator, devices });
            }
            for intent in store::list_intents(turn.db, &id)? {
                let known = all.iter().any(|member| member.user == intent.user);
                if intent.kind == store::IntentKind::Add && !known {
                    let name = directory::name_of(turn.db, &intent.user)?;
                    all.push(MemberView { user: intent.user, name, moderator: false, devices: 0 });
                }
            }
            View::Members(all)
        }
        Query::Messages { conversation, after, limit } => {
            let rows = store::list_messages(turn.db, &conversation, after, limit.min(10_000))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::Undisplayed(limit) => {
            let rows = store::list_undisplayed(turn.db, limit.min(10_000))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::Message(id) => {
            let row = store::find_message(turn.db, &id)?;
            View::Message(row.map(|row| one(turn, row)).transpose()?)
        }
        Query::Search(text, limit) => {
            let mut rows = Vec::new();
            for id in search::find(turn.db, Corpus::Messages, &text, limit.min(1000))? {
                let id = MessageId::from_slice(&id).ok_or(EngineError::Damaged("search"))?;
                rows.extend(store::find_message(turn.db, &id)?);
            }
            View::Messages(messages(turn, rows)?)
        }
        Query::AttachmentChunk(id, number) => View::Chunk(file::chunk(turn, &id, number)?.map(Into::into)),
        Query::Attachment(id) => View::Attachment(file::find_view(turn, &id)?),
        Query::Status | Query::People(_) => return Err(EngineError::Bug("asked the wrong corpus".into())),
    })
}

fn conversation(turn: &Turn<'_>, row: ConversationRow) -> Result<ConversationView, EngineError> {
    let count =
        "SELECT count(*) FROM message WHERE conversation = ?1 AND displayed_at IS NULL AND delivery = 0 AND state = 0";
    let undisplayed = db::find(turn.db, count, [row.id.as_bytes()], |row| row.get(0))?.unwrap_or(0);
    let last = "SELECT max(sent_at) FROM message WHERE conversation = ?1";
    let last: Option<i64> = db::find(turn.db, last, [row.id.as_bytes()], |row| row.get(0))?.flatten();
    let name = match (row.kind, row.peer) {
        (ConversationKind::Group, _) | (_, None) => row.name,
        (_, Some(peer)) => directory::name_of(turn.db, &peer)?,
    };
    let problem = match row.problem {
        None if stuck::is_stuck(turn, &row.id)? => {
            Some("this device lost the thread and waits to be added again: messages wait here".into())
        }
        problem => problem,
    };
    Ok(ConversationView {
        id: row.id,
        kind: row.kind,
        name,
        undisplayed,
        last_at: last.map(|at| Timestamp(at.try_into().unwrap_or(0))),
        member: row.member,
        problem,
    })
}

fn messages(turn: &Turn<'_>, rows: Vec<MessageRow>) -> Result<Vec<MessageView>, EngineError> {
    rows.into_iter().map(|row| one(turn, row)).collect()
}

fn one(turn: &Turn<'_>, row: MessageRow) -> Result<MessageView, EngineError> {
    let mut view = MessageView {
        id: row.id,
        conversation: row.conversation,
        position: row.position,
        sender: row.sender,
        sender_name: directory::name_of(turn.db, &row.sender)?,
        sent_at: row.sent_at,
        state: match row.state {
            0 => MessageState::Shown,
            1 => MessageState::Expired,
            2 => MessageState::Gap,
            3 => MessageState::Deleted,
            _ => MessageState::Notice,
        },
        delivery: match row.delivery {
            0 => Delivery::Received,
            1 => Delivery::Waiting,
            2 => Delivery::Stored,
            _ => Delivery::Delivered,
        },
        text: None,
        attachments: file::list_of(turn, &row.id)?.into_iter().map(file::view).collect(),
        place: None,
        captured_at: None,
        forwarded_from: None,
        expires: Expiry::Never,
        expires_at: row.expires_at.map(|at| Timestamp(at.try_into().unwrap_or(0))),
        displayed: row.displayed_at.is_some(),
        notice: row.notice,
    };
    let Some(body) = row.body else { return Ok(view) };
    let damaged = |_| EngineError::Damaged("message");
    let message = content::parse(&body).and_then(|message| message.message()).map_err(damaged)?;
    view.expires = message.expires;
    for part in message::shown_parts(&message)? {
        match part {
            Part::Text { text, .. } => view.text = Some(text),
            Part::Place(place) => view.place = Some(place),
            Part::CapturedAt(at) => view.captured_at = Some(at),
            _ => {}
        }
    }
    for part in &message.parts {
        let Part::Forward(provenance) = part else { continue };
        let (sender, _, sent_at, _) = provenance.claims();
        let sender_name = directory::name_of(turn.db, &sender)?;
        let verified = row.verified.unwrap_or(false);
        view.forwarded_from = Some(ForwardedView { sender, sender_name, sent_at, verified });
    }
    Ok(view)
}
