// SPDX-License-Identifier: EUPL-1.2
//! Inviting people: links that make whoever has them a person of the authority.

use super::format::{InviteLink, link::Offer};
use crate::{
    EngineError,
    crypto::sign::SigningKey,
    db::{self, col, params},
    directory::{
        self,
        format::{ActKind, Name, Person, PersonState, Record, Unit},
        store,
    },
    error::{Fail, bug},
    profile::{self, Account, IssuerKeys},
    turn::Turn,
};
use client_api::{Answer, CommandError, Event, InvitationView, Link, NewPerson, Timestamp, UnitId, UserId, Why};
use proto::{Hour, limit::PASS_DAYS};

/// People invited at once.
const PEOPLE: usize = 5_000;

/// The account, if it may invite.
pub(super) fn administrator(turn: &Turn<'_>) -> Result<(Account, IssuerKeys), Fail> {
    let account = profile::load_ready(turn.db)?;
    match account.issuer.clone() {
        Some(issuer) => Ok((account, issuer)),
        None => Err(CommandError::Refused(Why::NotAdministrator).into()),
    }
}

/// A fresh link for a person, good for [`PASS_DAYS`].
fn link_for(turn: &Turn<'_>, account: &Account, pass_key: &SigningKey, user: &UserId) -> Result<Link, EngineError> {
    let offer = Offer {
        server: account.server.clone(),
        root: account.root_pub,
        authority: account.authority,
        approver_inbox: account.inbox,
        not_after: Hour::of_millis(turn.now.0).plus_days(PASS_DAYS),
    };
    let link = InviteLink::create(turn.luck, &offer, pass_key).map_err(bug)?;
    db::run(
        turn.db,
        "INSERT INTO invite (id, seed, user, not_after) VALUES (?1, ?2, ?3, ?4)",
        params![link.invite.as_bytes(), link.seed.expose(), user.as_bytes(), link.not_after.0],
    )?;
    Ok(Link(link.to_text()))
}

pub(crate) fn invite(turn: &mut Turn<'_>, people: &[NewPerson]) -> Result<Answer, Fail> {
    let (account, issuer) = administrator(turn)?;
    if people.is_empty() || people.len() > PEOPLE {
        return Err(CommandError::Invalid(Why::PeopleAtOnce).into());
    }
    let pass_key = SigningKey::from_bytes(issuer.pass_key.expose()).map_err(bug)?;
    let (mut links, mut records, mut units) = (Vec::new(), Vec::new(), Vec::<(String, UnitId)>::new());
    for person in people {
        let invalid = |_| CommandError::Invalid(Why::PersonName);
        let name = Name::new(&person.name).map_err(invalid)?;
        let unit = match person.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty()) {
            None => None,
            Some(unit) => Some(unit_of(turn, Name::new(unit).map_err(invalid)?, &mut units, &mut records)?),
        };
        let user = UserId(turn.random());
        links.push(link_for(turn, &account, &pass_key, &user)?);
        records.push(Record::Person(Person { user, name, unit, state: PersonState::Invited }));
        records.push(directory::act(turn, &account, ActKind::Invited(user)));
    }
    directory::append(turn, &records)?;
    // Shown at once, not only when the record has been to the server and back.
    for record in &records {
        match record {
            Record::Person(person) => store::save_person(turn.db, person)?,
            Record::Unit(unit) => store::save_unit(turn.db, unit)?,
            _ => {}
        }
    }
    turn.event(Event::DirectoryChanged);
    Ok(Answer::Links(links))
}

fn unit_of(
    turn: &Turn<'_>,
    name: Name,
    fresh: &mut Vec<(String, UnitId)>,
    records: &mut Vec<Record>,
) -> Result<UnitId, EngineError> {
    if let Some((_, unit)) = fresh.iter().find(|(known, _)| known == name.as_str()) {
        return Ok(*unit);
    }
    if let Some(unit) = store::find_unit(turn.db, name.as_str())? {
        return Ok(unit);
    }
    let unit = UnitId(turn.random());
    fresh.push((name.as_str().to_owned(), unit));
    records.push(Record::Unit(Unit { unit, name }));
    Ok(unit)
}

/// The link was lost, or has ended: only the new one counts from now on.
pub(crate) fn invite_again(turn: &mut Turn<'_>, user: &UserId) -> Result<Answer, Fail> {
    let (account, issuer) = administrator(turn)?;
    let person = store::find_person(turn.db, user)?.ok_or(CommandError::Unknown(Why::NoSuchPerson))?;
    if person.revoked {
        return Err(CommandError::Refused(Why::PersonLockedOut).into());
    }
    let granted = "SELECT 1 FROM invite WHERE user = ?1 AND used = 3";
    if person.devices > 0 || db::find(turn.db, granted, [user.as_bytes()], |_| Ok(()))?.is_some() {
        return Err(CommandError::Refused(Why::HasDevice).into());
    }
    db::run(turn.db, "UPDATE invite SET used = 2 WHERE user = ?1 AND used = 0", [user.as_bytes()])?;
    let pass_key = SigningKey::from_bytes(issuer.pass_key.expose()).map_err(bug)?;
    let link = link_for(turn, &account, &pass_key, user)?;
    let act = directory::act(turn, &account, ActKind::Invited(*user));
    directory::append(turn, &[act])?;
    turn.event(Event::AccountChanged);
    Ok(Answer::Links(vec![link]))
}

/// Those not used up, newest first; one that has ended is still there to be made anew.
pub(crate) fn invitations(turn: &Turn<'_>) -> Result<Vec<InvitationView>, EngineError> {
    let sql = "SELECT user, not_after FROM invite WHERE used = 0 ORDER BY rowid DESC";
    let rows: Vec<(UserId, u32)> = db::list(turn.db, sql, [], |row| Ok((col(row, 0)?, row.get(1)?)))?;
    let view = |(user, not_after): (UserId, u32)| {
        let (name, unit) = directory::name_and_unit_of(turn.db, &user)?;
        Ok(InvitationView { user, name, unit, not_after: Timestamp::from_secs(u64::from(not_after) * 3600) })
    };
    rows.into_iter().map(view).collect()
}
