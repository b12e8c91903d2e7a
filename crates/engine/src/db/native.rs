// SPDX-License-Identifier: EUPL-1.2
//! Opening the encrypted database file of a native profile (SQLCipher, AES-256).

use super::Connection;
use crate::{EngineError, crypto::Secret};
use std::{fmt::Write, path::Path};
use zeroize::Zeroizing;

/// Opens or creates the file with a raw key and the salt kept beside it; every page is encrypted.
///
/// # Errors
/// [`EngineError::Store`]: wrong key, damaged file, or what the system said.
pub fn open_native(path: &Path, key: &Secret, salt: [u8; 16]) -> Result<Connection, EngineError> {
    let conn = Connection::open(path)?;
    let mut pragma = Zeroizing::new(String::with_capacity(128));
    pragma.push_str("PRAGMA key = \"x'");
    key.expose().iter().chain(&salt).try_for_each(|byte| write!(pragma, "{byte:02x}")).map_err(crate::error::bug)?;
    pragma.push_str("'\";");
    conn.execute_batch(&pragma)?;
    conn.execute_batch(
        "PRAGMA cipher_memory_security = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA secure_delete = ON; SELECT count(*) FROM sqlite_master;",
    )?;
    Ok(conn)
}
