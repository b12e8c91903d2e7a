// SPDX-License-Identifier: EUPL-1.2
//! The schema's history: an append-only list of migrations, never edited.

use crate::store::StoreError;
use rusqlite::Connection;

/// Index + 1 is the schema version (`PRAGMA user_version`) after the step.
const MIGRATIONS: &[&str] = &[include_str!("migration/0001_first.sql")];

/// Settings of every connection, then all missing migrations, each in its own transaction.
///
/// # Errors
/// [`StoreError::Newer`] if a newer program has written the data.
pub fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (step, version) in MIGRATIONS.iter().zip(1u32..).skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}

/// Durable (`synchronous=FULL`: a commit returns after fsync), write-ahead logged, deleted content overwritten.
pub fn configure(db: &Connection) -> Result<(), StoreError> {
    db.set_prepared_statement_cache_capacity(64);
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    db.pragma_update(None, "foreign_keys", "OFF")?;
    db.pragma_update(None, "cache_size", -16_384)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(())
}

/// The schema as it stands, one statement per table and index, sorted by name: docs/schema/server.sql.
pub fn dump(db: &Connection) -> Result<String, StoreError> {
    let mut query = db.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name")?;
    let all = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().map(|sql| sql + ";\n").collect())
}
