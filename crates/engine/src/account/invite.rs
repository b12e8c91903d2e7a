// SPDX-License-Identifier: EUPL-1.2
//! Inviting people, and answering the requests that come of it.

use super::{
    format::{
        EnrolAnswer, EnrolRequest, InviteLink, InviteSecrets, Refusal, link::Offer, open_request, request_invite,
        seal_answer, seal_refusal,
    },
    inbox::Read,
    renew,
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
    sync::{self, LogRow},
    turn::Turn,
};
use client_api::{Answer, CommandError, DeviceId, Link, NewPerson, UnitId, UserId, Why};
use proto::{Hour, InboxId, InviteId, chain::content_hash, limit::PASS_DAYS};

/// People invited at once.
const PEOPLE: usize = 5_000;

pub(crate) fn invite(turn: &mut Turn<'_>, people: &[NewPerson]) -> Result<Answer, Fail> {
    let account = profile::load(turn.db)?;
    let account = account.ok_or_else(|| CommandError::WrongState(Why::NoAccount))?;
    let Some(issuer) = &account.issuer else {
        return Err(CommandError::Refused(Why::NotAdministrator).into());
    };
    if people.is_empty() || people.len() > PEOPLE {
        return Err(CommandError::Invalid(Why::PeopleAtOnce).into());
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
        let invalid = |_| CommandError::Invalid(Why::PersonName);
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

/// An invitation made here.
struct InviteRow {
    seed: Secret,
    user: UserId,
    not_after: u32,
    used: i64,
}

fn find(turn: &Turn<'_>, invite: &InviteId) -> Result<Option<InviteRow>, EngineError> {
    let sql = "SELECT seed, user, not_after, used FROM invite WHERE id = ?1";
    db::find(turn.db, sql, [invite.as_bytes()], |row| {
        Ok(InviteRow { seed: col(row, 0)?, user: col(row, 1)?, not_after: row.get(2)?, used: row.get(3)? })
    })
}

/// A letter in this profile's mailbox that may be an enrolment request; the first valid one is granted, every other
/// gets a refusal.
pub(super) fn request(turn: &mut Turn<'_>, account: &Account, sealed: &[u8]) -> Result<Read, EngineError> {
    let Ok(invite) = request_invite(sealed) else { return Ok(Read::Other) };
    let Some(row) = find(turn, &invite)? else { return Ok(Read::Other) };
    let secrets = InviteSecrets::of(&row.seed);
    let request = match open_request(&secrets.request_key, &account.authority, sealed) {
        Ok(request) => request,
        Err(_) => {
            turn.warn(None, Why::RequestBroken);
            return Ok(Read::Done);
        }
    };
    let refusal = match row.used {
        0 if Hour::of_millis(turn.now.0).0 <= row.not_after => None,
        0 => Some(Refusal::Expired),
        2 => Some(Refusal::Withdrawn),
        _ => Some(Refusal::Used),
    };
    match refusal {
        Some(refusal) => refuse(turn, account, &row, &secrets, &request, refusal),
        None => grant(turn, account, &row, (&invite, sealed), &request),
    }
}

fn refuse(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &InviteRow,
    secrets: &InviteSecrets,
    request: &EnrolRequest,
    refusal: Refusal,
) -> Result<Read, EngineError> {
    turn.warn(None, Why::RequestRefused);
    let record = directory::act(turn, account, ActKind::RefusedRequest(row.user));
    directory::append(turn, &[record])?;
    let sealed = seal_refusal(turn.luck, &account.authority, request, refusal).map_err(bug)?;
    outbox::deposit(turn.db, &secrets.reply_inbox, &sealed, None)?;
    Ok(Read::Done)
}

/// Issues the certificate and writes the device into the directory; the answer follows when it stands there.
fn grant(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &InviteRow,
    (invite, letter): (&InviteId, &[u8]),
    request: &EnrolRequest,
) -> Result<Read, EngineError> {
    let user = row.user;
    let (Some(issuer), Some(person)) = (&account.issuer, store::find_person(turn.db, &user)?) else {
        return Ok(Read::Later);
    };
    let issuer_key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let user_cert = cert::issue_user(turn.luck, &issuer_key, &issuer.cert, user, &request.user_key, turn.now);
    let Ok(user_cert) = user_cert else {
        turn.warn(None, Why::IssuerEnded);
        return Ok(Read::Blocked);
    };
    let cert_ends = renew::cert_ends(&user_cert)?;
    let device = device_id_of(&request.device_key, &request.inbox);
    db::run(
        turn.db,
        "UPDATE invite SET used = 3, device = ?2, letter = ?3, user_cert = ?4, issuer_cert = ?5 WHERE id = ?1",
        params![invite.as_bytes(), device.as_bytes(), letter, user_cert, issuer.cert.as_slice()],
    )?;
    let seal_key = request.inbox_seal.as_bytes().to_vec();
    let name = Name::new(&person.name).map_err(bug)?;
    let records = [
        Record::Person(Person { user, name, unit: person.unit_id, state: PersonState::Active }),
        Record::Device(Device {
            device,
            user,
            inbox: request.inbox,
            seal_key_hash: content_hash(&seal_key),
            seal_key: Some(seal_key.into()),
            user_key: request.user_key,
            issuer_key: request.issuer_key,
            cert_ends,
        }),
        directory::act(turn, account, ActKind::Approved(user, device)),
    ];
    directory::append(turn, &records)?;
    Ok(Read::Done)
}

struct Granted {
    invite: InviteId,
    seed: Secret,
    user: UserId,
    letter: Vec<u8>,
    user_cert: Vec<u8>,
    issuer_cert: Vec<u8>,
}

/// Answers those whose device stands in the directory: a rekey from here on counts it in.
pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let sql = "SELECT id, seed, user, letter, user_cert, issuer_cert FROM invite
        WHERE used = 3 AND device IN (SELECT device FROM device) LIMIT 16";
    let granted = db::list(turn.db, sql, [], |row| {
        let (invite, seed, user) = (col(row, 0)?, col(row, 1)?, col(row, 2)?);
        Ok(Granted { invite, seed, user, letter: row.get(3)?, user_cert: row.get(4)?, issuer_cert: row.get(5)? })
    })?;
    if granted.is_empty() {
        return Ok(());
    }
    let log = sync::store::find_directory(turn.db)?.filter(|log| sync::is_read(turn, log));
    let (Some(account), Some(log), Some(newest)) = (profile::load(turn.db)?, log, directory::newest(turn.db)?) else {
        return Ok(());
    };
    if !outbox::are_uploaded(turn.db, &[newest.snapshot.id, newest.kem.id])? {
        return Ok(());
    }
    for granted in granted {
        answer(turn, &account, &log, &newest, granted)?;
    }
    Ok(())
}

fn answer(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    newest: &directory::Newest,
    granted: Granted,
) -> Result<(), EngineError> {
    let Some(access) = &account.directory else { return Ok(()) };
    let secrets = InviteSecrets::of(&granted.seed);
    let request = open_request(&secrets.request_key, &account.authority, &granted.letter).map_err(bug)?;
    let answer = EnrolAnswer {
        user_cert: granted.user_cert,
        issuer_cert: granted.issuer_cert,
        root_pub: account.root_pub,
        log: access.log,
        branch: log.branch,
        n: newest.n,
        head: newest.head,
        d: access.d,
        key: DirKey(access.key.clone()),
        snapshot: newest.snapshot.clone(),
        kem: newest.kem.clone(),
        user: granted.user,
        name: Name::new(&directory::name_of(turn.db, &granted.user)?).map_err(bug)?,
        authority_name: Name::new(&account.authority_name).map_err(bug)?,
    };
    let sealed = seal_answer(turn.luck, &account.authority, &request, &answer).map_err(bug)?;
    outbox::deposit(turn.db, &secrets.reply_inbox, &sealed, None)?;
    let sql = "UPDATE invite SET used = 1, letter = NULL, user_cert = NULL, issuer_cert = NULL WHERE id = ?1";
    db::run(turn.db, sql, [granted.invite.as_bytes()])?;
    Ok(())
}

/// A device's id follows from its key, so approver and device agree on it without saying it:
/// the first 16 bytes of SHA-256("rp1 device" ‖ device key ‖ inbox).
pub(super) fn device_id_of(key: &proto::PublicKey, inbox: &InboxId) -> DeviceId {
    let hash = content_hash(&[b"rp1 device".as_slice(), key.as_ref(), inbox.as_ref()].concat());
    let mut id = [0; 16];
    id.iter_mut().zip(hash.0).for_each(|(slot, byte)| *slot = byte);
    DeviceId(id)
}
