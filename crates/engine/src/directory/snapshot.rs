// SPDX-License-Identifier: EUPL-1.2
//! The whole directory as records: written at a rekey, read once by those who enrol after it.

use super::{
    apply::apply,
    format::{
        BlobRef, Device, KEM_SLOT_BYTES, Name, Person, PersonState, Policy, Record, Scope, Snapshot, SnapshotIn,
        SnapshotNotice, Unit, open_kem, seal_kem_blob, wrap::slot_offset,
    },
    rekey::Newest,
    store,
};
use crate::{
    EngineError, cert,
    crypto::{seal::SealPublic, sign::SigningKey},
    db::{self, Db},
    error::bug,
    outbox::{self, Purpose},
    profile::{self, Account},
    sync::{self, LogRow, LogState},
    turn::Turn,
};
use client_api::Why;
use minicbor::{Decode, Encode};
use proto::{BlobId, BranchId, chain::content_hash};

/// What the tables say, as records.
pub(super) fn records(db: &Db<'_>) -> Result<Vec<Record>, EngineError> {
    let mut all = Vec::new();
    if let Some(policy) = db::load_meta(db, "policy")? {
        all.push(Record::Policy(proto::decode::<Policy>(&policy, 1024).map_err(bug)?));
    }
    all.extend(store::list_issuers(db)?.into_iter().map(Record::Issuer));
    for (unit, name) in store::list_units(db)? {
        all.push(Record::Unit(Unit { unit, name: Name::new(&name).map_err(bug)? }));
    }
    let people = store::list_people(db)?;
    for person in &people {
        let state = match person.state {
            0 => PersonState::Invited,
            1 => PersonState::Active,
            _ => PersonState::Left,
        };
        let name = Name::new(&person.name).map_err(bug)?;
        all.push(Record::Person(Person { user: person.user, name, unit: person.unit_id, state }));
    }
    for row in store::list_devices(db)? {
        all.push(Record::Device(Device {
            device: row.device,
            user: row.user,
            inbox: row.inbox,
            seal_key_hash: row.seal_key_hash,
            seal_key: None,
            user_key: row.user_key,
            issuer_key: row.issuer_key,
            cert_ends: row.cert_ends,
        }));
    }
    all.extend(people.iter().filter(|person| person.revoked).map(|person| Record::RevokePerson(person.user)));
    all.extend(store::list_revocations(db)?.into_iter().map(Record::Revocation));
    Ok(all)
}

/// Asks for the snapshot a new device starts from.
pub(crate) fn fetch(turn: &mut Turn<'_>, newest: &Newest) -> Result<(), EngineError> {
    db::save_meta(turn.db, "snapshot", Some(&proto::encode(newest)))?;
    let (snapshot, kem) = (&newest.snapshot, &newest.kem);
    outbox::want_blob(turn, snapshot, 0, snapshot.size_bytes, Purpose::Snapshot, snapshot.id.as_bytes())?;
    outbox::want_blob(turn, kem, 0, kem.size_bytes, Purpose::Kem, kem.id.as_bytes())
}

pub(crate) fn snapshot_arrived(turn: &mut Turn<'_>, id: &BlobId, body: &[u8]) -> Result<(), EngineError> {
    let Some(account) = profile::load(turn.db)? else { return Ok(()) };
    let Some(directory) = &account.directory else { return Ok(()) };
    let scope = Scope { authority: account.authority, log: directory.log, d: directory.d };
    let key = super::format::DirKey(directory.key.clone());
    let Ok(snapshot) = SnapshotIn::open(&key, id, body) else {
        turn.warn(None, Why::DirectoryEntry);
        return Ok(());
    };
    let issuer = cert::verify_issuer(snapshot.issuer_cert(), &[account.root_pub], None, turn.seen);
    let cert = snapshot.issuer_cert().to_vec();
    let verified = issuer.ok().and_then(|issuer| Some((issuer.issuer, snapshot.verify(&issuer.key, &scope).ok()?)));
    let Some((issuer, verified)) = verified else {
        turn.warn(None, Why::DirectoryEntry);
        return Ok(());
    };
    // who wrote it may be another than who let this device in, and may have written what follows too
    store::save_issuer(turn.db, &issuer, &cert, None)?;
    for (d, root) in &verified.package_roots {
        store::save_package_root(turn.db, *d, root)?;
    }
    apply(turn, &verified.records)?;
    db::save_meta(turn.db, READ, Some(&[1]))?;
    // the KEM blob may have come first
    match db::load_meta(turn.db, "kem")? {
        Some(body) => kem_arrived(turn, &body),
        None => Ok(()),
    }
}

/// Every device's sealing key, slot by slot; each is checked against its hash.
pub(crate) fn kem_arrived(turn: &mut Turn<'_>, body: &[u8]) -> Result<(), EngineError> {
    let directory = profile::load(turn.db)?.and_then(|account| account.directory);
    let Some(directory) = directory else { return Ok(()) };
    if db::load_meta(turn.db, READ)?.is_none() {
        return db::save_meta(turn.db, "kem", Some(body));
    }
    let key = super::format::DirKey(directory.key);
    for (row, slot) in store::list_devices(turn.db)?.iter().zip(0u32..) {
        let start = usize::try_from(slot_offset(slot, KEM_SLOT_BYTES)).map_err(bug)?;
        let sealed = body.get(start..start.saturating_add(KEM_SLOT_BYTES)).unwrap_or_default();
        if let Ok(found) = open_kem(&key, slot, sealed)
            && content_hash(found.as_bytes()) == row.seal_key_hash
        {
            store::save_seal_key(turn.db, &row.device, found.as_bytes())?;
        }
    }
    db::save_meta(turn.db, "kem", None)?;
    // now what came after it can be read
    match sync::store::find_directory(turn.db)? {
        Some(log) if log.state == LogState::Held => {
            sync::store::save(turn.db, &LogRow { state: LogState::Open, ..log })
        }
        _ => Ok(()),
    }
}

/// Counts records of entries; whoever writes the one that makes another thousand writes a snapshot too.
pub(super) fn count(turn: &mut Turn<'_>, records: usize, own: bool) -> Result<(), EngineError> {
    let before = db::load_meta(turn.db, SINCE)?.and_then(|bytes| minicbor::decode::<u64>(&bytes).ok()).unwrap_or(0);
    let after = before + records as u64;
    if own && before / RECORDS_BETWEEN != after / RECORDS_BETWEEN {
        db::save_meta(turn.db, WANTED, Some(&[1]))?;
    }
    db::save_meta(turn.db, SINCE, Some(&minicbor::to_vec(after).map_err(bug)?))
}

/// An administrator says where a newer snapshot lies.
pub(super) fn note(turn: &mut Turn<'_>, notice: SnapshotNotice) -> Result<(), EngineError> {
    let newest = Newest { snapshot: notice.snapshot, kem: notice.kem, head: notice.head, n: notice.n };
    db::save_meta(turn.db, "snapshot", Some(&proto::encode(&newest)))
}

/// Writes a snapshot of the branch as far as it is read; its notice follows when the server has it.
pub(super) fn pump(turn: &mut Turn<'_>, account: &Account, log: &LogRow) -> Result<(), EngineError> {
    if let Some(bytes) = db::load_meta(turn.db, OUT)? {
        let staged: Outgoing = proto::decode(&bytes, 8192).map_err(|_| EngineError::Damaged("snapshot out"))?;
        if staged.branch != log.branch {
            return db::save_meta(turn.db, OUT, None);
        }
        if outbox::are_uploaded(turn.db, &[staged.notice.snapshot.id, staged.notice.kem.id])? {
            store::add_notice(turn.db, &proto::encode(&staged.notice))?;
            db::save_meta(turn.db, OUT, None)?;
        }
        return Ok(());
    }
    if db::load_meta(turn.db, WANTED)?.is_none() || store::has_pending(turn.db)? {
        return Ok(());
    }
    db::save_meta(turn.db, WANTED, None)?;
    let Some(access) = &account.directory else { return Ok(()) };
    let scope = Scope { authority: account.authority, log: log.id, d: access.d };
    let key = super::format::DirKey(access.key.clone());
    let (snapshot, kem) = write(turn, account, log, &scope, &key)?;
    let devices = u32::try_from(store::list_devices(turn.db)?.len()).map_err(bug)?;
    let notice = SnapshotNotice { n: log.n, head: log.head, snapshot, kem, devices };
    db::save_meta(turn.db, OUT, Some(&proto::encode(&Outgoing { branch: log.branch, notice })))
}

/// Puts snapshot and KEM blob of the tables as they are now into the outbox.
pub(super) fn write(
    turn: &mut Turn<'_>,
    account: &Account,
    log: &LogRow,
    scope: &Scope,
    key: &super::format::DirKey,
) -> Result<(BlobRef, BlobRef), EngineError> {
    let issuer = account.issuer.as_ref().ok_or_else(|| bug("only an administrator writes snapshots"))?;
    let signer = SigningKey::from_bytes(issuer.key.expose()).map_err(bug)?;
    let id = BlobId(turn.random());
    let snapshot = Snapshot {
        d: scope.d,
        log: log.id,
        records: records(turn.db)?,
        package_roots: store::list_package_roots(turn.db)?,
    };
    let snapshot = snapshot.seal(&signer, &issuer.cert, scope, key, &id).map_err(bug)?;
    let snapshot = outbox::put_blob(turn, id, snapshot, Some(&log.branch))?;
    let kem = seal_kem_blob(turn.luck, key, &seal_keys(turn.db)?).map_err(bug)?;
    let id = BlobId(turn.random());
    let kem = outbox::put_blob(turn, id, kem, Some(&log.branch))?;
    Ok((snapshot, kem))
}

/// Every device's sealing key, in the order of slots.
pub(super) fn seal_keys(db: &Db<'_>) -> Result<Vec<SealPublic>, EngineError> {
    let keys = store::list_devices(db)?.into_iter().map(|device| {
        let bytes = device.seal_key.ok_or(EngineError::Damaged("a device without its sealing key"))?;
        SealPublic::from_bytes(&bytes).map_err(bug)
    });
    keys.collect()
}

/// A snapshot on its way to the server.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Outgoing {
    #[n(0)]
    branch: BranchId,
    #[n(1)]
    notice: SnapshotNotice,
}

/// The snapshot this device began with was read.
const READ: &str = "snapshot read";
/// Records read from entries.
const SINCE: &str = "records read";
const WANTED: &str = "snapshot wanted";
const OUT: &str = "snapshot out";
const RECORDS_BETWEEN: u64 = 1_000;
