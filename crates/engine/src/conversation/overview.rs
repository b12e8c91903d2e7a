// SPDX-License-Identifier: EUPL-1.2
//! A conversation as a list shows it: who it is with, its newest line, what is new and what waits.

use super::{
    draft, file,
    store::{self, ConversationRow},
    stuck, view,
};
use crate::{EngineError, db, directory, profile::Account, sync, turn::Turn};
use client_api::{ConversationId, ConversationKind, ConversationView, MemberView, PreviewView, UserId, Why};

/// Of each conversation, so an index must answer it.
const WAITING: &str = "SELECT count(*) FROM outbox WHERE conversation = ?1 AND message IS NOT NULL AND acked = 0";

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
        draft: draft::find(turn.db, &row.id)?,
        waiting: db::find(turn.db, WAITING, [row.id.as_bytes()], |row| row.get(0))?.unwrap_or(0),
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
