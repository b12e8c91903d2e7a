// SPDX-License-Identifier: EUPL-1.2
//! What an operator does beside serving: check, back up, restore.

use crate::store::{Backup, Connection, OpenFlags};
use crate::{
    app::{AppError, Data},
    blob::BlobBytes,
    clock::random,
    folder::{Folder, hex},
    store::{Sqlite, StoreError},
};
use proto::{BlobId, RecoveryId, limit::BLOB_CHUNK_BYTES};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};

/// What `check` found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Must be mended: restore from a backup.
    pub damage: Vec<String>,
    /// Harmless: bytes nobody can reach.
    pub leftovers: Vec<String>,
    pub blobs: usize,
}

fn refuse<T>(what: impl Into<String>) -> Result<T, AppError> {
    Err(AppError::Chore(what.into()))
}

fn read_only(path: &Path) -> Result<Connection, AppError> {
    if !path.is_file() {
        return refuse(format!("{}: there is no database", path.display()));
    }
    Ok(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(StoreError::from)?)
}

/// Chunks of a blob that must be there, with their lengths.
fn chunks(stored_bytes: u64) -> impl Iterator<Item = (u64, u64)> {
    let whole = BLOB_CHUNK_BYTES as u64;
    (0..stored_bytes.div_ceil(whole)).map(move |chunk| (chunk, whole.min(stored_bytes - chunk * whole)))
}

/// Reads everything: the database's own check, and every blob's bytes against the table.
///
/// # Errors
/// [`AppError`] if the data can't be opened at all; damage is in the report.
pub fn check(data: &Data) -> Result<Report, AppError> {
    let mut report = Report::default();
    let db = read_only(&data.database())?;
    let found = db
        .prepare("PRAGMA integrity_check")
        .and_then(|mut query| query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>());
    match found {
        Ok(lines) => report.damage.extend(lines.into_iter().filter(|line| line != "ok")),
        Err(error) => report.damage.push(format!("database: {error}")),
    }
    drop(db);
    if !report.damage.is_empty() {
        return Ok(report);
    }
    let known = Sqlite::open_reader(&data.database())?.list_blobs()?;
    report.blobs = known.len();
    let folder = Folder::open(&data.blobs())?;
    for (blob, stored_bytes) in &known {
        for (chunk, length) in chunks(*stored_bytes) {
            let found = folder.read(blob, chunk)?.map(|bytes| bytes.len() as u64);
            if found != Some(length) {
                report.damage.push(format!("blob {}: chunk {chunk} is missing or short", hex(blob.as_bytes())));
            }
        }
    }
    let known: BTreeSet<BlobId> = known.into_iter().map(|(blob, _)| blob).collect();
    let unknown = folder.list()?.into_iter().filter(|blob| !known.contains(blob));
    report.leftovers.extend(unknown.map(|blob| format!("blob {}: bytes without an entry", hex(blob.as_bytes()))));
    Ok(report)
}

fn empty_folder(path: &Path) -> Result<(), AppError> {
    fs::create_dir_all(path).map_err(|error| AppError::File(path.to_owned(), error))?;
    let mut inside = fs::read_dir(path).map_err(|error| AppError::File(path.to_owned(), error))?;
    if inside.next().is_some() {
        return refuse(format!("{} is not empty", path.display()));
    }
    Ok(())
}

/// A consistent copy while the server may run: the database first, then the bytes its entries name.
///
/// # Errors
/// [`AppError`]; the copy is not complete then.
pub fn backup(data: &Data, to: &Path) -> Result<usize, AppError> {
    let from = read_only(&data.database())?;
    empty_folder(to)?;
    let copy = Data::open(to)?;
    copy_database(&from, &copy)?;
    copy_blobs(data, &copy, Missing::Forget)
}

/// What to do about a blob that has lost its bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// It was deleted while the backup ran.
    Forget,
    Refuse,
}

fn copy_database(from: &Connection, to: &Data) -> Result<(), AppError> {
    let mut copy = Connection::open(to.database()).map_err(StoreError::from)?;
    let backup = Backup::new(from, &mut copy).map_err(StoreError::from)?;
    backup.run_to_completion(1024, Duration::ZERO, None).map_err(StoreError::from)?;
    Ok(())
}

fn copy_blobs(from: &Data, to: &Data, missing: Missing) -> Result<usize, AppError> {
    let store = Sqlite::open_reader(&to.database())?;
    let (source, mut target) = (Folder::open(&from.blobs())?, Folder::open(&to.blobs())?);
    let all = store.list_blobs()?;
    let mut lost = Vec::new();
    'blobs: for (blob, stored_bytes) in &all {
        for (chunk, _) in chunks(*stored_bytes) {
            match source.read(blob, chunk)? {
                Some(bytes) => target.write(blob, chunk, &bytes)?,
                None if missing == Missing::Forget => {
                    target.delete(blob)?;
                    lost.push(*blob);
                    continue 'blobs;
                }
                None => return refuse(format!("blob {}: chunk {chunk} is missing", hex(blob.as_bytes()))),
            }
        }
    }
    drop(store);
    let db = Connection::open(to.database()).map_err(StoreError::from)?;
    crate::store::sqlite::forget_blobs(&db, &lost)?;
    Ok(all.len() - lost.len())
}

/// Fills an empty data folder from a backup, with a new recovery id: clients notice that time went back.
///
/// # Errors
/// [`AppError`]; the data folder must be emptied before the next try.
pub fn restore(data: &Data, from: &Path) -> Result<usize, AppError> {
    let source = Data::open(from)?;
    let db = read_only(&source.database())?;
    if data.database().exists() {
        return refuse(format!("{} exists: restore only into an empty data folder", data.database().display()));
    }
    copy_database(&db, data)?;
    let blobs = copy_blobs(&source, data, Missing::Refuse)?;
    let fresh = RecoveryId(random().map_err(AppError::Luck)?);
    let store = Sqlite::open(Connection::open(data.database()).map_err(StoreError::from)?, fresh)?;
    store.replace_recovery(fresh)?;
    Ok(blobs)
}
