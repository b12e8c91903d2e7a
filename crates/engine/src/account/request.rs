// SPDX-License-Identifier: EUPL-1.2
//! Requests of new devices: the first valid one of an invitation is granted, at once or when the administrator says so.

use super::{
    format::{
        EnrolAnswer, EnrolRequest, InviteSecrets, Refusal, open_request, request_invite, seal_answer, seal_refusal,
    },
    inbox::Read,
    pending, renew,
};
use crate::{
    EngineError, cert,
    crypto::{Secret, sign::SigningKey},
    db::{self, Row, col, params},
    directory::{
        self,
        format::{ActKind, Device, DirKey, Name, Person, PersonState, Record},
        store,
    },
    error::bug,
    outbox,
    profile::{self, Account},
    sync::{self, LogRow},
    turn::Turn,
};
use client_api::{Approval, DeviceId, UserId, Why};
use proto::{Hour, InboxId, InviteId, chain::content_hash};

/// An invitation made here.
pub(super) struct InviteRow {
    pub id: InviteId,
    pub seed: Secret,
    pub user: UserId,
    pub not_after: Hour,
    /// 0 open, 1 answered, 2 withdrawn, 3 granted.
    pub used: i64,
}

const INVITE: &str = "SELECT id, seed, user, not_after, used FROM invite";

pub(super) fn invite(row: &Row<'_>) -> db::Sql<InviteRow> {
    let not_after = Hour(row.get(3)?);
    Ok(InviteRow { id: col(row, 0)?, seed: col(row, 1)?, user: col(row, 2)?, not_after, used: row.get(4)? })
}

/// Why a request for this invitation can't be granted any more.
pub(super) fn hindrance(turn: &Turn<'_>, row: &InviteRow) -> Result<Option<Refusal>, EngineError> {
    let is_out = store::find_person(turn.db, &row.user)?.is_some_and(|person| person.revoked);
    Ok(match row.used {
        0 if is_out => Some(Refusal::Withdrawn),
        0 if Hour::of_millis(turn.now.0) > row.not_after => Some(Refusal::Expired),
        0 => None,
        2 => Some(Refusal::Withdrawn),
        _ => Some(Refusal::Used),
    })
}

/// A letter in this profile's mailbox that may be an enrolment request; the first valid one is granted or waits for the
/// administrator, every other gets a refusal.
pub(super) fn request(turn: &mut Turn<'_>, account: &Account, sealed: &[u8]) -> Result<Read, EngineError> {
    let Ok(invite) = request_invite(sealed) else { return Ok(Read::Other) };
    let sql = format!("{INVITE} WHERE id = ?1");
    let Some(row) = db::find(turn.db, &sql, [invite.as_bytes()], self::invite)? else { return Ok(Read::Other) };
    let secrets = InviteSecrets::of(&row.seed);
    let Ok(request) = open_request(&secrets.request_key, &account.authority, sealed) else {
        turn.warn(None, Why::RequestBroken);
        return Ok(Read::Done);
    };
    let refusal = match hindrance(turn, &row)? {
        None if pending::waits(turn.db, &invite)? => Some(Refusal::Used),
        refusal => refusal,
    };
    if let Some(refusal) = refusal {
        turn.warn(None, Why::RequestRefused);
        refuse(turn, account, &row, &request, refusal)?;
        return Ok(Read::Done);
    }
    if pending::approval(turn.db)? == Approval::ByHand {
        pending::keep(turn, &row, sealed)?;
        return Ok(Read::Done);
    }
    grant(turn, account, &row, sealed, &request)
}

/// Tells the device, and the log of administrative acts.
pub(super) fn refuse(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &InviteRow,
    request: &EnrolRequest,
    refusal: Refusal,
) -> Result<(), EngineError> {
    let record = directory::act(turn, account, ActKind::RefusedRequest(row.user));
    directory::append(turn, &[record])?;
    let sealed = seal_refusal(turn.luck, &account.authority, request, refusal).map_err(bug)?;
    outbox::deposit(turn.db, &InviteSecrets::of(&row.seed).reply_inbox, &sealed, None)
}

/// Issues the certificate and writes the device into the directory; the answer follows when it stands there.
pub(super) fn grant(
    turn: &mut Turn<'_>,
    account: &Account,
    row: &InviteRow,
    letter: &[u8],
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
        params![row.id.as_bytes(), device.as_bytes(), letter, user_cert, issuer.cert.as_slice()],
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
