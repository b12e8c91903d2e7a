// SPDX-License-Identifier: EUPL-1.2
//! A profile's database as somebody who has its key could read it: by tables, and byte by byte.

use aes_gcm::aes::{
    Aes256, Block,
    cipher::{BlockCipherDecrypt, KeyInit},
};
use hkdf::Hkdf;
use rusqlite::{Connection, types::ValueRef};
use sha2::Sha256;
use std::path::Path;

const PAGE: usize = 4096;
/// Behind each page: IV and HMAC-SHA-512.
const RESERVE: usize = 80;
const IV: usize = 16;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What `client/src/db/native.rs` derives from the device secret, and the salt beside it.
fn key(profile: &Path) -> ([u8; 32], Vec<u8>) {
    let secret = std::fs::read(profile.join("device.key")).unwrap();
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(Some(b"rp1 device"), &secret).expand(b"rp1 store", &mut out).unwrap();
    (out, std::fs::read(profile.join("device.salt")).unwrap())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A second connection to a profile's database.
pub fn open(profile: &Path) -> Connection {
    let (key, salt) = key(profile);
    let db = Connection::open(profile.join("rohrpost.db")).unwrap();
    db.execute_batch(&format!("PRAGMA key = \"x'{}{}'\"; PRAGMA secure_delete = ON;", hex(&key), hex(&salt))).unwrap();
    db
}

fn decrypt(cipher: &Aes256, page: &[u8], skip: usize, out: &mut Vec<u8>) {
    let (body, tail) = page.split_at(PAGE - RESERVE);
    let mut before: [u8; IV] = tail[..IV].try_into().unwrap();
    for sealed in body[skip..].chunks_exact(IV) {
        let mut block = Block::try_from(sealed).unwrap();
        cipher.decrypt_block(&mut block);
        out.extend(block.iter().zip(before).map(|(byte, mask)| byte ^ mask));
        before = sealed.try_into().unwrap();
    }
}

/// Every page of the file and of its journal, decrypted: free space, index and older states included.
pub fn raw_pages(profile: &Path) -> Vec<u8> {
    let cipher = Aes256::new_from_slice(&key(profile).0).unwrap();
    let mut out = Vec::new();
    let file = std::fs::read(profile.join("rohrpost.db")).unwrap();
    for (number, page) in file.chunks_exact(PAGE).enumerate() {
        decrypt(&cipher, page, if number == 0 { IV } else { 0 }, &mut out);
    }
    let wal = std::fs::read(profile.join("rohrpost.db-wal")).unwrap_or_default();
    for frame in wal.get(WAL_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE) {
        let first = frame[..4] == [0, 0, 0, 1];
        decrypt(&cipher, &frame[FRAME_HEADER..], if first { IV } else { 0 }, &mut out);
    }
    out
}

/// Tables that hold rows, the search index's own among them.
pub fn tables(db: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    db.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Every value of every table: (table, column, bytes).
pub fn values(db: &Connection) -> Vec<(String, String, Vec<u8>)> {
    let mut all = Vec::new();
    for table in tables(db) {
        let mut query = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (at, column) in columns.iter().enumerate() {
                let bytes = match row.get_ref(at).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => continue,
                };
                all.push((table.clone(), column.clone(), bytes));
            }
        }
    }
    all
}

/// All files under a folder, sockets left out.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.is_file() {
            all.push(path);
        }
    }
    all.sort();
    all
}

pub fn holds(hay: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|byte| byte == first) {
        from += at + 1;
        if hay[from..].starts_with(rest) {
            return true;
        }
    }
    false
}
