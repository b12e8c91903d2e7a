// SPDX-License-Identifier: EUPL-1.2
//! Becoming a member: the request by pass, the answer in the reply inbox, then the own mailbox.

use super::{
    format::{
        EnrolAnswer, EnrolReply, EnrolRequest, InviteLink, Refusal, RequestKeys, open_answer, request_hash,
        root_fingerprint, seal_request,
    },
    inbox::{self, Read},
    request::device_id_of,
};
use crate::{
    EngineError, cert,
    crypto::{Secret, seal::SealKey, sign::SigningKey},
    db,
    directory::{self, store},
    error::{Fail, bug},
    outbox::{self, Vouched},
    profile::{self, Account, DirectoryAccess, Enrolling},
    sync::{self, LogKind, LogRow, LogState},
    turn::Turn,
};
use client_api::{AccountState, Answer, CommandError, Event, Link, Timestamp, UserId, Why};
use proto::{Hour, InboxId, RootPublicKey, TtlClass, authority::authority_id};

pub(crate) fn enrol(turn: &mut Turn<'_>, link: &Link) -> Result<Answer, Fail> {
    if profile::load(turn.db)?.is_some_and(|account| account.state != AccountState::Refused) {
        return Err(CommandError::WrongState(Why::HasAccount).into());
    }
    let parsed = InviteLink::parse(&link.0).map_err(|_| CommandError::Invalid(Why::LinkBroken))?;
    if Hour::of_millis(turn.now.0) > parsed.not_after {
        return Err(CommandError::Invalid(Why::LinkExpired).into());
    }
    let [device_key, user_key, issuer_key, owner] = std::array::from_fn(|_| SigningKey::generate(turn.luck));
    let (fresh, seal_key) = (SealKey::generate(turn.luck), SealKey::generate(turn.luck));
    let request = EnrolRequest {
        fresh: fresh.public(),
        device_key: device_key.public(),
        user_key: user_key.public(),
        issuer_key: issuer_key.public(),
        inbox: InboxId(turn.random()),
        inbox_owner: owner.public(),
        inbox_seal: seal_key.public(),
    };
    let secrets = parsed.secrets();
    let secret = |key: &SigningKey| Secret::new(key.expose());
    let (user_secret, device_secret, issuer_secret) = (secret(&user_key), secret(&device_key), secret(&issuer_key));
    let keys = RequestKeys { device: device_key, user: user_key, issuer: issuer_key };
    let sealed = seal_request(turn.luck, &secrets.request_key, &parsed.authority, &parsed.invite, &request, &keys);
    let account = Account {
        state: AccountState::Waiting,
        server: parsed.server.clone(),
        authority: parsed.authority,
        authority_name: String::new(),
        root_pub: RootPublicKey([0; 97]),
        user: UserId([0; 16]),
        name: String::new(),
        device: device_id_of(&request.device_key, &request.inbox),
        user_key: user_secret,
        device_key: device_secret,
        chain: Vec::new(),
        inbox: request.inbox,
        inbox_owner: secret(&owner),
        seal_key: seal_key.expose().to_vec().into(),
        issuer: None,
        directory: None,
        enrolling: Some(Enrolling {
            link: link.0.trim().to_owned(),
            fresh: fresh.expose().to_vec().into(),
            request_hash: request_hash(&request),
        }),
        problem: None,
        issuer_key: issuer_secret,
        renew_at: u64::MAX,
        ask_at: u64::MAX,
    };
    profile::save(turn.db, &account)?;
    inbox::add_reply(turn, &secrets)?;
    outbox::deposit(turn.db, &parsed.approver_inbox, &sealed.map_err(bug)?, Some(&vouched(&parsed)))?;
    turn.event(Event::AccountChanged);
    Ok(Answer::Done)
}

pub(super) fn vouched(link: &InviteLink) -> Vouched {
    Vouched { pass: link.pass(), key: Secret::new(link.secrets().pass_key.expose()) }
}

/// The server refused the invitation's pass.
pub(crate) fn pass_refused(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    refused(turn, Why::LinkRefused)
}

/// The reply inbox was there and is gone: only whoever was granted removes it.
pub(super) fn overtaken(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    refused(turn, Why::LinkUsed)
}

/// Hours an answer may come after the invitation's end, for clocks that differ.
const LATE_HOURS: u32 = 24;

/// Nobody answers an invitation that has ended: this device need not wait for it.
pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let waiting = profile::load(turn.db)?.filter(|account| account.state == AccountState::Waiting);
    let Some(enrolling) = waiting.and_then(|account| account.enrolling) else { return Ok(()) };
    let link = InviteLink::parse(&enrolling.link).map_err(bug)?;
    let last = link.not_after.0.saturating_add(LATE_HOURS);
    if Hour::of_millis(turn.now.0).0 <= last {
        turn.alarm(Timestamp((u64::from(last) + 1) * 3_600_000));
        return Ok(());
    }
    // what lies in the reply inbox is read first
    if turn.live.inboxes.contains(&link.secrets().reply_inbox) {
        refused(turn, Why::LinkExpired)?;
    }
    Ok(())
}

/// Nothing will come of this enrolment.
pub(super) fn refused(turn: &mut Turn<'_>, why: Why) -> Result<(), EngineError> {
    let Some(mut account) = profile::load(turn.db)?.filter(|account| account.state == AccountState::Waiting) else {
        return Ok(());
    };
    (account.state, account.problem) = (AccountState::Refused, Some(why));
    profile::save(turn.db, &account)?;
    // The inbox itself may be somebody else's too, who has the same link: it stays on the server.
    db::run(turn.db, "DELETE FROM inbox WHERE purpose = 1", [])?;
    db::run(turn.db, "DELETE FROM deposit_out WHERE pass IS NOT NULL", [])?;
    turn.event(Event::AccountChanged);
    Ok(())
}

/// The approver's reply in an inbox that all who have the link share: only what opens is for this device.
pub(super) fn reply(turn: &mut Turn<'_>, account: Account, sealed: &[u8]) -> Result<Read, EngineError> {
    let Some(enrolling) = account.enrolling.clone() else { return Ok(Read::Foreign) };
    let fresh = SealKey::from_bytes(&enrolling.fresh).map_err(bug)?;
    match open_answer(&fresh, &account.authority, &enrolling.request_hash, sealed) {
        Err(_) => return Ok(Read::Foreign),
        Ok(EnrolReply::Refused(Refusal::Used)) => refused(turn, Why::LinkUsed)?,
        Ok(EnrolReply::Refused(Refusal::Expired)) => refused(turn, Why::LinkExpired)?,
        Ok(EnrolReply::Refused(Refusal::Withdrawn)) => refused(turn, Why::LinkWithdrawn)?,
        Ok(EnrolReply::Granted(answer)) => {
            let link = InviteLink::parse(&enrolling.link).map_err(bug)?;
            granted(turn, account, &link, *answer)?;
        }
    }
    Ok(Read::Done)
}

/// Everything in the answer is verified against the link before it is believed.
fn granted(
    turn: &mut Turn<'_>,
    mut account: Account,
    link: &InviteLink,
    answer: EnrolAnswer,
) -> Result<(), EngineError> {
    if root_fingerprint(&answer.root_pub) != link.root || authority_id(&answer.root_pub) != account.authority {
        refused(turn, Why::AnswerForeign)?;
        return Ok(());
    }
    let user_key = SigningKey::from_bytes(account.user_key.expose()).map_err(bug)?;
    let device_key = account.device_signer()?;
    let device_cert =
        cert::issue_device(turn.luck, &user_key, &answer.user_cert, account.device, &device_key.public(), turn.now);
    let chain = device_cert.map(|device| vec![device, answer.user_cert.clone(), answer.issuer_cert.clone()]);
    let verified = chain.and_then(|chain| {
        let parsed = cert::parse_chain(&chain)?;
        cert::verify(&parsed, &[answer.root_pub], Some(turn.now), turn.seen).map(|identity| (chain, identity))
    });
    let Ok((chain, identity)) = verified else {
        refused(turn, Why::AnswerBroken)?;
        return Ok(());
    };
    if identity.user != answer.user {
        refused(turn, Why::AnswerBroken)?;
        return Ok(());
    }
    account.state = AccountState::Ready;
    account.authority_name = answer.authority_name.as_str().into();
    account.root_pub = answer.root_pub;
    (account.user, account.name) = (answer.user, answer.name.as_str().into());
    account.set_chain(chain)?;
    account.directory = Some(DirectoryAccess { log: answer.log, d: answer.d, key: answer.key.0.clone() });
    (account.enrolling, account.problem) = (None, None);
    profile::save(turn.db, &account)?;
    store::save_issuer(turn.db, &identity.issuer, &answer.issuer_cert, None)?;
    store::save_package_root(turn.db, answer.d, &answer.key.package_root())?;
    let log = LogRow {
        id: answer.log,
        kind: LogKind::Directory,
        conversation: None,
        branch: answer.branch,
        n: answer.n,
        head: answer.head,
        candidates: 0,
        secret: answer.key.0,
        ttl: TtlClass::Kept,
        // nothing is read before the snapshot it continues
        state: LogState::Held,
        at_hour: 0,
    };
    sync::store::save(turn.db, &log)?;
    let newest = directory::Newest { snapshot: answer.snapshot, kem: answer.kem, head: answer.head, n: answer.n };
    directory::fetch(turn, &newest)?;
    inbox::add_final(turn, &account)?;
    inbox::drop_reply(turn)?;
    turn.event(Event::AccountChanged);
    Ok(())
}
