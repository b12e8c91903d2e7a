// SPDX-License-Identifier: EUPL-1.2
//! The library never touches the store: what it wants kept is collected here and taken away by [`super::Group::save`].

use mls_rs::{GroupStateStorage, KeyPackageStorage};
use mls_rs_core::{
    group::{EpochRecord, GroupState},
    key_package::KeyPackageData,
};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

#[derive(Default)]
struct Shelf {
    offered: BTreeMap<Vec<u8>, Zeroizing<Vec<u8>>>,
    written: Option<Zeroizing<Vec<u8>>>,
    key_packages: BTreeMap<Vec<u8>, KeyPackageData>,
}

/// Clones share one shelf; it is empty whenever none of our calls is running.
#[derive(Clone, Default)]
pub(super) struct Storage(Arc<Mutex<Shelf>>);

impl Storage {
    fn with<T>(&self, f: impl FnOnce(&mut Shelf) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the last write handed over.
    pub fn take_state(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.with(|shelf| shelf.written.take())
    }

    /// Puts a state where loading looks for it.
    pub fn offer_state(&self, group: &[u8], state: Vec<u8>) {
        self.with(|shelf| shelf.offered.insert(group.to_vec(), state.into()));
    }

    /// The key package made last, with its reference.
    pub fn take_key_package(&self) -> Option<(Vec<u8>, KeyPackageData)> {
        self.with(|shelf| shelf.key_packages.pop_first())
    }

    /// Puts a key package where joining looks for it.
    pub fn offer_key_package(&self, reference: Vec<u8>, data: KeyPackageData) {
        self.with(|shelf| shelf.key_packages.insert(reference, data));
    }

    pub fn clear(&self) {
        self.with(|shelf| *shelf = Shelf::default());
    }
}

impl GroupStateStorage for Storage {
    type Error = Infallible;

    fn state(&self, group: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Infallible> {
        Ok(self.with(|shelf| shelf.offered.remove(group)))
    }

    /// A log is read strictly in order, so past epochs are never needed: none is kept, none is found.
    fn epoch(&self, _: &[u8], _: u64) -> Result<Option<Zeroizing<Vec<u8>>>, Infallible> {
        Ok(None)
    }

    fn write(&mut self, state: GroupState, _: Vec<EpochRecord>, _: Vec<EpochRecord>) -> Result<(), Infallible> {
        self.with(|shelf| shelf.written = Some(state.data));
        Ok(())
    }

    fn max_epoch_id(&self, _: &[u8]) -> Result<Option<u64>, Infallible> {
        Ok(None)
    }
}

impl KeyPackageStorage for Storage {
    type Error = Infallible;

    fn delete(&mut self, reference: &[u8]) -> Result<(), Infallible> {
        self.with(|shelf| shelf.key_packages.remove(reference));
        Ok(())
    }

    fn insert(&mut self, reference: Vec<u8>, data: KeyPackageData) -> Result<(), Infallible> {
        self.with(|shelf| shelf.key_packages.insert(reference, data));
        Ok(())
    }

    fn get(&self, reference: &[u8]) -> Result<Option<KeyPackageData>, Infallible> {
        Ok(self.with(|shelf| shelf.key_packages.get(reference).cloned()))
    }
}
