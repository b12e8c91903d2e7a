// SPDX-License-Identifier: EUPL-1.2
//! Devices that wait for an administrator's yes: each keeps its request here until it is let in, refused, or too late.

use super::{
    format::{EnrolRequest, InviteSecrets, Refusal, open_request},
    inbox::Read,
    invite::administrator,
    request::{self, InviteRow},
};
use crate::{
    EngineError,
    db::{self, Db, millis, params},
    directory,
    error::{Fail, bug},
    profile::{self, Account},
    turn::Turn,
};
use client_api::{Answer, Approval, CommandError, Event, PendingView, Timestamp, UserId, Why};
use proto::InviteId;

const KEY: &str = "approval";

pub(super) fn approval(db: &Db<'_>) -> Result<Approval, EngineError> {
    Ok(if db::load_meta(db, KEY)?.is_some() { Approval::ByHand } else { Approval::Automatic })
}

/// Going back to automatic lets in all that wait.
pub(crate) fn set_approval(turn: &mut Turn<'_>, approval: Approval) -> Result<Answer, Fail> {
    let (account, _) = administrator(turn)?;
    let by_hand = (approval == Approval::ByHand).then_some([1].as_slice());
    db::save_meta(turn.db, KEY, by_hand)?;
    if approval == Approval::Automatic {
        for waiting in list(turn)? {
            if request::hindrance(turn, &waiting.invite)?.is_none() {
                let_in(turn, &account, &waiting)?;
            }
        }
    }
    turn.event(Event::AccountChanged);
    Ok(Answer::Done)
}

/// A request that waits.
struct Waiting {
    invite: InviteRow,
    letter: Vec<u8>,
    since: Timestamp,
}

impl Waiting {
    fn request(&self, account: &Account) -> Result<EnrolRequest, EngineError> {
        let key = InviteSecrets::of(&self.invite.seed).request_key;
        open_request(&key, &account.authority, &self.letter).map_err(bug)
    }
}

/// The oldest first.
fn list(turn: &Turn<'_>) -> Result<Vec<Waiting>, EngineError> {
    let sql = "SELECT id, seed, user, not_after, used, pending_request.letter, at
        FROM pending_request JOIN invite ON invite.id = pending_request.invite ORDER BY at, pending_request.rowid";
    db::list(turn.db, sql, [], |row| {
        Ok(Waiting { invite: request::invite(row)?, letter: row.get(5)?, since: db::time(row, 6)? })
    })
}

pub(super) fn waits(db: &Db<'_>, invite: &InviteId) -> Result<bool, EngineError> {
    let sql = "SELECT 1 FROM pending_request WHERE invite = ?1";
    Ok(db::find(db, sql, [invite.as_bytes()], |_| Ok(()))?.is_some())
}

/// The first valid request of an invitation.
pub(super) fn keep(turn: &mut Turn<'_>, invite: &InviteRow, letter: &[u8]) -> Result<(), EngineError> {
    let sql = "INSERT INTO pending_request (invite, letter, at) VALUES (?1, ?2, ?3)";
    db::run(turn.db, sql, params![invite.id.as_bytes(), letter, millis(turn.now)])?;
    changed(turn);
    Ok(())
}

fn drop_request(turn: &mut Turn<'_>, invite: &InviteId) -> Result<(), EngineError> {
    db::run(turn.db, "DELETE FROM pending_request WHERE invite = ?1", [invite.as_bytes()])?;
    changed(turn);
    Ok(())
}

fn changed(turn: &mut Turn<'_>) {
    turn.event(Event::DirectoryChanged);
    turn.event(Event::AccountChanged);
}

pub(crate) fn approve(turn: &mut Turn<'_>, user: &UserId) -> Result<Answer, Fail> {
    let (account, waiting) = find(turn, user)?;
    match request::hindrance(turn, &waiting.invite)? {
        None => let_in(turn, &account, &waiting)?,
        Some(Refusal::Expired) => return Err(CommandError::Refused(Why::LinkExpired).into()),
        Some(_) => return Err(CommandError::Refused(Why::LinkWithdrawn).into()),
    }
    Ok(Answer::Done)
}

pub(crate) fn reject(turn: &mut Turn<'_>, user: &UserId) -> Result<Answer, Fail> {
    let (account, waiting) = find(turn, user)?;
    db::run(turn.db, "UPDATE invite SET used = 2 WHERE id = ?1", [waiting.invite.id.as_bytes()])?;
    refuse(turn, &account, &waiting, Refusal::Withdrawn)?;
    Ok(Answer::Done)
}

fn find(turn: &Turn<'_>, user: &UserId) -> Result<(Account, Waiting), Fail> {
    let (account, _) = administrator(turn)?;
    let waiting = list(turn)?.into_iter().find(|waiting| waiting.invite.user == *user);
    Ok((account, waiting.ok_or(CommandError::Refused(Why::NoRequest))?))
}

fn let_in(turn: &mut Turn<'_>, account: &Account, waiting: &Waiting) -> Result<(), Fail> {
    let request = waiting.request(account)?;
    match request::grant(turn, account, &waiting.invite, &waiting.letter, &request)? {
        Read::Blocked => return Err(CommandError::Refused(Why::IssuerEnded).into()),
        Read::Done => {}
        Read::Later | Read::Foreign | Read::Other => return Err(CommandError::Refused(Why::StillReading).into()),
    }
    Ok(drop_request(turn, &waiting.invite.id)?)
}

fn refuse(turn: &mut Turn<'_>, account: &Account, waiting: &Waiting, refusal: Refusal) -> Result<(), EngineError> {
    let request = waiting.request(account)?;
    request::refuse(turn, account, &waiting.invite, &request, refusal)?;
    drop_request(turn, &waiting.invite.id)
}

/// Whoever waits for an invitation that has ended or was withdrawn meanwhile is told so.
pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let all = list(turn)?;
    let Some(account) = profile::load(turn.db)?.filter(|_| !all.is_empty()) else { return Ok(()) };
    for waiting in all {
        match request::hindrance(turn, &waiting.invite)? {
            Some(refusal) => refuse(turn, &account, &waiting, refusal)?,
            None => turn.alarm(Timestamp::from_secs((u64::from(waiting.invite.not_after.0) + 1) * 3600)),
        }
    }
    Ok(())
}

pub(crate) fn pending(turn: &Turn<'_>) -> Result<Vec<PendingView>, EngineError> {
    let view = |waiting: Waiting| {
        let (user, since) = (waiting.invite.user, waiting.since);
        let (name, unit) = directory::name_and_unit_of(turn.db, &user)?;
        Ok(PendingView { user, name, unit, since })
    };
    list(turn)?.into_iter().map(view).collect()
}
