// SPDX-License-Identifier: EUPL-1.2
//! Opens `rohrpost.db` with the key derived from the device secret that lies beside it (see the threat model).

use super::store_key;
use crate::{
    ClientError,
    media::Folder,
    profile::{Profile, create_private_file, read_if_there, write_whole},
};
use engine::{
    crypto::{Luck, Secret},
    db::Connection,
    media::Media,
};

const STORE: &str = "rohrpost.db";
const KEY: &str = "device.key";
const SALT: &str = "device.salt";

/// The opened, decrypted connection and the folder of attachments; begins a new store in an empty profile.
///
/// # Errors
/// [`ClientError::Key`]: there is a store but not its key.
pub fn open(profile: &Profile, luck: &Luck) -> Result<(Connection, Box<dyn Media>), ClientError> {
    let conn = open_store(profile, luck)?;
    let media = Folder::open(profile.path("media")).map_err(|e| ClientError::folder("write to", &e))?;
    Ok((conn, Box::new(media)))
}

fn open_store(profile: &Profile, luck: &Luck) -> Result<Connection, ClientError> {
    let begun = profile.path(STORE).exists();
    let secret: [u8; 32] = stored_or_new(profile, KEY, begun, luck)?;
    let salt: [u8; 16] = stored_or_new(profile, SALT, begun, luck)?;
    let key = store_key(&Secret::new(secret));
    // SQLite would let others read the ciphertext; its journal takes over the file's rights.
    create_private_file(&profile.path(STORE)).map_err(|e| ClientError::folder("write to", &e))?;
    engine::db::open_native(&profile.path(STORE), &key, salt).map_err(|e| ClientError::Store(e.to_string()))
}

fn stored_or_new<const N: usize>(
    profile: &Profile,
    name: &str,
    begun: bool,
    luck: &Luck,
) -> Result<[u8; N], ClientError> {
    let path = profile.path(name);
    match read_if_there(&path).map_err(|e| ClientError::folder("read", &e))? {
        Some(bytes) => bytes.try_into().map_err(|_| ClientError::Key),
        None if begun => Err(ClientError::Key),
        None => {
            let new = luck.bytes::<N>();
            write_whole(&path, &new).map_err(|e| ClientError::folder("write to", &e))?;
            Ok(new)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luck() -> Luck {
        crate::ground::luck()
    }

    #[test]
    fn store_without_its_key_file_is_refused_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::lock(folder.path()).unwrap();
        drop(open_store(&profile, &luck()).unwrap());
        std::fs::remove_file(folder.path().join(KEY)).unwrap();
        assert!(matches!(open_store(&profile, &luck()), Err(ClientError::Key)));
        assert!(!folder.path().join(KEY).exists());
    }

    #[test]
    fn store_on_disk_is_not_readable_as_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::lock(folder.path()).unwrap();
        let conn = open_store(&profile, &luck()).unwrap();
        conn.execute_batch("CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('Schlagloch')").unwrap();
        drop(conn);
        let bytes = std::fs::read(folder.path().join(STORE)).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"));
        assert!(!bytes.windows(10).any(|w| w == b"Schlagloch"));
        assert!(open_store(&profile, &luck()).is_ok());
    }
}
