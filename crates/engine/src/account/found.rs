// SPDX-License-Identifier: EUPL-1.2
//! Founding an authority: all keys at once, the root in a sealed file, the server told when there is a connection.

use super::{
    format::{RootFile, RootFileError, seal_root_file},
    inbox, renew,
};
use crate::{
    EngineError,
    cert::{self, ISSUER_DAYS, issuer_id},
    crypto::{
        Secret,
        seal::SealKey,
        sign::{RootKey, SigningKey},
    },
    db,
    directory::{
        self,
        format::{ActKind, Approval, Device, DirKey, Issuer, Name, Person, PersonState, Policy, Record},
        store,
    },
    error::{Fail, bug},
    profile::{self, Account, DirectoryAccess, IssuerKeys, RootSaid},
    sync::{self, LogKind, LogRow, LogState},
    turn::{Turn, Want},
};
use client_api::{AccountState, Answer, CommandError, DeviceId, Event, Passphrase, UserId, Why};
use proto::{
    AuthorityStatement, ErrorCode, Hour, InboxId, IssuerGrant, LogId, NextKeys, Reply, Request, StatementSigner,
    TtlClass,
    authority::authority_id,
    chain::{ROOT_PARENT, branch_id, content_hash, first_head},
};

/// Shortest passphrase for a root file, in characters.
const PASSPHRASE_CHARS: usize = 8;

pub(crate) fn create_authority(
    turn: &mut Turn<'_>,
    server: &str,
    name: &str,
    admin: &str,
    passphrase: &Passphrase,
    setup_code: Option<Passphrase>,
) -> Result<Answer, Fail> {
    if profile::load(turn.db)?.is_some() {
        return Err(CommandError::WrongState(Why::HasAccount).into());
    }
    let authority_name = Name::new(name).map_err(|_| CommandError::Invalid(Why::AuthorityName))?;
    let admin_name = Name::new(admin).map_err(|_| CommandError::Invalid(Why::PersonName))?;
    if passphrase.0.chars().count() < PASSPHRASE_CHARS {
        return Err(CommandError::Invalid(Why::PassphraseShort).into());
    }
    super::format::link::check_server(server).map_err(|_| CommandError::Invalid(Why::ServerAddress))?;
    let root = RootKey::generate(turn.luck);
    let account = keys(turn, &root, server, &authority_name, &admin_name, setup_code.map(|code| code.0))?;
    begin_directory(turn, &account, &admin_name)?;
    profile::save(turn.db, &account)?;
    inbox::add_final(turn, &account)?;
    let file = RootFile { root, authority_name };
    let sealed = seal_root_file(turn.luck, &file, &passphrase.0).map_err(|error| match error {
        RootFileError::Memory => CommandError::Store(error.to_string()),
        _ => CommandError::Invalid(Why::PassphraseShort),
    })?;
    turn.event(Event::AccountChanged);
    Ok(Answer::RootFile(sealed.into()))
}

fn keys(
    turn: &Turn<'_>,
    root: &RootKey,
    server: &str,
    authority_name: &Name,
    admin: &Name,
    setup_code: Option<String>,
) -> Result<Account, EngineError> {
    let luck = turn.luck;
    let authority = authority_id(&root.public());
    let [issuer, user_key, device_key, write_key, pass_key, owner] =
        std::array::from_fn(|_| SigningKey::generate(luck));
    let (user, device) = (UserId(turn.random()), DeviceId(turn.random()));
    let issuer_cert = cert::issue_issuer(luck, root, &issuer.public(), turn.now).map_err(bug)?;
    let user_cert = cert::issue_user(luck, &issuer, &issuer_cert, user, &user_key.public(), turn.now).map_err(bug)?;
    let device_cert =
        cert::issue_device(luck, &user_key, &user_cert, device, &device_key.public(), turn.now).map_err(bug)?;
    let not_after = Hour::of_millis(turn.now.0).plus_days(u32::try_from(ISSUER_DAYS).map_err(bug)?);
    let signed = IssuerGrant::signed_bytes(&authority, &issuer.public(), 0, not_after);
    let grant =
        IssuerGrant { issuer_pub: issuer.public(), generation: 0, not_after, root_signature: root.sign(&signed) };
    let secret = |key: &SigningKey| Secret::new(key.expose());
    let directory = DirectoryAccess { log: LogId(turn.random()), d: 0, key: DirKey::generate(luck).0 };
    let statement = AuthorityStatement {
        authority,
        root_pub: root.public(),
        member_pub: DirKey(directory.key.clone()).member_key().public(),
        pass_pub: pass_key.public(),
        version: 1,
    };
    let said = RootSaid { signature: root.sign(&statement.signed_bytes()), statement };
    let mut account = Account {
        state: AccountState::Founding,
        server: server.into(),
        authority,
        authority_name: authority_name.as_str().into(),
        root_pub: root.public(),
        user,
        name: admin.as_str().into(),
        device,
        user_key: secret(&user_key),
        device_key: secret(&device_key),
        chain: Vec::new(),
        inbox: InboxId(turn.random()),
        inbox_owner: secret(&owner),
        seal_key: SealKey::generate(luck).expose().to_vec().into(),
        issuer: Some(IssuerKeys {
            key: secret(&issuer),
            cert: issuer_cert.clone().into(),
            grant,
            write_key: secret(&write_key),
            pass_key: secret(&pass_key),
            put: true,
            version: 0,
            setup_code,
            root_said: Some(said),
        }),
        directory: Some(directory),
        enrolling: None,
        problem: None,
        issuer_key: secret(&issuer),
        renew_at: u64::MAX,
        ask_at: u64::MAX,
    };
    account.set_chain(vec![device_cert, user_cert, issuer_cert])?;
    Ok(account)
}

fn begin_directory(turn: &mut Turn<'_>, account: &Account, admin: &Name) -> Result<(), EngineError> {
    let (Some(issuer), Some(access)) = (&account.issuer, &account.directory) else { return Ok(()) };
    let key = DirKey(access.key.clone());
    let write_key = SigningKey::from_bytes(issuer.write_key.expose()).map_err(bug)?;
    let keys = NextKeys { access_pub: key.access_key(&access.log).public(), write_pub: Some(write_key.public()) };
    let branch = branch_id(&access.log, &ROOT_PARENT, 0, &keys);
    let log = LogRow {
        id: access.log,
        kind: LogKind::Directory,
        conversation: None,
        branch,
        n: 0,
        head: first_head(&branch, None),
        candidates: 0,
        secret: access.key.clone(),
        ttl: TtlClass::Kept,
        state: LogState::New,
        at_hour: 0,
    };
    sync::store::save(turn.db, &log)?;
    store::save_package_root(turn.db, 0, &key.package_root())?;
    store::save_issuer(turn.db, &issuer_id(&issuer.grant.issuer_pub), &issuer.cert, None)?;
    let seal_key = public_of(&account.seal_key)?;
    let issuer_record = Issuer {
        cert: issuer.cert.clone(),
        grant: issuer.grant.clone(),
        seal_key: seal_key.clone().into(),
        user: account.user,
        keys: None,
    };
    let user_key = SigningKey::from_bytes(account.user_key.expose()).map_err(bug)?;
    let cert_ends = account.chain.get(1).map_or(Ok(Hour(0)), |cert| renew::cert_ends(cert))?;
    let records = [
        Record::Policy(Policy { approval: Approval::Agent, retention: TtlClass::Days30 }),
        Record::Issuer(issuer_record),
        Record::Person(Person { user: account.user, name: admin.clone(), unit: None, state: PersonState::Active }),
        Record::Device(Device {
            device: account.device,
            user: account.user,
            inbox: account.inbox,
            seal_key_hash: content_hash(&seal_key),
            seal_key: Some(seal_key.into()),
            user_key: user_key.public(),
            issuer_key: issuer.grant.issuer_pub,
            cert_ends,
        }),
        directory::act(turn, account, ActKind::Founded),
    ];
    directory::append(turn, &records)
}

/// The public half of a kept sealing key.
fn public_of(seal_key: &[u8]) -> Result<Vec<u8>, EngineError> {
    Ok(SealKey::from_bytes(seal_key).map_err(bug)?.public().as_bytes().to_vec())
}

/// Tells the server what holds now, until it has confirmed it.
pub(super) fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let (Some(issuer), Some(access)) = (account.issuer.as_ref().filter(|issuer| issuer.put), &account.directory) else {
        return Ok(());
    };
    if let Some(RootSaid { statement, signature }) = issuer.root_said.clone() {
        let (signer, setup_code) = (StatementSigner::Root(signature), issuer.setup_code.clone());
        turn.ask(Want::AuthorityPut, Request::AuthorityPut { statement, signer, setup_code });
        return Ok(());
    }
    // whoever is behind the directory would say what holds no more
    if !sync::store::find_directory(turn.db)?.is_some_and(|log| sync::is_read(turn, &log)) {
        return Ok(());
    }
    let statement = statement(&account, issuer, access)?;
    let key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let signer = StatementSigner::Issuer(issuer.grant.clone(), key.sign(&statement.signed_bytes()));
    turn.ask(Want::AuthorityPut, Request::AuthorityPut { statement, signer, setup_code: None });
    Ok(())
}

/// What holds now, by what this administrator knows.
pub(super) fn statement(
    account: &Account,
    issuer: &IssuerKeys,
    access: &DirectoryAccess,
) -> Result<AuthorityStatement, EngineError> {
    Ok(AuthorityStatement {
        authority: account.authority,
        root_pub: account.root_pub,
        member_pub: DirKey(access.key.clone()).member_key().public(),
        pass_pub: SigningKey::from_bytes(issuer.pass_key.expose()).map_err(bug)?.public(),
        version: u64::from(issuer.grant.generation) << 32 | u64::from(access.d).saturating_add(1),
    })
}

pub(crate) fn authority_answered(turn: &mut Turn<'_>, result: Result<Reply, ErrorCode>) -> Result<(), EngineError> {
    let Some(mut account) = profile::load(turn.db)? else { return Ok(()) };
    let founding = account.state == AccountState::Founding;
    let (Some(access), Some(known)) = (&account.directory, &account.issuer) else { return Ok(()) };
    let now = statement(&account, known, access)?;
    let Some(issuer) = &mut account.issuer else { return Ok(()) };
    match result {
        Ok(Reply::Authority(said)) => {
            if issuer.root_said.as_ref().is_some_and(|root| root.statement == said) {
                (issuer.root_said, issuer.setup_code) = (None, None);
            }
            // An older statement of ours: the newer one is asked for next.
            issuer.put = said.version < now.version;
            issuer.version = said.version;
            if founding {
                account.state = AccountState::Ready;
            }
            account.problem = None;
        }
        Ok(_) => {}
        // Somebody else has said it already, or something newer that is still to be read here.
        Err(ErrorCode::Conflict) if !founding && issuer.root_said.is_none() => issuer.put = false,
        Err(ErrorCode::Conflict) if !founding => {
            issuer.root_said = None;
            account.problem = Some(Why::AdministratorsAtOnce);
        }
        Err(code) => {
            account.problem = Some(match code {
                ErrorCode::SetupCode | ErrorCode::Conflict => Why::SetupCode,
                _ => Why::AuthorityRefused,
            });
            turn.pause(Want::AuthorityPut, 30);
        }
    }
    profile::save(turn.db, &account)?;
    turn.event(Event::AccountChanged);
    db::save_meta(turn.db, "authority asked", Some(&[1]))
}
