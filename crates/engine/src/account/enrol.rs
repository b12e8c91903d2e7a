// SPDX-License-Identifier: EUPL-1.2
//! Becoming a member: the request by pass, the answer in the reply inbox, then the own mailbox.

use super::{
    format::{EnrolRequest, InviteLink, open_answer, request_hash, root_fingerprint, seal_request},
    inbox,
    invite::device_id_of,
};
use crate::{
    EngineError, cert,
    crypto::{Secret, seal::SealKey, sign::SigningKey},
    directory::{self, store},
    error::{Fail, bug},
    outbox::{self, Vouched},
    profile::{self, Account, DirectoryAccess, Enrolling},
    sync::{self, LogKind, LogRow, LogState},
    turn::Turn,
};
use client_api::{AccountState, Answer, CommandError, Event, Link, UserId};
use proto::{Hour, InboxId, RootPublicKey, TtlClass, authority::authority_id};

pub(crate) fn enrol(turn: &mut Turn<'_>, link: &Link) -> Result<Answer, Fail> {
    if profile::load(turn.db)?.is_some_and(|account| account.state != AccountState::Refused) {
        return Err(CommandError::WrongState("this profile already has an account".into()).into());
    }
    let parsed = InviteLink::parse(&link.0).map_err(|error| CommandError::Invalid(error.to_string()))?;
    if Hour::of_millis(turn.now.0) > parsed.not_after {
        return Err(CommandError::Invalid("the invitation has expired: ask for a new one".into()).into());
    }
    let [device_key, user_key, owner] = std::array::from_fn(|_| SigningKey::generate(turn.luck));
    let (fresh, seal_key) = (SealKey::generate(turn.luck), SealKey::generate(turn.luck));
    let request = EnrolRequest {
        fresh: fresh.public(),
        device_key: device_key.public(),
        user_key: user_key.public(),
        inbox: InboxId(turn.random()),
        inbox_owner: owner.public(),
        inbox_seal: seal_key.public(),
    };
    let secrets = parsed.secrets();
    let sealed = seal_request(turn.luck, &secrets.request_key, &parsed.authority, &parsed.invite, &request);
    let secret = |key: &SigningKey| Secret::new(key.expose());
    let account = Account {
        state: AccountState::Waiting,
        server: parsed.server.clone(),
        authority: parsed.authority,
        authority_name: String::new(),
        root_pub: RootPublicKey([0; 97]),
        user: UserId([0; 16]),
        name: String::new(),
        device: device_id_of(&request.device_key, &request.inbox),
        user_key: secret(&user_key),
        device_key: secret(&device_key),
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
    refused(turn, "the invitation was refused: it was used before, has expired or was altered")
}

/// Nothing will come of this enrolment.
pub(super) fn refused(turn: &mut Turn<'_>, why: &str) -> Result<(), EngineError> {
    let Some(mut account) = profile::load(turn.db)?.filter(|account| account.state == AccountState::Waiting) else {
        return Ok(());
    };
    (account.state, account.problem) = (AccountState::Refused, Some(why.into()));
    profile::save(turn.db, &account)?;
    turn.event(Event::AccountChanged);
    Ok(())
}

/// The approver's answer: everything in it is verified against the link before it is believed.
pub(super) fn answer(turn: &mut Turn<'_>, mut account: Account, sealed: &[u8]) -> Result<(), EngineError> {
    let Some(enrolling) = account.enrolling.clone() else { return Ok(()) };
    let (fresh, link) = (SealKey::from_bytes(&enrolling.fresh).map_err(bug)?, InviteLink::parse(&enrolling.link));
    let link = link.map_err(bug)?;
    // Anybody who has the link may write here: what does not open is somebody's noise.
    let Ok(answer) = open_answer(&fresh, &account.authority, &enrolling.request_hash, sealed) else { return Ok(()) };
    if root_fingerprint(&answer.root_pub) != link.root || authority_id(&answer.root_pub) != account.authority {
        refused(turn, "the answer comes from another authority than the invitation")?;
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
        refused(turn, "the answer's certificates do not hold")?;
        return Ok(());
    };
    if identity.user != answer.user {
        refused(turn, "the answer's certificates are for somebody else")?;
        return Ok(());
    }
    account.state = AccountState::Ready;
    account.authority_name = answer.authority_name.as_str().into();
    account.root_pub = answer.root_pub;
    (account.user, account.name) = (answer.user, answer.name.as_str().into());
    account.chain = chain.into_iter().map(Into::into).collect();
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
        state: LogState::Open,
        at_hour: 0,
    };
    sync::store::save(turn.db, &log)?;
    let newest = directory::Newest { snapshot: answer.snapshot, kem: answer.kem, head: answer.head };
    directory::fetch(turn, &newest)?;
    inbox::add_final(turn, &account)?;
    inbox::drop_reply(turn)?;
    turn.event(Event::AccountChanged);
    Ok(())
}
