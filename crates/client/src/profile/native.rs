// SPDX-License-Identifier: EUPL-1.2
//! The profile folder: who may use it, and small files in it that are whole or not there.

use crate::ClientError;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A locked profile folder. The lock ends with the value.
pub struct Profile {
    folder: PathBuf,
    _lock: File,
}

impl Profile {
    /// Makes the folder if needed and takes its lock.
    ///
    /// # Errors
    /// [`ClientError::Busy`]: another process has it.
    pub fn lock(folder: &Path) -> Result<Self, ClientError> {
        create_private_dir(folder).map_err(|e| ClientError::folder("create", &e))?;
        let lock = private(OpenOptions::new().create(true).truncate(false).write(true))
            .open(folder.join("lock"))
            .map_err(|e| ClientError::folder("lock", &e))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(ClientError::Busy),
            Err(TryLockError::Error(e)) => Err(ClientError::folder("lock", &e)),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// A folder only its owner may look into.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// An empty file only its owner may read, if there is none.
pub fn create_private_file(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().create(true).append(true)).open(path).map(|_| ())
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Durable and whole: a temporary file, synced, renamed, and the folder synced.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("no folder"))?;
    let mut name = path.file_name().ok_or_else(|| io::Error::other("no name"))?.to_owned();
    name.push(".new");
    let new = folder.join(name);
    let mut file = private(OpenOptions::new().create(true).truncate(true).write(true)).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(folder)?.sync_all()
}

/// `None`: no such file.
pub fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_holder_of_a_profile_is_told_that_it_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let held = Profile::lock(folder.path()).unwrap();
        assert!(matches!(Profile::lock(folder.path()), Err(ClientError::Busy)));
        drop(held);
        assert!(Profile::lock(folder.path()).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn files_belong_to_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_if_there(&path).unwrap().unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }
}
