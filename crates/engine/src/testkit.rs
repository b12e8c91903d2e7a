// SPDX-License-Identifier: EUPL-1.2
//! For tests and the simulator: seeded luck and chunks in memory.

use crate::media::{Media, MediaError};
use client_api::AttachmentId;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

pub use crate::crypto::luck::seeded::luck;

pub use crate::mls::Suite;

/// A bug planted on purpose, to prove that the simulator would find it; never in a product build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// The group goes to the next epoch when its commit is staged, not when it is true.
    MergeBeforeAck,
    /// Welcomes go out with the commit, not after it was accepted.
    WelcomeBeforeAck,
    /// A commit this device can't judge is skipped like an invalid one.
    SkipUndecidable,
    /// The cursor moves in a transaction of its own, before the content.
    CursorOutside,
    /// Self-destruct believes the device's clock alone.
    ExpiryByLocalClock,
    /// Whoever asks is added again, also a device that was removed.
    ReaddRemoved,
    /// Letters about groups are lost on their way.
    LosesLetters,
    /// Not a bug but an insider: half of the path secrets of its commits are garbage.
    PoisonPath,
}

type Chunks = BTreeMap<(AttachmentId, u32), Vec<u8>>;

/// Chunks in memory; clones share them, so they outlive an engine that "crashed".
#[derive(Clone, Debug, Default)]
pub struct MemoryMedia(Arc<Mutex<Chunks>>);

impl MemoryMedia {
    fn with<T>(&self, what: impl FnOnce(&mut Chunks) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    /// Chunks held in all.
    pub fn count(&self) -> usize {
        self.with(|chunks| chunks.len())
    }
}

impl Media for MemoryMedia {
    fn write(&mut self, id: &AttachmentId, number: u32, bytes: &[u8]) -> Result<(), MediaError> {
        self.with(|chunks| chunks.insert((*id, number), bytes.to_vec()));
        Ok(())
    }
    fn read(&self, id: &AttachmentId, number: u32) -> Result<Option<Vec<u8>>, MediaError> {
        Ok(self.with(|chunks| chunks.get(&(*id, number)).cloned()))
    }
    fn delete(&mut self, id: &AttachmentId) -> Result<(), MediaError> {
        self.with(|chunks| chunks.retain(|(other, _), _| other != id));
        Ok(())
    }
    fn list(&self) -> Result<Vec<AttachmentId>, MediaError> {
        let mut all: Vec<_> = self.with(|chunks| chunks.keys().map(|(id, _)| *id).collect());
        all.dedup();
        Ok(all)
    }
}
