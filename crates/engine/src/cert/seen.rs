// SPDX-License-Identifier: EUPL-1.2
//! A bounded memo of right signatures: pure, so it can't make two clients judge differently.

use super::CertError;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

/// Entries of one generation; two generations are kept: room for 5,000 devices and their users.
const GENERATION: usize = 16_384;

/// Remembers "this certificate is signed by this key" by hash; clones share one memory.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Mutex<Generations>>);

#[derive(Debug, Default)]
struct Generations {
    young: BTreeSet<[u8; 32]>,
    old: BTreeSet<[u8; 32]>,
}

impl Seen {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `check` unless the same certificate was right under the same key before. Failures are not remembered.
    pub(super) fn once(
        &self,
        cert: &[u8],
        key: &[u8],
        check: impl FnOnce() -> Result<(), CertError>,
    ) -> Result<(), CertError> {
        let length = (key.len() as u64).to_be_bytes();
        let id: [u8; 32] = Sha256::new_with_prefix(length).chain_update(key).chain_update(cert).finalize().into();
        if self.lock(|memory| memory.young.contains(&id) || memory.old.contains(&id)) {
            return Ok(());
        }
        check()?;
        self.lock(|memory| memory.remember(id));
        Ok(())
    }

    fn lock<T>(&self, with: impl FnOnce(&mut Generations) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn remember(&mut self, id: [u8; 32]) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn memory_stays_bounded_and_keeps_the_newest() {
        let seen = Seen::new();
        let certs = 3 * GENERATION as u64;
        for n in 0..certs {
            seen.once(&n.to_be_bytes(), b"key", || Ok(())).unwrap();
        }
        let held = seen.lock(|memory| memory.young.len() + memory.old.len());
        assert!(held <= 2 * GENERATION, "{held}");
        let again = |n: u64| seen.once(&n.to_be_bytes(), b"key", || Err(CertError::Signature));
        assert_eq!(again(certs - 1), Ok(()));
        assert_eq!(again(0), Err(CertError::Signature));
    }
}
