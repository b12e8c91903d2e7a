// SPDX-License-Identifier: EUPL-1.2
//! The whole directory as records: written at a rekey, read once by those who enrol after it.

use super::{
    apply::apply,
    format::{
        Device, KEM_SLOT_BYTES, Name, Person, PersonState, Policy, Record, Scope, SnapshotIn, Unit, open_kem,
        wrap::slot_offset,
    },
    rekey::Newest,
    store,
};
use crate::{
    EngineError, cert,
    db::{self, Db},
    error::bug,
    outbox::{self, Purpose},
    profile,
    turn::Turn,
};
use proto::{BlobId, chain::content_hash};

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
        let (device, user, inbox, seal_key_hash) = (row.device, row.user, row.inbox, row.seal_key_hash);
        all.push(Record::Device(Device { device, user, inbox, seal_key_hash, seal_key: None }));
    }
    all.extend(people.iter().filter(|person| person.revoked).map(|person| Record::RevokePerson(person.user)));
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
        turn.warn(None, "the directory's snapshot does not open");
        return Ok(());
    };
    let issuer = cert::verify_issuer(snapshot.issuer_cert(), &[account.root_pub], None, turn.seen);
    let verified = issuer.ok().and_then(|issuer| snapshot.verify(&issuer.key, &scope).ok());
    let Some(verified) = verified else {
        turn.warn(None, "the directory's snapshot is not what an administrator signed");
        return Ok(());
    };
    for (d, root) in &verified.package_roots {
        store::save_package_root(turn.db, *d, root)?;
    }
    apply(turn, &verified.records)?;
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
    db::save_meta(turn.db, "kem", Some(body))?;
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
    Ok(())
}
