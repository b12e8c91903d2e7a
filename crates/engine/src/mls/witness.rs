// SPDX-License-Identifier: EUPL-1.2
//! What our own hooks saw while the library worked on a commit; a verdict needs to know which primitive failed.

use super::path::PathSeen;
use client_api::UserId;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

/// The last primitive that said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    AeadOpen,
    HpkeOpen,
    Signature,
    KemKey,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Notes {
    pub failed: Option<Failed>,
    /// The update path's form in the content opened last.
    pub path: PathSeen,
    /// Leaf of the committer, once its signature was found right.
    pub committer: Option<u32>,
    armed: bool,
}

/// One cell per client; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    notes: Arc<Mutex<Notes>>,
    /// Who was locked out, as far as what came with the commit proves it.
    revoked: Arc<Mutex<BTreeSet<UserId>>>,
    /// An insider of the simulator: every second path secret it seals is garbage. Zero: off.
    #[cfg(any(test, feature = "testkit"))]
    poison: Arc<std::sync::atomic::AtomicU32>,
}

impl Witness {
    /// Forgets what was seen and watches for a commit.
    pub fn arm(&self) {
        self.with(|notes| *notes = Notes { armed: true, ..Notes::default() });
    }

    /// What was seen since [`Self::arm`]; watches no longer.
    pub fn disarm(&self) -> Notes {
        self.with(std::mem::take)
    }

    /// People proven to be locked out, until the next call.
    pub fn set_revoked(&self, users: BTreeSet<UserId>) {
        *self.revoked.lock().unwrap_or_else(PoisonError::into_inner) = users;
    }

    pub fn is_revoked(&self, user: &UserId) -> bool {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains(user)
    }

    pub fn armed(&self) -> bool {
        self.with(|notes| notes.armed)
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut Notes) -> T) -> T {
        f(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[cfg(any(test, feature = "testkit"))]
    pub fn poison(&self) {
        self.poison.store(1, std::sync::atomic::Ordering::Relaxed);
    }

    /// Whether what is sealed now is to be spoiled.
    #[cfg(any(test, feature = "testkit"))]
    pub fn spoils(&self) -> bool {
        use std::sync::atomic::Ordering;
        let on = self.poison.load(Ordering::Relaxed) > 0;
        on && self.poison.fetch_add(1, Ordering::Relaxed) % 2 == 1
    }

    /// Passes `result` on and notes a failure.
    pub fn watch<T, E>(&self, what: Failed, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            self.with(|notes| notes.failed = Some(what));
        }
        result
    }
}
