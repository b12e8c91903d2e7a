// SPDX-License-Identifier: EUPL-1.2
//! The account as it is kept: one value, written whole.

use crate::{
    EngineError, cert,
    crypto::{Secret, sign::SigningKey},
    db::{self, Db},
    error::{Fail, bug},
    log::DirKey,
    turn::{Fact, Turn},
};
use client_api::{AccountState, CommandError, DeviceId, Event, Status, UserId, Why};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{
    AuthorityId, AuthorityStatement, InboxId, IssuerGrant, LogId, MemberProof, RootPublicKey, RootSignature, proof::Op,
};

/// What this profile knows of itself. No `Debug`: it is made of secrets.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Account {
    #[n(0)]
    pub state: AccountState,
    #[n(1)]
    pub server: String,
    #[n(2)]
    pub authority: AuthorityId,
    #[n(3)]
    pub authority_name: String,
    /// All zeros until the answer of an enrolment was verified.
    #[n(4)]
    pub root_pub: RootPublicKey,
    #[n(5)]
    pub user: UserId,
    #[n(6)]
    pub name: String,
    #[n(7)]
    pub device: DeviceId,
    #[n(8)]
    pub user_key: Secret,
    #[n(9)]
    pub device_key: Secret,
    /// [device, user, issuer], DER; empty while enrolling.
    #[n(10)]
    pub chain: Vec<ByteVec>,
    #[n(11)]
    pub inbox: InboxId,
    #[n(12)]
    pub inbox_owner: Secret,
    #[n(13)]
    pub seal_key: ByteVec,
    #[n(14)]
    pub issuer: Option<IssuerKeys>,
    #[n(15)]
    pub directory: Option<DirectoryAccess>,
    #[n(16)]
    pub enrolling: Option<Enrolling>,
    #[n(17)]
    pub problem: Option<Why>,
    /// What this device would issue with; an administrator does.
    #[n(18)]
    pub issuer_key: Secret,
    /// When the own device certificate is to be renewed, seconds since 1970.
    #[n(19)]
    pub renew_at: u64,
    /// When to ask an administrator for a new user certificate, seconds since 1970.
    #[n(20)]
    pub ask_at: u64,
}

/// What only an administrator has.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct IssuerKeys {
    #[n(0)]
    pub key: Secret,
    #[n(1)]
    pub cert: ByteVec,
    #[n(2)]
    pub grant: IssuerGrant,
    #[n(4)]
    pub write_key: Secret,
    #[n(5)]
    pub pass_key: Secret,
    /// The server is to be told of the authority's present keys.
    #[n(6)]
    pub put: bool,
    /// Version of the last statement.
    #[n(7)]
    pub version: u64,
    #[n(8)]
    pub setup_code: Option<String>,
    /// The root's word, to be said before any of the issuer's own: the first statement, and one per revoked issuer.
    #[n(9)]
    pub root_said: Option<RootSaid>,
}

/// A statement the root signed while its file was open.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RootSaid {
    #[n(0)]
    pub statement: AuthorityStatement,
    #[n(1)]
    pub signature: RootSignature,
}

/// Lets read the directory.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct DirectoryAccess {
    #[n(0)]
    pub log: LogId,
    #[n(1)]
    pub d: u32,
    #[n(2)]
    pub key: Secret,
}

/// An enrolment under way.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Enrolling {
    #[n(0)]
    pub link: String,
    #[n(1)]
    pub fresh: ByteVec,
    #[n(2)]
    pub request_hash: proto::ContentHash,
}

/// A device renews its certificate when a third of its time is left.
const RENEW_DEVICE_SECS: u64 = cert::DEVICE_DAYS * 86_400 / 3;
/// Administrators renew user certificates 60 days before their end, unasked; whoever got none asks ten days later.
const ASK_USER_SECS: u64 = 50 * 86_400;

impl Account {
    pub fn device_signer(&self) -> Result<SigningKey, EngineError> {
        SigningKey::from_bytes(self.device_key.expose()).map_err(bug)
    }
    /// Takes a verified chain [device, user, issuer] and notes when it must be renewed.
    pub fn set_chain(&mut self, chain: Vec<Vec<u8>>) -> Result<(), EngineError> {
        let ends = chain.iter().map(|cert| cert::validity(cert).map(|valid| valid.to_secs));
        let ends = ends.collect::<Result<Vec<_>, _>>().map_err(bug)?;
        let [device, user, _] = *ends else { return Err(bug("a chain has three certificates")) };
        // cut to its parent's end: only a new parent helps
        self.renew_at = if user > device { device.saturating_sub(RENEW_DEVICE_SECS) } else { u64::MAX };
        self.ask_at = user.saturating_sub(ASK_USER_SECS);
        self.chain = chain.into_iter().map(Into::into).collect();
        Ok(())
    }

    pub fn is_ready(&self) -> bool {
        matches!(self.state, AccountState::Ready | AccountState::Founding) && !self.chain.is_empty()
    }
}

const KEY: &str = "account";
const BYTES: usize = 64 * 1024;

pub(crate) fn load(db: &Db<'_>) -> Result<Option<Account>, EngineError> {
    let bytes = db::load_meta(db, KEY)?;
    bytes.map(|bytes| proto::decode(&bytes, BYTES).map_err(|_| EngineError::Damaged("account"))).transpose()
}

/// The account of somebody who may do something with it.
pub(crate) fn load_ready(db: &Db<'_>) -> Result<Account, Fail> {
    let account = load(db)?.ok_or(CommandError::WrongState(Why::NoAccount))?;
    match account.state {
        AccountState::Revoked => Err(CommandError::WrongState(Why::LockedOut).into()),
        _ if account.is_ready() => Ok(account),
        _ => Err(CommandError::WrongState(Why::NoAccount).into()),
    }
}

pub(crate) fn save(db: &Db<'_>, account: &Account) -> Result<(), EngineError> {
    db::save_meta(db, KEY, Some(&proto::encode(account)))
}

/// Proof of M on this connection; `None` without a directory key or a connection.
pub(crate) fn member_proof(turn: &Turn<'_>, op: Op, id: &[u8; 32]) -> Result<Option<MemberProof>, EngineError> {
    let Some(account) = load(turn.db)?.filter(|account| account.state == AccountState::Ready) else { return Ok(None) };
    let Some(directory) = account.directory else { return Ok(None) };
    let signature = turn.proof(&DirKey(directory.key).member_key(), op, id);
    Ok(signature.map(|signature| MemberProof { authority: account.authority, signature }))
}

/// The directory's write key, if this profile is an administrator.
pub(crate) fn write_key(turn: &Turn<'_>) -> Result<Option<SigningKey>, EngineError> {
    let issuer = load(turn.db)?.and_then(|account| account.issuer);
    issuer.map(|issuer| SigningKey::from_bytes(issuer.write_key.expose()).map_err(bug)).transpose()
}

/// If it is this profile's person who was locked out, everything stops here.
pub(crate) fn note_revoked(turn: &mut Turn<'_>, user: &UserId) -> Result<(), EngineError> {
    match load(turn.db)?.filter(|account| account.user == *user) {
        Some(account) => lock_out(turn, account),
        None => Ok(()),
    }
}

/// As [`note_revoked`], for this one device.
pub(crate) fn note_device_revoked(turn: &mut Turn<'_>, device: &DeviceId) -> Result<(), EngineError> {
    match load(turn.db)?.filter(|account| account.device == *device) {
        Some(account) => lock_out(turn, account),
        None => Ok(()),
    }
}

fn lock_out(turn: &mut Turn<'_>, mut account: Account) -> Result<(), EngineError> {
    if account.state != AccountState::Revoked {
        account.state = AccountState::Revoked;
        account.problem = Some(Why::LockedOut);
        save(turn.db, &account)?;
        turn.facts.push(Fact::Wipe);
        turn.event(Event::AccountChanged);
    }
    Ok(())
}

/// Nothing stays on this device but that it was locked out: every row goes, every key, and the chunks of attachments.
pub(crate) fn wipe(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(account) = load(turn.db)? else { return Ok(()) };
    turn.doomed.extend(turn.media.list().map_err(EngineError::Media)?);
    db::wipe(turn.db)?;
    turn.live.access_keys.clear();
    let none = || Secret::new([0; 32]);
    let stub = Account {
        state: AccountState::Revoked,
        authority_name: String::new(),
        name: String::new(),
        user_key: none(),
        device_key: none(),
        chain: Vec::new(),
        inbox_owner: none(),
        seal_key: Vec::new().into(),
        issuer: None,
        directory: None,
        enrolling: None,
        issuer_key: none(),
        renew_at: u64::MAX,
        ask_at: u64::MAX,
        ..account
    };
    save(turn.db, &stub)
}

pub(crate) fn status(turn: &Turn<'_>) -> Result<Status, EngineError> {
    let Some(account) = load(turn.db)? else { return Ok(Status::default()) };
    let known = !account.chain.is_empty();
    Ok(Status {
        account: account.state,
        user: known.then_some(account.user),
        name: known.then(|| account.name.clone()),
        authority: known.then(|| account.authority_name.clone()),
        server: Some(account.server.clone()),
        administrator: account.issuer.is_some(),
        problem: account.problem,
        ..Status::default()
    })
}
