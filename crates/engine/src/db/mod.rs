// SPDX-License-Identifier: EUPL-1.2
//! The one database: opening it, its history of migrations, and how ids become columns.

mod migration;
mod sealed;
#[cfg(test)]
mod tests;

pub use rusqlite::Connection;
pub(crate) use rusqlite::{OptionalExtension, Row, params};
#[cfg(not(target_arch = "wasm32"))]
pub use sealed::open_native;
#[cfg(target_arch = "wasm32")]
pub use sealed::open_web;

use crate::{EngineError, crypto::Secret, media::MediaError};
use client_api::{AttachmentId, ConversationId, DeviceId, FunctionId, IssuerId, MessageId, Timestamp, UnitId, UserId};
use proto::{AuthorityId, BlobId, BranchId, ContentHash, InboxId, InviteId, LogId, PublicKey};

/// A row read from the database, or what SQLite said.
pub type Sql<T> = rusqlite::Result<T>;

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<rusqlite::Error> for MediaError {
    fn from(error: rusqlite::Error) -> Self {
        if no_space(&error) { Self::Full } else { Self::Failed(error.to_string()) }
    }
}

/// Whether the store or the chunks failed because there is no space left.
pub fn is_full(error: &EngineError) -> bool {
    match error {
        EngineError::Store(inner) => inner.downcast_ref().is_some_and(no_space),
        EngineError::Media(inner) => *inner == MediaError::Full,
        EngineError::Damaged(_) | EngineError::Newer | EngineError::Bug(_) => false,
    }
}

fn no_space(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

/// One transaction: everything of one input happens in it, or nothing.
pub type Db<'a> = rusqlite::Transaction<'a>;

/// Brings the schema up to date and sets what every connection needs.
///
/// # Errors
/// [`EngineError::Store`] or [`EngineError::Newer`].
pub(crate) fn prepare(conn: &mut Connection) -> Result<(), EngineError> {
    conn.execute_batch("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;")?;
    conn.set_prepared_statement_cache_capacity(256);
    migration::run(conn)
}

/// Empties the journal, in which older states of changed pages stand until it is written over. `false`: another
/// reader holds it, or there is no room to bring it back into the file; try again.
///
/// # Errors
/// [`EngineError::Store`].
pub(crate) fn forget_journal(conn: &Connection) -> Result<bool, EngineError> {
    match conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)) {
        Ok(busy) => Ok(busy == 0),
        Err(error) if no_space(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A fixed-length value kept as a blob.
pub(crate) trait FromBlob: Sized {
    fn from_blob(bytes: &[u8]) -> Option<Self>;
}

macro_rules! from_blob {
    ($($name:ty),*) => {
        $(impl FromBlob for $name {
            fn from_blob(bytes: &[u8]) -> Option<Self> {
                Self::from_slice(bytes)
            }
        })*
    };
}
from_blob!(
    LogId,
    BranchId,
    ContentHash,
    InboxId,
    BlobId,
    InviteId,
    AuthorityId,
    PublicKey,
    UserId,
    DeviceId,
    ConversationId,
    MessageId,
    AttachmentId,
    UnitId,
    FunctionId,
    IssuerId,
    Secret
);

/// Column `index` as an id or key.
pub(crate) fn col<T: FromBlob>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let bytes = row.get_ref(index)?.as_blob()?;
    T::from_blob(bytes).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, bytes.len() as i64))
}

/// Column `index` as an id or key, `None` for NULL.
pub(crate) fn col_opt<T: FromBlob>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    match row.get_ref(index)?.as_blob_or_null()? {
        None => Ok(None),
        Some(_) => col(row, index).map(Some),
    }
}

/// Column `index` as a point in time.
pub(crate) fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    row.get::<_, i64>(index).map(|millis| Timestamp(millis.try_into().unwrap_or(0)))
}

/// A point in time as SQLite keeps it.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.0.try_into().unwrap_or(i64::MAX)
}

/// One named value.
pub(crate) fn load_meta(db: &Db<'_>, key: &str) -> Result<Option<Vec<u8>>, EngineError> {
    let mut statement = db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// `None` removes it.
pub(crate) fn save_meta(db: &Db<'_>, key: &str, value: Option<&[u8]>) -> Result<(), EngineError> {
    match value {
        Some(value) => {
            db.prepare_cached("REPLACE INTO meta (key, value) VALUES (?1, ?2)")?.execute(params![key, value])?
        }
        None => db.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?,
    };
    Ok(())
}

/// Deletes every row of every table; the schema stays.
pub(crate) fn wipe(db: &Db<'_>) -> Result<(), EngineError> {
    let sql =
        "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<(String, bool)> = list(db, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes: Vec<String> = tables.iter().filter(|(_, index)| *index).map(|(name, _)| name.clone()).collect();
    for (name, _) in &tables {
        // what an index is made of goes with the index
        let is_part = indexes.iter().any(|index| {
            let part = name.strip_prefix(index.as_str()).and_then(|rest| rest.strip_prefix('_'));
            part.is_some_and(|part| ["data", "idx", "content", "docsize", "config"].contains(&part))
        });
        if !is_part {
            db.execute(&format!("DELETE FROM {name}"), [])?;
        }
    }
    Ok(())
}

/// Rows of a query, in order.
pub(crate) fn list<T>(
    db: &Db<'_>,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, EngineError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// The one row of a query, if there is one.
pub(crate) fn find<T>(
    db: &Db<'_>,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, EngineError> {
    Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// Changes rows; answers how many.
pub(crate) fn run(db: &Db<'_>, sql: &str, params: impl rusqlite::Params) -> Result<usize, EngineError> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}
