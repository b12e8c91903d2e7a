// SPDX-License-Identifier: EUPL-1.2
//! Conversations and messages as a user interface sees them.

use super::{
    file, message, overview,
    send::provenance_of,
    store::{self, MessageRow},
};
use crate::{
    EngineError,
    content::{self, Message, MessageIn, Part},
    directory, profile,
    search::{self, Corpus},
    turn::Turn,
};
use client_api::{
    ConversationId, Delivery, Expiry, ForwardedView, MessageId, MessageState, MessageView, Query, QuoteView, Timestamp,
    View,
};

/// Rows of one page at most.
const PAGE: u32 = 10_000;
/// Hits of one search at most.
const HITS: u32 = 1000;
/// Characters of a text that a list or a quote shows.
const EXCERPT_CHARS: usize = 200;

pub(crate) fn view(turn: &mut Turn<'_>, query: Query) -> Result<View, EngineError> {
    Ok(match query {
        Query::Conversations => View::Conversations(overview::list(turn, profile::load(turn.db)?.as_ref())?),
        Query::Conversation(id) => {
            let (account, row) = (profile::load(turn.db)?, store::find(turn.db, &id)?);
            View::Conversation(row.map(|row| overview::one(turn, account.as_ref(), row)).transpose()?)
        }
        Query::Members(id) => View::Members(overview::list_members(turn, &id)?),
        Query::Messages { conversation, after, limit } => {
            let rows = store::list_messages(turn.db, &conversation, after, limit.min(PAGE))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::MessagesBefore { conversation, before, limit } => {
            let mut rows = store::list_before(turn.db, &conversation, before, limit.min(PAGE))?;
            rows.reverse();
            View::Messages(messages(turn, rows)?)
        }
        Query::WithAttachments { conversation, before, limit } => {
            let rows = store::list_with_attachments(turn.db, &conversation, before, limit.min(PAGE))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::Undisplayed(limit) => {
            let rows = store::list_undisplayed(turn.db, limit.min(PAGE))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::Message(id) => {
            let row = store::find_message(turn.db, &id)?;
            View::Message(row.map(|row| one(turn, row)).transpose()?)
        }
        Query::Search { text, conversation, limit } => {
            let rows = found(turn, &text, conversation.as_ref(), limit.min(HITS))?;
            View::Messages(messages(turn, rows)?)
        }
        Query::AttachmentChunk(id, number) => View::Chunk(file::chunk(turn, &id, number)?.map(Into::into)),
        Query::Attachment(id) => View::Attachment(file::find_view(turn, &id)?),
        Query::Status | Query::People(_) | Query::Acts { .. } | Query::Pending | Query::Invitations => {
            return Err(EngineError::Bug("asked the wrong room".into()));
        }
    })
}

/// The messages that hold the words; in one conversation as many of its own as are asked for.
fn found(
    turn: &Turn<'_>,
    text: &str,
    conversation: Option<&ConversationId>,
    limit: u32,
) -> Result<Vec<MessageRow>, EngineError> {
    let id_of = |id: &[u8]| MessageId::from_slice(id).ok_or(EngineError::Damaged("search"));
    let is_here = |id: &[u8]| match conversation {
        Some(here) => store::is_in(turn.db, &id_of(id)?, here),
        None => Ok(true),
    };
    let mut rows = Vec::new();
    for id in search::find_where(turn.db, Corpus::Messages, text, limit, is_here)? {
        rows.extend(store::find_message(turn.db, &id_of(&id)?)?);
    }
    Ok(rows)
}

fn messages(turn: &Turn<'_>, rows: Vec<MessageRow>) -> Result<Vec<MessageView>, EngineError> {
    rows.into_iter().map(|row| one(turn, row)).collect()
}

/// What of a message is to be seen, while there is something of it.
pub(super) struct Shown {
    pub signed: MessageIn,
    pub message: Message,
    /// A forward's own, if it is one.
    pub parts: Vec<Part>,
}

pub(super) fn shown(row: &MessageRow) -> Result<Option<Shown>, EngineError> {
    let Some(body) = &row.body else { return Ok(None) };
    let damaged = |_| EngineError::Damaged("message");
    let signed = content::parse(body).map_err(damaged)?;
    let message = signed.message().map_err(damaged)?;
    let parts = message::shown_parts(&message)?;
    Ok(Some(Shown { signed, message, parts }))
}

impl Shown {
    fn text(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// The beginning of the text.
    pub fn excerpt(&self) -> Option<String> {
        self.text().map(|text| text.chars().take(EXCERPT_CHARS).collect())
    }
}

pub(super) fn state(number: i64) -> MessageState {
    match number {
        0 => MessageState::Shown,
        1 => MessageState::Expired,
        2 => MessageState::Gap,
        3 => MessageState::Deleted,
        _ => MessageState::Notice,
    }
}

pub(super) fn delivery(number: i64) -> Delivery {
    match number {
        0 => Delivery::Received,
        1 => Delivery::Waiting,
        2 => Delivery::Stored,
        _ => Delivery::Delivered,
    }
}

fn one(turn: &Turn<'_>, row: MessageRow) -> Result<MessageView, EngineError> {
    let (sender_name, sender_unit) = directory::name_and_unit_of(turn.db, &row.sender)?;
    let mut view = MessageView {
        id: row.id,
        conversation: row.conversation,
        position: row.position,
        sender: row.sender,
        sender_name,
        sent_at: row.sent_at,
        state: state(row.state),
        delivery: delivery(row.delivery),
        text: None,
        attachments: file::list_of(turn, &row.id)?.into_iter().map(file::view).collect(),
        place: None,
        captured_at: None,
        forwarded_from: None,
        expires: Expiry::Never,
        expires_at: row.expires_at.map(|at| Timestamp(at.try_into().unwrap_or(0))),
        displayed: row.displayed_at.is_some(),
        notice: row.notice,
        sender_unit,
        in_reply_to: None,
        forwardable: false,
    };
    let Some(shown) = shown(&row)? else { return Ok(view) };
    view.expires = shown.message.expires;
    view.text = shown.text().map(str::to_owned);
    view.forwardable = provenance_of(&row, &shown.signed)?.is_ok();
    for part in &shown.parts {
        match part {
            Part::Place(place) => view.place = Some(*place),
            Part::CapturedAt(at) => view.captured_at = Some(*at),
            _ => {}
        }
    }
    for part in &shown.message.parts {
        match part {
            Part::InReplyTo(id) => view.in_reply_to = Some(quote(turn, &row.conversation, id)?),
            Part::Forward(provenance) => {
                let (sender, _, sent_at, _) = provenance.claims();
                let (sender_name, sender_unit) = directory::name_and_unit_of(turn.db, &sender)?;
                let verified = row.verified.unwrap_or(false);
                view.forwarded_from = Some(ForwardedView { sender, sender_name, sent_at, verified, sender_unit });
            }
            _ => {}
        }
    }
    Ok(view)
}

/// What a message answers; a stranger may name any message, so only one of the same conversation counts.
fn quote(turn: &Turn<'_>, here: &ConversationId, id: &MessageId) -> Result<QuoteView, EngineError> {
    let row = store::find_message(turn.db, id)?.filter(|row| row.conversation == *here);
    let position = row.as_ref().map_or(0, |row| row.position);
    let mut view =
        QuoteView { message: *id, sender: None, sender_name: String::new(), text: None, attachment: None, position };
    let Some(row) = row else { return Ok(view) };
    let Some(shown) = shown(&row)? else { return Ok(view) };
    view.sender = Some(row.sender);
    view.sender_name = directory::name_of(turn.db, &row.sender)?;
    view.text = shown.excerpt();
    view.attachment = file::list_of(turn, id)?.into_iter().next().map(|file| file.name);
    Ok(view)
}
