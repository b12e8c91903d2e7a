// SPDX-License-Identifier: EUPL-1.2
//! Making conversations and changing who is in them: the wish is written down, the network comes later.

use super::{
    commit, group,
    store::{self, ConversationRow, IntentKind},
};
use crate::{
    directory,
    error::Fail,
    profile::{self, Account},
    turn::Turn,
};
use client_api::{Answer, CommandError, ConversationId, ConversationKind, Event, UserId, Why};
use sha2::{Digest, Sha256};

/// Longest group name in bytes.
const NAME_BYTES: usize = 200;

pub(super) fn ready(turn: &Turn<'_>) -> Result<Account, Fail> {
    profile::load_ready(turn.db)
}

fn known(turn: &Turn<'_>, user: &UserId) -> Result<(), Fail> {
    let person = directory::store::find_person(turn.db, user)?;
    let person = person.ok_or(CommandError::Unknown(Why::NoSuchPerson))?;
    if person.revoked { Err(CommandError::Refused(Why::PersonLockedOut).into()) } else { Ok(()) }
}

pub(super) fn load(turn: &Turn<'_>, id: &ConversationId) -> Result<ConversationRow, Fail> {
    Ok(store::find(turn.db, id)?.ok_or(CommandError::Unknown(Why::NoSuchConversation))?)
}

pub(super) fn load_member(turn: &Turn<'_>, id: &ConversationId) -> Result<ConversationRow, Fail> {
    let row = load(turn, id)?;
    if row.member { Ok(row) } else { Err(CommandError::Refused(Why::NotAMember).into()) }
}

/// SHA-256("rp1 direct" ‖ authority ‖ the two user ids, sorted): the same on both sides.
pub(super) fn direct_id(account: &Account, peer: &UserId) -> ConversationId {
    let mut users = [account.user, *peer];
    users.sort();
    let hash =
        users.iter().fold(Sha256::new_with_prefix(b"rp1 direct").chain_update(account.authority), |hash, user| {
            hash.chain_update(user.as_bytes())
        });
    ConversationId(hash.finalize().into())
}

pub(crate) fn open_direct(turn: &mut Turn<'_>, user: &UserId) -> Result<Answer, Fail> {
    let account = ready(turn)?;
    known(turn, user)?;
    let id = direct_id(&account, user);
    if store::find(turn.db, &id)?.is_none() {
        let is_own = account.user == *user;
        let row = ConversationRow {
            id,
            kind: if is_own { ConversationKind::Own } else { ConversationKind::Direct },
            name: String::new(),
            peer: Some(*user),
            member: true,
            moderators: if is_own { vec![account.user] } else { vec![account.user, *user] },
            problem: None,
        };
        store::save(turn.db, &row)?;
        turn.event(Event::ConversationChanged(id));
    }
    Ok(Answer::Conversation(id))
}

pub(crate) fn create_group(turn: &mut Turn<'_>, name: &str, members: &[UserId]) -> Result<Answer, Fail> {
    let account = ready(turn)?;
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES || name.chars().any(char::is_control) {
        return Err(CommandError::Invalid(Why::GroupName).into());
    }
    members.iter().try_for_each(|user| known(turn, user))?;
    let id = ConversationId(turn.random());
    let row = ConversationRow {
        id,
        kind: ConversationKind::Group,
        name: name.into(),
        peer: None,
        member: true,
        moderators: vec![account.user],
        problem: None,
    };
    store::save(turn.db, &row)?;
    if group::create(turn, &account, &row)?.is_none() {
        return Err(CommandError::Refused(Why::ClockWrong).into());
    }
    for user in members.iter().filter(|user| **user != account.user) {
        store::add_intent(turn.db, &id, IntentKind::Add, user, turn.now)?;
    }
    turn.event(Event::ConversationChanged(id));
    Ok(Answer::Conversation(id))
}

/// For the simulator's insiders: a group of one's own under the id of a conversation that exists.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn usurp(turn: &mut Turn<'_>, id: &ConversationId, members: &[UserId]) -> Result<(), crate::EngineError> {
    let (Some(account), Some(mut row)) = (profile::load(turn.db)?, store::find(turn.db, id)?) else { return Ok(()) };
    row.moderators = vec![account.user];
    group::create(turn, &account, &row)?;
    members.iter().try_for_each(|user| store::add_intent(turn.db, id, IntentKind::Add, user, turn.now))
}

fn moderated(turn: &Turn<'_>, id: &ConversationId) -> Result<(Account, ConversationRow), Fail> {
    let (account, row) = (ready(turn)?, load_member(turn, id)?);
    if row.kind != ConversationKind::Group {
        return Err(CommandError::Refused(Why::OnlyGroups).into());
    }
    if !row.moderators.contains(&account.user) {
        return Err(CommandError::Refused(Why::NotModerator).into());
    }
    Ok((account, row))
}

pub(crate) fn add_member(turn: &mut Turn<'_>, id: &ConversationId, user: &UserId) -> Result<Answer, Fail> {
    moderated(turn, id)?;
    known(turn, user)?;
    store::remove_intent(turn.db, id, IntentKind::Remove, user)?;
    let devices = directory::store::list_devices_of(turn.db, user)?.len();
    let inside = store::list_members(turn.db, id)?.into_iter().find(|(member, ..)| member == user);
    let all_in = inside.is_some_and(|(_, count, _)| usize::try_from(count).is_ok_and(|count| count >= devices));
    if all_in && !commit::is_under_way(turn, id)? {
        // In already, and no removal is on its way: a wish kept for later would bring back somebody who has left meanwhile.
        return Ok(Answer::Done);
    }
    store::add_intent(turn.db, id, IntentKind::Add, user, turn.now)?;
    turn.event(Event::ConversationChanged(*id));
    Ok(Answer::Done)
}

pub(crate) fn remove_member(turn: &mut Turn<'_>, id: &ConversationId, user: &UserId) -> Result<Answer, Fail> {
    let (account, _) = moderated(turn, id)?;
    if account.user == *user {
        return Err(CommandError::Refused(Why::LeaveInstead).into());
    }
    store::remove_intent(turn.db, id, IntentKind::Add, user)?;
    store::add_intent(turn.db, id, IntentKind::Remove, user, turn.now)?;
    turn.event(Event::ConversationChanged(*id));
    Ok(Answer::Done)
}

pub(crate) fn leave(turn: &mut Turn<'_>, id: &ConversationId) -> Result<Answer, Fail> {
    let (account, mut row) = (ready(turn)?, load_member(turn, id)?);
    if row.kind != ConversationKind::Group {
        return Err(CommandError::Refused(Why::OnlyGroupsLeft).into());
    }
    store::add_intent(turn.db, id, IntentKind::Leave, &account.user, turn.now)?;
    row.member = false;
    store::save(turn.db, &row)?;
    turn.event(Event::ConversationChanged(*id));
    Ok(Answer::Done)
}
