// SPDX-License-Identifier: EUPL-1.2
//! Encrypted chunks of attachments as rows of a database of their own: the browser's pool has few files, not many.

use client_api::AttachmentId;
use engine::{
    db::{Connection, Sql},
    media::{Media, MediaError},
};

/// Chunks are large: fewer and longer writes. Both settings hold from the first table on.
const BEGIN: &str = "PRAGMA page_size = 32768; PRAGMA auto_vacuum = INCREMENTAL;";
/// Chunks are long and written once: a write-ahead log would write them twice.
const SETTINGS: &str = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
     PRAGMA cache_size = -2048;";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS chunk (\
     attachment BLOB NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (attachment, number)\
     ) STRICT;";

pub struct Chunks {
    conn: Connection,
}

impl Chunks {
    /// # Errors
    /// What SQLite said.
    pub fn open(path: &str) -> Sql<Self> {
        let conn = Connection::open(path)?;
        for statement in [BEGIN, SETTINGS, TABLE] {
            conn.execute_batch(statement)?;
        }
        Ok(Self { conn })
    }

    /// Gives what was deleted back to the browser. Each step frees one page.
    fn shrink(&self) -> Sql<()> {
        let mut statement = self.conn.prepare("PRAGMA incremental_vacuum")?;
        let mut steps = statement.query([])?;
        while steps.next()?.is_some() {}
        Ok(())
    }
}

impl Media for Chunks {
    fn write(&mut self, id: &AttachmentId, number: u32, bytes: &[u8]) -> Result<(), MediaError> {
        let sql = "REPLACE INTO chunk (attachment, number, bytes) VALUES (?1, ?2, ?3)";
        let mut statement = self.conn.prepare_cached(sql).map_err(MediaError::from)?;
        statement.execute((id.0, number, bytes)).map(drop).map_err(MediaError::from)
    }

    fn read(&self, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, MediaError> {
        let sql = "SELECT bytes FROM chunk WHERE attachment = ?1 AND number = ?2";
        let mut statement = self.conn.prepare_cached(sql).map_err(MediaError::from)?;
        let mut rows = statement.query((id.0, number)).map_err(MediaError::from)?;
        let row = rows.next().map_err(MediaError::from)?;
        row.map(|row| row.get(0)).transpose().map_err(MediaError::from)
    }

    fn delete(&mut self, id: &AttachmentId) -> Result<(), MediaError> {
        let gone = self.conn.execute("DELETE FROM chunk WHERE attachment = ?1", (id.0,)).map_err(MediaError::from)?;
        if gone > 0 {
            self.shrink().map_err(MediaError::from)?;
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<AttachmentId>, MediaError> {
        let mut statement =
            self.conn.prepare("SELECT DISTINCT attachment FROM chunk ORDER BY 1").map_err(MediaError::from)?;
        let ids = statement.query_map([], |row| row.get(0)).map_err(MediaError::from)?;
        let ids: Sql<Vec<[u8; 16]>> = ids.collect();
        Ok(ids.map_err(MediaError::from)?.into_iter().map(AttachmentId).collect())
    }
}
