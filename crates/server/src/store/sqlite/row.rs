// SPDX-License-Identifier: EUPL-1.2
//! Column values to types and back; a stored value of a wrong form is an error, never a panic.

use crate::store::StoreError;
use proto::{
    AuthorityId, AuthorityStatement, BranchId, ContentHash, InboxId, NextKeys, PublicKey, RootPublicKey, TtlClass,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

/// A fixed-length value out of a blob column.
pub trait Column: Sized {
    fn read(row: &Row<'_>, name: &'static str) -> Result<Self, StoreError>;
    fn read_optional(row: &Row<'_>, name: &'static str) -> Result<Option<Self>, StoreError>;
}

macro_rules! column {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            fn read(row: &Row<'_>, name: &'static str) -> Result<Self, StoreError> {
                Self::read_optional(row, name)?.ok_or(StoreError::Corrupt(name))
            }
            fn read_optional(row: &Row<'_>, name: &'static str) -> Result<Option<Self>, StoreError> {
                match row.get_ref(name)?.as_blob_or_null().map_err(|_| StoreError::Corrupt(name))? {
                    None => Ok(None),
                    Some(bytes) => Self::from_slice(bytes).map(Some).ok_or(StoreError::Corrupt(name)),
                }
            }
        }
    )*};
}
column!(
    AuthorityId,
    BranchId,
    ContentHash,
    InboxId,
    PublicKey,
    RootPublicKey,
    proto::BlobId,
    proto::LogId,
    proto::RecoveryId
);

/// A row of `branch`.
#[derive(Clone, Debug)]
pub struct BranchRow {
    pub key: i64,
    pub id: BranchId,
    pub log: i64,
    pub keys: NextKeys,
    pub opening: Option<ContentHash>,
    pub count: u32,
    pub head: ContentHash,
    pub closed: u32,
}

impl BranchRow {
    /// Which candidate the commit with number `n` is: commits are a branch's last entries.
    pub fn candidate_of(&self, n: u32) -> u32 {
        n.saturating_add(self.closed).saturating_sub(self.count).saturating_sub(1)
    }
}

pub fn branch(db: &Connection, id: &BranchId) -> Result<Option<BranchRow>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT key, log, access_pub, write_pub, opening, count, head, closed FROM branch WHERE id = :id",
    )?;
    let mut rows = query.query(named_params! { ":id": id.as_bytes() })?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(BranchRow {
        key: row.get("key")?,
        id: *id,
        log: row.get("log")?,
        keys: NextKeys {
            access_pub: PublicKey::read(row, "access_pub")?,
            write_pub: PublicKey::read_optional(row, "write_pub")?,
        },
        opening: ContentHash::read_optional(row, "opening")?,
        count: row.get("count")?,
        head: ContentHash::read(row, "head")?,
        closed: row.get("closed")?,
    }))
}

pub fn is_dead(db: &Connection, id: &BranchId) -> Result<bool, StoreError> {
    let mut query = db.prepare_cached("SELECT 1 FROM dead_branch WHERE id = ?1")?;
    Ok(query.exists([id.as_bytes()])?)
}

pub fn authority(db: &Connection, id: &AuthorityId) -> Result<Option<AuthorityStatement>, StoreError> {
    let mut query = db.prepare_cached("SELECT root_pub, member_pub, pass_pub, version FROM authority WHERE id = ?1")?;
    let mut rows = query.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(AuthorityStatement {
        authority: *id,
        root_pub: RootPublicKey::read(row, "root_pub")?,
        member_pub: PublicKey::read(row, "member_pub")?,
        pass_pub: PublicKey::read(row, "pass_pub")?,
        version: row.get::<_, i64>("version")?.cast_unsigned(),
    }))
}

/// Key and owner of an inbox.
pub fn inbox(db: &Connection, id: &InboxId) -> Result<Option<(i64, PublicKey)>, StoreError> {
    let mut query = db.prepare_cached("SELECT key, owner_pub FROM inbox WHERE id = ?1")?;
    let mut rows = query.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((row.get("key")?, PublicKey::read(row, "owner_pub")?)))
}

pub fn ttl_class(db: &Connection, log: i64) -> Result<TtlClass, StoreError> {
    let code: u8 = db.prepare_cached("SELECT ttl_class FROM log WHERE key = ?1")?.query_row([log], |row| row.get(0))?;
    TtlClass::from_code(code).ok_or(StoreError::Corrupt("ttl_class"))
}

pub fn log_id(db: &Connection, log: i64) -> Result<proto::LogId, StoreError> {
    let mut query = db.prepare_cached("SELECT id FROM log WHERE key = ?1")?;
    let mut rows = query.query([log])?;
    let row = rows.next()?.ok_or(StoreError::Corrupt("log"))?;
    proto::LogId::read(row, "id")
}

/// The id of the branch that candidate `candidate` of `parent` opened, if it is still there.
pub fn child(db: &Connection, parent: i64, candidate: u32) -> Result<Option<BranchId>, StoreError> {
    let mut query = db.prepare_cached("SELECT id FROM branch WHERE parent = ?1 AND candidate = ?2")?;
    let found = query.query_row((parent, candidate), |row| row.get::<_, Vec<u8>>(0)).optional()?;
    found.map(|id| BranchId::from_slice(&id).ok_or(StoreError::Corrupt("branch.id"))).transpose()
}

/// The keys a commit announced, from joined columns `access_pub` and `write_pub` of the branch it opened.
pub fn next_keys(row: &Row<'_>) -> Result<Option<NextKeys>, StoreError> {
    let Some(access_pub) = PublicKey::read_optional(row, "access_pub")? else { return Ok(None) };
    Ok(Some(NextKeys { access_pub, write_pub: PublicKey::read_optional(row, "write_pub")? }))
}
