// SPDX-License-Identifier: EUPL-1.2
//! The address book's rows.

use crate::{
    EngineError,
    cert::{Revocation, revocation::REVOCATION_BYTES},
    crypto::Secret,
    db::{self, Db, Row, col, col_opt, params},
    directory::format::{Act, Device, Issuer, Person, PersonState, Unit},
};
use client_api::{DeviceId, IssuerId, UnitId, UserId};
use minicbor::bytes::ByteVec;
use proto::{ContentHash, Hour, InboxId, PublicKey};

/// Longest line of the log of acts, encoded, in bytes.
const ACT_BYTES: usize = 256;

/// A device others may write to.
#[derive(Clone, Debug)]
pub(crate) struct DeviceRow {
    pub device: DeviceId,
    pub user: UserId,
    pub inbox: InboxId,
    pub seal_key_hash: ContentHash,
    pub seal_key: Option<Vec<u8>>,
    pub user_key: PublicKey,
    pub issuer_key: PublicKey,
    pub cert_ends: Hour,
}

/// State of a person who has set up no device yet.
pub(crate) const INVITED: u8 = 0;

/// A person as listed.
#[derive(Clone, Debug)]
pub(crate) struct PersonRow {
    pub user: UserId,
    pub name: String,
    pub unit_id: Option<UnitId>,
    pub unit: Option<String>,
    pub state: u8,
    pub revoked: bool,
    pub devices: u32,
    pub administrator: bool,
}

pub(crate) fn save_person(db: &Db<'_>, person: &Person) -> Result<(), EngineError> {
    let state = match person.state {
        PersonState::Invited => INVITED,
        PersonState::Active => 1,
        PersonState::Left => 2,
    };
    db::run(
        db,
        "INSERT INTO person (user, name, unit, state) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user) DO UPDATE SET name = ?2, unit = ?3, state = ?4",
        params![person.user.as_bytes(), person.name.as_str(), person.unit.as_ref().map(UnitId::as_bytes), state],
    )?;
    Ok(())
}

pub(crate) fn save_unit(db: &Db<'_>, unit: &Unit) -> Result<(), EngineError> {
    db::run(db, "REPLACE INTO unit (unit, name) VALUES (?1, ?2)", params![unit.unit.as_bytes(), unit.name.as_str()])?;
    Ok(())
}

pub(crate) fn find_unit(db: &Db<'_>, name: &str) -> Result<Option<UnitId>, EngineError> {
    db::find(db, "SELECT unit FROM unit WHERE name = ?1", [name], |row| col(row, 0))
}

pub(crate) fn list_units(db: &Db<'_>) -> Result<Vec<(UnitId, String)>, EngineError> {
    db::list(db, "SELECT unit, name FROM unit ORDER BY unit", [], |row| Ok((col(row, 0)?, row.get(1)?)))
}

pub(crate) fn save_device(db: &Db<'_>, device: &Device) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO device (device, user, inbox, seal_key_hash, seal_key, user_key, issuer_key, cert_ends)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (device) DO UPDATE SET inbox = ?3, seal_key_hash = ?4, seal_key = coalesce(?5, seal_key),
         cert_ends = max(cert_ends, ?8)",
        params![
            device.device.as_bytes(),
            device.user.as_bytes(),
            device.inbox.as_bytes(),
            device.seal_key_hash.as_bytes(),
            device.seal_key.as_ref().map(|key| key.as_slice()),
            device.user_key.as_bytes(),
            device.issuer_key.as_bytes(),
            device.cert_ends.0
        ],
    )?;
    Ok(())
}

pub(crate) fn set_cert_ends(db: &Db<'_>, device: &DeviceId, ends: Hour) -> Result<(), EngineError> {
    db::run(db, "UPDATE device SET cert_ends = ?2 WHERE device = ?1", params![device.as_bytes(), ends.0])?;
    Ok(())
}

/// Devices whose user certificate ends by then, the first to end first.
pub(crate) fn list_ending(db: &Db<'_>, by: Hour, limit: u32) -> Result<Vec<DeviceRow>, EngineError> {
    let sql = format!("{DEVICE} WHERE revoked = 0 AND cert_ends <= ?1 ORDER BY cert_ends, device LIMIT ?2");
    db::list(db, &sql, params![by.0, limit], device)
}

pub(crate) fn save_seal_key(db: &Db<'_>, device: &DeviceId, key: &[u8]) -> Result<(), EngineError> {
    db::run(db, "UPDATE device SET seal_key = ?2 WHERE device = ?1", params![device.as_bytes(), key])?;
    Ok(())
}

/// Whoever did it: an invitation made here for this person is not answered any more.
pub(crate) fn revoke_person(db: &Db<'_>, user: &UserId) -> Result<(), EngineError> {
    withdraw_invitations(db, user)?;
    db::run(db, "UPDATE person SET revoked = 1 WHERE user = ?1", [user.as_bytes()])?;
    db::run(db, "UPDATE device SET revoked = 1 WHERE user = ?1", [user.as_bytes()])?;
    Ok(())
}

pub(crate) fn withdraw_invitations(db: &Db<'_>, user: &UserId) -> Result<(), EngineError> {
    db::run(db, "UPDATE invite SET used = 2 WHERE user = ?1 AND used IN (0, 3)", [user.as_bytes()]).map(drop)
}

pub(crate) fn revoke_device(db: &Db<'_>, device: &DeviceId) -> Result<(), EngineError> {
    db::run(db, "UPDATE device SET revoked = 1 WHERE device = ?1", [device.as_bytes()])?;
    Ok(())
}

const DEVICE: &str = "SELECT device, user, inbox, seal_key_hash, seal_key, user_key, issuer_key, cert_ends FROM device";

fn device(row: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        device: col(row, 0)?,
        user: col(row, 1)?,
        inbox: col(row, 2)?,
        seal_key_hash: col(row, 3)?,
        seal_key: row.get(4)?,
        user_key: col(row, 5)?,
        issuer_key: col(row, 6)?,
        cert_ends: Hour(row.get(7)?),
    })
}

pub(crate) fn find_device(db: &Db<'_>, id: &DeviceId) -> Result<Option<DeviceRow>, EngineError> {
    db::find(db, &format!("{DEVICE} WHERE device = ?1"), [id.as_bytes()], device)
}

/// Devices that are not revoked, in the order of their ids: the place in it is the slot number.
pub(crate) fn list_devices(db: &Db<'_>) -> Result<Vec<DeviceRow>, EngineError> {
    db::list(db, &format!("{DEVICE} WHERE revoked = 0 ORDER BY device"), [], device)
}

/// Devices letters can be sealed for: after a snapshot their keys come a little later than their names.
pub(crate) fn list_devices_of(db: &Db<'_>, user: &UserId) -> Result<Vec<DeviceRow>, EngineError> {
    let sql = format!("{DEVICE} WHERE user = ?1 AND revoked = 0 AND seal_key IS NOT NULL ORDER BY device");
    db::list(db, &sql, [user.as_bytes()], device)
}

pub(crate) fn is_device_revoked(db: &Db<'_>, id: &DeviceId) -> Result<bool, EngineError> {
    Ok(db::find(db, "SELECT revoked FROM device WHERE device = ?1", [id.as_bytes()], |row| row.get(0))?
        .unwrap_or(false))
}

const PERSON: &str =
    "SELECT p.user, p.name, p.unit, (SELECT name FROM unit u WHERE u.unit = p.unit), p.state, p.revoked,
    (SELECT count(*) FROM device d WHERE d.user = p.user AND d.revoked = 0),
    EXISTS (SELECT 1 FROM issuer i WHERE i.user = p.user AND i.revoked = 0) FROM person p";

fn person(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    Ok(PersonRow {
        user: col(row, 0)?,
        name: row.get(1)?,
        unit_id: col_opt(row, 2)?,
        unit: row.get(3)?,
        state: row.get(4)?,
        revoked: row.get(5)?,
        devices: row.get(6)?,
        administrator: row.get(7)?,
    })
}

pub(crate) fn find_person(db: &Db<'_>, user: &UserId) -> Result<Option<PersonRow>, EngineError> {
    db::find(db, &format!("{PERSON} WHERE p.user = ?1"), [user.as_bytes()], person)
}

pub(crate) fn list_people(db: &Db<'_>) -> Result<Vec<PersonRow>, EngineError> {
    db::list(db, &format!("{PERSON} ORDER BY p.name, p.user"), [], person)
}

pub(crate) fn save_issuer(db: &Db<'_>, id: &IssuerId, cert: &[u8], issuer: Option<&Issuer>) -> Result<(), EngineError> {
    db::run(
        db,
        "INSERT INTO issuer (id, user, cert, record) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET user = coalesce(?2, user), cert = ?3, record = coalesce(?4, record)",
        params![id.as_bytes(), issuer.map(|issuer| issuer.user.0.to_vec()), cert, issuer.map(proto::encode)],
    )?;
    Ok(())
}

pub(crate) fn revoke_issuer(db: &Db<'_>, id: &IssuerId) -> Result<(), EngineError> {
    db::run(db, "UPDATE issuer SET revoked = 1 WHERE id = ?1", [id.as_bytes()])?;
    Ok(())
}

/// Whose device an issuer is, revoked or not.
pub(crate) fn find_issuer_user(db: &Db<'_>, id: &IssuerId) -> Result<Option<UserId>, EngineError> {
    Ok(db::find(db, "SELECT user FROM issuer WHERE id = ?1", [id.as_bytes()], |row| col_opt(row, 0))?.flatten())
}

/// The certificate of an issuer that is not revoked.
pub(crate) fn find_issuer_cert(db: &Db<'_>, id: &IssuerId) -> Result<Option<Vec<u8>>, EngineError> {
    db::find(db, "SELECT cert FROM issuer WHERE id = ?1 AND revoked = 0", [id.as_bytes()], |row| row.get(0))
}

/// Records of issuers that are not revoked.
pub(crate) fn list_issuers(db: &Db<'_>) -> Result<Vec<Issuer>, EngineError> {
    let rows: Vec<Vec<u8>> =
        db::list(db, "SELECT record FROM issuer WHERE revoked = 0 AND record IS NOT NULL ORDER BY id", [], |row| {
            row.get(0)
        })?;
    rows.iter().map(|row| proto::decode(row, 8192).map_err(|_| EngineError::Damaged("issuer"))).collect()
}

pub(crate) fn add_act(db: &Db<'_>, act: &Act) -> Result<(), EngineError> {
    db::run(db, "INSERT INTO act (record) VALUES (?1)", [proto::encode(act)])?;
    Ok(())
}

/// Lines before one, newest first.
pub(crate) fn list_acts(db: &Db<'_>, before: u64, limit: u32) -> Result<Vec<(u64, Act)>, EngineError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let sql = "SELECT seq, record FROM act WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    let rows: Vec<(i64, Vec<u8>)> = db::list(db, sql, params![before, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let read = |(seq, record): (i64, Vec<u8>)| {
        let act = proto::decode(&record, ACT_BYTES).map_err(|_| EngineError::Damaged("act"))?;
        Ok((seq.try_into().unwrap_or(0), act))
    };
    rows.into_iter().map(read).collect()
}

pub(crate) fn save_package_root(db: &Db<'_>, d: u32, root: &Secret) -> Result<(), EngineError> {
    db::run(db, "REPLACE INTO package_root (d, secret) VALUES (?1, ?2)", params![d, root.expose()])?;
    Ok(())
}

pub(crate) fn find_package_root(db: &Db<'_>, d: u32) -> Result<Option<Secret>, EngineError> {
    db::find(db, "SELECT secret FROM package_root WHERE d = ?1", [d], |row| col(row, 0))
}

pub(crate) fn list_package_roots(db: &Db<'_>) -> Result<Vec<(u32, Secret)>, EngineError> {
    db::list(db, "SELECT d, secret FROM package_root ORDER BY d DESC LIMIT 1000", [], |row| {
        Ok((row.get(0)?, col(row, 1)?))
    })
}

/// The oldest own entries the server has not confirmed.
pub(crate) fn list_pending(db: &Db<'_>, limit: u32) -> Result<Vec<Pending>, EngineError> {
    db::list(
        db,
        "SELECT seq, body, env, env_hash, kind FROM outbox WHERE conversation IS NULL AND acked = 0
         ORDER BY seq LIMIT ?1",
        [limit],
        |row| {
            Ok(Pending {
                seq: row.get(0)?,
                body: row.get(1)?,
                env: row.get::<_, Option<Vec<u8>>>(2)?.map(ByteVec::from),
                env_hash: col_opt(row, 3)?,
                is_notice: row.get::<_, i64>(4)? == NOTICE,
            })
        },
    )
}

/// Whether own entries are still to be read back.
pub(crate) fn has_pending(db: &Db<'_>) -> Result<bool, EngineError> {
    Ok(db::find(db, "SELECT 1 FROM outbox WHERE conversation IS NULL LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// An own directory entry on its way.
pub(crate) struct Pending {
    pub seq: i64,
    /// Records, or the notice of a snapshot.
    pub body: Vec<u8>,
    pub env: Option<ByteVec>,
    pub env_hash: Option<ContentHash>,
    pub is_notice: bool,
}

/// The outbox's kind of a snapshot's notice; 1 is records.
const NOTICE: i64 = 3;

pub(crate) fn add_pending(db: &Db<'_>, body: &[u8]) -> Result<(), EngineError> {
    db::run(db, "INSERT INTO outbox (body, kind) VALUES (?1, 1)", [body])?;
    Ok(())
}

pub(crate) fn add_notice(db: &Db<'_>, body: &[u8]) -> Result<(), EngineError> {
    db::run(db, "INSERT INTO outbox (body, kind) VALUES (?1, ?2)", params![body, NOTICE])?;
    Ok(())
}

/// A rekey came between: its own snapshot counts.
pub(crate) fn drop_notices(db: &Db<'_>) -> Result<(), EngineError> {
    db::run(db, "DELETE FROM outbox WHERE conversation IS NULL AND kind = ?1", [NOTICE])?;
    Ok(())
}

pub(crate) fn save_revocation(db: &Db<'_>, revocation: &Revocation) -> Result<(), EngineError> {
    let statement = proto::encode(revocation);
    let sql = "REPLACE INTO revocation (user, statement) VALUES (?1, ?2)";
    db::run(db, sql, params![revocation.user.as_bytes(), statement]).map(drop)
}

fn revocation(bytes: &[u8]) -> Result<Revocation, EngineError> {
    proto::decode(bytes, REVOCATION_BYTES).map_err(|_| EngineError::Damaged("revocation"))
}

pub(crate) fn list_revocations(db: &Db<'_>) -> Result<Vec<Revocation>, EngineError> {
    let rows: Vec<Vec<u8>> = db::list(db, "SELECT statement FROM revocation ORDER BY user", [], |row| row.get(0))?;
    rows.iter().map(|row| revocation(row)).collect()
}

/// An issuer's statement that this person was locked out.
pub(crate) fn find_revocation(db: &Db<'_>, user: &UserId) -> Result<Option<Revocation>, EngineError> {
    let sql = "SELECT statement FROM revocation WHERE user = ?1";
    let row: Option<Vec<u8>> = db::find(db, sql, [user.as_bytes()], |row| row.get(0))?;
    row.map(|row| revocation(&row)).transpose()
}
