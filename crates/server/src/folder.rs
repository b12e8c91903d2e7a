// SPDX-License-Identifier: EUPL-1.2
//! Bytes of blobs in a folder: one object per chunk, durable before anything is told.

use crate::blob::{BlobBytes, BytesError};
use object_store::{ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as ObjectPath};
use proto::BlobId;
use std::{
    fs::{self, File},
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::runtime::Handle;

/// A folder; clones share it. Its calls block: use them on blocking threads.
#[derive(Clone)]
pub struct Folder {
    objects: Arc<LocalFileSystem>,
    root: PathBuf,
    runtime: Handle,
}

fn failed(error: impl std::fmt::Display) -> BytesError {
    BytesError(error.to_string())
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}"); // writing into a string does not fail
        text
    })
}

/// `None` unless `text` is lower-case hex of exactly `N` bytes.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 || digits.iter().any(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let value = |digit: u8| if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 };
    let bytes: Vec<u8> =
        digits.chunks(2).filter_map(|pair| Some(value(*pair.first()?) << 4 | value(*pair.last()?))).collect();
    bytes.try_into().ok()
}

impl Folder {
    /// Creates the folder if need be. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The folder can't be used.
    pub fn open(root: &Path) -> Result<Self, BytesError> {
        fs::create_dir_all(root).map_err(failed)?;
        let root = root.canonicalize().map_err(failed)?;
        let objects = LocalFileSystem::new_with_prefix(&root).map_err(failed)?;
        Ok(Self { objects: Arc::new(objects), root, runtime: Handle::current() })
    }

    fn place(blob: &BlobId) -> String {
        let name = hex(blob.as_bytes());
        format!("{}/{name}", name.get(..2).unwrap_or_default())
    }

    fn wait<T>(&self, work: impl Future<Output = object_store::Result<T>>) -> object_store::Result<T> {
        self.runtime.block_on(work)
    }

    /// Ids of all blobs that have bytes here, sorted.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn list(&self) -> Result<Vec<BlobId>, BytesError> {
        let mut all = Vec::new();
        for shelf in fs::read_dir(&self.root).map_err(failed)? {
            let shelf = shelf.map_err(failed)?.path();
            if !shelf.is_dir() {
                continue;
            }
            for blob in fs::read_dir(shelf).map_err(failed)? {
                let name = blob.map_err(failed)?.file_name();
                all.extend(name.to_str().and_then(unhex).map(BlobId));
            }
        }
        all.sort();
        Ok(all)
    }
}

impl BlobBytes for Folder {
    fn write(&mut self, blob: &BlobId, chunk: u64, bytes: &[u8]) -> Result<(), BytesError> {
        let place = Self::place(blob);
        let object = ObjectPath::from(format!("{place}/{chunk}"));
        self.wait(self.objects.put(&object, PutPayload::from(bytes.to_vec()))).map_err(failed)?;
        // The library renames a finished file into place but leaves it to the kernel when it reaches the disk.
        let folder = self.root.join(place);
        let shelf = folder.parent().unwrap_or(&self.root);
        for path in [folder.join(chunk.to_string()).as_path(), folder.as_path(), shelf, self.root.as_path()] {
            File::open(path).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    fn read(&self, blob: &BlobId, chunk: u64) -> Result<Option<Vec<u8>>, BytesError> {
        let object = ObjectPath::from(format!("{}/{chunk}", Self::place(blob)));
        let found = self.wait(async { self.objects.get(&object).await?.bytes().await });
        match found {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn delete(&mut self, blob: &BlobId) -> Result<(), BytesError> {
        match fs::remove_dir_all(self.root.join(Self::place(blob))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}
