// SPDX-License-Identifier: EUPL-1.2
//! Opening the encrypted database file of a profile (SQLCipher, AES-256).

use super::Connection;
use crate::{EngineError, crypto::Secret};
use std::fmt::Write;
use zeroize::Zeroizing;

/// Opens or creates the file with a raw key and the salt kept beside it; every page is encrypted.
///
/// # Errors
/// [`EngineError::Store`]: wrong key, damaged file, or what the system said.
#[cfg(not(target_arch = "wasm32"))]
pub fn open_native(path: &std::path::Path, key: &Secret, salt: [u8; 16]) -> Result<Connection, EngineError> {
    unseal(Connection::open(path)?, key, salt, "NORMAL")
}

/// As on other systems, in the file system the browser's worker has set up as SQLite's own. Its files can't be shared,
/// so this connection is the only one, and the write-ahead log needs no memory beside it (<https://sqlite.org/wal.html>,
/// section 6.1). The log is kept short: a tab is closed without notice, and the next start reads it whole.
///
/// # Errors
/// [`EngineError::Store`]: wrong key, damaged file, or what the browser said.
#[cfg(target_arch = "wasm32")]
pub fn open_web(path: &str, key: &Secret, salt: [u8; 16]) -> Result<Connection, EngineError> {
    let conn = unseal(Connection::open(path)?, key, salt, "EXCLUSIVE")?;
    conn.execute_batch("PRAGMA wal_autocheckpoint = 256")?;
    Ok(conn)
}

/// The key comes first of all, and the first page is read at once: a wrong key shows here.
pub(super) fn unseal(conn: Connection, key: &Secret, salt: [u8; 16], locking: &str) -> Result<Connection, EngineError> {
    let mut pragma = Zeroizing::new(String::with_capacity(128));
    pragma.push_str("PRAGMA key = \"x'");
    key.expose().iter().chain(&salt).try_for_each(|byte| write!(pragma, "{byte:02x}")).map_err(crate::error::bug)?;
    pragma.push_str("'\";");
    conn.execute_batch(&pragma)?;
    conn.execute_batch(&format!(
        "PRAGMA cipher_memory_security = OFF; PRAGMA locking_mode = {locking}; PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; SELECT count(*) FROM sqlite_master;"
    ))?;
    Ok(conn)
}
