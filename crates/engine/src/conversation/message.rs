// SPDX-License-Identifier: EUPL-1.2
//! A verified message takes its place: shown, indexed, its attachments known; receipts are noted.

use super::{
    file, receipt,
    store::{self, MessageRow},
};
use crate::{
    EngineError,
    content::{Message, Part},
    db::{self, col, millis, params},
    profile::Account,
    search::{self, Corpus},
    turn::Turn,
};
use client_api::{ConversationId, ConversationKind, Event, Expiry, MessageId, Notice, Timestamp, UserId};

/// Where a message comes from.
pub(super) struct Origin {
    pub conversation: ConversationId,
    /// 0 received, 1 waiting, 2 stored.
    pub delivery: i64,
    pub chain: Vec<u8>,
    pub verified: Option<bool>,
}

/// Stores a message once; a second one with the same id changes nothing.
pub(super) fn show(
    turn: &mut Turn<'_>,
    account: &Account,
    origin: Origin,
    id: MessageId,
    bytes: &[u8],
    message: &Message,
) -> Result<(), EngineError> {
    let receipts = message.parts.iter().all(|part| matches!(part, Part::Opened(_) | Part::Delivered(_)));
    if receipts {
        return note_receipts(turn, account, message);
    }
    let verified = super::send::is_verified(turn, account, message).or(origin.verified);
    let is_own = message.author == account.user;
    let (expires_at, after_secs) = match message.expires {
        Expiry::Never => (None, None),
        Expiry::At(at) => (Some(millis(at)), None),
        Expiry::AfterReading(secs) => (None, Some(secs)),
    };
    let shown = shown_parts(message)?;
    let row = MessageRow {
        position: 0,
        id,
        conversation: origin.conversation,
        sender: message.author,
        device: message.device,
        sent_at: message.sent_at,
        body: Some(bytes.to_vec()),
        notice: None,
        state: 0,
        delivery: origin.delivery,
        displayed_at: is_own.then(|| millis(turn.now)),
        expires_at,
        after_secs,
        verified,
        chain: Some(origin.chain),
        files: shown.iter().any(|part| matches!(part, Part::Attachment(_))),
    };
    if !store::add_message(turn.db, &row)? {
        return Ok(());
    }
    if origin.delivery == 0 {
        file::announce(turn, &id, &shown, &message.access)?;
    }
    let text: Vec<String> = shown
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.clone()),
            Part::Attachment(attachment) => Some(attachment.shown_name()),
            _ => None,
        })
        .collect();
    search::insert(turn.db, Corpus::Messages, id.as_bytes(), message.sent_at, &text.join("\n"))?;
    if origin.delivery == 0 && is_direct(turn, &origin.conversation)? {
        receipt::owe(turn, &origin.conversation, &id)?;
    }
    turn.event(if is_own {
        Event::MessageChanged(origin.conversation, id)
    } else {
        Event::MessageReceived(origin.conversation, id)
    });
    Ok(())
}

/// The parts people see: a forward's own, if it is one.
pub(super) fn shown_parts(message: &Message) -> Result<Vec<Part>, EngineError> {
    let forward = message.parts.iter().find_map(|part| match part {
        Part::Forward(provenance) => Some(provenance),
        _ => None,
    });
    match forward {
        Some(provenance) => provenance.parts().map_err(crate::error::bug),
        None => Ok(message.parts.clone()),
    }
}

/// "Opened" starts the clock of the sender's copy once everybody has opened it, and of the opener's other devices.
fn note_receipts(turn: &mut Turn<'_>, account: &Account, message: &Message) -> Result<(), EngineError> {
    for part in &message.parts {
        if let Part::Delivered(ids) = part {
            delivered(turn, account, message, ids)?;
        }
        let Part::Opened(ids) = part else { continue };
        for id in ids {
            let Some(row) = store::find_message(turn.db, id)? else { continue };
            let Some(secs) = row.after_secs else { continue };
            opened(turn, &row, &message.author, message.sent_at)?;
            if message.author == account.user {
                expire_after(turn, id, turn.now.plus_secs(secs.into()))?;
            } else if row.sender == account.user {
                everybody_opened(turn, account, &row, secs)?;
            }
        }
    }
    Ok(())
}

fn is_direct(turn: &Turn<'_>, conversation: &ConversationId) -> Result<bool, EngineError> {
    Ok(store::find(turn.db, conversation)?.is_some_and(|row| row.kind == ConversationKind::Direct))
}

/// The other person's device has these messages of ours.
fn delivered(turn: &mut Turn<'_>, account: &Account, message: &Message, ids: &[MessageId]) -> Result<(), EngineError> {
    if message.author == account.user {
        return Ok(());
    }
    for id in ids {
        let Some(row) = store::find_message(turn.db, id)?.filter(|row| row.sender == account.user) else { continue };
        if !is_direct(turn, &row.conversation)? {
            continue;
        }
        if db::run(turn.db, "UPDATE message SET delivery = 3 WHERE id = ?1 AND delivery IN (1, 2)", [id.as_bytes()])?
            > 0
        {
            turn.event(Event::MessageChanged(row.conversation, *id));
        }
    }
    Ok(())
}

pub(super) fn opened(turn: &Turn<'_>, row: &MessageRow, user: &UserId, at: Timestamp) -> Result<(), EngineError> {
    db::run(
        turn.db,
        "INSERT OR IGNORE INTO opened_by (message, user, at) VALUES (?1, ?2, ?3)",
        params![row.id.as_bytes(), user.as_bytes(), millis(at)],
    )?;
    Ok(())
}

fn everybody_opened(turn: &mut Turn<'_>, account: &Account, row: &MessageRow, secs: u32) -> Result<(), EngineError> {
    for (user, ..) in store::list_members(turn.db, &row.conversation)? {
        let sql = "SELECT 1 FROM opened_by WHERE message = ?1 AND user = ?2";
        let has = db::find(turn.db, sql, params![row.id.as_bytes(), user.as_bytes()], |_| Ok(()))?.is_some();
        if user != account.user && !has {
            return Ok(());
        }
    }
    expire_after(turn, &row.id, turn.now.plus_secs(secs.into()))
}

/// The earliest date counts; a clock that begins to run is told.
pub(super) fn expire_after(turn: &mut Turn<'_>, id: &MessageId, at: Timestamp) -> Result<(), EngineError> {
    let sql = "UPDATE message SET expires_at = ?2
        WHERE id = ?1 AND state = 0 AND (expires_at IS NULL OR expires_at > ?2) RETURNING conversation";
    if let Some(conversation) = db::find(turn.db, sql, params![id.as_bytes(), millis(at)], |row| col(row, 0))? {
        turn.event(Event::MessageChanged(conversation, *id));
    }
    Ok(())
}

/// A line of the conversation's own; without a notice it says that messages are missing.
pub(super) fn line(
    turn: &mut Turn<'_>,
    conversation: &ConversationId,
    user: &UserId,
    notice: Option<Notice>,
) -> Result<(), EngineError> {
    let row = MessageRow {
        position: 0,
        id: MessageId(turn.random()),
        conversation: *conversation,
        sender: *user,
        device: client_api::DeviceId([0; 16]),
        sent_at: turn.now,
        body: None,
        notice,
        state: if notice.is_some() { 4 } else { 2 },
        delivery: 0,
        displayed_at: Some(millis(turn.now)),
        expires_at: None,
        after_secs: None,
        verified: None,
        chain: None,
        files: false,
    };
    store::add_message(turn.db, &row)?;
    turn.event(Event::MessageChanged(*conversation, row.id));
    Ok(())
}
