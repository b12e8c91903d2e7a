// SPDX-License-Identifier: EUPL-1.2
//! Inviting people, and answering the requests that come of it.

use super::{
    format::{EnrolAnswer, InviteLink, InviteSecrets, link::Offer, open_request, request_invite, seal_answer},
    inbox::Read,
};
use crate::{
    EngineError, cert,
    crypto::{Secret, sign::SigningKey},
    db::{self, col, params},
    directory::{
        self,
        format::{ActKind, Device, DirKey, Name, Person, PersonState, Record, Unit},
        store,
    },
    error::{Fail, bug},
    outbox,
    profile::{self, Account},
    sync,
    turn::Turn,
};
use client_api::{Answer, CommandError, DeviceId, Link, NewPerson, UnitId, UserId};
use proto::{Hour, InboxId, chain::content_hash, limit::PASS_DAYS};

/// People invited at once.
const PEOPLE: usize = 5_000;

pub(crate) fn invite(turn: &mut Turn<'_>, people: &[NewPerson]) -> Result<Answer, Fail> {
    let account = profile::load(turn.db)?;
    let account = account.ok_or_else(|| CommandError::WrongState("this profile has no account yet".into()))?;
    let Some(issuer) = &account.issuer else {
        return Err(CommandError::Refused("only an administrator may invite".into()).into());
    };
    if people.is_empty() || people.len() > PEOPLE {
        return Err(CommandError::Invalid("between 1 and 5000 people can be invited at once".into()).into());
    }
    let offer = Offer {
        server: account.server.clone(),
        root: account.root_pub,
        authority: account.authority,
        approver_inbox: account.inbox,
        not_after: Hour::of_millis(turn.now.0).plus_days(PASS_DAYS),
    };
    let pass_key = SigningKey::from_bytes(issuer.pass_key.expose()).map_err(bug)?;
    let (mut links, mut records, mut units) = (Vec::new(), Vec::new(), Vec::<(String, UnitId)>::new());
    for person in people {
        let invalid = |_| CommandError::Invalid("a name is empty, too long or has control characters".into());
        let name = Name::new(&person.name).map_err(invalid)?;
        let unit = match person.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty()) {
            None => None,
            Some(unit) => Some(unit_of(turn, Name::new(unit).map_err(invalid)?, &mut units, &mut records)?),
        };
        let user = UserId(turn.random());
        let link = InviteLink::create(turn.luck, &offer, &pass_key).map_err(bug)?;
        db::run(
            turn.db,
            "INSERT INTO invite (id, seed, user, not_after) VALUES (?1, ?2, ?3, ?4)",
            params![link.invite.as_bytes(), link.seed.expose(), user.as_bytes(), link.not_after.0],
        )?;
        records.push(Record::Person(Person { user, name, unit, state: PersonState::Invited }));
        records.push(directory::act(turn, &account, ActKind::Invited(user)));
        links.push(Link(link.to_text()));
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

/// A letter in this profile's mailbox that may be an enrolment request; the first valid one is granted.
pub(super) fn request(turn: &mut Turn<'_>, account: &Account, sealed: &[u8]) -> Result<Read, EngineError> {
    let Ok(invite) = request_invite(sealed) else { return Ok(Read::Other) };
    type Row = (Secret, UserId, u32, i64);
    let row: Option<Row> = db::find(
        turn.db,
        "SELECT seed, user, not_after, used FROM invite WHERE id = ?1",
        [invite.as_bytes()],
        |row| Ok((col(row, 0)?, col(row, 1)?, row.get(2)?, row.get(3)?)),
    )?;
    let Some((seed, user, not_after, used)) = row else { return Ok(Read::Other) };
    let secrets = InviteSecrets::of(&seed);
    let Ok(request) = open_request(&secrets.request_key, &account.authority, sealed) else {
        turn.warn(None, "an enrolment request did not open");
        return Ok(Read::Done);
    };
    if used != 0 || Hour::of_millis(turn.now.0).0 > not_after {
        let name = directory::name_of(turn.db, &user)?;
        turn.warn(None, &format!("a second or late enrolment request for {name} was refused"));
        let record = directory::act(turn, account, ActKind::RefusedRequest(user));
        directory::append(turn, &[record])?;
        return Ok(Read::Done);
    }
    let (Some(issuer), Some(access)) = (&account.issuer, &account.directory) else { return Ok(Read::Later) };
    let (Some(log), Some(person), Some(newest)) =
        (sync::store::find_directory(turn.db)?, store::find_person(turn.db, &user)?, directory::newest(turn.db)?)
    else {
        return Ok(Read::Later);
    };
    let issuer_key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let user_cert = cert::issue_user(turn.luck, &issuer_key, &issuer.cert, user, &request.user_key, turn.now);
    let Ok(user_cert) = user_cert else {
        turn.warn(None, "no certificate could be issued for a new device: the administrator's own must be renewed");
        return Ok(Read::Later);
    };
    let answer = EnrolAnswer {
        user_cert,
        issuer_cert: issuer.cert.to_vec(),
        root_pub: account.root_pub,
        log: access.log,
        branch: log.branch,
        n: 0,
        head: newest.head,
        d: access.d,
        key: DirKey(access.key.clone()),
        snapshot: newest.snapshot,
        kem: newest.kem,
        user,
        name: Name::new(&person.name).map_err(bug)?,
        authority_name: Name::new(&account.authority_name).map_err(bug)?,
    };
    let Ok(sealed) = seal_answer(turn.luck, &account.authority, &request, &answer) else { return Ok(Read::Done) };
    outbox::deposit(turn.db, &secrets.reply_inbox, &sealed, None)?;
    db::run(turn.db, "UPDATE invite SET used = 1 WHERE id = ?1", [invite.as_bytes()])?;
    let (device, seal_key) = (device_id(&request), request.inbox_seal.as_bytes().to_vec());
    let records = [
        Record::Person(Person { user, name: answer.name, unit: person.unit_id, state: PersonState::Active }),
        Record::Device(Device {
            device,
            user,
            inbox: request.inbox,
            seal_key_hash: content_hash(&seal_key),
            seal_key: Some(seal_key.into()),
        }),
        directory::act(turn, account, ActKind::Approved(user, device)),
    ];
    directory::append(turn, &records)?;
    Ok(Read::Done)
}

/// A device's id follows from its key, so approver and device agree on it without saying it.
fn device_id(request: &super::format::EnrolRequest) -> DeviceId {
    device_id_of(&request.device_key, &request.inbox)
}

/// The first 16 bytes of SHA-256("rp1 device" ‖ device key ‖ inbox).
pub(super) fn device_id_of(key: &proto::PublicKey, inbox: &InboxId) -> DeviceId {
    let hash = content_hash(&[b"rp1 device".as_slice(), key.as_ref(), inbox.as_ref()].concat());
    let mut id = [0; 16];
    id.iter_mut().zip(hash.0).for_each(|(slot, byte)| *slot = byte);
    DeviceId(id)
}
