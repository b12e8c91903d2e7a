// SPDX-License-Identifier: EUPL-1.2
//! Locking somebody out: records, then new keys for everybody else, in the order blobs, commit, authority.put.

use super::{
    format::{
        BlobRef, DirKey, Record, RekeyNotice, Scope, SealedWriteKey, Snapshot, WRAP_SLOT_BYTES, open_wrap,
        seal_kem_blob, seal_wrap_blob, seal_write_key, sign_rekey, wrap::slot_offset,
    },
    store,
    write::append,
};
use crate::{
    EngineError,
    cert::{Revocation, issuer_id},
    crypto::{
        Secret,
        seal::{SealKey, SealPublic},
        sign::SigningKey,
    },
    db::{self, params},
    error::{Fail, bug},
    outbox::{self, Purpose},
    profile::{self, Account},
    sync::{self, LogRow, LogState, Payload, Taken},
    turn::{Turn, Want},
};
use client_api::{Answer, CommandError, DeviceId, Timestamp, UserId, Why};
use minicbor::{Decode, Encode, bytes::ByteVec};
use proto::{BlobId, ContentHash, EntryKind, LogEntry, NextKeys, Request, chain::content_hash};

const WANTED: &str = "rekey wanted";
const OUT: &str = "rekey out";
const IN: &str = "rekey in";
const DUE: &str = "rekey due";
/// Seconds an administrator has to bring new keys before others do it.
const DUE_SECS: u64 = 600;

/// A rekey of ours, staged: everything a crash must not lose.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Outgoing {
    #[n(0)]
    env: ByteVec,
    #[n(1)]
    env_hash: ContentHash,
    #[n(2)]
    next: NextKeys,
    #[n(3)]
    key: Secret,
    #[n(4)]
    write_key: Secret,
    #[n(5)]
    snapshot: BlobRef,
    #[n(6)]
    kem: BlobRef,
    #[n(7)]
    blobs: Vec<BlobId>,
    /// Entries of the branch read when it was made.
    #[n(8)]
    n: u32,
}

/// A rekey of somebody else whose wrap is on its way.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Incoming {
    #[n(0)]
    env_hash: ContentHash,
    #[n(1)]
    next: NextKeys,
    #[n(2)]
    slot: u32,
    #[n(3)]
    snapshot: BlobRef,
    #[n(4)]
    kem: BlobRef,
    #[n(5)]
    write_key: Option<ByteVec>,
}

/// Where the newest snapshot lies: handed to those who enrol later.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Newest {
    #[n(0)]
    pub snapshot: BlobRef,
    #[n(1)]
    pub kem: BlobRef,
    /// Head of the chain after entry `n`.
    #[n(2)]
    pub head: ContentHash,
    /// Entries of the branch it covers.
    #[n(3)]
    pub n: u32,
}

/// Locks a person out; the removal from groups follows when the record is read.
pub(crate) fn revoke_person(turn: &mut Turn<'_>, user: &UserId) -> Result<Answer, Fail> {
    let account = profile::load(turn.db)?.filter(|account| account.issuer.is_some());
    let account = account.ok_or(CommandError::Refused(Why::NotAdministrator))?;
    if account.user == *user {
        return Err(CommandError::Refused(Why::NotThisPerson).into());
    }
    let person = store::find_person(turn.db, user)?.ok_or(CommandError::Unknown(Why::NoSuchPerson))?;
    if person.revoked {
        return Ok(Answer::Done);
    }
    if person.administrator {
        return Err(CommandError::Refused(Why::NeedsRootFile).into());
    }
    lock_out(turn, &account, user)?;
    Ok(Answer::Done)
}

/// The records and the wish for new keys.
pub(crate) fn lock_out(turn: &mut Turn<'_>, account: &Account, user: &UserId) -> Result<(), EngineError> {
    let act = super::act(turn, account, super::format::ActKind::RevokedPerson(*user));
    let Some(issuer) = &account.issuer else { return Ok(()) };
    let key = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let statement = Revocation::sign(&key, &issuer.cert, &account.authority, *user);
    append(turn, &[Record::RevokePerson(*user), Record::Revocation(statement), act])?;
    store::withdraw_invitations(turn.db, user)?;
    db::save_meta(turn.db, WANTED, Some(&[1]))
}

/// Somebody was locked out: if who did it does not bring new keys in time, another administrator does.
pub(super) fn due(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    let at = turn.now.secs() + DUE_SECS;
    db::save_meta(turn.db, DUE, Some(&minicbor::to_vec(at).map_err(bug)?))
}

/// A rekey whose author had not read everything before it: it does not hold, and the branch takes nothing but another.
pub(super) fn outrun(turn: &mut Turn<'_>, entry: &LogEntry) -> Result<(), EngineError> {
    match find_out(turn)? {
        Some(staged) if staged.env_hash == entry.env_hash => db::save_meta(turn.db, OUT, None),
        _ => due(turn),
    }
}

fn find_out(turn: &Turn<'_>) -> Result<Option<Outgoing>, EngineError> {
    let bytes = db::load_meta(turn.db, OUT)?;
    bytes.map(|bytes| proto::decode(&bytes, usize::MAX).map_err(|_| EngineError::Damaged("rekey"))).transpose()
}

/// The time of [`due`] has come and nothing has happened.
fn is_due(turn: &mut Turn<'_>) -> Result<bool, EngineError> {
    let Some(bytes) = db::load_meta(turn.db, DUE)? else { return Ok(false) };
    let at: u64 = minicbor::decode(&bytes).map_err(|_| EngineError::Damaged("rekey due"))?;
    turn.alarm(Timestamp::from_secs(at));
    Ok(at <= turn.now.secs())
}

/// A rekey was staged or is being read: no entries until it is through.
pub(crate) fn is_under_way(turn: &Turn<'_>) -> Result<bool, EngineError> {
    Ok(db::load_meta(turn.db, OUT)?.is_some() || db::load_meta(turn.db, IN)?.is_some())
}

pub(crate) fn newest(db: &db::Db<'_>) -> Result<Option<Newest>, EngineError> {
    let bytes = db::load_meta(db, "snapshot")?;
    bytes.map(|bytes| proto::decode(&bytes, 4096).map_err(|_| EngineError::Damaged("snapshot"))).transpose()
}

pub(crate) fn pump(turn: &mut Turn<'_>, account: &Account, log: &LogRow) -> Result<(), EngineError> {
    if let Some(staged) = find_out(turn)? {
        // Entries that came since make it void; it is sent all the same if the branch takes entries, to close it.
        if log.candidates > 0 && staged.n != log.n {
            return db::save_meta(turn.db, OUT, None);
        }
        if sync::is_read(turn, log) && outbox::are_uploaded(turn.db, &staged.blobs)? {
            let want = Want::Commit(log.id, staged.env_hash);
            let request = Request::LogCommit {
                branch: log.branch,
                candidate: log.candidates,
                env: staged.env,
                next: staged.next,
            };
            turn.ask(want, request);
        }
        return Ok(());
    }
    let wanted = db::load_meta(turn.db, WANTED)?.is_some() || is_due(turn)?;
    // a closed branch takes no entries: what waits goes into the next
    let may_stage = log.candidates > 0 || !store::has_pending(turn.db)?;
    if wanted && sync::is_read(turn, log) && may_stage {
        stage(turn, account, log)?;
    }
    Ok(())
}

/// Somebody else was first: read theirs, then stage anew if it is still wanted.
pub(crate) fn conflict(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    if let Some(log) = sync::store::find_directory(turn.db)? {
        turn.live.opened.remove(&log.branch);
    }
    Ok(())
}

fn stage(turn: &mut Turn<'_>, account: &Account, log: &LogRow) -> Result<(), EngineError> {
    let (Some(issuer), Some(directory)) = (&account.issuer, &account.directory) else { return Ok(()) };
    let scope = Scope { authority: account.authority, log: log.id, d: directory.d.saturating_add(1) };
    let signer = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let (key, write_key) = (DirKey::generate(turn.luck), SigningKey::generate(turn.luck));
    let seal_keys = super::snapshot::seal_keys(turn.db)?;
    let wraps = seal_wrap_blob(turn.luck, &account.authority, scope.d, &key, &seal_keys).map_err(bug)?;
    let wraps_id = BlobId(turn.random());
    let wraps = outbox::put_blob(turn, wraps_id, wraps, Some(&log.branch))?;
    let (snapshot, kem) = super::snapshot::write(turn, account, log, &scope, &key)?;
    let mut write_keys = Vec::new();
    for other in store::list_issuers(turn.db)? {
        let to = SealPublic::from_bytes(&other.seal_key).map_err(bug)?;
        let sealed = seal_write_key(turn.luck, &account.authority, scope.d, &to, &write_key).map_err(bug)?;
        write_keys.push(SealedWriteKey { issuer: issuer_id(&other.grant.issuer_pub), sealed: sealed.into() });
    }
    let notice = RekeyNotice {
        d: scope.d,
        snapshot: snapshot.clone(),
        wraps,
        kem: kem.clone(),
        removed: removed(turn)?,
        devices: u32::try_from(seal_keys.len()).map_err(bug)?,
        write_keys,
        n: log.n,
    };
    let signed = sign_rekey(&signer, &scope, &notice).map_err(bug)?;
    let env = sync::store::seal(turn.luck, log, EntryKind::Commit, Payload::Directory, &signed).map_err(bug)?;
    let next = NextKeys { access_pub: key.access_key(&log.id).public(), write_pub: Some(write_key.public()) };
    let blobs = vec![snapshot.id, notice.wraps.id, kem.id];
    let write_key = Secret::new(write_key.expose());
    let env_hash = content_hash(&env);
    let n = log.n;
    let staged = Outgoing { env: env.into(), env_hash, next, key: key.0, write_key, snapshot, kem, blobs, n };
    db::save_meta(turn.db, OUT, Some(&proto::encode(&staged)))
}

fn removed(turn: &Turn<'_>) -> Result<Vec<DeviceId>, EngineError> {
    db::list(turn.db, "SELECT device FROM device WHERE revoked = 1 ORDER BY device", [], |row| db::col(row, 0))
}

/// A verified rekey in the log: ours is taken at once, another's waits for this device's wrap.
pub(super) fn read(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    entry: &LogEntry,
    next: &NextKeys,
    notice: &RekeyNotice,
) -> Result<Taken, EngineError> {
    // It covers all that was locked out before it; a wish of ours that is not in the log yet stays.
    db::save_meta(turn.db, DUE, None)?;
    if !store::has_pending(turn.db)? {
        db::save_meta(turn.db, WANTED, None)?;
    }
    if let Some(staged) = find_out(turn)? {
        db::save_meta(turn.db, OUT, None)?;
        if staged.env_hash == entry.env_hash {
            adopt(
                turn,
                log,
                next,
                &entry.env_hash,
                DirKey(staged.key),
                Some(staged.write_key),
                (staged.snapshot, staged.kem),
            )?;
            return Ok(Taken::Elsewhere);
        }
    }
    let place = store::list_devices(turn.db)?.iter().position(|row| row.device == account.device);
    let Some(slot) = place.and_then(|place| u32::try_from(place).ok()) else {
        profile::note_revoked(turn, &account.user)?;
        return Ok(Taken::Next);
    };
    let own =
        account.issuer.as_ref().map(|issuer| SigningKey::from_bytes(issuer.key.expose())).transpose().map_err(bug)?;
    let own = own.map(|key| issuer_id(&key.public()));
    let write_key =
        notice.write_keys.iter().find(|sealed| Some(sealed.issuer) == own).map(|found| found.sealed.clone());
    let waiting = Incoming {
        env_hash: entry.env_hash,
        next: next.clone(),
        slot,
        snapshot: notice.snapshot.clone(),
        kem: notice.kem.clone(),
        write_key,
    };
    db::save_meta(turn.db, IN, Some(&proto::encode(&waiting)))?;
    sync::store::save(turn.db, &LogRow { state: LogState::Held, ..log.clone() })?;
    let offset = slot_offset(slot, WRAP_SLOT_BYTES);
    outbox::want_blob(turn, &notice.wraps, offset, WRAP_SLOT_BYTES as u64, Purpose::Wrap, log.id.as_bytes())?;
    Ok(Taken::Elsewhere)
}

/// This device's wrap is here.
pub(crate) fn wrap_arrived(turn: &mut Turn<'_>, wrap: &[u8]) -> Result<(), EngineError> {
    let Some(bytes) = db::load_meta(turn.db, IN)? else { return Ok(()) };
    let waiting: Incoming = proto::decode(&bytes, usize::MAX).map_err(|_| EngineError::Damaged("rekey"))?;
    let (Some(account), Some(log)) = (profile::load(turn.db)?, sync::store::find_directory(turn.db)?) else {
        return Ok(());
    };
    let Some(directory) = &account.directory else { return Ok(()) };
    let (own, d) = (SealKey::from_bytes(&account.seal_key).map_err(bug)?, directory.d.saturating_add(1));
    let Ok(key) = open_wrap(&own, &account.authority, d, waiting.slot, wrap) else {
        turn.warn(None, Why::DirectoryKey);
        return Ok(());
    };
    let write_key = match (&account.issuer, &waiting.write_key) {
        (Some(_), Some(sealed)) => {
            super::format::open_write_key(&own, &account.authority, d, sealed).ok().map(|key| Secret::new(key.expose()))
        }
        _ => None,
    };
    db::save_meta(turn.db, IN, None)?;
    adopt(turn, &log, &waiting.next, &waiting.env_hash, key, write_key, (waiting.snapshot, waiting.kem))
}

fn adopt(
    turn: &mut Turn<'_>,
    log: &LogRow,
    next: &NextKeys,
    env_hash: &ContentHash,
    key: DirKey,
    write_key: Option<Secret>,
    (snapshot, kem): (BlobRef, BlobRef),
) -> Result<(), EngineError> {
    if key.access_key(&log.id).public() != next.access_pub {
        turn.warn(None, Why::DirectoryKey);
        return Ok(());
    }
    let Some(mut account) = profile::load(turn.db)? else { return Ok(()) };
    if let Some(directory) = &mut account.directory {
        directory.d = directory.d.saturating_add(1);
        directory.key = key.0.clone();
        store::save_package_root(turn.db, directory.d, &key.package_root())?;
    }
    if let (Some(issuer), Some(write_key)) = (&mut account.issuer, write_key) {
        issuer.write_key = write_key;
        issuer.put = true;
    }
    profile::save(turn.db, &account)?;
    db::run(
        turn.db,
        "UPDATE outbox SET env = NULL, env_hash = NULL, branch = NULL, acked = 0 WHERE conversation IS NULL AND log = ?1",
        params![log.id.as_bytes()],
    )?;
    db::run(turn.db, "UPDATE inbox SET published = 0 WHERE purpose = 0", [])?;
    store::drop_notices(turn.db)?;
    let new = sync::switch_branch(turn, log, key.0, env_hash, next)?;
    let newest = Newest { snapshot, kem, head: new.head, n: 0 };
    db::save_meta(turn.db, "snapshot", Some(&proto::encode(&newest)))
}

/// The first snapshot of a new directory: empty, so that those who enrol read the log from its start.
pub(super) fn first_snapshot(turn: &mut Turn<'_>, account: &Account, log: &LogRow) -> Result<(), EngineError> {
    let (Some(issuer), Some(access)) = (&account.issuer, &account.directory) else { return Ok(()) };
    if access.d > 0 || newest(turn.db)?.is_some() {
        return Ok(());
    }
    let signer = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let (key, scope) = (DirKey(access.key.clone()), Scope { authority: account.authority, log: log.id, d: 0 });
    let id = BlobId(turn.random());
    let empty = Snapshot { d: 0, log: log.id, records: Vec::new(), package_roots: Vec::new() };
    let sealed = empty.seal(&signer, &issuer.cert, &scope, &key, &id).map_err(bug)?;
    let snapshot = outbox::put_blob(turn, id, sealed, Some(&log.branch))?;
    let (id, kem) = (BlobId(turn.random()), seal_kem_blob(turn.luck, &key, &[]).map_err(bug)?);
    let kem = outbox::put_blob(turn, id, kem, Some(&log.branch))?;
    let newest = Newest { snapshot, kem, head: proto::chain::first_head(&log.branch, None), n: 0 };
    db::save_meta(turn.db, "snapshot", Some(&proto::encode(&newest)))
}
