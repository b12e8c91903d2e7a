// SPDX-License-Identifier: EUPL-1.2
//! Encrypted chunks of attachments as files: `media/<id>/<number>`.

use crate::profile::{create_private_dir, read_if_there, write_whole};
use client_api::AttachmentId;
use engine::media::{Media, MediaError};
use std::{fs, io, path::PathBuf};

pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// # Errors
    /// What the system said.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        create_private_dir(&root)?;
        Ok(Self { root })
    }

    fn of(&self, id: &AttachmentId) -> PathBuf {
        self.root.join(id.to_string())
    }
}

fn said(error: &io::Error) -> MediaError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => MediaError::Full,
        _ => MediaError::Failed(error.to_string()),
    }
}

impl Media for Folder {
    fn write(&mut self, id: &AttachmentId, number: u32, bytes: &[u8]) -> Result<(), MediaError> {
        let folder = self.of(id);
        create_private_dir(&folder).map_err(|e| said(&e))?;
        write_whole(&folder.join(number.to_string()), bytes).map_err(|e| said(&e))
    }

    fn read(&self, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, MediaError> {
        read_if_there(&self.of(id).join(number.to_string())).map_err(|e| said(&e))
    }

    fn delete(&mut self, id: &AttachmentId) -> Result<(), MediaError> {
        match fs::remove_dir_all(self.of(id)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(said(&e)),
            _ => Ok(()),
        }
    }

    fn list(&self) -> Result<Vec<AttachmentId>, MediaError> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(|e| said(&e))? {
            let name = entry.map_err(|e| said(&e))?.file_name();
            ids.extend(name.to_str().and_then(|n| n.parse::<AttachmentId>().ok()));
        }
        ids.sort_unstable();
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_is_there_until_its_attachment_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let mut media = Folder::open(folder.path().join("media")).unwrap();
        let (a, b) = (AttachmentId([1; 16]), AttachmentId([2; 16]));
        media.write(&a, 0, b"x").unwrap();
        media.write(&b, 7, b"y").unwrap();
        assert_eq!(media.list().unwrap(), [a, b]);
        assert_eq!(media.read(&b, 7).unwrap().unwrap(), b"y");
        assert_eq!(media.read(&b, 8).unwrap(), None);
        media.delete(&b).unwrap();
        media.delete(&b).unwrap();
        assert_eq!(media.read(&b, 7).unwrap(), None);
        assert_eq!(media.list().unwrap(), [a]);
    }
}
