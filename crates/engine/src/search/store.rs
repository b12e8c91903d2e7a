// SPDX-License-Identifier: EUPL-1.2
//! The index: FTS5 trigrams over folded text, newest first by row number, inside the caller's transaction.
//!
//! The row number is `time in milliseconds × 64 + free slot`, so the newest come first without sorting. Few slots, because
//! the index writes the distance from row to row beside every trigram.
//! FTS5 overwrites what is removed (`secure-delete`), SQLite the pages and cells (`secure_delete`). What may stay
//! until the next merge is a single trigram that divided two pages of the index; never a word.

use super::{
    fold::{fold, fold_wide},
    query,
};
use client_api::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

/// Slots per millisecond.
const SLOTS: i64 = 64;
/// The last millisecond that counts, in the year 10889: room for whatever else is said to be of then.
const TIME_MAX: u64 = (1 << 48) - 1;

/// Bytes of a page of the index: with what belongs to it, it fits into one encrypted page of the file, not into two.
const PAGE_BYTES: u32 = 3_900;
/// As few segments as FTS5 lets be: each of them is looked into for every trigram.
const SEGMENTS: u32 = 2;

/// What is searched; each corpus is its own index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corpus {
    Messages,
    Names,
}

impl Corpus {
    fn table(self) -> &'static str {
        match self {
            Self::Messages => "search_message",
            Self::Names => "search_name",
        }
    }
}

/// Creates the tables where they are missing. Part of preparing a store; safe to repeat.
///
/// # Errors
/// SQLite's.
pub fn prepare(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    for corpus in [Corpus::Messages, Corpus::Names] {
        let table = corpus.table();
        let exists = "SELECT 1 FROM sqlite_master WHERE name = ?1";
        if tx.query_row(exists, [table], |_| Ok(())).optional()?.is_some() {
            continue;
        }
        tx.execute_batch(&format!(
            "CREATE TABLE {table}_item (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
             CREATE VIRTUAL TABLE {table} USING fts5(plain, wide, starts, tokenize = 'trigram case_sensitive 1');
             INSERT INTO {table} ({table}, rank)
             VALUES ('secure-delete', 1), ('pgsz', {PAGE_BYTES}), ('automerge', {SEGMENTS});"
        ))?;
    }
    Ok(())
}

/// Puts a text into the index, in place of what was there under `id`. Nothing to index: only removes.
///
/// # Errors
/// SQLite's.
pub fn insert(tx: &Transaction<'_>, corpus: Corpus, id: &[u8], at: Timestamp, text: &str) -> rusqlite::Result<()> {
    remove(tx, corpus, id)?;
    let plain = fold(text);
    let wide = fold_wide(text);
    let starts = query::starts(&[&plain, &wide]);
    if starts.is_empty() {
        return Ok(());
    }
    let table = corpus.table();
    let row = free_row(tx, table, at)?;
    tx.prepare_cached(&format!("INSERT INTO {table}_item (row, id) VALUES (?1, ?2)"))?.execute(params![row, id])?;
    let wide = if wide == plain { "" } else { &wide };
    tx.prepare_cached(&format!("INSERT INTO {table} (rowid, plain, wide, starts) VALUES (?1, ?2, ?3, ?4)"))?
        .execute(params![row, plain, wide, starts])?;
    Ok(())
}

/// Takes a text out without a trace; fine if there is none.
///
/// # Errors
/// SQLite's.
pub fn remove(tx: &Transaction<'_>, corpus: Corpus, id: &[u8]) -> rusqlite::Result<()> {
    let table = corpus.table();
    let row: Option<i64> = tx
        .prepare_cached(&format!("DELETE FROM {table}_item WHERE id = ?1 RETURNING row"))?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(row) = row {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?.execute([row])?;
    }
    Ok(())
}

/// Ids of the texts that hold every word of `query`, newest first, at most `limit`. Words of three characters or more
/// are found anywhere, shorter ones at the start of a word. An empty query finds nothing.
///
/// # Errors
/// SQLite's; never because of what is in `query`.
pub fn find(tx: &Transaction<'_>, corpus: Corpus, query: &str, limit: u32) -> rusqlite::Result<Vec<Vec<u8>>> {
    find_where(tx, corpus, query, limit, |_| Ok(true))
}

/// As [`find`]: the newest `limit` of those that fit, however many others hold the words.
///
/// # Errors
/// SQLite's, or what `fits` said.
pub fn find_where<E: From<rusqlite::Error>>(
    tx: &Transaction<'_>,
    corpus: Corpus,
    query: &str,
    limit: u32,
    fits: impl Fn(&[u8]) -> Result<bool, E>,
) -> Result<Vec<Vec<u8>>, E> {
    let terms = query::terms(query);
    let Some(expression) = query::expression(&terms) else { return Ok(Vec::new()) };
    let table = corpus.table();
    let mut statement = tx.prepare_cached(&format!(
        "SELECT item.id, plain, wide FROM {table} JOIN {table}_item AS item ON item.row = {table}.rowid
         WHERE {table} MATCH ?1 ORDER BY {table}.rowid DESC"
    ))?;
    let (mut rows, mut found) = (statement.query([expression])?, Vec::new());
    while found.len() < limit as usize
        && let Some(row) = rows.next()?
    {
        let (id, plain, wide): (Vec<u8>, String, String) = row.try_into()?;
        if query::fits(&terms, &plain, &wide) && fits(&id)? {
            found.push(id);
        }
    }
    Ok(found)
}

/// Behind what is there of the same millisecond. Where that is full, however many are said to be of one time, the next
/// slots are tried, twice as many each time.
fn free_row(tx: &Transaction<'_>, table: &str, at: Timestamp) -> rusqlite::Result<i64> {
    let mut newest = tx.prepare_cached(&format!("SELECT max(row) FROM {table}_item WHERE row BETWEEN ?1 AND ?2"))?;
    let (mut first, mut slots) = (at.0.min(TIME_MAX).cast_signed() * SLOTS, SLOTS);
    loop {
        let last = first + slots - 1;
        match newest.query_row([first, last], |row| row.get::<_, Option<i64>>(0))? {
            None => return Ok(first),
            Some(taken) if taken < last => return Ok(taken + 1),
            Some(_) => (first, slots) = (last + 1, slots * 2),
        }
    }
}
