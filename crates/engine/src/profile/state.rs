// SPDX-License-Identifier: EUPL-1.2
//! The account as it is kept: one value, written whole.

use crate::{
    EngineError,
    crypto::{Secret, sign::SigningKey},
    db::{self, Db},
    error::bug,
    log::DirKey,
    turn::Turn,
};
use client_api::{AccountState, DeviceId, Event, Status, UserId};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{AuthorityId, InboxId, IssuerGrant, LogId, MemberProof, RootPublicKey, proof::Op};

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
    pub problem: Option<String>,
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
    #[n(3)]
    pub seal_key: ByteVec,
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
    /// The root's word for the very first statement; later ones are signed by the issuer.
    #[n(9)]
    pub root_signature: Option<proto::RootSignature>,
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

impl Account {
    pub fn device_signer(&self) -> Result<SigningKey, EngineError> {
        SigningKey::from_bytes(self.device_key.expose()).map_err(bug)
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
    let Some(mut account) = load(turn.db)?.filter(|account| account.user == *user) else { return Ok(()) };
    account.state = AccountState::Revoked;
    account.problem = Some("this account was locked out by an administrator".into());
    save(turn.db, &account)?;
    turn.event(Event::AccountChanged);
    Ok(())
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
